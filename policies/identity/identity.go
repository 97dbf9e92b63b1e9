// Package identity holds the roles of IAM, what is granted to them, and the boundary that limits them.
package identity

import (
	"iter"
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var Policies = slices.Concat(
	[]policies.Policy{rolesCarryTheBoundary, nobodyIsLongLived},
	grantPolicies, documentPolicies, boundaryPolicies, peoplePolicies, pipelinePolicies, []policies.Policy{everyGrantIsCounted},
)

var rolesCarryTheBoundary = policies.Policy{
	ID: "IAM-01", Title: "Every role and user carries the environment's permission boundary",
	Source:    policies.LeastPrivilege,
	Component: policies.Management, STRIDE: "TE", Severity: policies.High,
	Fix:   "leave the boundary that stacks.Build puts on every role of the app",
	Reads: []string{"AWS::IAM::Role", "AWS::IAM::User"},
	Check: func(e *template.Estate, f *policies.Findings) {
		home := intent.IdentityStack(e, f, "which boundary the roles carry")
		if home == nil {
			return
		}
		want := intent.IAMARN(home, "policy/"+home.Intent().Get("boundary").Text())
		for r := range e.All("AWS::IAM::Role", "AWS::IAM::User") {
			f.Examined(r)
			if got := r.Get("PermissionsBoundary"); !got.Is(want) {
				f.Fail(r, "its boundary is %s, not %s", intent.OrElse(got.String(), "none"), want)
			}
		}
	},
}

// longLived are the identities with a credential that does not expire, and what gives one of them something.
var longLived = []string{
	"AWS::IAM::User", "AWS::IAM::AccessKey", "AWS::IAM::Group", "AWS::IAM::UserToGroupAddition", "AWS::IAM::UserPolicy",
	"AWS::IAM::GroupPolicy", "AWS::IAM::InstanceProfile", "AWS::IAM::VirtualMFADevice",
}

var nobodyIsLongLived = policies.Policy{
	ID: "IAM-02", Title: "Nobody has a credential that does not expire: there are roles, and no users, groups or access keys",
	Source:    policies.Incident("Immediately revoke and rotate affected credentials in the vault."),
	Component: policies.Management, STRIDE: "SE", Severity: policies.High,
	Fix:   "make it a role that is taken up for an hour",
	Reads: append([]string{"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}, longLived...),
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
		}
		for r := range e.All(longLived...) {
			f.Fail(r, "an %s", r.Type)
		}
		for r := range e.All("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy") {
			if r.Get("Users").Len()+r.Get("Groups").Len() > 0 {
				f.Fail(r, "is attached to users or groups")
			}
		}
	},
}

// bearers are the types that make a boundary of a managed policy, or attach it.
var bearers = []string{"AWS::IAM::ManagedPolicy", "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"}

// effective are the statements that mean what they say: all but a boundary's, which only bounds unless it is attached too.
func effective(e *template.Estate, f *policies.Findings) iter.Seq[template.Statement] {
	return func(yield func(template.Statement) bool) {
		for s := range f.EachStatement(e, bearers...) {
			if s.Kind.Has(template.Boundary) && len(e.Holders(s)) == 0 {
				continue
			}
			if !yield(s) {
				return
			}
		}
	}
}
