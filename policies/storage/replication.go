package storage

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

const oneRegion = "an estate of one region copies nothing"

var knowledgeIsReplicated = policies.Policy{
	ID: "STORE-17", Title: "The primary's knowledge is copied whole to every other region, with that region's key",
	Source:    policies.RecoveryTests,
	Component: policies.Buckets, STRIDE: "ID", Severity: policies.High,
	Fix:         "copy by bucket.Replicate, to what the intent names",
	MayBeAbsent: oneRegion,
	Where:       isCopied,
	Expect: expect.Shapes{bucketType: {"ReplicationConfiguration": expect.Object(expect.Shape{
		"Role": ownRole,
		"Rules": expect.Each(expect.Object(expect.Shape{
			"Id": expect.Any.OrAbsent(), "Status": expect.Is("Enabled"), "Priority": expect.Checked,
			"Filter":                  expect.Object(expect.Shape{"Prefix": empty}),
			"DeleteMarkerReplication": enabled,
			"SourceSelectionCriteria": expect.Object(expect.Shape{"SseKmsEncryptedObjects": enabled}),
			"Destination": expect.Object(expect.Shape{
				"Bucket": expect.Checked, "EncryptionConfiguration": expect.Object(expect.Shape{"ReplicaKmsKeyID": expect.Checked}), "Metrics": enabled,
			}),
		})),
	})}},
	Reads: []string{bucketType, intent.KeyType, intent.AliasType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All(bucketType) {
			if !isCopied(b) {
				continue
			}
			rules, replicas := b.Get("ReplicationConfiguration", "Rules").List(), replicasOf(b)
			if others := len(intent.RegionsOf(b.Stack)) - 1; len(replicas) != others {
				f.Fail(b, "the intent copies it to %d regions, must be %d: each other one", len(replicas), others)
			}
			if len(rules) != len(replicas) {
				f.Fail(b, "ReplicationConfiguration.Rules has %d elements, must have %d: one for each replica of the intent", len(rules), len(replicas))
			}
			reached, priorities := map[*template.Resource]bool{}, map[string]bool{"": true}
			for _, rule := range rules {
				to, priority := replicaOf(e, b, rule, replicas), rule.Get("Priority").Text()
				if to == nil || reached[to] {
					f.Fail(b, "rule %s copies to %s, must copy to a further replica of the intent, with its region's key",
						rule.Get("Id"), rule.Get("Destination", "Bucket"))
				}
				if priorities[priority] {
					f.Fail(b, "rule %s: Priority is %s, must be of this rule alone", rule.Get("Id"), rule.Get("Priority"))
				}
				reached[to], priorities[priority] = true, true
			}
		}
	},
}

// empty is the prefix of everything.
var empty = expect.Want{Text: "empty, which is the prefix of all objects", Breaks: []any{"retention-30d/"},
	Holds: func(_ expect.At, v template.Value) bool { return v.Is("") }}

// ownRole is the ARN of a role of the stack.
var ownRole = expect.Want{
	Text: "the ARN of a role of its stack", Reads: []string{intent.RoleType},
	Breaks: []any{"arn:aws:iam::999999999999:role/theirs"},
	Holds: func(at expect.At, v template.Value) bool {
		role := at.Estate.Find(v, intent.RoleType)
		return role != nil && role.Stack == at.Stack() && v.Is(role.Attribute("Arn"))
	},
}

// isCopied reports whether a bucket is one that replicas must exist of.
func isCopied(r *template.Resource) bool {
	return r.Type == bucketType && takesUploads(r) && len(intent.RegionsOf(r.Stack)) > 1
}

// replicasOf returns where the intent copies knowledge to.
func replicasOf(b *template.Resource) []template.Value {
	return b.Stack.Intent().Get("knowledge", "replicas").List()
}

// replicaOf returns the bucket of this estate that a rule copies to, if the intent names it and it is written with its own key.
func replicaOf(e *template.Estate, b *template.Resource, rule template.Value, replicas []template.Value) *template.Resource {
	to := e.Find(rule.Get("Destination", "Bucket"), bucketType)
	if to == nil || !isKnowledge(to) {
		return nil
	}
	key, own := rule.Get("Destination", "EncryptionConfiguration", "ReplicaKmsKeyID"), intent.BucketKey(e, to)
	meant := slices.ContainsFunc(replicas, func(r template.Value) bool {
		return r.Get("bucket").Is(to.Get("BucketName").Text()) && r.Get("region").Is(to.Stack.Region) &&
			key.Is(keyARN(b, to.Stack.Region, r.Get("key").Text()))
	})
	if !meant || own == nil || e.Find(key) != own {
		return nil
	}
	return to
}

// keyARN returns the ARN of a key or alias in a region of a bucket's account.
func keyARN(b *template.Resource, region, key string) string {
	return "arn:" + b.Stack.Partition() + ":kms:" + region + ":" + b.Stack.Account + ":" + key
}

var replicationRoleCan = policies.Policy{
	ID: "STORE-18", Title: "Only S3 assumes the role that copies a bucket, for that bucket, and it can do nothing else",
	Source:    policies.LeastPrivilege,
	Component: policies.Buckets, STRIDE: "SDE", Severity: policies.High,
	Fix:         "copy by bucket.Replicate",
	MayBeAbsent: oneRegion,
	Reads:       append([]string{bucketType, intent.KeyType, intent.AliasType}, intent.GrantTypes...),
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All(bucketType) {
			role := e.Find(b.Get("ReplicationConfiguration", "Role"), intent.RoleType)
			if role == nil {
				continue // STORE-17
			}
			f.Examined(b)
			judgeTrust(f, role, serviceTrust(role, "s3.amazonaws.com", b.Attribute("Arn")))
			judgePermissions(e, f, role, replicationNeeds(e, b))
		}
	},
}

// replicationNeeds returns what copying takes, after "Setting up permissions for live replication" and "Replicating encrypted
// objects" of the S3 guide.
func replicationNeeds(e *template.Estate, b *template.Resource) []template.Statement {
	needs := []template.Statement{
		allow(b.Attribute("Arn"), "s3:GetReplicationConfiguration", "s3:ListBucket").under(),
		allow(b.Attribute("Arn")+"/*", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging").under(),
		allow(keyOf(e, b), "kms:Decrypt").under(throughS3(b.Stack.Region)),
	}
	for _, r := range replicasOf(b) {
		region := r.Get("region").Text()
		needs = append(needs,
			allow("arn:"+b.Stack.Partition()+":s3:::"+r.Get("bucket").Text()+"/*", "s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags").under(),
			allow(keyARN(b, region, "key/*"), "kms:Encrypt", "kms:GenerateDataKey").under(
				throughS3(region), intent.When("ForAnyValue:StringEquals", "kms:ResourceAliases", r.Get("key").Text())))
	}
	return needs
}

// throughS3 holds the use of a key to S3 of a region.
func throughS3(region string) template.Condition {
	return intent.When("StringEquals", "kms:ViaService", "s3."+region+".amazonaws.com")
}
