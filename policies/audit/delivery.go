package audit

import (
	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var deliveryIsConfined = policies.Policy{
	ID: "LOG-05", Title: "Only AWS's log delivery writes to a log group by a policy of CloudWatch's, for this account and region, and only to the groups that it was given",
	Source:    policies.Answer(policies.AuditLogs, "Restrict log access to security personnel."),
	Component: policies.Management, STRIDE: "STR", Severity: policies.High,
	Fix:   "ask logs.NewDelivery for the group, once a stack",
	Reads: []string{intent.LogPolicyType, intent.LogGroupType, intent.FirewallLogType, intent.QueryLogType, intent.CacheType},
	Check: func(e *template.Estate, f *policies.Findings) {
		given := deliveredTo(e)
		policies := map[*template.Stack]int{}
		admitted := map[*template.Resource]bool{}
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
		}
		for p := range e.All(intent.LogPolicyType) {
			f.Examined(p)
			if policies[p.Stack]++; policies[p.Stack] > 1 || p.Get("PolicyName").Text() == "" {
				f.Fail(p, "is not the one policy of its stack, or has no name: an account has ten a region")
			}
			f.AllowOnly(p, "PolicyDocument", "PolicyName")
			checkDelivery(e, f, p, given, admitted)
		}
		for g := range given {
			if !admitted[g] {
				f.Fail(g, "has logs delivered to it, and no policy lets them in")
			}
		}
	},
}

// deliveredTo are the groups that AWS's services deliver logs to in their own name.
func deliveredTo(e *template.Estate) map[*template.Resource]bool {
	groups := map[*template.Resource]bool{}
	note := func(v template.Value) {
		if g := e.Find(v, intent.LogGroupType); g != nil {
			groups[g] = true
		}
	}
	for l := range e.All(intent.FirewallLogType) {
		for _, to := range l.Get("LoggingConfiguration.LogDestinationConfigs").List() {
			note(to.Get("LogDestination.logGroup"))
		}
	}
	for q := range e.All(intent.QueryLogType) {
		note(q.Get("DestinationArn"))
	}
	for c := range e.All(intent.CacheType) {
		for _, to := range c.Get("LogDeliveryConfigurations").List() {
			note(to.Get("DestinationDetails.CloudWatchLogsDetails.LogGroup"))
		}
	}
	return groups
}

func checkDelivery(e *template.Estate, f *policies.Findings, p *template.Resource, given, admitted map[*template.Resource]bool) {
	statements := p.Statements()
	if len(statements) != 1 || !intent.DeliversOnly(statements[0], p.Stack) {
		f.Fail(p, "admits more, or less, than the log delivery of this account and region")
		return
	}
	for _, arn := range statements[0].Resources {
		g := e.Find(p.Value(arn), intent.LogGroupType)
		if g == nil || g.Stack != p.Stack || !given[g] || arn != g.Attribute("Arn") {
			f.Fail(p, "lets log delivery write to %s, where nothing is delivered", arn)
			continue
		}
		admitted[g] = true
	}
}
