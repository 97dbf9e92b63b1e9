package policies

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

const ageNamespace = "LiveChat/Secrets"

// agesOf are the names that ages are told under, with what each may come to: the master's, a provider's each, and the oldest of all partners'.
func agesOf(e *template.Estate, s *template.Stack) map[string]secretKind {
	ages := map[string]secretKind{partnerNames(s): signingKind}
	for name, m := range meantSecrets(e) {
		if m.in == s && !m.leaves {
			ages[name] = m.secretKind
		}
	}
	return ages
}

var agesAlarm = Policy{
	ID: "SECRET-07", Title: "A value that grows old alarms, and so does an age that is not told: a provider's key, which cannot rotate by itself and has the alarm and a runbook in the place of it, after 90 days; a rotated one when its rotation is overdue",
	Source:    risk(vaults, "Enforce automated certificate/key rotation and expiration policies."),
	Component: Management, STRIDE: "SI", Severity: Medium,
	Fix:   "watch it with alarm.NewAge in stacks/secrets.go",
	Reads: []string{alarmType, topicType},
	Check: func(e *template.Estate, f *Findings) {
		watched := map[string]int{}
		for r := range e.All(alarmType) {
			name := r.Get("Dimensions", "0", "Value").Text()
			kind, known := agesOf(e, r.Stack)[name]
			if !known || !r.Get("Namespace").Is(ageNamespace) || !r.Get("MetricName").Is("SecretAgeDays") ||
				!r.Get("Dimensions", "0", "Name").Is("Secret") || r.Get("Dimensions").Len() != 1 {
				f.Fail(r, "is on %s %s of %s, which no policy knows", r.Get("Namespace"), r.Get("MetricName"), r.Get("Dimensions"))
				continue
			}
			watched[r.Stack.Name+" "+name]++
			checkAgeAlarm(e, f, r, kind)
		}
		for _, s := range e.Stacks() {
			f.SawStack(s)
			if s.Layer != secretsLayer {
				continue
			}
			for name := range agesOf(e, s) {
				if n := watched[s.Name+" "+name]; n != 1 {
					f.FailStack(s, "has %d alarms on the age of %s, not one", n, name)
				}
			}
		}
	},
}

// checkAgeAlarm reports how an alarm does not tell people that a value is too old, or that nobody knows.
func checkAgeAlarm(e *template.Estate, f *Findings, r *template.Resource, k secretKind) {
	allowOnly(f, r, "AlarmActions", "AlarmDescription", "AlarmName", "ComparisonOperator", "Dimensions", "EvaluationPeriods", "MetricName",
		"Namespace", "OKActions", "Period", "Statistic", "Tags", "Threshold", "TreatMissingData")
	if days, ok := r.Get("Threshold").Int(); !ok || days > k.ages || !r.Get("ComparisonOperator").Is("GreaterThanThreshold") {
		f.Fail(r, "alarms %s %s days, and must above %d", r.Get("ComparisonOperator"), r.Get("Threshold"), k.ages)
	}
	if !r.Get("Statistic").Is("Maximum") || !r.Get("Period").Is("86400") || !r.Get("EvaluationPeriods").Is("1") || !r.Get("TreatMissingData").Is("breaching") {
		f.Fail(r, "does not alarm after a day that is too late, or without a figure")
	}
	if !strings.HasPrefix(r.Get("AlarmName").Text(), estateName(r.Stack)+"-") {
		f.Fail(r, "has no name of this environment's")
	}
	if !strings.HasSuffix(r.Get("AlarmDescription").Text(), " "+k.runbook) {
		f.Fail(r, "does not say what to do: %s", k.runbook)
	}
	for _, told := range []string{"AlarmActions", "OKActions"} {
		topic := e.Find(r.Get(told, "0"), topicType)
		if r.Get(told).Len() != 1 || topic == nil || topic.Stack != r.Stack || !r.Get(told, "0").Is(topic.Attribute("")) {
			f.Fail(r, "its %s are %s, not its stack's topic", told, r.Get(told))
		}
	}
}

var agesAreTold = Policy{
	ID: "SECRET-08", Title: "A function tells the age of every value at least twice a day, called by a schedule of its own",
	Source:    risk(vaults, "Monitor vault access and changes with audit logging and alerting."),
	Component: Management, STRIDE: "SI", Severity: Medium,
	Fix:   "have it called with Function.Every in stacks/secrets.go",
	Reads: []string{ruleType, functionType, permissionType},
	Check: func(e *template.Estate, f *Findings) {
		telling := map[*template.Stack]int{}
		for r := range e.All(ruleType) {
			allowOnly(f, r, "ScheduleExpression", "State", "Tags", "Targets")
			target := r.Get("Targets", "0")
			function := e.Find(target.Get("Arn"), functionType)
			if function == nil || function.Stack != r.Stack || r.Stack.Layer != secretsLayer || r.Get("Targets").Len() != 1 || target.Len() != 3 ||
				target.Get("Id").Text() == "" || !function.Get("FunctionName").Is(estateName(r.Stack)+"-"+r.Stack.Region+"-secretage") ||
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
			f.SawStack(s)
			if s.Layer == secretsLayer && telling[s] != 1 {
				f.FailStack(s, "has ages told by %d rules, not one", telling[s])
			}
		}
	},
}

// asksForAges says that a function is asked for each age that must be told, and for none besides.
func asksForAges(e *template.Estate, s *template.Stack, input string) bool {
	var asked struct{ Secrets, Prefixes []string }
	var single []string
	for name := range maps.Keys(agesOf(e, s)) {
		if name != partnerNames(s) {
			single = append(single, name)
		}
	}
	return json.Unmarshal([]byte(input), &asked) == nil && same(asked.Secrets, single) && same(asked.Prefixes, []string{partnerNames(s)})
}

// ages are what the function does that tells them: dates, no value.
func ages(e *template.Estate, function *template.Resource, j job) {
	rules := e.Referrers(function, ruleType, "Targets", "Arn")
	if len(rules) == 0 {
		return
	}
	s := function.Stack
	for name := range agesOf(e, s) {
		if name != partnerNames(s) {
			j["secretsmanager:ListSecretVersionIds"] = append(j["secretsmanager:ListSecretVersionIds"], secretARN(s, name))
		}
	}
	j["secretsmanager:ListSecrets"] = []string{"*"}
	j["cloudwatch:PutMetricData"] = []string{"* under StringEquals cloudwatch:namespace " + ageNamespace}
}
