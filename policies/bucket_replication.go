package policies

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

var knowledgeIsReplicated = Policy{
	ID: "STORE-17", Title: "The primary's knowledge is copied whole to every other region, under that region's key, and nothing anywhere else",
	Source:    recoveryTests,
	Component: Buckets, STRIDE: "ID", Severity: High,
	Fix:   "copy by bucket.Replicate, to what the intent names",
	Reads: []string{"AWS::S3::Bucket", "AWS::KMS::Key", "AWS::KMS::Alias"},
	Check: func(e *template.Estate, f *Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Saw(b)
			replicas := replicasOf(b)
			regions := b.Stack.Intent().Get("regions")
			if others := regions.Len() - 1; isKnowledge(b) && regions.Get("0").Is(b.Stack.Region) && len(replicas) != others {
				f.Fail(b, "the intent copies the primary's knowledge to %d of %d other regions", len(replicas), others)
			}
			rules := b.Get("ReplicationConfiguration", "Rules").List()
			if len(rules) != len(replicas) || len(beyond(b.Get("ReplicationConfiguration"), "Role", "Rules")) > 0 {
				f.Fail(b, "is copied by %d rules, and %d were meant", len(rules), len(replicas))
			}
			priorities, reached := map[string]bool{}, map[*template.Resource]bool{}
			for _, rule := range rules {
				to := replicaOf(e, b, rule, replicas)
				priority := rule.Get("Priority").Text()
				if to == nil || reached[to] {
					f.Fail(b, "rule %s copies to somewhere that was not meant, or again", rule.Get("Id"))
				}
				if !copiesAll(rule) || priority == "" || priorities[priority] {
					f.Fail(b, "rule %s does not copy everything, deletions included, by a priority of its own", rule.Get("Id"))
				}
				priorities[priority], reached[to] = true, true
			}
		}
	},
}

// replicasOf are where a bucket was meant to be copied to.
func replicasOf(b *template.Resource) []template.Value {
	if !isKnowledge(b) {
		return nil
	}
	return b.Stack.Intent().Get("knowledge", "replicas").List()
}

// copiesAll says that a rule is in force for every object and for its deletion, and that one sees how far it is.
func copiesAll(rule template.Value) bool {
	const status = "Status"
	return len(beyond(rule, "Id", status, "Priority", "Filter", "DeleteMarkerReplication", "SourceSelectionCriteria", "Destination")) == 0 &&
		rule.Get(status).Is("Enabled") && rule.Get("DeleteMarkerReplication", status).Is("Enabled") &&
		rule.Get("Destination", "Metrics", status).Is("Enabled") &&
		rule.Get("Filter", "Prefix").Is("") && rule.Get("Filter").Len() == 1 &&
		rule.Get("SourceSelectionCriteria", "SseKmsEncryptedObjects", status).Is("Enabled") && rule.Get("SourceSelectionCriteria").Len() == 1
}

// replicaOf is the bucket of this estate that a rule copies to, if the intent names it and it is written under its own key.
func replicaOf(e *template.Estate, b *template.Resource, rule template.Value, replicas []template.Value) *template.Resource {
	destination := rule.Get("Destination")
	to := e.Find(destination.Get("Bucket"), "AWS::S3::Bucket")
	if to == nil || len(beyond(destination, "Bucket", "EncryptionConfiguration", "Metrics")) > 0 {
		return nil
	}
	for _, r := range replicas {
		alias := keyARN(b, r.Get("region").Text(), r.Get("key").Text())
		key := destination.Get("EncryptionConfiguration", "ReplicaKmsKeyID")
		if r.Get("bucket").Is(to.Get("BucketName").Text()) && r.Get("region").Is(to.Stack.Region) && isKnowledge(to) &&
			key.Is(alias) && bucketKey(e, to) != nil && e.Find(key) == bucketKey(e, to) {
			return to
		}
	}
	return nil
}

// keyARN is the ARN of a key or alias in a region of a bucket's account.
func keyARN(b *template.Resource, region, key string) string {
	return "arn:" + b.Stack.Partition() + ":kms:" + region + ":" + b.Stack.Account + ":" + key
}

var replicationRoleCan = Policy{
	ID: "STORE-18", Title: "S3 alone takes the role that copies a bucket, for that bucket only, and it can do that and nothing else",
	Source:    leastPrivilege,
	Component: Buckets, STRIDE: "SDE", Severity: High,
	Fix: "copy by bucket.Replicate",
	Reads: []string{"AWS::S3::Bucket", "AWS::KMS::Key", "AWS::KMS::Alias",
		"AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"},
	Check: func(e *template.Estate, f *Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Saw(b)
			configuration := b.Get("ReplicationConfiguration")
			if configuration.Missing() {
				continue
			}
			role := e.Find(configuration.Get("Role"), "AWS::IAM::Role")
			if role == nil {
				f.Fail(b, "the role that copies it is not of this estate")
				continue
			}
			if !onlyS3Takes(role, b) {
				f.Fail(role, "is not held to S3 and to %s", b)
			}
			checkReplicator(e, f, role, b)
		}
	},
}

// onlyS3Takes says that a role is taken by S3 on behalf of a bucket, and by nobody and for nothing else.
func onlyS3Takes(role, b *template.Resource) bool {
	account, source := when("StringEquals", "aws:SourceAccount", b.Stack.Account), b.Attribute("Arn")
	trust := slices.DeleteFunc(role.Statements(), func(s template.Statement) bool { return s.Kind != template.Trust })
	return len(trust) == 1 && readable(trust[0]) && trust[0].Effect == "Allow" && slices.Equal(trust[0].Actions, []string{"sts:AssumeRole"}) &&
		slices.Equal(lone(trust[0], "Service"), []string{"s3.amazonaws.com"}) &&
		(under(trust[0], account, when("ArnLike", "aws:SourceArn", source)) || under(trust[0], account, when("ArnEquals", "aws:SourceArn", source)))
}

// checkReplicator compares what a role may do, action by action and resource by resource, with what copying a bucket takes.
func checkReplicator(e *template.Estate, f *Findings, role, b *template.Resource) {
	needed, granted := replicationNeeds(e, b), map[string]bool{}
	for s := range statementsOf(e, role) {
		for _, action := range s.Actions {
			for _, resource := range s.Resources {
				call := action + " " + resource
				if conditions, ok := needed[call]; ok && readable(s) && s.Effect == "Allow" && under(s, conditions...) {
					granted[call] = true
				} else {
					f.Fail(role, "%s %s, in a way that copying does not take: %s", strings.ToLower(s.Effect)+"s", action, resource)
				}
			}
		}
		if len(s.Actions) == 0 || len(s.Resources) == 0 {
			f.Fail(role, "a statement does not say what it is about")
		}
	}
	for call := range needed {
		if !granted[call] {
			f.Fail(role, "cannot %s", call)
		}
	}
	if !role.Get("ManagedPolicyArns").Missing() {
		f.Fail(role, "has managed policies, which copying does not take")
	}
}

// statementsOf are a role's identity statements: its own, and those of policies attached to it.
func statementsOf(e *template.Estate, role *template.Resource) func(func(template.Statement) bool) {
	carriers := slices.Concat([]*template.Resource{role}, e.Referrers(role, "AWS::IAM::Policy", "Roles"),
		e.Referrers(role, "AWS::IAM::ManagedPolicy", "Roles"), e.Referrers(role, "AWS::IAM::RolePolicy", "RoleName"))
	return func(yield func(template.Statement) bool) {
		for _, r := range carriers {
			for _, s := range r.Statements() {
				if s.Kind.Has(template.Identity) && !yield(s) {
					return
				}
			}
		}
	}
}

// replicationNeeds are the calls that copying takes, as "action resource", and the conditions each is held to, after "Setting up
// permissions for live replication" and "Replicating encrypted objects" of the S3 guide.
func replicationNeeds(e *template.Estate, b *template.Resource) map[string][]template.Condition {
	needs := map[string][]template.Condition{}
	need := func(resource string, conditions []template.Condition, actions ...string) {
		for _, a := range actions {
			needs[a+" "+resource] = conditions
		}
	}
	through := func(region string) template.Condition {
		return when("StringEquals", "kms:ViaService", "s3."+region+".amazonaws.com")
	}
	source := b.Attribute("Arn")
	need(source, nil, "s3:GetReplicationConfiguration", "s3:ListBucket")
	need(source+"/*", nil, "s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging")
	if k := bucketKey(e, b); k != nil {
		need(k.Attribute("Arn"), []template.Condition{through(b.Stack.Region)}, "kms:Decrypt")
	}
	for _, r := range replicasOf(b) {
		region := r.Get("region").Text()
		need("arn:"+b.Stack.Partition()+":s3:::"+r.Get("bucket").Text()+"/*", nil, "s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags")
		need(keyARN(b, region, "key/*"), []template.Condition{
			through(region), when("ForAnyValue:StringEquals", "kms:ResourceAliases", r.Get("key").Text()),
		}, "kms:Encrypt", "kms:GenerateDataKey")
	}
	return needs
}
