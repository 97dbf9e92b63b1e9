package storage

import (
	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

const (
	scanService = "malware-protection-plan.guardduty.amazonaws.com"
)

var knowledgeIsScanned = policies.Policy{
	ID: "STORE-24", Title: "Everything that comes into knowledge is scanned for malware and tagged with the verdict, in every region, and nothing else is told of",
	Source:    policies.Answer(uploadQuestion, "Monitor and alert on unusual upload activity."),
	Component: policies.Buckets, STRIDE: "T", Severity: policies.High,
	Fix:   "build the bucket with bucket.NewKnowledge",
	Reads: []string{"AWS::S3::Bucket", intent.ScanType},
	Check: func(e *template.Estate, f *policies.Findings) {
		plans := map[*template.Resource]int{}
		for p := range e.All(intent.ScanType) {
			f.Examined(p)
			f.AllowOnly(p, "Actions", "ProtectedResource", "Role")
			b := e.Find(p.Get("ProtectedResource", "S3Bucket", "BucketName"), "AWS::S3::Bucket")
			if b == nil || !isKnowledge(b) || b.Stack != p.Stack {
				f.Fail(p, "scans no knowledge of its stack")
				continue
			}
			plans[b]++
			if p.Get("ProtectedResource").Len() != 1 || len(intent.UnexpectedKeys(p.Get("ProtectedResource", "S3Bucket"), "BucketName")) > 0 {
				f.Fail(p, "scans a part of %s", b)
			}
			if !p.Get("Actions", "Tagging", "Status").Is("ENABLED") {
				f.Fail(p, "does not tag what it has scanned, so that nothing can ever be read")
			}
		}
		for _, b := range knowledges(e, f) {
			if plans[b] != 1 {
				f.Fail(b, "is scanned by %d plans, not one", plans[b])
			}
		}
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			tells := b.Get("NotificationConfiguration")
			if isKnowledge(b) && (tells.Len() != 1 || tells.Get("EventBridgeConfiguration").Len() != 1 || !tells.Get("EventBridgeConfiguration", "EventBridgeEnabled").True()) {
				f.Fail(b, "does not tell EventBridge of its objects, by which the scanner knows of them, or tells others too")
			} else if !isKnowledge(b) && !tells.Missing() {
				f.Fail(b, "tells somebody of its objects")
			}
		}
	},
}

var scannerOnlyScans = policies.Policy{
	ID: "STORE-25", Title: "GuardDuty alone takes the role that scans, for this account's plans only, and it can scan its bucket and do nothing else",
	Source:    policies.LeastPrivilege,
	Component: policies.Buckets, STRIDE: "SIE", Severity: policies.High,
	Fix:   "build the bucket with bucket.NewKnowledge",
	Reads: append([]string{"AWS::S3::Bucket", intent.ScanType, "AWS::KMS::Key", "AWS::KMS::Alias"}, intent.GrantTypes...),
	Check: func(e *template.Estate, f *policies.Findings) {
		for p := range e.All(intent.ScanType) {
			f.Examined(p)
			role, b := e.Find(p.Get("Role"), intent.RoleType), e.Find(p.Get("ProtectedResource", "S3Bucket", "BucketName"), "AWS::S3::Bucket")
			if role == nil || b == nil || !p.Get("Role").Is(role.Attribute("Arn")) {
				f.Fail(p, "the role that scans, or the bucket, is not of this estate")
				continue
			}
			if !onlyServiceTakes(role, scanService, "arn:"+p.Stack.Partition()+":guardduty:"+p.Stack.Region+":"+p.Stack.Account+":malware-protection-plan/*") {
				f.Fail(role, "is not held to GuardDuty and to this account's plans")
			}
			doesExactly(e, f, role, "scanning", scanNeeds(e, b))
		}
	},
}

// scanNeeds are the calls that scanning takes ("Create or update IAM role policy" in GuardDuty's guide).
func scanNeeds(e *template.Estate, b *template.Resource) grants {
	needs, arn, s := grants{}, b.Attribute("Arn"), b.Stack
	rule := "arn:" + s.Partition() + ":events:" + s.Region + ":" + s.Account + ":rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*"
	needs.need(rule, []template.Condition{intent.When("StringEquals", "events:ManagedBy", scanService)},
		"events:PutRule", "events:DeleteRule", "events:PutTargets", "events:RemoveTargets")
	needs.need(rule, nil, "events:DescribeRule", "events:ListTargetsByRule")
	needs.need(arn, nil, "s3:GetBucketNotification", "s3:PutBucketNotification", "s3:ListBucket")
	needs.need(arn+"/"+validationObject, nil, "s3:PutObject")
	needs.need(arn+"/*", nil, "s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:GetObjectVersionTagging",
		"s3:PutObjectTagging", "s3:PutObjectVersionTagging")
	needs.need(keyOf(e, b), []template.Condition{throughS3(s.Region)}, "kms:Decrypt", "kms:GenerateDataKey")
	return needs
}

// scannersOf are the ARNs of the roles that scan a bucket.
func scannersOf(e *template.Estate, b *template.Resource) []string {
	var arns []string
	for p := range e.All(intent.ScanType) {
		if role := e.Find(p.Get("Role"), intent.RoleType); role != nil && e.Find(p.Get("ProtectedResource", "S3Bucket", "BucketName"), "AWS::S3::Bucket") == b {
			arns = append(arns, role.Attribute("Arn"))
		}
	}
	return arns
}
