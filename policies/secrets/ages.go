package secrets

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var agesAlarm = policies.Policy{
	ID: "SECRET-07", Title: "A value that grows old alarms, and so does an age that is not told: a provider's key, which cannot rotate by itself and has the alarm and a runbook in the place of it, after 90 days; a rotated one when its rotation is overdue",
	Source:    policies.Risk(policies.Vaults, "Enforce automated certificate/key rotation and expiration policies."),
	Component: policies.Management, STRIDE: "SI", Severity: policies.Medium,
	Fix:   "watch it with alarm.NewAge in stacks/secrets.go",
	Reads: []string{intent.AlarmType, intent.TopicType},
	Check: func(e *template.Estate, f *policies.Findings) {
		watched := map[string]int{}
		for r := range e.All(intent.AlarmType) {
			name := r.Get("Dimensions", "0", "Value").Text()
			kind, known := intent.SecretAges(e, r.Stack)[name]
			if !known || !r.Get("Namespace").Is(intent.AgeNamespace) || !r.Get("MetricName").Is("SecretAgeDays") ||
				!r.Get("Dimensions", "0", "Name").Is("Secret") || r.Get("Dimensions").Len() != 1 {
				f.Fail(r, "is on %s %s of %s, which no policy knows", r.Get("Namespace"), r.Get("MetricName"), r.Get("Dimensions"))
				continue
			}
			watched[r.Stack.Name+" "+name]++
			checkAgeAlarm(e, f, r, kind)
		}
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
			if s.Layer != intent.SecretsLayer {
				continue
			}
			for name := range intent.SecretAges(e, s) {
				if n := watched[s.Name+" "+name]; n != 1 {
					f.FailStack(s, "has %d alarms on the age of %s, not one", n, name)
				}
			}
		}
	},
}

// checkAgeAlarm reports how an alarm does not tell people that a value is too old, or that nobody knows.
func checkAgeAlarm(e *template.Estate, f *policies.Findings, r *template.Resource, k intent.SecretKind) {
	f.AllowOnly(r, "AlarmActions", "AlarmDescription", "AlarmName", "ComparisonOperator", "Dimensions", "EvaluationPeriods", "MetricName",
		"Namespace", "OKActions", "Period", "Statistic", "Tags", "Threshold", "TreatMissingData")
	if days, ok := r.Get("Threshold").Int(); !ok || days > k.Ages || !r.Get("ComparisonOperator").Is("GreaterThanThreshold") {
		f.Fail(r, "alarms %s %s days, and must above %d", r.Get("ComparisonOperator"), r.Get("Threshold"), k.Ages)
	}
	if !r.Get("Statistic").Is("Maximum") || !r.Get("Period").Is("86400") || !r.Get("EvaluationPeriods").Is("1") || !r.Get("TreatMissingData").Is("breaching") {
		f.Fail(r, "does not alarm after a day that is too late, or without a figure")
	}
	if !strings.HasPrefix(r.Get("AlarmName").Text(), intent.EstateName(r.Stack)+"-") {
		f.Fail(r, "has no name of this environment's")
	}
	if !strings.HasSuffix(r.Get("AlarmDescription").Text(), " "+k.Runbook) {
		f.Fail(r, "does not say what to do: %s", k.Runbook)
	}
	for _, told := range []string{"AlarmActions", "OKActions"} {
		topic := e.Find(r.Get(told, "0"), intent.TopicType)
		if r.Get(told).Len() != 1 || topic == nil || topic.Stack != r.Stack || !r.Get(told, "0").Is(topic.Attribute("")) {
			f.Fail(r, "its %s are %s, not its stack's topic", told, r.Get(told))
		}
	}
}

var agesAreTold = policies.Policy{
	ID: "SECRET-08", Title: "A function tells the age of every value at least twice a day, called by a schedule of its own",
	Source:    policies.Risk(policies.Vaults, "Monitor vault access and changes with audit logging and alerting."),
	Component: policies.Management, STRIDE: "SI", Severity: policies.Medium,
	Fix:   "have it called with Function.Every in stacks/secrets.go",
	Reads: []string{intent.RuleType, intent.FunctionType, intent.PermissionType},
	Check: func(e *template.Estate, f *policies.Findings) {
		telling := map[*template.Stack]int{}
		for r := range e.All(intent.RuleType) {
			f.AllowOnly(r, "ScheduleExpression", "State", "Tags", "Targets")
			target := r.Get("Targets", "0")
			function := e.Find(target.Get("Arn"), intent.FunctionType)
			if function == nil || function.Stack != r.Stack || r.Stack.Layer != intent.SecretsLayer || r.Get("Targets").Len() != 1 || target.Len() != 3 ||
				target.Get("Id").Text() == "" || !function.Get("FunctionName").Is(intent.EstateName(r.Stack)+"-"+r.Stack.Region+"-secretage") ||
				!target.Get("Arn").Is(function.Attribute("Arn")) {
				f.Fail(r, "calls %s, which no policy knows", r.Get("Targets"))
				continue
			}
			telling[r.Stack]++
			if !slices.Contains([]string{"rate(6 hours)", "rate(12 hours)"}, r.Get("ScheduleExpression").Text()) || !r.Get("State").Is("ENABLED") {
				f.Fail(r, "calls by %s, %s", r.Get("ScheduleExpression"), r.Get("State"))
			}
			if !asksForAges(e, r.Stack, target.Get("Input").Text()) {
				f.Fail(r, "does not ask for every age: %s", target.Get("Input"))
			}
			if p := permitted(e, function, "events.amazonaws.com"); p == nil || !p.Get("SourceArn").Is(r.Attribute("Arn")) {
				f.Fail(r, "may not call %s", function)
			}
		}
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
			if s.Layer == intent.SecretsLayer && telling[s] != 1 {
				f.FailStack(s, "has ages told by %d rules, not one", telling[s])
			}
		}
	},
}

// asksForAges says that a function is asked for each age that must be told, and for none besides.
func asksForAges(e *template.Estate, s *template.Stack, input string) bool {
	var asked struct{ Secrets, Prefixes []string }
	var single []string
	for name := range maps.Keys(intent.SecretAges(e, s)) {
		if name != intent.PartnerPrefix(s) {
			single = append(single, name)
		}
	}
	return json.Unmarshal([]byte(input), &asked) == nil && intent.SameList(asked.Secrets, single) && intent.SameList(asked.Prefixes, []string{intent.PartnerPrefix(s)})
}
