package policies

import (
	"regexp"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

var peoplePolicies = []Policy{peopleNeedMFA, managedPoliciesAreStated, peopleHaveTheirDuties}

var theirMFA = table("Cloud IAM & Management", "MFA, least privilege, audit logs, change management")

// duty is what a person's role is for: AWS's policies that it may have, and the kinds of CDK's roles that it may go on to.
type duty struct{ managed, assumes []string }

// duties are by the role's name after the environment's prefix. Only the break-glass role that the intent names may
// administer, and it is not here.
var duties = map[string]duty{
	"reader":   {managed: []string{"job-function/ViewOnlyAccess"}},
	"security": {managed: []string{"SecurityAudit"}},
	"operator": {managed: []string{"job-function/ViewOnlyAccess"}, assumes: []string{"deploy", "file-publishing", "lookup"}},
}

func dutyOf(role *template.Resource, home *template.Stack) duty {
	name := role.Get("RoleName").Text()
	if name != "" && home.Intent().Get("breakGlass").Is(name) {
		return duty{managed: []string{"AdministratorAccess"}}
	}
	return duties[strings.TrimPrefix(name, "livechat-"+home.Environment+"-")]
}

// people are the roles that the intent names for people.
func people(home *template.Stack) []string { return texts(home.Intent().Get("humans")) }

var peopleNeedMFA = Policy{
	ID: "IAM-14", Title: "People's roles are exactly the intended, and taken up only with a second factor within the hour and a name",
	Source:    theirMFA,
	Component: Management, STRIDE: "SRE", Severity: High,
	Fix:   "build the role with role.NewHuman and name it in the identity stack's intent",
	Reads: []string{"AWS::IAM::Role"},
	Check: func(e *template.Estate, f *Findings) {
		home := identityStack(e)
		if home == nil {
			f.FailEstate("no global identity stack says which roles are people's")
			return
		}
		found := map[string]int{}
		for r := range e.All("AWS::IAM::Role") {
			name := r.Get("RoleName").Text()
			named := name != "" && slices.Contains(people(home), name)
			if named {
				found[name]++
			}
			if named || trusts(r, "AWS") {
				judgePerson(f, r, named)
			}
		}
		for _, name := range people(home) {
			if found[name] != 1 {
				f.FailStack(home, "has %d roles named %s, for people", found[name], name)
			}
		}
		if !slices.Contains(people(home), home.Intent().Get("breakGlass").Text()) {
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

func judgePerson(f *Findings, r *template.Resource, named bool) {
	f.Saw(r)
	if !named {
		f.Fail(r, "people may take it up, and the intent does not name it")
	}
	if seconds, ok := r.Get("MaxSessionDuration").Int(); !r.Get("MaxSessionDuration").Missing() && (!ok || seconds > 3600) {
		f.Fail(r, "its session is longer than an hour")
	}
	for _, s := range r.Statements() {
		if !s.Kind.Has(template.Trust) || s.Effect != "Allow" {
			continue
		}
		if len(s.Principals) != 1 || !slices.Equal(s.Principals["AWS"], []string{ofIAM(r.Stack, "root")}) {
			f.Fail(r, "%s: trusts %v, not this account alone", place(s), s.Principals)
		}
		if len(s.Actions) == 0 || slices.ContainsFunc(s.Actions, func(a string) bool { return a != "sts:AssumeRole" && a != "sts:SetSourceIdentity" }) {
			f.Fail(r, "%s: allows %v", place(s), s.Actions)
		}
		if !slices.Equal(s.Condition("Bool", "aws:MultiFactorAuthPresent"), []string{"true"}) {
			f.Fail(r, "%s: does not ask for a second factor", place(s))
		}
		if age := s.Condition("NumericLessThan", "aws:MultiFactorAuthAge"); len(age) != 1 || !atMost(age[0], 3600) {
			f.Fail(r, "%s: the second factor may be older than an hour", place(s))
		}
		if !slices.Equal(s.Condition("StringLike", "sts:SourceIdentity"), []string{"?*"}) {
			f.Fail(r, "%s: does not ask for a source identity", place(s))
		}
	}
}

func atMost(text string, limit int) bool {
	n, ok := template.Of(text).Int()
	return ok && n <= limit
}

var managedPoliciesAreStated = Policy{
	ID: "IAM-15", Title: "A role has AWS's policies only as its duty states, and only the break-glass role administers",
	Source:    leastPrivilege,
	Component: Management, STRIDE: "IE", Severity: High,
	Fix:   "grant the actions by name; what a person's role may have is stated in policies/identity_people.go",
	Reads: []string{"AWS::IAM::Role", "AWS::IAM::ManagedPolicy"},
	Check: func(e *template.Estate, f *Findings) {
		home := identityStack(e)
		if home == nil {
			f.FailEstate("no global identity stack says whose roles there are")
			return
		}
		for r := range e.All("AWS::IAM::Role") {
			f.Saw(r)
			for _, v := range r.Get("ManagedPolicyArns").List() {
				name, aws := strings.CutPrefix(v.Text(), "arn:"+r.Stack.Partition()+":iam::aws:policy/")
				switch {
				case !aws && e.Find(v, "AWS::IAM::ManagedPolicy") == nil:
					f.Fail(r, "has %s, which is neither the estate's nor AWS's", v)
				case aws && !slices.Contains(dutyOf(r, home).managed, name):
					f.Fail(r, "has AWS's %s", name)
				}
			}
		}
	},
}

var peopleHaveTheirDuties = Policy{
	ID: "IAM-16", Title: "A person's role may do nothing of its own but go on to CDK's roles, as its duty states",
	Source:    theirMFA,
	Component: Management, STRIDE: "IE", Severity: High,
	Fix:   "build the role with role.NewHuman; what it may go on to is stated in policies/identity_people.go",
	Reads: []string{Every},
	Check: func(e *template.Estate, f *Findings) {
		home := identityStack(e)
		if home == nil {
			f.FailEstate("no global identity stack says which roles are people's")
			return
		}
		names := people(home)
		for r := range e.All("AWS::IAM::Role") {
			if slices.Contains(names, r.Get("RoleName").Text()) {
				f.Saw(r)
			}
		}
		for s := range e.Statements(template.Identity) {
			for _, holder := range e.Holders(s) {
				if name := holder.Get("RoleName").Text(); s.Effect == "Allow" && name != "" && slices.Contains(names, name) {
					onlyGoesOn(f, s, holder, dutyOf(holder, home).assumes)
				}
			}
		}
	},
}

// bootstrapped is a role that `cdk bootstrap` made: its kind, account and region.
var bootstrapped = regexp.MustCompile(`^role/cdk-[a-z0-9]{1,10}-(deploy|file-publishing|lookup)-role-([0-9]{12})-([a-z0-9-]+)$`)

// onlyGoesOn reports what a statement gives beyond taking up CDK's roles, of the kinds, in the estate's regions.
func onlyGoesOn(f *Findings, s template.Statement, holder *template.Resource, kinds []string) {
	stack := s.Resource.Stack
	if !slices.Equal(s.Actions, []string{"sts:AssumeRole"}) {
		f.Fail(s.Resource, "%s: lets %s do %v", place(s), holder.Get("RoleName").Text(), s.Actions)
	}
	for _, resource := range append(s.Resources, s.NotResources...) {
		rest, _ := strings.CutPrefix(resource, ofIAM(stack, ""))
		to := bootstrapped.FindStringSubmatch(rest)
		if to == nil || to[2] != stack.Account || !slices.Contains(kinds, to[1]) || !slices.Contains(texts(stack.Intent().Get("boundaryRegions")), to[3]) {
			f.Fail(s.Resource, "%s: lets %s go on to %s", place(s), holder.Get("RoleName").Text(), resource)
		}
	}
}
