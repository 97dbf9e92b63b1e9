package policies

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

var identityPolicies = slices.Concat(
	[]Policy{rolesCarryTheBoundary, nobodyIsLongLived},
	grantPolicies, documentPolicies, boundaryPolicies, peoplePolicies, pipelinePolicies, []Policy{everyGrantIsCounted},
)

var rolesCarryTheBoundary = Policy{
	ID: "IAM-01", Title: "Every role and user carries the environment's permission boundary",
	Source:    leastPrivilege,
	Component: Management, STRIDE: "TE", Severity: High,
	Fix:   "leave the boundary that stacks.Build puts on every role of the app",
	Reads: []string{"AWS::IAM::Role", "AWS::IAM::User"},
	Check: func(e *template.Estate, f *Findings) {
		home := identityStack(e, f, "which boundary the roles carry")
		if home == nil {
			return
		}
		want := ofIAM(home, "policy/"+home.Intent().Get("boundary").Text())
		for r := range e.All("AWS::IAM::Role", "AWS::IAM::User") {
			f.Saw(r)
			if got := r.Get("PermissionsBoundary"); !got.Is(want) {
				f.Fail(r, "its boundary is %s, not %s", cmpOr(got.String(), "none"), want)
			}
		}
	},
}

// longLived are the identities with a credential that does not expire, and what gives one of them something.
var longLived = []string{
	"AWS::IAM::User", "AWS::IAM::AccessKey", "AWS::IAM::Group", "AWS::IAM::UserToGroupAddition", "AWS::IAM::UserPolicy",
	"AWS::IAM::GroupPolicy", "AWS::IAM::InstanceProfile", "AWS::IAM::VirtualMFADevice",
}

var nobodyIsLongLived = Policy{
	ID: "IAM-02", Title: "Nobody has a credential that does not expire: there are roles, and no users, groups or access keys",
	Source:    incident("Immediately revoke and rotate affected credentials in the vault."),
	Component: Management, STRIDE: "SE", Severity: High,
	Fix:   "make it a role that is taken up for an hour",
	Reads: append([]string{"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}, longLived...),
	Check: func(e *template.Estate, f *Findings) {
		for _, s := range e.Stacks() {
			f.SawStack(s)
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

// identityStack is the one that says whom the environment knows. It is nil if there is none, and then a finding that says what
// nobody tells.
func identityStack(e *template.Estate, f *Findings, what string) *template.Stack {
	for _, s := range e.Stacks() {
		if s.Layer == "identity" && s.Global() {
			return s
		}
	}
	f.FailEstate("no global identity stack says %s", what)
	return nil
}

// ofIAM is the ARN of something of IAM in a stack's account.
func ofIAM(s *template.Stack, rest string) string {
	return "arn:" + s.Partition() + ":iam::" + s.Account + ":" + rest
}

// bearers are the types that make a boundary of a managed policy, or attach it.
var bearers = []string{"AWS::IAM::ManagedPolicy", "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"}

// effective are the statements that mean what they say: all but a boundary's, which only bounds unless it is attached too.
func effective(e *template.Estate, f *Findings) iter.Seq[template.Statement] {
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

// place says which statement of a resource is meant.
func place(s template.Statement) string {
	if s.Sid != "" {
		return s.Path + ", " + s.Sid
	}
	return fmt.Sprintf("%s, statement %d", s.Path, s.Index+1)
}

// wild says that a text means more than itself.
func wild(text string) bool { return strings.ContainsAny(text, "*?") }

func cmpOr(text, fallback string) string {
	if text == "" || text == "null" {
		return fallback
	}
	return text
}

// same says that two lists hold the same, in any order.
func same(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// texts are the elements of a list of texts; what is none shows as "".
func texts(v template.Value) []string {
	var all []string
	for _, x := range v.List() {
		all = append(all, x.Text())
	}
	return all
}
