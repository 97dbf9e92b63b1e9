package audit

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var logPolicies = []policies.Policy{logsAreEncrypted, logsAreKept, logsOutlive, logsHaveNoOtherWay, deliveryIsConfined}

var logsAreEncrypted = policies.Policy{
	ID: "LOG-01", Title: "Every log group is encrypted under a key of ours that admits CloudWatch Logs of its region",
	Source:    policies.Answer(policies.AuditLogs, "Restrict log access to security personnel."),
	Component: policies.Management, STRIDE: "TI", Severity: policies.High,
	Fix:   "build the log group with logs.NewGroup and the key of class logs",
	Reads: []string{"AWS::Logs::LogGroup", "AWS::KMS::Key", "AWS::KMS::Alias"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for g := range e.All("AWS::Logs::LogGroup") {
			f.Examined(g)
			switch k := e.Find(g.Get("KmsKeyId")); {
			case k == nil || k.Type != "AWS::KMS::Key":
				f.Fail(g, "is not encrypted under a key of this estate")
			case k.Stack.Region != g.Stack.Region || !admitsGroup(k, g):
				f.Fail(g, "its key %s does not admit CloudWatch Logs of %s", k, g.Stack.Region)
			}
		}
	},
}

// logsActions are what CloudWatch Logs needs of a key ("Encrypt log data using AWS KMS").
var logsActions = []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"}

// admitsGroup says that a statement of a key's policy lets CloudWatch Logs encrypt a group.
func admitsGroup(k, g *template.Resource) bool {
	means := func(pattern string) bool { return template.Like(pattern, intent.LogGroupARN(g, g.Attribute(""))) }
	return slices.ContainsFunc(k.Statements(), func(s template.Statement) bool {
		lacks := func(action string) bool { return !s.Allows(action) }
		return intent.IsReadable(s) && intent.IsOnEverything(s) && len(s.Conditions) == 1 && !slices.ContainsFunc(logsActions, lacks) &&
			slices.Contains(s.Principals["Service"], intent.LogsService(g)) && slices.ContainsFunc(s.Condition("ArnLike", intent.LogsContext), means)
	})
}

var logsAreKept = policies.Policy{
	ID: "LOG-02", Title: "Every log is kept for a year at least, and for a stated time",
	Source:    policies.Answer(policies.AuditLogs, "Logs are stored in a tamper-evident system (e.g., AWS CloudWatch with retention and access controls)."),
	Component: policies.Management, STRIDE: "R", Severity: policies.Medium,
	Fix:   "build the log group with logs.NewGroup",
	Reads: []string{"AWS::Logs::LogGroup"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for g := range e.All("AWS::Logs::LogGroup") {
			f.Examined(g)
			if days, ok := g.Get("RetentionInDays").Int(); !ok || days < intent.YearDays {
				f.Fail(g, "retention is %s, and at least %d days were meant", g.Get("RetentionInDays"), intent.YearDays)
			}
		}
	},
}

var logsOutlive = policies.Policy{
	ID: "LOG-03", Title: "Every log outlives its stack",
	Source:    policies.Answer(policies.AuditLogs, "Preserve and analyze logs during incidents."),
	Component: policies.Management, STRIDE: "R", Severity: policies.Medium,
	Fix:   "build the log group with logs.NewGroup",
	Reads: []string{"AWS::Logs::LogGroup"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for g := range e.All("AWS::Logs::LogGroup") {
			f.Examined(g)
			if !intent.Retained(g) {
				f.Fail(g, "is not retained on deletion and on replacement")
			}
		}
	},
}

// groupProperties are those that the policies of this catalogue look at, and some that open nothing.
var groupProperties = []string{"KmsKeyId", "LogGroupName", "LogGroupClass", "RetentionInDays", "DeletionProtectionEnabled", "Tags"}

var logsHaveNoOtherWay = policies.Policy{
	ID: "LOG-04", Title: "No log is of a class that alarms cannot read, or is shared or forwarded",
	Source:    policies.Answer(policies.AuditLogs, "If logs are incomplete or tampered with, incident investigation may be hindered."),
	Component: policies.Management, STRIDE: "TRI", Severity: policies.Medium,
	Fix:   "take the property or resource out, or add a policy that judges it",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		known := []string{"AWS::Logs::LogGroup", intent.LogPolicyType, "AWS::Logs::MetricFilter", "AWS::Logs::QueryDefinition"}
		for r := range e.All() {
			if !strings.HasPrefix(r.Type, "AWS::Logs::") {
				continue
			}
			f.Examined(r)
			if !slices.Contains(known, r.Type) {
				f.Fail(r, "%s is a way for logs that no policy judges", r.Type)
			}
			if r.Type != "AWS::Logs::LogGroup" {
				continue
			}
			for _, property := range intent.UnexpectedKeys(r.Properties(), groupProperties...) {
				f.Fail(r, "%s is a way that no policy judges", property)
			}
			if class := r.Get("LogGroupClass"); !class.Missing() && !class.Is("STANDARD") {
				f.Fail(r, "its class is %s, of which no metric filter, subscription or export reads", class)
			}
		}
	},
}
