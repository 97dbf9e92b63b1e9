package policies

import (
	"slices"

	"livechat.example/cloud/policies/template"
)

const logPolicyType = "AWS::Logs::ResourcePolicy"

// Where else log delivery brings logs than from firewalls and caches.
const queryLogType = "AWS::Route53Resolver::ResolverQueryLoggingConfig"

var deliveryIsConfined = Policy{
	ID: "LOG-05", Title: "Only AWS's log delivery writes to a log group by a policy of CloudWatch's, for this account and region, and only to the groups that it was given",
	Source:    answer(auditLogs, "Restrict log access to security personnel."),
	Component: Management, STRIDE: "STR", Severity: High,
	Fix:   "ask logs.NewDelivery for the group, once a stack",
	Reads: []string{logPolicyType, logGroupType, firewallLogType, queryLogType, cacheType},
	Check: func(e *template.Estate, f *Findings) {
		given := deliveredTo(e)
		policies := map[*template.Stack]int{}
		admitted := map[*template.Resource]bool{}
		for _, s := range e.Stacks() {
			f.SawStack(s)
		}
		for p := range e.All(logPolicyType) {
			f.Saw(p)
			if policies[p.Stack]++; policies[p.Stack] > 1 || p.Get("PolicyName").Text() == "" {
				f.Fail(p, "is not the one policy of its stack, or has no name: an account has ten a region")
			}
			allowOnly(f, p, "PolicyDocument", "PolicyName")
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
		if g := e.Find(v, logGroupType); g != nil {
			groups[g] = true
		}
	}
	for l := range e.All(firewallLogType) {
		for _, to := range l.Get("LoggingConfiguration.LogDestinationConfigs").List() {
			note(to.Get("LogDestination.logGroup"))
		}
	}
	for q := range e.All(queryLogType) {
		note(q.Get("DestinationArn"))
	}
	for c := range e.All(cacheType) {
		for _, to := range c.Get("LogDeliveryConfigurations").List() {
			note(to.Get("DestinationDetails.CloudWatchLogsDetails.LogGroup"))
		}
	}
	return groups
}

func checkDelivery(e *template.Estate, f *Findings, p *template.Resource, given, admitted map[*template.Resource]bool) {
	statements := p.Statements()
	if len(statements) != 1 || !deliversOnly(statements[0], p.Stack) {
		f.Fail(p, "admits more, or less, than the log delivery of this account and region")
		return
	}
	for _, arn := range statements[0].Resources {
		g := e.Find(p.Value(arn), logGroupType)
		if g == nil || g.Stack != p.Stack || !given[g] || arn != g.Attribute("Arn") {
			f.Fail(p, "lets log delivery write to %s, where nothing is delivered", arn)
			continue
		}
		admitted[g] = true
	}
}

// deliversOnly says that a statement lets log delivery write in the name of a stack's account and region, and nothing else
// ("Enable logging from AWS services", "Logs sent to CloudWatch Logs").
func deliversOnly(s template.Statement, in *template.Stack) bool {
	return readable(s) && s.Effect == "Allow" && slices.Equal(lone(s, "Service"), []string{"delivery.logs.amazonaws.com"}) &&
		sameSet(s.Actions, []string{"logs:CreateLogStream", "logs:PutLogEvents"}) &&
		under(s, when("StringEquals", "aws:SourceAccount", in.Account),
			when("ArnLike", "aws:SourceArn", "arn:"+in.Partition()+":logs:"+in.Region+":"+in.Account+":*"))
}

// admitsDelivery says that a policy lets log delivery write to a group.
func admitsDelivery(p, group *template.Resource) bool {
	return slices.ContainsFunc(p.Statements(), func(s template.Statement) bool {
		return deliversOnly(s, p.Stack) && slices.Contains(s.Resources, group.Attribute("Arn"))
	})
}
