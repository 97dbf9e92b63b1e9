package audit

import (
	"regexp"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var alarmPolicies = []policies.Policy{topicsTakeAlarmsAlone, topicsReachTheContact, alarmsCall}

const (
	topicPolicyType  = "AWS::SNS::TopicPolicy"
	subscriptionType = "AWS::SNS::Subscription"
)

var ofIncidents = policies.Incident("Automate alerting for anomalous cloud activity (IAM, network, storage).")

// topicsTakeAlarmsAlone counts the topics' policies because without one every principal of the account may publish.
var topicsTakeAlarmsAlone = policies.Policy{
	ID: "ALARM-01", Title: "Every topic has alarms, is encrypted, and takes them only from this account's CloudWatch",
	Source:    ofIncidents,
	Component: policies.Management, STRIDE: "STI", Severity: policies.High,
	Fix: "make the topic with alarm.NewTopic",
	Expect: expect.Shapes{
		intent.TopicType: {"TopicName": ofEnvironment, "KmsMasterKeyId": expect.KeyOf("alarms")},
		topicPolicyType: {
			"Topics":         expect.List(expect.Own(intent.TopicType)),
			"PolicyDocument": expect.Document("that CloudWatch publishes this account's alarms", takesAlarms, intent.TopicType),
		},
	},
	Count: []expect.Census{expect.One(topicPolicyType, "Topics.0").Per(intent.TopicType)},
	Reads: []string{intent.AlarmType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for t := range e.All(intent.TopicType) {
			if len(e.Referrers(t, intent.AlarmType, "AlarmActions")) == 0 {
				f.Fail(t, "has 0 alarms, must have at least 1")
			}
		}
	},
}

func takesAlarms(at expect.At) []template.Statement {
	topic := at.Estate.Find(at.Resource.Get("Topics", "0"), intent.TopicType)
	if topic == nil {
		return nil
	}
	return []template.Statement{{
		Principals: map[string][]string{"Service": {"cloudwatch.amazonaws.com"}},
		Actions:    []string{"sns:Publish"},
		Resources:  []string{topic.Attribute("")},
		Conditions: []template.Condition{intent.When("StringEquals", "aws:SourceAccount", at.Stack().Account)},
	}}
}

// ofEnvironment is a name that begins with the environment's.
var ofEnvironment = expect.Want{Text: "a name that begins with the environment's", Breaks: []any{"other"},
	Holds: func(at expect.At, v template.Value) bool {
		return strings.HasPrefix(v.Text(), intent.EstateName(at.Stack())+"-")
	}}

var topicsReachTheContact = policies.Policy{
	ID: "ALARM-02", Title: "Every topic has exactly one subscription: the e-mail address of the contact on duty",
	Source:    ofIncidents,
	Component: policies.Management, STRIDE: "RI", Severity: policies.High,
	Fix: "write the address as contact into environment.yaml; alarm.NewTopic subscribes it",
	Expect: expect.Shapes{subscriptionType: {
		"TopicArn": expect.Own(intent.TopicType),
		"Protocol": expect.Is("email"),
		"Endpoint": expect.Equals("the intent's contact, an e-mail address", func(at expect.At) string {
			contact := at.Stack().Intent().Get("contact").Text()
			if !strings.Contains(contact, "@") {
				return ""
			}
			return contact
		}),
	}},
	Count: []expect.Census{expect.One(subscriptionType, "TopicArn").Per(intent.TopicType)},
}

// alarmsCall is what all alarms share. What each watches, and when it goes off, the policy of its metric judges: see [metrics].
var alarmsCall = policies.Policy{
	ID: "ALARM-03", Title: "Every alarm is on, tells its stack's topic of trouble and its end, and names its runbook",
	Source:    ofIncidents,
	Component: policies.Management, STRIDE: "RI", Severity: policies.High,
	Fix: "make the alarm with constructs/alarm; one on another metric is a row in audit.metrics, and a policy that judges it",
	Expect: expect.Shapes{intent.AlarmType: {
		"ActionsEnabled": expect.True.OrAbsent().Because("a muted alarm calls no one"),
		"AlarmActions":   expect.List(expect.Attribute(intent.TopicType, "")),
		"OKActions":      expect.List(expect.Attribute(intent.TopicType, "")),
		"AlarmName":      ofEnvironment,
		"AlarmDescription": expect.Matches(regexp.MustCompile(` docs/runbooks/[a-z-]+\.md$`),
			"a text that ends with the path of a runbook", "It is late."),
		"MetricName": watched,
		"Namespace":  expect.Checked, "Dimensions": expect.Checked, "Statistic": expect.Checked, "Period": expect.Checked,
		"EvaluationPeriods": expect.Checked, "ComparisonOperator": expect.Checked, "Threshold": expect.Checked,
		"TreatMissingData": expect.Checked,
	}},
}

// metrics are those that alarms watch, and the policy that holds the alarms on each to their dimensions, threshold and times. A
// new alarm adds a row.
var metrics = map[string]string{
	intent.AgeNamespace + " SecretAgeDays": "SECRET-07",
}

var watched = expect.Want{Text: "a metric that a policy knows in this namespace", Breaks: []any{"other"},
	Holds: func(at expect.At, v template.Value) bool {
		return metrics[at.Resource.Get("Namespace").Text()+" "+v.Text()] != ""
	}}
