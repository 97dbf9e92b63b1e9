package secrets

import (
	"encoding/json"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// A provider's key cannot rotate by itself: the alarm and its runbook stand in the place of a rotation. A rotated value alarms when its
// rotation is overdue.
var agesAlarm = policies.Policy{
	ID: "SECRET-07", Title: "Every secret has an alarm on its age, which also fires when no age is reported",
	Source:    policies.Risk(policies.Vaults, "Enforce automated certificate/key rotation and expiration policies."),
	Component: policies.Management, STRIDE: "SI", Severity: policies.Medium,
	Fix:   "watch it with alarm.NewAge in stacks/secrets.go",
	Reads: []string{intent.AlarmType},
	Check: func(e *template.Estate, f *policies.Findings) {
		watched := map[string]int{}
		for r := range e.All(intent.AlarmType) {
			f.Examined(r)
			if !r.Get("Namespace").Is(intent.AgeNamespace) {
				continue // another policy's: audit.metrics
			}
			name := r.Get("Dimensions", "0", "Value").Text()
			kind, known := intent.SecretAges(e, r.Stack)[name]
			if !known || !r.Get("Dimensions", "0", "Name").Is("Secret") || r.Get("Dimensions").Len() != 1 {
				f.Fail(r, "Dimensions is %s, must be Secret and the name of a secret of its stack", r.Get("Dimensions"))
				continue
			}
			watched[r.Stack.Name+" "+name]++
			checkAgeAlarm(f, r, kind)
		}
		for _, s := range e.Stacks() {
			if s.Layer != intent.SecretsLayer {
				continue
			}
			for name := range intent.SecretAges(e, s) {
				if n := watched[s.Name+" "+name]; n != 1 {
					f.FailStack(s, "has %d alarms on the age of %s, must have 1", n, name)
				}
			}
		}
	},
}

// ageAlarm is what an alarm on an age is: on the oldest of a day, or on a day without a figure.
var ageAlarm = map[string]string{"MetricName": "SecretAgeDays", "ComparisonOperator": "GreaterThanThreshold",
	"Statistic": "Maximum", "Period": "86400", "EvaluationPeriods": "1", "TreatMissingData": "breaching"}

// checkAgeAlarm reports what keeps an alarm from saying that a value is too old, or that its age is unknown.
func checkAgeAlarm(f *policies.Findings, r *template.Resource, k intent.SecretKind) {
	for property, want := range ageAlarm {
		if !r.Get(property).Is(want) {
			f.Fail(r, "%s is %s, must be %s", property, r.Get(property), want)
		}
	}
	if days, ok := r.Get("Threshold").Int(); !ok || days > k.Ages {
		f.Fail(r, "Threshold is %s, must be at most %d", r.Get("Threshold"), k.Ages)
	}
	if !strings.HasSuffix(r.Get("AlarmDescription").Text(), " "+k.Runbook) {
		f.Fail(r, "AlarmDescription is %s, must end with %s: it says what to do", r.Get("AlarmDescription"), k.Runbook)
	}
}

var agesAreReported = policies.Policy{
	ID: "SECRET-08", Title: "A schedule has a function report the age of every secret at least twice a day",
	Source:    policies.Risk(policies.Vaults, "Monitor vault access and changes with audit logging and alerting."),
	Component: policies.Management, STRIDE: "SI", Severity: policies.Medium,
	Fix:   "have it called with Function.Every in stacks/secrets.go",
	Count: []expect.Census{expect.One(intent.RuleType).Per(expect.Primary)},
	Expect: expect.Shapes{intent.RuleType: {
		"ScheduleExpression": expect.OneOf("rate(6 hours)", "rate(12 hours)"),
		"State":              expect.Is("ENABLED"),
		"Targets":            expect.List(expect.Object(expect.Shape{"Id": expect.Any, "Arn": functionOf("secretage"), "Input": everyAge})),
	}},
	Reads: []string{intent.FunctionType, intent.PermissionType, intent.RuleType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range e.All(intent.RuleType) {
			function := e.Find(r.Get("Targets", "0", "Arn"), intent.FunctionType)
			if p := permissionFor(e, function, "events.amazonaws.com"); p == nil || !p.Get("SourceArn").Is(r.Attribute("Arn")) {
				f.Fail(r, "no permission lets the rule call its function, must have 1")
			}
		}
	},
}

// everyAge is the question for the age of each secret of the stack, and no other.
var everyAge = expect.Want{Text: "JSON with the name of every secret and the prefix of the partners' secrets", Breaks: []any{"{}", "other"},
	Holds: func(at expect.At, v template.Value) bool {
		var asked struct{ Secrets, Prefixes []string }
		var single []string
		prefix := intent.PartnerPrefix(at.Stack())
		for name := range intent.SecretAges(at.Estate, at.Stack()) {
			if name != prefix {
				single = append(single, name)
			}
		}
		return json.Unmarshal([]byte(v.Text()), &asked) == nil && intent.SameList(asked.Secrets, single) &&
			intent.SameList(asked.Prefixes, []string{prefix})
	}}
