package audit

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var logPolicies = []policies.Policy{logsAreEncrypted, logsAreKept, alarmsReadEveryLog, deliveryIsConfined}

var logsAreEncrypted = policies.Policy{
	ID: "LOG-01", Title: "Every log group is encrypted with its region's logs key, which CloudWatch Logs may use",
	Source:    policies.Answer(policies.AuditLogs, "Restrict log access to security personnel."),
	Component: policies.Management, STRIDE: "TI", Severity: policies.High,
	Fix:    "build the log group with logs.NewGroup and the key of class logs",
	Expect: expect.Shapes{intent.LogGroupType: {"KmsKeyId": expect.KeyOf("logs")}},
	Check: func(e *template.Estate, f *policies.Findings) {
		for g := range e.All(intent.LogGroupType) {
			if k := e.Find(g.Get("KmsKeyId"), intent.KeyType); k != nil && !admitsGroup(k, g) {
				f.Fail(g, "KmsKeyId is %s, must be a key whose policy admits CloudWatch Logs to the group", k)
			}
		}
	},
}

// logsActions are what CloudWatch Logs needs of a key ("Encrypt log data using AWS KMS").
var logsActions = []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"}

// admitsGroup reports whether a statement of a key's policy lets CloudWatch Logs encrypt a group.
func admitsGroup(k, g *template.Resource) bool {
	means := func(pattern string) bool { return template.Like(pattern, intent.LogGroupARN(g, g.Attribute(""))) }
	return slices.ContainsFunc(k.Statements(), func(s template.Statement) bool {
		lacks := func(action string) bool { return !s.Allows(action) }
		return intent.IsReadable(s) && intent.IsOnEverything(s) && len(s.Conditions) == 1 && !slices.ContainsFunc(logsActions, lacks) &&
			slices.Contains(s.Principals["Service"], intent.LogsService(g)) && slices.ContainsFunc(s.Condition("ArnLike", intent.LogsContext), means)
	})
}

var logsAreKept = policies.Policy{
	ID: "LOG-02", Title: "Every log is kept for at least a year, and for a stated time",
	Source:    policies.Answer(policies.AuditLogs, "Logs are stored in a tamper-evident system (e.g., AWS CloudWatch with retention and access controls)."),
	Component: policies.Management, STRIDE: "R", Severity: policies.Medium,
	Fix: "build the log group with logs.NewGroup",
	Expect: expect.Shapes{intent.LogGroupType: {
		"RetentionInDays": expect.AtLeast(intent.YearDays).Because("a yearly review reads a whole year")}},
}

var alarmsReadEveryLog = policies.Policy{
	ID: "LOG-04", Title: "Every log is of the class that alarms can read",
	Source:    policies.Answer(policies.AuditLogs, "If logs are incomplete or tampered with, incident investigation may be hindered."),
	Component: policies.Management, STRIDE: "TRI", Severity: policies.Medium,
	Fix: "leave the class out",
	Expect: expect.Shapes{intent.LogGroupType: {
		"LogGroupClass": expect.Is("STANDARD").OrAbsent().Because("no metric filter, subscription or export reads another class"),
		"LogGroupName":  expect.Any.OrAbsent(),
	}},
}
