package identity

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var peoplePolicies = []policies.Policy{peopleNeedMFA, managedPoliciesAreStated, peopleHaveTheirDuties}

var peopleNeedMFA = policies.Policy{
	ID: "IAM-14", Title: "People's roles are the intended; a session takes a second factor and a source identity",
	Source:    policies.ManagementRow,
	Component: policies.Management, STRIDE: "SRE", Severity: policies.High,
	Fix:   "build the role with role.NewHuman and name it in the identity stack's intent",
	Where: isPerson,
	Expect: expect.Shapes{intent.RoleType: {
		"AssumeRolePolicyDocument": expect.Document("this account with a second factor within the hour and a source identity", personalTrust),
	}},
	Check: func(e *template.Estate, f *policies.Findings) {
		home := intent.IdentityStack(e, f, "which roles are people's")
		if home == nil {
			return
		}
		names, breakGlass := intent.HumanRoles(home), home.Intent().Get("breakGlass")
		countNames(e, f, home, names...)
		if !slices.Contains(names, breakGlass.Text()) {
			f.FailStack(home, "breakGlass is %s, must be one of people's roles", breakGlass)
		}
		for r := range e.All(intent.RoleType) {
			if trusts(r, "AWS") && !isPerson(r) && !intent.IsUploader(r) {
				f.Fail(r, "AssumeRolePolicyDocument admits AWS principals, must not: the intent does not name the role for people")
			}
		}
	},
}

// personalTrust returns what a person's role admits ("AWS global condition context keys", aws:MultiFactorAuthAge, in seconds).
func personalTrust(at expect.At) []template.Statement {
	var trust []template.Statement
	for _, action := range []string{"sts:AssumeRole", "sts:SetSourceIdentity"} {
		trust = append(trust, template.Statement{
			Actions:    []string{action},
			Principals: map[string][]string{"AWS": {intent.IAMARN(at.Stack(), "root")}},
			Conditions: []template.Condition{
				intent.When("Bool", "aws:MultiFactorAuthPresent", "true"),
				intent.When("NumericLessThan", "aws:MultiFactorAuthAge", "3600"),
				intent.When("StringLike", "sts:SourceIdentity", "?*"),
			},
		})
	}
	return trust
}

// A policy that is attached to a role of another kind grants nothing either: those have inline ones.
var peopleHaveTheirDuties = policies.Policy{
	ID: "IAM-16", Title: "A person's role may only assume those of CDK's roles that its job function states",
	Source:    policies.ManagementRow,
	Component: policies.Management, STRIDE: "IE", Severity: policies.High,
	Fix:   "build the role with role.NewHuman; which roles it may assume is stated in policies/intent/identity.go",
	Where: func(p *template.Resource) bool { return !ofPipeline(p) },
	Expect: expect.Shapes{policyType: {
		"PolicyDocument": assumesOnly("what the role's job function states", func(role *template.Resource) []string {
			return intent.JobFunctionOf(role, role.Stack).Assumes
		}),
	}},
}
