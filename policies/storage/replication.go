package storage

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var knowledgeIsReplicated = policies.Policy{
	ID: "STORE-17", Title: "The primary's knowledge is copied whole to every other region, under that region's key, and nothing anywhere else",
	Source:    policies.RecoveryTests,
	Component: policies.Buckets, STRIDE: "ID", Severity: policies.High,
	Fix:   "copy by bucket.Replicate, to what the intent names",
	Reads: []string{"AWS::S3::Bucket", "AWS::KMS::Key", "AWS::KMS::Alias"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			replicas := replicasOf(b)
			regions := b.Stack.Intent().Get("regions")
			if others := regions.Len() - 1; isKnowledge(b) && regions.Get("0").Is(b.Stack.Region) && len(replicas) != others {
				f.Fail(b, "the intent copies the primary's knowledge to %d of %d other regions", len(replicas), others)
			}
			rules := b.Get("ReplicationConfiguration", "Rules").List()
			if len(rules) != len(replicas) || len(intent.UnexpectedKeys(b.Get("ReplicationConfiguration"), "Role", "Rules")) > 0 {
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
	return len(intent.UnexpectedKeys(rule, "Id", status, "Priority", "Filter", "DeleteMarkerReplication", "SourceSelectionCriteria", "Destination")) == 0 &&
		rule.Get(status).Is("Enabled") && rule.Get("DeleteMarkerReplication", status).Is("Enabled") &&
		rule.Get("Destination", "Metrics", status).Is("Enabled") &&
		rule.Get("Filter", "Prefix").Is("") && rule.Get("Filter").Len() == 1 &&
		rule.Get("SourceSelectionCriteria", "SseKmsEncryptedObjects", status).Is("Enabled") && rule.Get("SourceSelectionCriteria").Len() == 1
}

// replicaOf is the bucket of this estate that a rule copies to, if the intent names it and it is written under its own key.
func replicaOf(e *template.Estate, b *template.Resource, rule template.Value, replicas []template.Value) *template.Resource {
	destination := rule.Get("Destination")
	to := e.Find(destination.Get("Bucket"), "AWS::S3::Bucket")
	if to == nil || len(intent.UnexpectedKeys(destination, "Bucket", "EncryptionConfiguration", "Metrics")) > 0 {
		return nil
	}
	for _, r := range replicas {
		alias := keyARN(b, r.Get("region").Text(), r.Get("key").Text())
		key := destination.Get("EncryptionConfiguration", "ReplicaKmsKeyID")
		if r.Get("bucket").Is(to.Get("BucketName").Text()) && r.Get("region").Is(to.Stack.Region) && isKnowledge(to) &&
			key.Is(alias) && intent.BucketKey(e, to) != nil && e.Find(key) == intent.BucketKey(e, to) {
			return to
		}
	}
	return nil
}

// keyARN is the ARN of a key or alias in a region of a bucket's account.
func keyARN(b *template.Resource, region, key string) string {
	return "arn:" + b.Stack.Partition() + ":kms:" + region + ":" + b.Stack.Account + ":" + key
}

var replicationRoleCan = policies.Policy{
	ID: "STORE-18", Title: "S3 alone takes the role that copies a bucket, for that bucket only, and it can do that and nothing else",
	Source:    policies.LeastPrivilege,
	Component: policies.Buckets, STRIDE: "SDE", Severity: policies.High,
	Fix: "copy by bucket.Replicate",
	Reads: []string{"AWS::S3::Bucket", "AWS::KMS::Key", "AWS::KMS::Alias",
		"AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			configuration := b.Get("ReplicationConfiguration")
			if configuration.Missing() {
				continue
			}
			role := e.Find(configuration.Get("Role"), "AWS::IAM::Role")
			if role == nil {
				f.Fail(b, "the role that copies it is not of this estate")
				continue
			}
			if !onlyServiceTakes(role, "s3.amazonaws.com", b.Attribute("Arn")) {
				f.Fail(role, "is not held to S3 and to %s", b)
			}
			doesExactly(e, f, role, "copying", replicationNeeds(e, b))
		}
	},
}

// onlyServiceTakes says that a role is taken by a service on behalf of something of this account, and by nobody and for nothing else.
func onlyServiceTakes(role *template.Resource, service, source string) bool {
	account := intent.When("StringEquals", "aws:SourceAccount", role.Stack.Account)
	trust := slices.DeleteFunc(role.Statements(), func(s template.Statement) bool { return s.Kind != template.Trust })
	return len(trust) == 1 && intent.IsReadable(trust[0]) && trust[0].Effect == "Allow" && slices.Equal(trust[0].Actions, []string{"sts:AssumeRole"}) &&
		slices.Equal(intent.SolePrincipals(trust[0], "Service"), []string{service}) &&
		(intent.HasExactlyConditions(trust[0], account, intent.When("ArnLike", "aws:SourceArn", source)) || intent.HasExactlyConditions(trust[0], account, intent.When("ArnEquals", "aws:SourceArn", source)))
}

// grants are what a work takes, as "action resource", and the conditions each is held to.
type grants map[string][]template.Condition

func (c grants) need(resource string, conditions []template.Condition, actions ...string) {
	for _, a := range actions {
		c[a+" "+resource] = conditions
	}
}

// doesExactly compares what a role may do, action by action and resource by resource, with what its work takes.
func doesExactly(e *template.Estate, f *policies.Findings, role *template.Resource, work string, needed grants) {
	granted := map[string]bool{}
	for s := range statementsOf(e, role) {
		for _, action := range s.Actions {
			for _, resource := range s.Resources {
				call := action + " " + resource
				if conditions, ok := needed[call]; ok && intent.IsReadable(s) && s.Effect == "Allow" && intent.HasExactlyConditions(s, conditions...) {
					granted[call] = true
				} else {
					f.Fail(role, "%s %s, in a way that %s does not take: %s", does(s), action, work, resource)
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
		f.Fail(role, "has managed policies, which %s does not take", work)
	}
}

// does says what a statement does.
func does(s template.Statement) string {
	if s.Effect == "Deny" {
		return "denies"
	}
	return "allows"
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

// throughS3 holds the use of a key to S3 of a region.
func throughS3(region string) template.Condition {
	return intent.When("StringEquals", "kms:ViaService", "s3."+region+".amazonaws.com")
}

// replicationNeeds are the calls that copying takes, after "Setting up permissions for live replication" and "Replicating
// encrypted objects" of the S3 guide.
func replicationNeeds(e *template.Estate, b *template.Resource) grants {
	needs := grants{}
	source := b.Attribute("Arn")
	needs.need(source, nil, "s3:GetReplicationConfiguration", "s3:ListBucket")
	needs.need(source+"/*", nil, "s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging")
	if k := intent.BucketKey(e, b); k != nil {
		needs.need(k.Attribute("Arn"), []template.Condition{throughS3(b.Stack.Region)}, "kms:Decrypt")
	}
	for _, r := range replicasOf(b) {
		region := r.Get("region").Text()
		needs.need("arn:"+b.Stack.Partition()+":s3:::"+r.Get("bucket").Text()+"/*", nil, "s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags")
		needs.need(keyARN(b, region, "key/*"), []template.Condition{
			throughS3(region), intent.When("ForAnyValue:StringEquals", "kms:ResourceAliases", r.Get("key").Text()),
		}, "kms:Encrypt", "kms:GenerateDataKey")
	}
	return needs
}
