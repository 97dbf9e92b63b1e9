package identity

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var peoplePolicies = []policies.Policy{peopleNeedMFA, managedPoliciesAreStated, peopleHaveTheirDuties}

var peopleNeedMFA = policies.Policy{
	ID: "IAM-14", Title: "People assume the intended roles by a second factor or a permission set, and with a name",
	Source:    policies.ManagementRow,
	Component: policies.Management, STRIDE: "SRE", Severity: policies.High,
	Fix:   "build the role with role.NewHuman and name it in the identity stack's intent",
	Where: isPerson,
	Expect: expect.Shapes{intent.RoleType: {
		"AssumeRolePolicyDocument": expect.Document("this account with a second factor within the hour, or the role's permission set, and a source identity", personalTrust),
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
		holdSignIn(f, home, names)
		for r := range e.All(intent.RoleType) {
			if trusts(r, "AWS") && !isPerson(r) && !intent.IsUploader(r) {
				f.Fail(r, "AssumeRolePolicyDocument admits AWS principals, must not: the intent does not name the role for people")
			}
		}
	},
}

// holdSignIn reports a way to sign in that is none, and each role of people that no permission set of its own opens.
func holdSignIn(f *policies.Findings, home *template.Stack, names []string) {
	by, sets := home.Intent().Get("signIn", "by"), home.Intent().Get("signIn", "permissionSets")
	switch by.Text() {
	case intent.ByIAMUsers:
	case intent.ByIdentityCenter:
		opens := map[string]string{}
		for _, name := range names {
			set := sets.Get(name).Text()
			if other := opens[set]; set == "" || strings.Contains(set, "_") || other != "" {
				f.FailStack(home, "the permission set of %s is %q, must be one of its own, without an underscore", name, set)
			}
			opens[set] = name
		}
	default:
		f.FailStack(home, "signIn.by is %s, must be %s, or %s", by, intent.ByIdentityCenter, intent.ByIAMUsers)
	}
}

// personalTrust returns what a person's role admits ("AWS global condition context keys", aws:MultiFactorAuthAge, in seconds, and
// aws:MultiFactorAuthPresent, which sessions of Identity Center do not have).
func personalTrust(at expect.At) []template.Statement {
	who := []template.Condition{
		intent.When("Bool", "aws:MultiFactorAuthPresent", "true"),
		intent.When("NumericLessThan", "aws:MultiFactorAuthAge", "3600"),
	}
	if intent.ShowsNoFactor(at.Estate, at.Stack()) {
		who = []template.Condition{intent.When("ArnLike", "aws:PrincipalArn", intent.PermissionSetRoles(at.Stack(), at.Resource.Get("RoleName").Text())...)}
	}
	var trust []template.Statement
	for _, action := range []string{"sts:AssumeRole", "sts:SetSourceIdentity"} {
		trust = append(trust, template.Statement{
			Actions:    []string{action},
			Principals: map[string][]string{"AWS": {intent.IAMARN(at.Stack(), "root")}},
			Conditions: append(slices.Clone(who), intent.When("StringLike", "sts:SourceIdentity", "?*")),
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
