package audit

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var alarmPolicies = []policies.Policy{alarmsReachTheirTopic, alarmsAreHeard}

const (
	topicPolicyType  = "AWS::SNS::TopicPolicy"
	subscriptionType = "AWS::SNS::Subscription"
)

var alarmsReachTheirTopic = policies.Policy{
	ID: "ALARM-01", Title: "Alarms go to one topic a stack, under its region's key for alarms, which takes them from CloudWatch for this account and from nobody else",
	Source:    policies.Incident("Automate alerting for anomalous cloud activity (IAM, network, storage)."),
	Component: policies.Management, STRIDE: "STI", Severity: policies.High,
	Fix:   "make the topic with alarm.NewTopic",
	Reads: []string{intent.TopicType, topicPolicyType, intent.AlarmType, "AWS::KMS::Key", "AWS::KMS::Alias"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
		}
		used := map[*template.Resource]bool{}
		for r := range e.All(intent.AlarmType) {
			used[e.Find(r.Get("AlarmActions", "0"), intent.TopicType)] = true
		}
		for p := range e.All(topicPolicyType) {
			f.AllowOnly(p, "PolicyDocument", "Topics")
			if t := e.Find(p.Get("Topics", "0"), intent.TopicType); t == nil || t.Stack != p.Stack || p.Get("Topics").Len() != 1 {
				f.Fail(p, "is of %s, not of one topic of its stack", p.Get("Topics"))
			}
		}
		for t := range e.All(intent.TopicType) {
			f.AllowOnly(t, "KmsMasterKeyId", "Tags", "TopicName")
			if !used[t] || !strings.HasPrefix(t.Get("TopicName").Text(), intent.EstateName(t.Stack)+"-") {
				f.Fail(t, "is no topic that an alarm of this environment goes to")
			}
			if k := e.Find(t.Get("KmsMasterKeyId"), "AWS::KMS::Key"); k == nil || k != intent.ClassKey(e, t.Stack.Region, "alarms") {
				f.Fail(t, "is encrypted under %s, not under its region's key for alarms", t.Get("KmsMasterKeyId"))
			}
			policies := e.Referrers(t, topicPolicyType, "Topics")
			if len(policies) != 1 {
				f.Fail(t, "has %d policies, and without one all of the account publishes", len(policies))
			}
			for _, p := range policies {
				if statements := p.Statements(); len(statements) != 1 || !takesAlarms(t, statements[0]) {
					f.Fail(p, "does not admit CloudWatch's alarms of this account, and them alone")
				}
			}
		}
	},
}

// takesAlarms says that a statement lets CloudWatch publish to a topic on behalf of its account, and nobody do anything else.
func takesAlarms(t *template.Resource, s template.Statement) bool {
	return s.Effect == "Allow" && intent.IsReadable(s) && slices.Equal(intent.SolePrincipals(s, "Service"), []string{"cloudwatch.amazonaws.com"}) &&
		slices.Equal(s.Actions, []string{"sns:Publish"}) && slices.Equal(s.Resources, []string{t.Attribute("")}) &&
		intent.HasExactlyConditions(s, intent.When("StringEquals", "aws:SourceAccount", t.Stack.Account))
}

var alarmsAreHeard = policies.Policy{
	ID: "ALARM-02", Title: "Every topic of alarms tells one address, by e-mail: that of who is on duty",
	Source:    policies.Incident("Automate alerting for anomalous cloud activity (IAM, network, storage)."),
	Component: policies.Management, STRIDE: "RI", Severity: policies.High,
	Fix:   "write the address as contact into environment.yaml; alarm.NewTopic subscribes it",
	Reads: []string{intent.TopicType, subscriptionType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
		}
		for r := range e.All(subscriptionType) {
			f.AllowOnly(r, "Endpoint", "Protocol", "TopicArn")
			contact := r.Stack.Intent().Get("contact").Text()
			if t := e.Find(r.Get("TopicArn"), intent.TopicType); t == nil || t.Stack != r.Stack || !r.Get("Protocol").Is("email") ||
				!strings.Contains(contact, "@") || !r.Get("Endpoint").Is(contact) {
				f.Fail(r, "tells %s by %s, not who is on duty", r.Get("Endpoint"), r.Get("Protocol"))
			}
		}
		for t := range e.All(intent.TopicType) {
			if n := len(e.Referrers(t, subscriptionType, "TopicArn")); n != 1 {
				f.Fail(t, "tells %d addresses, not one", n)
			}
		}
	},
}
