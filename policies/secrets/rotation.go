package secrets

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var secretsRotate = policies.Policy{
	ID: "SECRET-06", Title: "The master's password is rotated at least every 30 days and a partner's key every 90, by our rotator, at a planned hour and never because of a deploy; a provider's key, which only the provider makes, by nobody",
	Source:    policies.Answer("Are we using KMS or Vault", "Enable automatic secret rotation."),
	Component: policies.Management, STRIDE: "SI", Severity: policies.High,
	Fix:   "rotate it with secret.Rotate, Fortnightly or EveryOtherMonth",
	Reads: []string{intent.SecretType, intent.ScheduleType, intent.FunctionType, intent.PermissionType},
	Check: func(e *template.Estate, f *policies.Findings) {
		meant := intent.MeantSecrets(e)
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
		}
		for c := range e.All(intent.ScheduleType) {
			f.AllowOnly(c, "RotateImmediatelyOnUpdate", "RotationLambdaARN", "RotationRules", "SecretId")
			r := e.Find(c.Get("SecretId"), intent.SecretType)
			if r == nil || r.Stack != c.Stack {
				f.Fail(c, "is of no secret of its stack")
				continue
			}
			if !c.Get("RotateImmediatelyOnUpdate").False() {
				f.Fail(c, "rotates at once when it is deployed, while clients have the former value")
			}
			checkRotator(e, f, c)
			if m := meantBy(meant, r); m != nil && m.Rotates > 0 {
				checkRules(f, c, m.Rotates)
			}
		}
		for r := range e.All(intent.SecretType) {
			m, schedules := meantBy(meant, r), len(e.Referrers(r, intent.ScheduleType, "SecretId"))
			if m == nil {
				continue // SECRET-01
			}
			if want := min(1, m.Rotates); schedules != want {
				f.Fail(r, "has %d schedules of rotation, not %d", schedules, want)
			}
		}
	},
}

// checkRotator reports a schedule that something else than our function runs, or that Secrets Manager cannot run.
func checkRotator(e *template.Estate, f *policies.Findings, c *template.Resource) {
	function := e.Find(c.Get("RotationLambdaARN"), intent.FunctionType)
	if function == nil || function.Stack.Layer != intent.SecretsLayer || function.Stack.Region != c.Stack.Region ||
		!function.Get("FunctionName").Is(intent.EstateName(c.Stack)+"-"+c.Stack.Region+"-rotator") || !c.Get("RotationLambdaARN").Is(function.Attribute("Arn")) {
		f.Fail(c, "is run by %s, not by the rotator", c.Get("RotationLambdaARN"))
		return
	}
	permission := permitted(e, function, "secretsmanager.amazonaws.com")
	if permission == nil || permission.Stack == c.Stack && !slices.Contains(c.DependsOn(), permission.ID) {
		f.Fail(c, "does not wait for the permission by which Secrets Manager calls %s", function)
	}
}

// permitted is the permission by which a service calls a function, or nil.
func permitted(e *template.Estate, function *template.Resource, service string) *template.Resource {
	for _, p := range e.Referrers(function, intent.PermissionType, "FunctionName") {
		if p.Get("Principal").Is(service) {
			return p
		}
	}
	return nil
}

// checkRules reports a schedule that is not so many days apart at the most.
func checkRules(f *policies.Findings, c *template.Resource, most int) {
	rules := c.Get("RotationRules")
	for _, property := range intent.UnexpectedKeys(rules, "Duration", "ScheduleExpression") {
		f.Fail(c, "says when by %s, and a deploy that changes that may rotate", property)
	}
	hour, apart := planned(rules.Get("ScheduleExpression").Text())
	if apart == 0 || apart > most {
		f.Fail(c, "rotates by %s, and must within %d days", rules.Get("ScheduleExpression"), most)
	}
	if hours, err := strconv.Atoi(strings.TrimSuffix(rules.Get("Duration").Text(), "h")); err != nil || hours < 1 || hour+hours > 24 {
		f.Fail(c, "its window of %s does not end within the day", rules.Get("Duration"))
	}
}

// cron is an hour of days of every month, or of every nth from one on ("Rotation schedules" of the Secrets Manager guide).
var cron = regexp.MustCompile(`^cron\(0 (\d+) (\d+(?:,\d+)*) (?:\*|(\d+)/(\d+)) \? \*\)$`)

// planned is the hour of a schedule, and the most days between two of its days; 0 days if it cannot be read.
func planned(expression string) (hour, apart int) {
	part := cron.FindStringSubmatch(expression)
	if part == nil {
		return 0, 0
	}
	number := func(text string) int { n, _ := strconv.Atoi(text); return n }
	from, step := max(1, number(part[3])), max(1, number(part[4]))
	var last time.Time
	for day := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2032; day = day.AddDate(0, 0, 1) { // with a leap year
		month := int(day.Month())
		if month < from || (month-from)%step != 0 || !slices.Contains(strings.Split(part[2], ","), strconv.Itoa(day.Day())) {
			continue
		}
		if !last.IsZero() {
			apart = max(apart, int(day.Sub(last).Hours()/24))
		}
		last = day
	}
	return number(part[1]), apart
}
