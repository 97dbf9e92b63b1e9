package mutation

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

var bucketMutations = slices.Concat(bucketPropertyMutations, bucketPolicyMutations, lifecycleMutations, replicationMutations)

const (
	aBucket       = "AWS::S3::Bucket"
	aBucketPolicy = "AWS::S3::BucketPolicy"
	byDefault     = "BucketEncryption.ServerSideEncryptionConfiguration.0."
)

var bucketPropertyMutations = []mutation{
	{"STORE-01", aBucket, "drops the block on public access", nil, drop("PublicAccessBlockConfiguration")},
	{"STORE-01", aBucket, "lets a public bucket policy take effect", nil, set("PublicAccessBlockConfiguration.RestrictPublicBuckets", false)},
	{"STORE-01", aBucket, "lets ACLs decide", nil, set("OwnershipControls.Rules.0.ObjectOwnership", "ObjectWriter")},
	{"STORE-02", aBucket, "suspends versioning", nil, set("VersioningConfiguration.Status", "Suspended")},
	{"STORE-02", aBucket, "drops versioning", nil, drop("VersioningConfiguration")},

	{"STORE-03", aBucket, "drops default encryption", nil, drop("BucketEncryption")},
	{"STORE-03", aBucket, "encrypts under S3's own key", ofData, set(byDefault+"ServerSideEncryptionByDefault", map[string]any{"SSEAlgorithm": "AES256"})},
	{"STORE-03", aBucket, "encrypts under the key that AWS manages", ofData, drop(byDefault + "ServerSideEncryptionByDefault.KMSMasterKeyID")},
	{"STORE-03", aBucket, "encrypts under another class's key", ofData, set(byDefault+"ServerSideEncryptionByDefault.KMSMasterKeyID", "alias/livechat-prod-secrets")},
	{"STORE-03", aBucket, "encrypts under a key of another account", ofData,
		set(byDefault+"ServerSideEncryptionByDefault.KMSMasterKeyID", "arn:aws:kms:eu-west-1:999999999999:alias/livechat-prod-knowledge")},
	{"STORE-03", aBucket, "calls KMS for every object", ofData, set(byDefault+"BucketKeyEnabled", false)},
	{"STORE-03", aBucket, "takes keys that writers bring along", nil, drop(byDefault + "BlockedEncryptionTypes")},
	{"STORE-03", aBucket, "takes keys that writers bring along again", nil, set(byDefault+"BlockedEncryptionTypes.EncryptionType", []any{"NONE"})},
	{"STORE-03", aBucket, "encrypts access logs so that they cannot be delivered", ofAccessLogs, set(byDefault+"ServerSideEncryptionByDefault.SSEAlgorithm", "aws:kms")},
	{"STORE-03", "AWS::KMS::Alias", "points the alias elsewhere", aliasOf("knowledge"), set("TargetKeyId", "alias/livechat-prod-spa")},
	{"STORE-04", aBucket, "takes another bucket's key", named("-knowledge"), edit(func(p map[string]any) {
		p["BucketEncryption"] = map[string]any{"ServerSideEncryptionConfiguration": []any{map[string]any{
			"ServerSideEncryptionByDefault": map[string]any{"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": siblingKey(p["BucketName"].(string), "spa")}}}}
	})},
	{"STORE-05", aBucket, "is gone", nil, remove},
	{"STORE-05", aBucket, "has another name", nil, set("BucketName", "livechat-staging")},
	{"STORE-05", aBucket, "has any name", nil, drop("BucketName")},
	{"STORE-06", aBucket, "hosts a website", nil, set("WebsiteConfiguration.IndexDocument", "index.html")},
	{"STORE-06", aBucket, "lists its objects elsewhere", nil, set("InventoryConfigurations", []any{map[string]any{"Id": "all"}})},
	{"STORE-06", aBucket, "is reached from the edge", nil, set("AccelerateConfiguration.AccelerationStatus", "Enabled")},
	{"STORE-06", aBucket, "gives access by an ACL", nil, set("AccessControl", "PublicRead")},
	{"STORE-06", aBucketPolicy, "becomes an access point", nil, func(body map[string]any) map[string]any {
		body["Type"] = "AWS::S3::AccessPoint"
		return body
	}},
	{"STORE-07", aBucket, "goes with its stack", nil, without("DeletionPolicy")},
	{"STORE-07", aBucket, "goes when it is replaced", nil, without("UpdateReplacePolicy")},

	{"STORE-12", aBucket, "is not logged", ofData, drop("LoggingConfiguration")},
	{"STORE-12", aBucket, "is logged into itself", ofData, edit(func(p map[string]any) {
		p["LoggingConfiguration"].(map[string]any)["DestinationBucketName"] = p["BucketName"]
	})},
	{"STORE-12", aBucket, "is logged into somebody's bucket", ofData, set("LoggingConfiguration.DestinationBucketName", "attackers-bucket")},
	{"STORE-12", aBucket, "is logged under no prefix", ofData, drop("LoggingConfiguration.LogFilePrefix")},
	{"STORE-12", aBucket, "is logged under another's prefix", ofData, set("LoggingConfiguration.LogFilePrefix", "all/")},
	{"STORE-12", aBucket, "logs the logging", ofAccessLogs, set("LoggingConfiguration.LogFilePrefix", "access-logs/")},

	{"STORE-12", aBucket, "locks the access logs, so that none are delivered", ofAccessLogs, set("ObjectLockConfiguration.ObjectLockEnabled", "Enabled")},

	{"STORE-13", aBucket, "drops the lock", released, drop("ObjectLockConfiguration")},
	{"STORE-13", aBucket, "switches the lock off", released, drop("ObjectLockEnabled")},
	{"STORE-13", aBucket, "locks nothing by default", released, drop("ObjectLockConfiguration.Rule")},
	{"STORE-13", aBucket, "locks for a day", released, set("ObjectLockConfiguration.Rule.DefaultRetention.Days", 1)},
	{"STORE-13", aBucket, "locks in no mode", released, drop("ObjectLockConfiguration.Rule.DefaultRetention.Mode")},
}

var bucketPolicyMutations = slices.Concat(
	weakenings("STORE-08", nil, "aws:SecureTransport", "s3:*"),
	weakenings("STORE-08", nil, "s3:TlsVersion", "s3:*"),
	weakenings("STORE-10", policyOfData, "aws:PrincipalAccount", "s3:*"),
	weakenings("STORE-11", policyOfData, "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:PutObject"),
	weakenings("STORE-11", policyOfData, "s3:x-amz-server-side-encryption", "s3:PutObject"),
	weakenings("STORE-13", policyOfReleased, "s3:if-none-match", "s3:PutObject"),
	[]mutation{
		{"STORE-11", aBucketPolicy, "takes objects under S3's own key", policyOfData, conditioned("s3:x-amz-server-side-encryption", func(s map[string]any) {
			s["Condition"].(map[string]any)["StringNotEquals"] = map[string]any{"s3:x-amz-server-side-encryption": []any{"aws:kms", "AES256"}}
		})},
		{"STORE-08", aBucketPolicy, "is gone", nil, remove},
		{"STORE-08", aBucketPolicy, "goes with its stack", nil, without("DeletionPolicy")},
		{"STORE-08", aBucketPolicy, "goes when it is replaced", nil, without("UpdateReplacePolicy")},
		{"STORE-08", aBucketPolicy, "is of another bucket", nil, set("Bucket", "attackers-bucket")},
		{"STORE-08", aBucketPolicy, "takes TLS 1.0", nil, conditioned("s3:TlsVersion", func(s map[string]any) {
			s["Condition"] = map[string]any{"NumericLessThan": map[string]any{"s3:TlsVersion": 1.0}}
		})},
		{"STORE-09", aBucketPolicy, "admits everybody", nil, admitting(map[string]any{"Principal": "*"})},
		{"STORE-09", aBucketPolicy, "admits another account", nil, admitting(map[string]any{"Principal": map[string]any{"AWS": "arn:aws:iam::999999999999:root"}})},
		{"STORE-09", aBucketPolicy, "admits a role by name", nil, admitting(map[string]any{"Principal": map[string]any{"AWS": "arn:aws:iam::333344445555:role/forgotten"}})},
		{"STORE-09", aBucketPolicy, "admits all but one", nil, admitting(map[string]any{"NotPrincipal": map[string]any{"AWS": "arn:aws:iam::999999999999:root"}})},
		{"STORE-09", aBucketPolicy, "admits a service for whoever asks it", nil, admitting(map[string]any{"Principal": map[string]any{"Service": "logging.s3.amazonaws.com"}})},
		{"STORE-09", aBucketPolicy, "admits the world's log delivery", policyOfAccessLogs, eachAllow(func(s map[string]any) { delete(s, "Condition") })},
		{"STORE-09", aBucketPolicy, "admits log delivery for any bucket", policyOfAccessLogs, eachAllow(func(s map[string]any) {
			s["Condition"].(map[string]any)["ArnLike"] = map[string]any{"aws:SourceArn": "arn:aws:s3:::*"}
		})},
		{"STORE-09", aBucketPolicy, "admits log delivery for another account", policyOfAccessLogs, eachAllow(func(s map[string]any) {
			s["Condition"].(map[string]any)["StringEquals"] = map[string]any{"aws:SourceAccount": "999999999999"}
		})},
		{"STORE-09", aBucketPolicy, "lets log delivery read", policyOfAccessLogs, eachAllow(func(s map[string]any) { s["Action"] = "s3:*" })},
		{"STORE-09", aBucketPolicy, "admits another service", policyOfAccessLogs, eachAllow(func(s map[string]any) {
			s["Principal"] = map[string]any{"Service": "lambda.amazonaws.com"}
		})},
		{"STORE-12", aBucketPolicy, "takes no logs", policyOfAccessLogs, eachStatement("PolicyDocument", func(s map[string]any) map[string]any {
			if s["Effect"] == "Allow" {
				return nil
			}
			return s
		})},
		{"STORE-12", aBucketPolicy, "refuses log delivery", policyOfAccessLogs, eachAllow(func(s map[string]any) { s["Effect"] = "Deny" })},
		{"STORE-12", aBucketPolicy, "refuses log delivery besides", policyOfAccessLogs, edit(func(p map[string]any) {
			d := p["PolicyDocument"].(map[string]any)
			d["Statement"] = append(d["Statement"].([]any), map[string]any{"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"})
		})},
		{"STORE-12", aBucketPolicy, "takes logs under another prefix", policyOfAccessLogs, eachAllow(func(s map[string]any) {
			s["Resource"] = "arn:aws:s3:::livechat/elsewhere/*"
		})},
	},
)

// weakenings are the ways in which a Deny that is recognized by a condition key comes to deny less.
func weakenings(policy string, where func(*template.Resource) bool, key, action string) []mutation {
	way := func(name string, change func(s map[string]any)) mutation {
		return mutation{policy, aBucketPolicy, name + " (" + key + ")", where, conditioned(key, change)}
	}
	return []mutation{
		{policy, aBucketPolicy, "drops the statement (" + key + ")", where, eachStatement("PolicyDocument", func(s map[string]any) map[string]any {
			if speaksOf(s, key) {
				return nil
			}
			return s
		})},
		way("allows instead", func(s map[string]any) { s["Effect"] = "Allow" }),
		way("denies it to one role only", func(s map[string]any) {
			s["Principal"] = map[string]any{"AWS": "arn:aws:iam::333344445555:role/one"}
		}),
		way("denies it to all but one role", func(s map[string]any) {
			delete(s, "Principal")
			s["NotPrincipal"] = map[string]any{"AWS": "arn:aws:iam::333344445555:role/one"}
		}),
		way("denies another action", func(s map[string]any) { s["Action"] = "s3:GetObjectTorrent" }),
		way("denies all but an action", func(s map[string]any) {
			delete(s, "Action")
			s["NotAction"] = action
		}),
		way("denies it on one object", func(s map[string]any) { s["Resource"] = "arn:aws:s3:::livechat/one" }),
		way("denies it under a further condition", func(s map[string]any) {
			s["Condition"].(map[string]any)["StringLike"] = map[string]any{"aws:UserAgent": "curl/*"}
		}),
		way("denies it under another condition", func(s map[string]any) {
			s["Condition"] = map[string]any{"Bool": map[string]any{key: "maybe"}}
		}),
	}
}

var lifecycleMutations = []mutation{
	{"STORE-14", aBucket, "keeps knowledge for ever", named("-knowledge"), drop("LifecycleConfiguration")},
	{"STORE-14", aBucket, "does not expire a class", named("-knowledge"), set("LifecycleConfiguration.Rules.1.Status", "Disabled")},
	{"STORE-14", aBucket, "expires a class late", named("-knowledge"), set("LifecycleConfiguration.Rules.1.ExpirationInDays", 31)},
	{"STORE-14", aBucket, "expires a class early", named("-knowledge"), set("LifecycleConfiguration.Rules.6.ExpirationInDays", 1)},
	{"STORE-14", aBucket, "expires what is in no class", named("-knowledge"), set("LifecycleConfiguration.Rules.1.Prefix", "")},
	{"STORE-14", aBucket, "keeps old versions", named("-knowledge"), set("LifecycleConfiguration.Rules.1.NoncurrentVersionExpiration.NoncurrentDays", 90)},
	{"STORE-14", aBucket, "keeps some old versions", named("-knowledge"), set("LifecycleConfiguration.Rules.1.NoncurrentVersionExpiration.NewerNoncurrentVersions", 5)},
	{"STORE-14", aBucket, "expires everything", named("-knowledge"), set("LifecycleConfiguration.Rules.0.ExpirationInDays", 1)},
	{"STORE-14", aBucket, "expires only what is tagged", named("-knowledge"), set("LifecycleConfiguration.Rules.1.TagFilters", []any{map[string]any{"Key": "a", "Value": "b"}})},
	{"STORE-15", aBucket, "keeps unfinished uploads", nil, drop("LifecycleConfiguration.Rules.0.AbortIncompleteMultipartUpload")},
	{"STORE-15", aBucket, "keeps unfinished uploads for a month", nil, set("LifecycleConfiguration.Rules.0.AbortIncompleteMultipartUpload.DaysAfterInitiation", 30)},
	{"STORE-15", aBucket, "ends unfinished uploads of one place", nil, set("LifecycleConfiguration.Rules.0.Prefix", "one/")},
	{"STORE-15", aBucket, "does not apply the rule", nil, set("LifecycleConfiguration.Rules.0.Status", "Disabled")},
	{"STORE-16", aBucket, "keeps access logs for a month", ofAccessLogs, set("LifecycleConfiguration.Rules.1.ExpirationInDays", 30)},
	{"STORE-16", aBucket, "keeps access logs for ever", ofAccessLogs, drop("LifecycleConfiguration.Rules.1.ExpirationInDays")},
	{"STORE-16", aBucket, "forgets deleted access logs in a day", ofAccessLogs, set("LifecycleConfiguration.Rules.1.NoncurrentVersionExpiration.NoncurrentDays", 1)},
	{"STORE-16", aBucket, "expires access logs by a second rule", ofAccessLogs, set("LifecycleConfiguration.Rules.0.ExpirationInDays", 1)},
	{"STORE-16", aBucket, "expires what was released", released, set("LifecycleConfiguration.Rules.0.ExpirationInDays", 1)},
	{"STORE-16", aBucket, "forgets what was released", released, set("LifecycleConfiguration.Rules.0.NoncurrentVersionExpiration.NoncurrentDays", 1)},
	{"STORE-16", aBucket, "expires the dashboard", named("-spa"), set("LifecycleConfiguration.Rules.1.ExpirationInDays", 90)},
	{"STORE-16", aBucket, "forgets the replaced dashboard in a day", named("-spa"), set("LifecycleConfiguration.Rules.1.NoncurrentVersionExpiration.NoncurrentDays", 1)},
	{"STORE-16", aBucket, "expires everything on a day", nil, set("LifecycleConfiguration.Rules.0.ExpirationDate", "2027-01-01T00:00:00Z")},
	{"STORE-16", aBucket, "moves everything where it cannot be read at once", nil,
		set("LifecycleConfiguration.Rules.0.Transitions", []any{map[string]any{"StorageClass": "DEEP_ARCHIVE", "TransitionInDays": 1}})},
}

const firstCopy = "ReplicationConfiguration.Rules.0."

var replicationMutations = []mutation{
	{"STORE-17", aBucket, "is copied nowhere", replicated, drop("ReplicationConfiguration")},
	{"STORE-17", aBucket, "is copied to one region less", replicated, edit(func(p map[string]any) {
		c := p["ReplicationConfiguration"].(map[string]any)
		c["Rules"] = c["Rules"].([]any)[1:]
	})},
	{"STORE-17", aBucket, "is not copied for now", replicated, set(firstCopy+"Status", "Disabled")},
	{"STORE-17", aBucket, "is copied in part", replicated, set(firstCopy+"Filter.Prefix", "retention-30d/")},
	{"STORE-17", aBucket, "is copied where it is tagged", replicated, set(firstCopy+"Filter.TagFilter", map[string]any{"Key": "a", "Value": "b"})},
	{"STORE-17", aBucket, "keeps in the copy what was deleted", replicated, set(firstCopy+"DeleteMarkerReplication.Status", "Disabled")},
	{"STORE-17", aBucket, "leaves out what is encrypted", replicated, drop(firstCopy + "SourceSelectionCriteria")},
	{"STORE-17", aBucket, "is copied unseen", replicated, drop(firstCopy + "Destination.Metrics")},
	{"STORE-17", aBucket, "is copied to somebody's bucket", replicated, set(firstCopy+"Destination.Bucket", "arn:aws:s3:::attackers-bucket")},
	{"STORE-17", aBucket, "is copied to another account", replicated, set(firstCopy+"Destination.Account", "999999999999")},
	{"STORE-17", aBucket, "is copied under no key", replicated, drop(firstCopy + "Destination.EncryptionConfiguration")},
	{"STORE-17", aBucket, "is copied under the wrong region's key", replicated, set(firstCopy+"Destination.EncryptionConfiguration.ReplicaKmsKeyID", "alias/livechat-prod-knowledge")},
	{"STORE-17", aBucket, "has two rules of one priority", func(r *template.Resource) bool {
		return r.Get("ReplicationConfiguration.Rules").Len() > 1
	}, set(firstCopy+"Priority", 2)},
	{"STORE-17", aBucket, "is copied though nobody meant it", func(r *template.Resource) bool { return !replicated(r) }, set("ReplicationConfiguration", map[string]any{
		"Role": "arn:aws:iam::333344445555:role/any", "Rules": []any{map[string]any{"Status": "Enabled", "Destination": map[string]any{"Bucket": "arn:aws:s3:::attackers-bucket"}}},
	})},
	{"STORE-18", aBucket, "is copied by somebody's role", replicated, set("ReplicationConfiguration.Role", "arn:aws:iam::999999999999:role/any")},
	{"STORE-18", "AWS::IAM::Role", "is gone", copies, remove},
	{"STORE-18", "AWS::IAM::Role", "is taken for any bucket", copies, eachStatement("AssumeRolePolicyDocument", func(s map[string]any) map[string]any {
		delete(s, "Condition")
		return s
	})},
	{"STORE-18", "AWS::IAM::Role", "is taken by anybody of the account", copies, eachStatement("AssumeRolePolicyDocument", func(s map[string]any) map[string]any {
		s["Principal"] = map[string]any{"AWS": "333344445555"}
		return s
	})},
	{"STORE-18", "AWS::IAM::Role", "may do nothing", copies, drop("Policies")},
	{"STORE-18", "AWS::IAM::Role", "cannot decrypt what it copies", copies, replicating("kms:Decrypt", nil)},
	{"STORE-18", "AWS::IAM::Role", "decrypts everything", copies, replicating("kms:Decrypt", func(s map[string]any) { s["Resource"] = "*" })},
	{"STORE-18", "AWS::IAM::Role", "encrypts under any key", copies, replicating("kms:Encrypt", func(s map[string]any) {
		delete(s["Condition"].(map[string]any), "ForAnyValue:StringEquals")
	})},
	{"STORE-18", "AWS::IAM::Role", "encrypts by an alias that grants nothing", copies, replicating("kms:Encrypt", func(s map[string]any) {
		s["Resource"] = "arn:aws:kms:us-east-1:333344445555:alias/livechat-prod-knowledge"
	})},
	{"STORE-18", "AWS::IAM::Role", "copies to any bucket", copies, replicating("s3:ReplicateObject", func(s map[string]any) { s["Resource"] = "arn:aws:s3:::*/*" })},
	{"STORE-18", "AWS::IAM::Role", "does what it likes", copies, replicating("s3:ReplicateObject", func(s map[string]any) { s["Action"] = "s3:*" })},
	{"STORE-18", "AWS::IAM::Role", "is an administrator besides", copies, set("ManagedPolicyArns", []any{"arn:aws:iam::aws:policy/AdministratorAccess"})},
}

func ofAccessLogs(r *template.Resource) bool { return named("-access-logs")(r) }
func ofData(r *template.Resource) bool       { return !ofAccessLogs(r) }
func released(r *template.Resource) bool     { return named("-sdk")(r) }
func replicated(r *template.Resource) bool   { return !r.Get("ReplicationConfiguration").Missing() }
func copies(r *template.Resource) bool       { return strings.Contains(r.ID, "Replication") }
func policyOfAccessLogs(r *template.Resource) bool {
	return strings.HasSuffix(r.Get("Bucket").Text(), "-access-logs")
}
func policyOfData(r *template.Resource) bool { return !policyOfAccessLogs(r) }
func policyOfReleased(r *template.Resource) bool {
	return strings.HasSuffix(r.Get("Bucket").Text(), "-sdk")
}

func named(suffix string) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return strings.HasSuffix(r.Get("BucketName").Text(), suffix) }
}

// siblingKey is the alias of a class's key beside a bucket, from the bucket's name: livechat-<environment>-<account>-….
func siblingKey(bucket, class string) string {
	at := strings.IndexFunc(bucket, func(r rune) bool { return r >= '0' && r <= '9' })
	return "alias/" + bucket[:at] + class
}

func without(key string) func(map[string]any) map[string]any {
	return func(body map[string]any) map[string]any {
		delete(body, key)
		return body
	}
}

func speaksOf(s map[string]any, key string) bool {
	conditions, _ := s["Condition"].(map[string]any)
	for _, keys := range conditions {
		if _, ok := keys.(map[string]any)[key]; ok {
			return true
		}
	}
	return false
}

// conditioned changes the statements of a bucket policy that are held to a condition key.
func conditioned(key string, change func(s map[string]any)) func(map[string]any) map[string]any {
	return eachStatement("PolicyDocument", func(s map[string]any) map[string]any {
		if speaksOf(s, key) {
			change(s)
		}
		return s
	})
}

func eachAllow(change func(s map[string]any)) func(map[string]any) map[string]any {
	return eachStatement("PolicyDocument", func(s map[string]any) map[string]any {
		if s["Effect"] == "Allow" {
			change(s)
		}
		return s
	})
}

// admitting adds a statement to a bucket policy that allows somebody to read.
func admitting(statement map[string]any) func(map[string]any) map[string]any {
	return edit(func(p map[string]any) {
		s := map[string]any{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
		for k, v := range statement {
			s[k] = v
		}
		d := p["PolicyDocument"].(map[string]any)
		d["Statement"] = append(d["Statement"].([]any), s)
	})
}

// replicating changes the statements of a role's inline policy that speak of an action, or takes them out.
func replicating(action string, change func(s map[string]any)) func(map[string]any) map[string]any {
	return edit(func(p map[string]any) {
		d := p["Policies"].([]any)[0].(map[string]any)["PolicyDocument"].(map[string]any)
		var kept []any
		for _, s := range d["Statement"].([]any) {
			s := s.(map[string]any)
			list, _ := s["Action"].([]any)
			if s["Action"] == action || slices.Contains(list, any(action)) {
				if change == nil {
					continue
				}
				change(s)
			}
			kept = append(kept, s)
		}
		d["Statement"] = kept
	})
}
