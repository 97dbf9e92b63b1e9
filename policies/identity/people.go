package identity

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var peoplePolicies = []policies.Policy{peopleNeedMFA, managedPoliciesAreStated, peopleHaveTheirDuties}

var peopleNeedMFA = policies.Policy{
	ID: "IAM-14", Title: "People's roles are exactly the intended, and taken up only with a second factor within the hour and a name",
	Source:    policies.ManagementRow,
	Component: policies.Management, STRIDE: "SRE", Severity: policies.High,
	Fix:   "build the role with role.NewHuman and name it in the identity stack's intent",
	Reads: []string{"AWS::IAM::Role"},
	Check: func(e *template.Estate, f *policies.Findings) {
		home := intent.IdentityStack(e, f, "which roles are people's")
		if home == nil {
			return
		}
		found := map[string]int{}
		for r := range e.All("AWS::IAM::Role") {
			name := r.Get("RoleName").Text()
			named := name != "" && slices.Contains(intent.HumanRoles(home), name)
			if named {
				found[name]++
			}
			if named || trusts(r, "AWS") && !intent.IsUploader(r) {
				judgePerson(f, r, named)
			}
		}
		for _, name := range intent.HumanRoles(home) {
			if found[name] != 1 {
				f.FailStack(home, "has %d roles named %s, for people", found[name], name)
			}
		}
		if !slices.Contains(intent.HumanRoles(home), home.Intent().Get("breakGlass").Text()) {
			f.FailStack(home, "breaks the glass with %s, which is none of the people's roles", home.Intent().Get("breakGlass"))
		}
	},
}

// trusts says that a role may be taken up by a kind of principal.
func trusts(r *template.Resource, kind string) bool {
	return slices.ContainsFunc(r.Statements(), func(s template.Statement) bool {
		return s.Kind.Has(template.Trust) && s.Effect == "Allow" && len(s.Principals[kind]) > 0
	})
}

func judgePerson(f *policies.Findings, r *template.Resource, named bool) {
	f.Examined(r)
	if !named {
		f.Fail(r, "people may take it up, and the intent does not name it")
	}
	if seconds, ok := r.Get("MaxSessionDuration").Int(); !r.Get("MaxSessionDuration").Missing() && (!ok || seconds > 3600) {
		f.Fail(r, "its session is longer than an hour")
	}
	for _, s := range intent.TrustOf(f, r, "sts:AssumeRole", "sts:SetSourceIdentity") {
		if len(s.Principals) != 1 || !slices.Equal(s.Principals["AWS"], []string{intent.IAMARN(r.Stack, "root")}) {
			f.Fail(r, "%s: trusts %v, not this account alone", intent.StatementName(s), s.Principals)
		}
		if len(s.Actions) == 0 || slices.ContainsFunc(s.Actions, func(a string) bool { return a != "sts:AssumeRole" && a != "sts:SetSourceIdentity" }) {
			f.Fail(r, "%s: allows %v", intent.StatementName(s), s.Actions)
		}
		if !slices.Equal(s.Condition("Bool", "aws:MultiFactorAuthPresent"), []string{"true"}) {
			f.Fail(r, "%s: does not ask for a second factor", intent.StatementName(s))
		}
		if age := s.Condition("NumericLessThan", "aws:MultiFactorAuthAge"); len(age) != 1 || !atMost(age[0], 3600) {
			f.Fail(r, "%s: the second factor may be older than an hour", intent.StatementName(s))
		}
		if !slices.Equal(s.Condition("StringLike", "sts:SourceIdentity"), []string{"?*"}) {
			f.Fail(r, "%s: does not ask for a source identity", intent.StatementName(s))
		}
		if len(s.Conditions) > 3 {
			f.Fail(r, "%s: asks for more, which nobody has", intent.StatementName(s))
		}
	}
}

func atMost(text string, limit int) bool {
	n, ok := template.Of(text).Int()
	return ok && n <= limit
}

var managedPoliciesAreStated = policies.Policy{
	ID: "IAM-15", Title: "A role has exactly those of AWS's policies that its duty states, and only the break-glass role administers",
	Source:    policies.LeastPrivilege,
	Component: policies.Management, STRIDE: "IE", Severity: policies.High,
	Fix:   "grant the actions by name; what a person's role may have is stated in policies/intent/identity.go",
	Reads: []string{"AWS::IAM::Role", "AWS::IAM::ManagedPolicy"},
	Check: func(e *template.Estate, f *policies.Findings) {
		home := intent.IdentityStack(e, f, "whose roles there are")
		if home == nil {
			return
		}
		for r := range e.All("AWS::IAM::Role") {
			f.Examined(r)
			lacks := slices.Clone(intent.JobFunctionOf(r, home).Managed)
			for _, v := range r.Get("ManagedPolicyArns").List() {
				name, aws := strings.CutPrefix(v.Text(), "arn:"+r.Stack.Partition()+":iam::aws:policy/")
				stated := slices.Index(lacks, name)
				switch {
				case !aws && e.Find(v, "AWS::IAM::ManagedPolicy") == nil:
					f.Fail(r, "has %s, which is neither the estate's nor AWS's", v)
				case aws && stated < 0:
					f.Fail(r, "has AWS's %s", name)
				case aws:
					lacks = slices.Delete(lacks, stated, stated+1)
				}
			}
			for _, name := range lacks {
				f.Fail(r, "lacks AWS's %s, which its duty takes", name)
			}
		}
	},
}

var peopleHaveTheirDuties = policies.Policy{
	ID: "IAM-16", Title: "A person's role may do nothing of its own but go on to exactly those of CDK's roles that its duty states",
	Source:    policies.ManagementRow,
	Component: policies.Management, STRIDE: "IE", Severity: policies.High,
	Fix:   "build the role with role.NewHuman; what it may go on to is stated in policies/intent/identity.go",
	Reads: intent.GrantTypes,
	Check: func(e *template.Estate, f *policies.Findings) {
		home := intent.IdentityStack(e, f, "which roles are people's")
		if home == nil {
			return
		}
		names, given := intent.HumanRoles(home), intent.GrantsByRole(e)
		for r := range e.All("AWS::IAM::Role") {
			if name := r.Get("RoleName").Text(); name != "" && slices.Contains(names, name) {
				f.Examined(r)
				assumesOnly(f, r, given[r], intent.BootstrapRoles(home, intent.JobFunctionOf(r, home).Assumes))
			}
		}
	},
}
