package storage

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// judgeTrust reports what a role's trust policy says beyond one statement, or lacks of it.
func judgeTrust(f *policies.Findings, role *template.Resource, needs template.Statement) {
	has := slices.DeleteFunc(role.Statements(), func(s template.Statement) bool { return !s.Kind.Has(template.Trust) })
	judgeStatements(f, role, has, []template.Statement{needs})
}

// judgePermissions reports what a role is granted beyond its needs, or lacks of them: by its own policies and by those attached to it.
func judgePermissions(e *template.Estate, f *policies.Findings, role *template.Resource, needs []template.Statement) {
	judgeStatements(f, role, intent.GrantsByRole(e)[role], needs)
	if arns := role.Get("ManagedPolicyArns"); !arns.Missing() {
		f.Fail(role, "ManagedPolicyArns is %s, must be absent", arns)
	}
}

func judgeStatements(f *policies.Findings, role *template.Resource, has, needs []template.Statement) {
	for _, s := range has {
		if i := slices.IndexFunc(needs, func(n template.Statement) bool { return expect.Same(n, s) }); i < 0 {
			f.Fail(role, "%s is %s, must be one that its work needs", intent.StatementName(s), expect.Write(s))
		}
	}
	for _, n := range needs {
		if !slices.ContainsFunc(has, func(s template.Statement) bool { return expect.Same(n, s) }) {
			f.Fail(role, "lacks statement %s, must have it for its work", expect.Write(n))
		}
	}
}

// serviceTrust returns how a service assumes a role, if it sends nothing about its account (intent.Callers).
func serviceTrust(service string) template.Statement {
	return template.Statement{Actions: []string{"sts:AssumeRole"}, Principals: map[string][]string{"Service": {service}}}
}

// draft is a statement before its conditions.
type draft template.Statement

// deny drafts a refusal to all callers.
func deny(on []string, actions ...string) draft {
	return draft{Effect: "Deny", Principals: map[string][]string{"AWS": {"*"}}, Actions: actions, Resources: on}
}

// allow drafts a statement of a role's own policy.
func allow(on string, actions ...string) draft {
	return draft{Actions: actions, Resources: []string{on}}
}

// under returns the statement, held to conditions or to none.
func (d draft) under(conditions ...template.Condition) template.Statement {
	d.Conditions = conditions
	return template.Statement(d)
}
