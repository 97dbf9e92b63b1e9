package mutation

import (
	"maps"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

var bucketMutations = slices.Concat(bucketPropertyMutations, bucketPolicyMutations, lifecycleMutations, replicationMutations)

const (
	aBucket       = "AWS::S3::Bucket"
	aBucketPolicy = "AWS::S3::BucketPolicy"
)

var bucketPropertyMutations = []mutation{
	{"STORE-03", "AWS::KMS::Alias", "points the alias elsewhere", aliasOf("knowledge"), set("TargetKeyId", "alias/livechat-prod-spa")},
	{"STORE-04", aBucket, "takes another bucket's key", named("-knowledge"), edit(func(p map[string]any) {
		p["BucketEncryption"] = map[string]any{"ServerSideEncryptionConfiguration": []any{map[string]any{
			"ServerSideEncryptionByDefault": map[string]any{"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": siblingKey(p["BucketName"].(string), "spa")}}}}
	})},
	{"STORE-05", aBucket, "is gone", nil, remove},
	{"CDK-06", aBucket, "hosts a website", nil, set("WebsiteConfiguration.IndexDocument", "index.html")},
	{"CDK-06", aBucket, "lists its objects elsewhere", nil, set("InventoryConfigurations", []any{map[string]any{"Id": "all"}})},
	{"CDK-06", aBucket, "is reached from the edge", nil, set("AccelerateConfiguration.AccelerationStatus", "Enabled")},
	{"CDK-06", aBucket, "gives access by an ACL", nil, set("AccessControl", "PublicRead")},
	{"CDK-06", aBucketPolicy, "becomes an access point", nil, becomes("AWS::S3::AccessPoint")},
	{"CDK-06", aBucket, "logs the logging", named("-access-logs"), set("LoggingConfiguration.LogFilePrefix", "access-logs/")},
	{"CDK-06", aBucket, "locks the access logs, so that none are delivered", named("-access-logs"), set("ObjectLockConfiguration.ObjectLockEnabled", "Enabled")},
	{"CDK-06", aBucket, "answers pages", func(r *template.Resource) bool { return !takingUploads(r) }, set("CorsConfiguration.CorsRules",
		[]any{map[string]any{"AllowedOrigins": []any{"https://admin.chat.example.com"}, "AllowedMethods": []any{"PUT"}}})},
	{"CDK-06", aBucket, "reports every object to EventBridge", func(r *template.Resource) bool { return !named("-knowledge")(r) },
		set("NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", true)},
	{"CDK-06", aBucket, "is copied though no one meant it", func(r *template.Resource) bool { return !replicated(r) }, set("ReplicationConfiguration", map[string]any{
		"Role": "arn:aws:iam::333344445555:role/any", "Rules": []any{map[string]any{"Status": "Enabled", "Destination": map[string]any{"Bucket": "arn:aws:s3:::attackers-bucket"}}},
	})},
}

// What a class's document says is compared whole, so one statement of each document is weakened in every way.
var bucketPolicyMutations = slices.Concat(
	weakenings("STORE-08", nil, "aws:SecureTransport", "s3:*"),
	weakenings("STORE-08", nil, "s3:TlsVersion", "s3:*"),
	weakenings("STORE-10", policyOf("-spa"), "aws:PrincipalAccount", "s3:*"),
	weakenings("STORE-13", policyOf("-sdk"), "s3:if-none-match", "s3:PutObject"),
	[]mutation{
		{"STORE-08", aBucketPolicy, "takes TLS 1.0", nil, conditioned("s3:TlsVersion", func(s map[string]any) {
			s["Condition"] = map[string]any{"NumericLessThan": map[string]any{"s3:TlsVersion": 1.0}}
		})},
		{"STORE-09", aBucketPolicy, "admits log delivery for any bucket", policyOf("-access-logs"), eachAllow(func(s map[string]any) {
			s["Condition"].(map[string]any)["ArnLike"] = map[string]any{"aws:SourceArn": "arn:aws:s3:::*"}
		})},
		{"STORE-09", aBucketPolicy, "admits log delivery for another account", policyOf("-access-logs"), eachAllow(func(s map[string]any) {
			s["Condition"].(map[string]any)["StringEquals"] = map[string]any{"aws:SourceAccount": "999999999999"}
		})},
		{"STORE-09", aBucketPolicy, "admits another service", policyOf("-access-logs"), eachAllow(func(s map[string]any) {
			s["Principal"] = map[string]any{"Service": "lambda.amazonaws.com"}
		})},
		{"STORE-09", aBucketPolicy, "takes logs under another prefix", policyOf("-access-logs"), eachAllow(func(s map[string]any) {
			s["Resource"] = "arn:aws:s3:::livechat/elsewhere/*"
		})},
		{"STORE-09", aBucketPolicy, "refuses log delivery besides", policyOf("-access-logs"), alsoRefusing(map[string]any{"Action": "s3:PutObject"})},
		{"STORE-10", aBucketPolicy, "takes objects under S3's own key", policyOf("-spa"), conditioned("s3:x-amz-server-side-encryption", func(s map[string]any) {
			s["Condition"].(map[string]any)["StringNotEquals"] = map[string]any{"s3:x-amz-server-side-encryption": []any{"aws:kms", "AES256"}}
		})},
		{"STORE-10", aBucketPolicy, "admits a role by name", policyOf("-spa"), admitting(map[string]any{"Principal": map[string]any{"AWS": "arn:aws:iam::333344445555:role/forgotten"}})},
		{"STORE-10", aBucketPolicy, "admits all but one", policyOf("-spa"), admitting(map[string]any{"Principal": nil, "NotPrincipal": map[string]any{"AWS": "arn:aws:iam::999999999999:root"}})},
		{"STORE-10", aBucketPolicy, "locks every caller out", policyOf("-spa"), alsoRefusing(map[string]any{"Action": "s3:*"})},
	},
)

// weakenings returns the ways in which a Deny that is recognized by a condition key comes to deny less.
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
	{"STORE-14", aBucket, "expires a class late", named("-knowledge"), set("LifecycleConfiguration.Rules.1.ExpirationInDays", 31)},
	{"STORE-14", aBucket, "expires a class early", named("-knowledge"), set("LifecycleConfiguration.Rules.6.ExpirationInDays", 1)},
	{"STORE-14", aBucket, "expires what is in no class", named("-knowledge"), set("LifecycleConfiguration.Rules.1.Prefix", "")},
	{"STORE-14", aBucket, "keeps old versions", named("-knowledge"), set("LifecycleConfiguration.Rules.1.NoncurrentVersionExpiration.NoncurrentDays", 90)},
	{"STORE-14", aBucket, "expires everything", named("-knowledge"), set("LifecycleConfiguration.Rules.0.ExpirationInDays", 1)},
	{"STORE-15", aBucket, "keeps unfinished uploads", nil, drop("LifecycleConfiguration.Rules.0.AbortIncompleteMultipartUpload")},
	{"STORE-15", aBucket, "ends unfinished uploads of one place", nil, set("LifecycleConfiguration.Rules.0.Prefix", "one/")},
	{"STORE-16", aBucket, "keeps access logs for a month", named("-access-logs"), set("LifecycleConfiguration.Rules.1.ExpirationInDays", 30)},
	{"STORE-16", aBucket, "keeps access logs for ever", named("-access-logs"), drop("LifecycleConfiguration.Rules.1.ExpirationInDays")},
	{"STORE-16", aBucket, "forgets deleted access logs in a day", named("-access-logs"), set("LifecycleConfiguration.Rules.1.NoncurrentVersionExpiration.NoncurrentDays", 1)},
	{"STORE-16", aBucket, "expires access logs by a second rule", named("-access-logs"), set("LifecycleConfiguration.Rules.0.ExpirationInDays", 1)},
	{"STORE-16", aBucket, "expires what was released", named("-sdk"), set("LifecycleConfiguration.Rules.0.ExpirationInDays", 1)},
	{"STORE-16", aBucket, "forgets what was released", named("-sdk"), set("LifecycleConfiguration.Rules.0.NoncurrentVersionExpiration.NoncurrentDays", 1)},
	{"STORE-16", aBucket, "expires the dashboard", named("-spa"), set("LifecycleConfiguration.Rules.1.ExpirationInDays", 90)},
	{"STORE-16", aBucket, "forgets the replaced dashboard in a day", named("-spa"), set("LifecycleConfiguration.Rules.1.NoncurrentVersionExpiration.NoncurrentDays", 1)},
}

const firstCopy = "ReplicationConfiguration.Rules.0."

var replicationMutations = []mutation{
	{"STORE-17", aBucket, "is copied to one region less", replicated, edit(func(p map[string]any) {
		c := p["ReplicationConfiguration"].(map[string]any)
		c["Rules"] = c["Rules"].([]any)[1:]
	})},
	{"STORE-17", aBucket, "is copied to a foreign bucket", replicated, set(firstCopy+"Destination.Bucket", "arn:aws:s3:::attackers-bucket")},
	{"STORE-17", aBucket, "is copied under the wrong region's key", replicated, set(firstCopy+"Destination.EncryptionConfiguration.ReplicaKmsKeyID", "alias/livechat-prod-knowledge")},
	{"STORE-17", aBucket, "has two rules of one priority", func(r *template.Resource) bool {
		return r.Get("ReplicationConfiguration.Rules").Len() > 1
	}, set(firstCopy+"Priority", 2)},
	{"STORE-17", aRole, "is gone", copies, remove},
	{"STORE-18", aRole, "is taken for a bucket, which S3 does not say", copies, trusting(asking("arn:aws:s3:::livechat-prod-333344445555-eu-west-1-knowledge"))},
	{"STORE-18", aRole, "is taken by anybody of the account", copies, eachStatement("AssumeRolePolicyDocument", func(s map[string]any) map[string]any {
		s["Principal"] = map[string]any{"AWS": "333344445555"}
		return s
	})},
	{"STORE-18", aRole, "may do nothing", copies, drop("Policies")},
	{"STORE-18", aRole, "cannot decrypt what it copies", copies, replicating("kms:Decrypt", nil)},
	{"STORE-18", aRole, "decrypts everything", copies, replicating("kms:Decrypt", func(s map[string]any) { s["Resource"] = "*" })},
	{"STORE-18", aRole, "encrypts under any key", copies, replicating("kms:Encrypt", func(s map[string]any) {
		delete(s["Condition"].(map[string]any), "ForAnyValue:StringEquals")
	})},
	{"STORE-18", aRole, "encrypts by an alias that grants nothing", copies, replicating("kms:Encrypt", func(s map[string]any) {
		s["Resource"] = "arn:aws:kms:us-east-1:333344445555:alias/livechat-prod-knowledge"
	})},
	{"STORE-18", aRole, "copies to any bucket", copies, replicating("s3:ReplicateObject", func(s map[string]any) { s["Resource"] = "arn:aws:s3:::*/*" })},
	{"STORE-18", aRole, "does what it likes", copies, replicating("s3:ReplicateObject", func(s map[string]any) { s["Action"] = "s3:*" })},
	{"STORE-18", aRole, "is an administrator besides", copies, set("ManagedPolicyArns", []any{"arn:aws:iam::aws:policy/AdministratorAccess"})},
}

func replicated(r *template.Resource) bool { return !r.Get("ReplicationConfiguration").Missing() }
func ofData(r *template.Resource) bool     { return !named("-access-logs")(r) }
func copies(r *template.Resource) bool     { return strings.Contains(r.ID, "Replication") }

func named(suffix string) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return strings.HasSuffix(r.Get("BucketName").Text(), suffix) }
}

// siblingKey returns the alias of the key of a class, from the bucket's name:
// livechat-<environment>-<account>-….
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

func admitting(statement map[string]any) func(map[string]any) map[string]any {
	return alsoSaying("Allow", statement)
}

func alsoRefusing(statement map[string]any) func(map[string]any) map[string]any {
	return alsoSaying("Deny", statement)
}

// alsoSaying adds a statement to a bucket's policy, of all callers that read and on everything if it says nothing else.
func alsoSaying(effect string, statement map[string]any) func(map[string]any) map[string]any {
	return edit(func(p map[string]any) {
		s := map[string]any{"Effect": effect, "Principal": map[string]any{"AWS": "*"}, "Action": "s3:GetObject", "Resource": "*"}
		maps.Copy(s, statement)
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
