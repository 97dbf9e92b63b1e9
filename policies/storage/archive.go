package storage

import (
	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// archiveDays is how long at least a record of the audit is immutable: a year, and the month in which one looks back at it.
const archiveDays = 400

var archiveIsLocked = policies.Policy{
	ID: "STORE-26", Title: "Every region has an archive of its own, in which a record is locked for 400 days from when it is written",
	Source:    policies.Answer(policies.AuditLogs, "Store logs in immutable storage."),
	Component: policies.Buckets, STRIDE: "TR", Severity: policies.High,
	Fix:   "build the bucket with bucket.NewArchive",
	Reads: []string{"AWS::S3::Bucket"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, b := range archives(e, f) {
			if !locked(b, archiveDays) {
				f.Fail(b, "what is written is not locked by default for %d days", archiveDays)
			}
		}
	},
}

var archiveIsSealed = policies.Policy{
	ID: "STORE-27", Title: "Nobody but the security role reads the archive, and nobody removes from it or shortens its lock",
	Source:    policies.Answer(policies.AuditLogs, "Restrict log access to security personnel."),
	Component: policies.Buckets, STRIDE: "TRI", Severity: policies.High,
	Fix:   "build the bucket with bucket.NewArchive",
	Reads: bucketsAndPolicies,
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, b := range archives(e, f) {
			refuses(e, f, b, archiveRefusals(b))
		}
	},
}

func archiveRefusals(b *template.Resource) []refusal {
	all := []string{b.Attribute("Arn") + "/*"}
	return []refusal{
		{"is read by others than the security role", []string{"s3:GetObject*"}, all, nil,
			[]template.Condition{intent.When("ArnNotEquals", byWhom, intent.RoleARN(b.Stack, "security"))}},
		{"lets somebody remove a record, or shorten its lock", []string{"s3:DeleteObject", "s3:DeleteObjectVersion",
			"s3:BypassGovernanceRetention", "s3:PutObjectRetention"}, all, nil, nil},
	}
}

func isArchive(b *template.Resource) bool {
	class := bucketClass(b)
	return class != "" && b.Stack.Intent().Get("archive").Is(class)
}

func archives(e *template.Estate, f *policies.Findings) []*template.Resource {
	return bucketsFor(e, f, "archive", func(s *template.Stack) string { return s.Intent().Get("archive").Text() })
}
