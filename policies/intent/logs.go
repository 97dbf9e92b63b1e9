package intent

import (
	"slices"

	"livechat.example/cloud/policies/template"
)

// YearDays is how long at least a record of accesses is kept, so that a yearly review finds a whole year.
const YearDays = 365

// LogsContext is the key of the encryption context in which CloudWatch Logs names the log group.
const LogsContext = "kms:EncryptionContext:aws:logs:arn"

// LogsService returns CloudWatch Logs in a resource's region.
func LogsService(r *template.Resource) string { return "logs." + r.Stack.Region + ".amazonaws.com" }

// LogGroupARN returns the ARN of a log group in a resource's account and region.
func LogGroupARN(r *template.Resource, name string) string {
	return "arn:" + r.Stack.Partition() + ":logs:" + r.Stack.Region + ":" + r.Stack.Account + ":log-group:" + name
}

// DeliversOnly reports whether a statement lets log delivery write in the name of a stack's account and region, and
// nothing else ("Enable logging from AWS services", "Logs sent to CloudWatch Logs").
func DeliversOnly(s template.Statement, in *template.Stack) bool {
	return IsReadable(s) && s.Effect == "Allow" && slices.Equal(SolePrincipals(s, "Service"), []string{"delivery.logs.amazonaws.com"}) &&
		SameSet(s.Actions, []string{"logs:CreateLogStream", "logs:PutLogEvents"}) &&
		HasExactlyConditions(s, When("StringEquals", "aws:SourceAccount", in.Account),
			When("ArnLike", "aws:SourceArn", "arn:"+in.Partition()+":logs:"+in.Region+":"+in.Account+":*"))
}

// AdmitsDelivery reports whether a policy lets log delivery write to a group.
func AdmitsDelivery(p, group *template.Resource) bool {
	return slices.ContainsFunc(p.Statements(), func(s template.Statement) bool {
		return DeliversOnly(s, p.Stack) && slices.Contains(s.Resources, group.Attribute("Arn"))
	})
}
