package mutation

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

var uploadMutations = slices.Concat(uploaderMutations, knowledgePolicyMutations, scanMutations, archiveMutations)

// somebodysRole is of the account, and has no business with a bucket.
const somebodysRole = "arn:aws:iam::333344445555:role/one"

var uploaderMutations = []mutation{
	{"STORE-19", aRole, "is gone", uploads, remove},
	{"STORE-19", aRole, "has another name", uploads, set("RoleName", "livechat-prod-uploads")},
	{"STORE-19", aRole, "is of one partner, whatever the session says", uploads, set("Tags", []any{map[string]any{"Key": "partner", "Value": "acme"}})},
	{"STORE-19", aRole, "is assumed by any role of the account", uploads, sessions(func(c map[string]any) { delete(c, "ArnEquals") })},
	{"STORE-19", aRole, "is assumed by the chat service too", uploads, sessions(func(c map[string]any) {
		keys := c["ArnEquals"].(map[string]any)
		keys["aws:PrincipalArn"] = append(keys["aws:PrincipalArn"].([]any), somebodysRole)
	})},
	{"STORE-19", aRole, "is assumed by any role of that name", uploads, sessions(func(c map[string]any) {
		c["ArnLike"] = map[string]any{"aws:PrincipalArn": "arn:aws:iam::*:role/*dashboard"}
		delete(c, "ArnEquals")
	})},
	{"STORE-19", aRole, "is assumed for all partners at once", uploads, sessions(func(c map[string]any) { delete(c, "StringLike") })},
	{"STORE-19", aRole, "is assumed for a partner that may not exist", uploads, sessions(func(c map[string]any) {
		c["StringLikeIfExists"] = c["StringLike"]
		delete(c, "StringLike")
	})},
	{"STORE-19", aRole, "is assumed for a place below another partner's", uploads, sessions(func(c map[string]any) { delete(c, "StringNotLike") })},
	{"STORE-19", aRole, "is assumed for any retention", uploads, sessions(func(c map[string]any) { delete(c, "StringEquals") })},
	{"STORE-19", aRole, "is assumed for a retention that nothing ends", uploads, sessions(func(c map[string]any) {
		keys := c["StringEquals"].(map[string]any)
		keys["aws:RequestTag/retention"] = append(keys["aws:RequestTag/retention"].([]any), "retention-forever")
	})},
	{"STORE-19", aRole, "is assumed with further tags", uploads, sessions(func(c map[string]any) { delete(c, "ForAllValues:StringEquals") })},
	{"STORE-19", aRole, "hands its tags on", uploads, sessions(func(c map[string]any) { delete(c, "Null") })},
	{"STORE-19", aRole, "is assumed by a service", uploads, trusting(func(s map[string]any) { s["Principal"] = map[string]any{"Service": "ecs-tasks.amazonaws.com"} })},
	{"STORE-19", aRole, "takes no tags", uploads, trusting(func(s map[string]any) { s["Action"] = "sts:AssumeRole" })},
	{"IAM-14", aRole, "uploads, and people take it up", uploads, set("RoleName", "livechat-prod-eu-west-1-upload")},

	{"STORE-20", aRole, "puts anywhere", uploads, permitting(0, func(s map[string]any) { s["Resource"] = strings.Split(s["Resource"].(string), "/")[0] + "/*" })},
	{"STORE-20", aRole, "puts below any partner", uploads, permitting(0, func(s map[string]any) {
		s["Resource"] = strings.Replace(s["Resource"].(string), "${aws:PrincipalTag/partner}", "*", 1)
	})},
	{"STORE-20", aRole, "puts into any class", uploads, permitting(0, func(s map[string]any) {
		s["Resource"] = strings.Replace(s["Resource"].(string), "${aws:PrincipalTag/retention}", "*", 1)
	})},
	{"STORE-20", aRole, "puts what the request says", uploads, permitting(0, func(s map[string]any) {
		s["Resource"] = strings.Replace(s["Resource"].(string), "aws:PrincipalTag", "aws:RequestTag", 1)
	})},
	{"STORE-20", aRole, "puts into the dashboard's pages", uploads, permitting(0, func(s map[string]any) {
		s["Resource"] = strings.Replace(s["Resource"].(string), "-knowledge/", "-spa/", 1)
	})},
	{"STORE-20", aRole, "reads", uploads, permitting(0, alsoAllowing("s3:GetObject"))},
	{"STORE-20", aRole, "deletes", uploads, permitting(0, alsoAllowing("s3:DeleteObject"))},
	{"STORE-20", aRole, "tags", uploads, permitting(0, alsoAllowing("s3:PutObjectTagging"))},
	{"STORE-20", aRole, "puts nothing", uploads, permitting(0, func(s map[string]any) { s["Action"] = "s3:AbortMultipartUpload" })},
	{"STORE-20", aRole, "decrypts", uploads, permitting(1, alsoAllowing("kms:Decrypt"))},
	{"STORE-20", aRole, "uses the key for another bucket", uploads, permitting(1, func(s map[string]any) {
		delete(s["Condition"].(map[string]any)["StringEquals"].(map[string]any), "kms:EncryptionContext:aws:s3:arn")
	})},
	{"STORE-20", aRole, "has no data key", uploads, permitting(1, func(s map[string]any) { s["Effect"] = "Deny" })},
	{"STORE-20", aRole, "has S3 whole", uploads, set("ManagedPolicyArns", []any{"arn:aws:iam::aws:policy/AmazonS3FullAccess"})},
}

var knowledgePolicyMutations = slices.Concat(
	weakenings("STORE-21", policyOf("-knowledge"), "aws:SourceVpce", "s3:GetObject*"),
	[]mutation{
		{"STORE-21", aBucketPolicy, "takes uploads by a URL of a day", policyOf("-knowledge"), conditioned("s3:signatureAge", func(s map[string]any) {
			s["Condition"] = map[string]any{"NumericGreaterThan": map[string]any{"s3:signatureAge": "86400000"}}
		})},
		{"STORE-21", aBucketPolicy, "takes objects in one place more", policyOf("-knowledge"), sidOf("DenyOutsideTheClasses", func(s map[string]any) {
			list, _ := s["NotResource"].([]any)
			s["NotResource"] = append(list, "arn:aws:s3:::livechat/forever/*")
		})},
		{"STORE-21", aBucketPolicy, "is read by people from anywhere", policyOf("-knowledge"), conditioned("aws:SourceVpce", alsoExempt(somebodysRole))},
		{"STORE-21", aBucketPolicy, "is read from anywhere by all roles", policyOf("-knowledge"), conditioned("aws:SourceVpce", alsoExempt("arn:aws:iam::333344445555:role/*"))},
		{"STORE-21", aBucketPolicy, "is read from a foreign VPC", policyOf("-knowledge"), conditioned("aws:SourceVpce", func(s map[string]any) {
			s["Condition"].(map[string]any)["StringNotEquals"] = map[string]any{"aws:SourceVpce": "vpce-0123456789abcdef0"}
		})},
		{"STORE-21", aBucketPolicy, "cannot be scanned", policyOf("-knowledge"), conditioned("aws:SourceVpce", func(s map[string]any) {
			delete(s["Condition"].(map[string]any), "ArnNotEquals")
		})},
		{"STORE-21", "AWS::EC2::VPCEndpoint", "is replaced by a foreign endpoint", func(r *template.Resource) bool { return strings.HasSuffix(r.Get("ServiceName").Text(), ".s3") }, remove},
		{"STORE-21", aBucketPolicy, "is read unless something was found", policyOf("-knowledge"),
			conditioned("s3:ExistingObjectTag/GuardDutyMalwareScanStatus", func(s map[string]any) {
				c := s["Condition"].(map[string]any)
				c["StringEquals"] = map[string]any{"s3:ExistingObjectTag/GuardDutyMalwareScanStatus": "THREATS_FOUND"}
				delete(c, "StringNotEquals")
			})},
		{"STORE-21", aBucketPolicy, "is read though it could not be scanned", policyOf("-knowledge"),
			conditioned("s3:ExistingObjectTag/GuardDutyMalwareScanStatus", func(s map[string]any) {
				s["Condition"].(map[string]any)["StringNotEquals"] = map[string]any{"s3:ExistingObjectTag/GuardDutyMalwareScanStatus": []any{"NO_THREATS_FOUND", "UNSUPPORTED"}}
			})},
		{"STORE-21", aBucketPolicy, "is read unscanned by a role", policyOf("-knowledge"), conditioned("s3:ExistingObjectTag/GuardDutyMalwareScanStatus", alsoExempt(somebodysRole))},
		{"STORE-21", aBucketPolicy, "is called clean by a role", policyOf("-knowledge"), sidOf("DenyTagging", alsoExempt(somebodysRole))},
		{"STORE-21", aBucketPolicy, "is called clean in an old version", policyOf("-knowledge"), sidOf("DenyTagging", func(s map[string]any) { s["Action"] = "s3:PutObjectTagging" })},
		{"STORE-21", aBucketPolicy, "refuses deletions", policyOf("-knowledge"), alsoRefusing(map[string]any{"Action": "s3:DeleteObject"})},
		{"STORE-21", aBucketPolicy, "refuses callers outside the VPC, those who upload included", policyOf("-knowledge"), alsoRefusing(map[string]any{
			"Action": "s3:PutObject", "Condition": map[string]any{"StringNotEquals": map[string]any{"aws:SourceVpce": "vpce-0123456789abcdef0"}}})},
	},
)

var scanMutations = []mutation{
	{"STORE-25", aRole, "scans for another service", scans, trusting(func(s map[string]any) { s["Principal"] = map[string]any{"Service": "guardduty.amazonaws.com"} })},
	{"STORE-25", aRole, "scans for a plan, which GuardDuty does not say", scans, trusting(asking("arn:aws:guardduty:eu-west-1:333344445555:malware-protection-plan/*"))},
	{"STORE-25", aRole, "makes any rule", scans, replicating("events:PutRule", func(s map[string]any) { delete(s, "Condition") })},
	{"STORE-25", aRole, "makes no rule", scans, replicating("events:PutRule", nil)},
	{"STORE-25", aRole, "puts any object", scans, replicating("s3:PutObject", func(s map[string]any) { s["Resource"] = "arn:aws:s3:::livechat/*" })},
	{"STORE-25", aRole, "deletes what it scans", scans, replicating("s3:GetObject", alsoAllowing("s3:DeleteObject"))},
	{"STORE-25", aRole, "cannot tag", scans, replicating("s3:GetObject", func(s map[string]any) { s["Action"] = []any{"s3:GetObject", "s3:GetObjectVersion"} })},
	{"STORE-25", aRole, "cannot decrypt what it scans", scans, replicating("kms:Decrypt", nil)},
	{"STORE-25", aRole, "decrypts everything", scans, replicating("kms:Decrypt", func(s map[string]any) { s["Resource"] = "*" })},
	{"IAM-20", aRole, "scans, and has one document more", scans, edit(func(p map[string]any) {
		list := p["Policies"].([]any)
		p["Policies"] = append(list, list[0])
	})},
	{"IAM-20", aRole, "uploads, and has one document more", uploads, edit(func(p map[string]any) {
		list := p["Policies"].([]any)
		p["Policies"] = append(list, list[0])
	})},
}

var archiveMutations = []mutation{
	{"STORE-16", aBucket, "forgets records after a year", named("-archive"), set("LifecycleConfiguration.Rules.1.ExpirationInDays", 365)},
	{"STORE-16", aBucket, "keeps records for ever", named("-archive"), drop("LifecycleConfiguration.Rules.1.ExpirationInDays")},
	{"STORE-16", aBucket, "forgets some records at once", named("-archive"), set("LifecycleConfiguration.Rules.0.ExpirationInDays", 1)},
	{"STORE-27", aBucketPolicy, "is read by one role more", policyOf("-archive"), sidOf("DenyReading", alsoExempt(somebodysRole))},
	{"STORE-27", aBucketPolicy, "is read by a pattern of roles", policyOf("-archive"), sidOf("DenyReading", func(s map[string]any) {
		s["Condition"] = map[string]any{"ArnNotLike": map[string]any{"aws:PrincipalArn": "arn:aws:iam::333344445555:role/*security*"}}
	})},
	{"STORE-27", aBucketPolicy, "is read in its old versions", policyOf("-archive"), sidOf("DenyReading", func(s map[string]any) { s["Action"] = "s3:GetObject" })},
	{"STORE-27", aBucketPolicy, "is emptied by who has a second factor", policyOf("-archive"), sidOf("DenyRemoving", func(s map[string]any) {
		s["Condition"] = map[string]any{"BoolIfExists": map[string]any{"aws:MultiFactorAuthPresent": "false"}}
	})},
	{"STORE-27", aBucketPolicy, "is unlocked by who may bypass the lock", policyOf("-archive"), sidOf("DenyRemoving", func(s map[string]any) {
		s["Action"] = []any{"s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectRetention"}
	})},
	{"STORE-27", aBucketPolicy, "refuses callers that are no administrator", policyOf("-archive"), alsoRefusing(map[string]any{
		"Action": "s3:PutObject", "Condition": map[string]any{"ArnNotEquals": map[string]any{"aws:PrincipalArn": somebodysRole}}})},
}

func uploads(r *template.Resource) bool { return strings.HasPrefix(r.ID, "Uploader") }
func scans(r *template.Resource) bool   { return strings.HasPrefix(r.ID, "KnowledgeScanRole") }
func takingUploads(r *template.Resource) bool {
	return named("-knowledge")(r) && r.Stack.Intent().Get("regions", "0").Is(r.Stack.Region)
}

var policyOfAccessLogs = policyOf("-access-logs")

func policyOf(suffix string) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return strings.HasSuffix(r.Get("Bucket").Text(), suffix) }
}

// sessions changes the conditions under which a role is taken up.
func sessions(change func(conditions map[string]any)) func(map[string]any) map[string]any {
	return trusting(func(s map[string]any) { change(s["Condition"].(map[string]any)) })
}

// alsoAllowing adds an action to a statement.
func alsoAllowing(action string) func(map[string]any) {
	return func(s map[string]any) {
		list, is := s["Action"].([]any)
		if !is {
			list = []any{s["Action"]}
		}
		s["Action"] = append(list, action)
	}
}

// alsoExempt exempts one role more from a refusal.
func alsoExempt(arn string) func(map[string]any) {
	return func(s map[string]any) {
		keys := s["Condition"].(map[string]any)["ArnNotEquals"].(map[string]any)
		list, is := keys["aws:PrincipalArn"].([]any)
		if !is {
			list = []any{keys["aws:PrincipalArn"]}
		}
		keys["aws:PrincipalArn"] = append(list, arn)
	}
}

// sidOf changes a statement of a bucket's policy by its Sid.
func sidOf(sid string, change func(s map[string]any)) func(map[string]any) map[string]any {
	return eachStatement("PolicyDocument", func(s map[string]any) map[string]any {
		if s["Sid"] != sid {
			return s
		}
		change(s)
		return s
	})
}
