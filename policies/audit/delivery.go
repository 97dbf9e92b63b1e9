package audit

import (
	"regexp"
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// deliveryIsConfined counts the policies because an account has ten in a region.
var deliveryIsConfined = policies.Policy{
	ID: "LOG-05", Title: "AWS's log delivery writes only to the log groups that it was given, by one policy a stack",
	Source:    policies.Answer(policies.AuditLogs, "Restrict log access to security personnel."),
	Component: policies.Management, STRIDE: "STR", Severity: policies.High,
	Fix: "ask logs.NewDelivery for the group, once a stack",
	Expect: expect.Shapes{intent.LogPolicyType: {
		"PolicyName":     expect.Matches(regexp.MustCompile(`\S`), "a name", ""),
		"PolicyDocument": expect.Document("what log delivery needs", delivers, append(deliveringTypes, intent.LogGroupType)...),
	}},
	Check: func(e *template.Estate, f *policies.Findings) {
		has := map[*template.Stack]int{}
		for p := range e.All(intent.LogPolicyType) {
			if has[p.Stack]++; has[p.Stack] > 1 {
				f.Fail(p, "is one of several policies for CloudWatch Logs in its stack, must be the only one")
			}
		}
		for g := range e.All(intent.LogGroupType) {
			if has[g.Stack] == 0 && slices.Contains(deliveredTo(e, g.Stack), g) {
				f.Fail(g, "has logs delivered to it in a stack that has no %s, must have one", intent.LogPolicyType)
			}
		}
	},
}

// delivers lets log delivery write in the name of a stack's account and region ("Enable logging from AWS services", "Logs sent to
// CloudWatch Logs"). Where nothing is delivered it admits nothing.
func delivers(at expect.At) []template.Statement {
	var groups []string
	for _, g := range deliveredTo(at.Estate, at.Stack()) {
		groups = append(groups, g.Attribute("Arn"))
	}
	if len(groups) == 0 {
		return nil
	}
	s := at.Stack()
	return []template.Statement{{
		Principals: map[string][]string{"Service": {"delivery.logs.amazonaws.com"}},
		Actions:    []string{"logs:CreateLogStream", "logs:PutLogEvents"},
		Resources:  groups,
		Conditions: []template.Condition{
			intent.When("StringEquals", "aws:SourceAccount", s.Account),
			intent.When("ArnLike", "aws:SourceArn", "arn:"+s.Partition()+":logs:"+s.Region+":"+s.Account+":*"),
		},
	}}
}

// deliveringTypes are those whose logs AWS's services deliver in their own name.
var deliveringTypes = []string{intent.FirewallLogType, intent.QueryLogType, intent.CacheType}

// deliveredTo are the groups of a stack that AWS's services deliver logs to.
func deliveredTo(e *template.Estate, s *template.Stack) []*template.Resource {
	var groups []*template.Resource
	note := func(v template.Value) {
		if g := e.Find(v, intent.LogGroupType); g != nil && g.Stack == s && !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	for r := range e.All(deliveringTypes...) {
		note(r.Get("DestinationArn"))
		for _, to := range r.Get("LoggingConfiguration.LogDestinationConfigs").List() {
			note(to.Get("LogDestination.logGroup"))
		}
		for _, to := range r.Get("LogDeliveryConfigurations").List() {
			note(to.Get("DestinationDetails.CloudWatchLogsDetails.LogGroup"))
		}
	}
	return groups
}
