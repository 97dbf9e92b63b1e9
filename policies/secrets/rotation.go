package secrets

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// A provider's key has no schedule: only the provider makes another.
var secretsRotate = policies.Policy{
	ID: "SECRET-06", Title: "Our rotator rotates each secret within its kind's days, at a planned hour, not at a deploy",
	Source:    policies.Answer("Are we using KMS or Vault", "Enable automatic secret rotation."),
	Component: policies.Management, STRIDE: "SI", Severity: policies.High,
	Fix: "rotate it with secret.Rotate, Fortnightly or EveryOtherMonth",
	Expect: expect.Shapes{intent.ScheduleType: {
		"SecretId":                  expect.Own(intent.SecretType),
		"RotationLambdaARN":         functionOf("rotator"),
		"RotateImmediatelyOnUpdate": expect.False.Because("clients have the former value"),
		"RotationRules":             expect.Object(expect.Shape{"ScheduleExpression": soonEnough, "Duration": withinTheDay}),
	}},
	Reads: []string{intent.SecretType, intent.ScheduleType, intent.FunctionType, intent.PermissionType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for c := range e.All(intent.ScheduleType) {
			function := e.Find(c.Get("RotationLambdaARN"), intent.FunctionType)
			p := permissionFor(e, function, "secretsmanager.amazonaws.com")
			if p == nil || p.Stack == c.Stack && !slices.Contains(c.DependsOn(), p.ID) {
				f.Fail(c, "DependsOn is %v, must be the permission by which Secrets Manager calls the function", c.DependsOn())
			}
		}
		for r := range e.All(intent.SecretType) {
			schedules, want := len(e.Referrers(r, intent.ScheduleType, "SecretId")), min(1, kindOf(e, r).Rotates)
			if schedules != want {
				f.Fail(r, "has %d schedules of rotation, must have %d", schedules, want)
			}
		}
	},
}

// functionOf is the ARN of the region's function of the secrets stack that runs a program.
func functionOf(program string) expect.Want {
	return expect.ARNOf("the region's "+program, intent.FunctionType, func(_ expect.At, r *template.Resource) bool {
		return r.Stack.Layer == intent.SecretsLayer && r.Get("FunctionName").Is(intent.EstateName(r.Stack)+"-"+r.Stack.Region+"-"+program)
	})
}

// permissionFor returns the permission by which a service calls a function, or nil.
func permissionFor(e *template.Estate, function *template.Resource, service string) *template.Resource {
	if function == nil {
		return nil
	}
	for _, p := range e.Referrers(function, intent.PermissionType, "FunctionName") {
		if p.Get("Principal").Is(service) {
			return p
		}
	}
	return nil
}

var soonEnough = expect.Want{Text: "a cron expression of days no further apart than the secret's kind allows", Reads: []string{intent.SecretType},
	Breaks: []any{"cron(0 3 1 1/12 ? *)", "rate(10 days)", "cron(0 3 32 * ? *)"},
	Holds: func(at expect.At, v template.Value) bool {
		_, apart := parseSchedule(v.Text())
		return apart > 0 && apart <= kindOf(at.Estate, secretOf(at)).Rotates
	}}

var withinTheDay = expect.Want{Text: "a number of hours that end within the day of the schedule", Breaks: []any{"25h", "0h", "3"},
	Holds: func(at expect.At, v template.Value) bool {
		from, _ := parseSchedule(at.Resource.Get("RotationRules", "ScheduleExpression").Text())
		number, inHours := strings.CutSuffix(v.Text(), "h")
		hours, err := strconv.Atoi(number)
		return err == nil && inHours && hours >= 1 && from+hours <= 24
	}}

// cronForm is an hour of days of every month, or of every nth from one on ("Rotation schedules" of the Secrets Manager guide).
var cronForm = regexp.MustCompile(`^cron\(0 (\d+) (\d+(?:,\d+)*) (?:\*|(\d+)/(\d+)) \? \*\)$`)

// parseSchedule returns the hour of a schedule, and the most days between two of its days; 0 days if it cannot be read.
func parseSchedule(expression string) (hour, apart int) {
	part := cronForm.FindStringSubmatch(expression)
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
