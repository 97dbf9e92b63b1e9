package storage

import (
	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

const scanService = "malware-protection-plan.guardduty.amazonaws.com"

// knowledgeIsScanned also holds that the bucket reports its objects to EventBridge, by which the scanner knows of them. Without the
// tag, no object can ever be read (STORE-21).
var knowledgeIsScanned = policies.Policy{
	ID: "STORE-24", Title: "Every object of knowledge is scanned for malware and tagged with the verdict",
	Source:    policies.Answer(uploadQuestion, "Monitor and alert on unusual upload activity."),
	Component: policies.Buckets, STRIDE: "T", Severity: policies.High,
	Fix:   "build the bucket with bucket.NewKnowledge",
	Where: func(r *template.Resource) bool { return r.Type == intent.ScanType || isKnowledge(r) },
	Count: []expect.Census{expect.One(intent.ScanType)},
	Expect: expect.Shapes{
		intent.ScanType: {
			"Actions":           expect.Object(expect.Shape{"Tagging": expect.Object(expect.Shape{"Status": expect.Is("ENABLED")})}),
			"ProtectedResource": expect.Object(expect.Shape{"S3Bucket": expect.Object(expect.Shape{"BucketName": ownKnowledge})}),
		},
		bucketType: {"NotificationConfiguration": expect.Object(expect.Shape{
			"EventBridgeConfiguration": expect.Object(expect.Shape{"EventBridgeEnabled": expect.True}),
		})},
	},
}

var ownKnowledge = expect.Want{
	Text: "the bucket of knowledge of its stack", Reads: []string{bucketType}, Breaks: []any{"other"},
	Holds: func(at expect.At, v template.Value) bool {
		b := at.Estate.Find(v, bucketType)
		return b != nil && b == knowledgeOf(at.Stack())
	},
}

var scannerOnlyScans = policies.Policy{
	ID: "STORE-25", Title: "Only GuardDuty assumes the role that scans, for this account's plans, and it only scans",
	Source:    policies.LeastPrivilege,
	Component: policies.Buckets, STRIDE: "SIE", Severity: policies.High,
	Fix:    "build the bucket with bucket.NewKnowledge",
	Expect: expect.Shapes{intent.ScanType: {"Role": ownRole}},
	Reads:  append([]string{bucketType, intent.KeyType, intent.AliasType}, intent.GrantTypes...),
	Check: func(e *template.Estate, f *policies.Findings) {
		for p := range e.All(intent.ScanType) {
			role, b := e.Find(p.Get("Role"), intent.RoleType), scannedBy(e, p)
			if role == nil || b == nil {
				continue // the shape, or STORE-24
			}
			plans := "arn:" + p.Stack.Partition() + ":guardduty:" + p.Stack.Region + ":" + p.Stack.Account + ":malware-protection-plan/*"
			judgeTrust(f, role, serviceTrust(role, scanService, plans))
			judgePermissions(e, f, role, scanNeeds(e, b))
		}
	},
}

// scanNeeds returns what scanning takes ("Create or update IAM role policy" in GuardDuty's guide).
func scanNeeds(e *template.Estate, b *template.Resource) []template.Statement {
	arn, s := b.Attribute("Arn"), b.Stack
	rule := "arn:" + s.Partition() + ":events:" + s.Region + ":" + s.Account + ":rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*"
	return []template.Statement{
		allow(rule, "events:PutRule", "events:DeleteRule", "events:PutTargets", "events:RemoveTargets").under(
			intent.When("StringEquals", "events:ManagedBy", scanService)),
		allow(rule, "events:DescribeRule", "events:ListTargetsByRule").under(),
		allow(arn, "s3:GetBucketNotification", "s3:PutBucketNotification", "s3:ListBucket").under(),
		allow(arn+"/"+validationObject, "s3:PutObject").under(),
		allow(arn+"/*", "s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:GetObjectVersionTagging",
			"s3:PutObjectTagging", "s3:PutObjectVersionTagging").under(),
		allow(keyOf(e, b), "kms:Decrypt", "kms:GenerateDataKey").under(throughS3(s.Region)),
	}
}

// scannedBy returns the bucket that a plan scans, or nil.
func scannedBy(e *template.Estate, plan *template.Resource) *template.Resource {
	return e.Find(plan.Get("ProtectedResource", "S3Bucket", "BucketName"), bucketType)
}

// scannersOf returns the ARNs of the roles that scan a bucket.
func scannersOf(e *template.Estate, b *template.Resource) []string {
	var arns []string
	for p := range e.All(intent.ScanType) {
		if role := e.Find(p.Get("Role"), intent.RoleType); role != nil && scannedBy(e, p) == b {
			arns = append(arns, role.Attribute("Arn"))
		}
	}
	return arns
}
