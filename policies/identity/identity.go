// Package identity holds the roles of IAM, what is granted to them, and the boundary that limits them.
package identity

import (
	"fmt"
	"iter"
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

const (
	managedPolicyType = "AWS::IAM::ManagedPolicy"
	policyType        = "AWS::IAM::Policy"
	providerType      = "AWS::IAM::OIDCProvider"
)

var Policies = slices.Concat(rolePolicies, grantPolicies, documentPolicies, []policies.Policy{boundaryBounds}, peoplePolicies, pipelinePolicies)

var rolePolicies = []policies.Policy{rolesCarryTheBoundary, everyGrantIsCounted, sessionsAreShort}

var rolesCarryTheBoundary = policies.Policy{
	ID: "IAM-01", Title: "Every role carries the environment's permission boundary",
	Source:    policies.LeastPrivilege,
	Component: policies.Management, STRIDE: "TE", Severity: policies.High,
	Fix: "leave the boundary that stacks.Build puts on every role of the app",
	Expect: expect.Shapes{intent.RoleType: {
		"PermissionsBoundary": expect.Equals("the environment's boundary", func(at expect.At) string {
			home := at.Estate.Stack(at.Stack().Environment + "-global-identity")
			if home == nil {
				return ""
			}
			return intent.IAMARN(home, "policy/"+home.Intent().Get("boundary").Text())
		}),
		"Description": expect.Any.OrAbsent(),
	}},
}

// An hour is the shortest time that IAM accepts, so a role cannot state less.
var sessionsAreShort = policies.Policy{
	ID: "IAM-21", Title: "A session of any role ends after an hour",
	Source:    policies.Incident("Immediately revoke and rotate affected credentials in the vault."),
	Component: policies.Management, STRIDE: "SE", Severity: policies.Medium,
	Fix: "make the role with a constructor of constructs/role",
	Expect: expect.Shapes{intent.RoleType: {
		"MaxSessionDuration": expect.Is(3600).Because("stolen credentials work until their session ends"),
	}},
}

// effective are the statements that grant or deny: all but a boundary's, which grants nothing unless it is attached too.
func effective(e *template.Estate, f *policies.Findings) iter.Seq[template.Statement] {
	return func(yield func(template.Statement) bool) {
		for s := range f.EachStatement(e, managedPolicyType, intent.RoleType, "AWS::IAM::User", "AWS::IAM::Group") {
			if s.Kind.Has(template.Boundary) && len(e.Holders(s)) == 0 {
				continue
			}
			if !yield(s) {
				return
			}
		}
	}
}

// grants yields the statements that allow an identity something, which count as examined.
func grants(e *template.Estate, f *policies.Findings) iter.Seq[template.Statement] {
	return func(yield func(template.Statement) bool) {
		for s := range effective(e, f) {
			if s.Effect != "Allow" || !s.Kind.Has(template.Identity) {
				continue
			}
			f.Examined(s.Resource)
			if !yield(s) {
				return
			}
		}
	}
}

// fail reports what is wrong with a statement.
func fail(f *policies.Findings, s template.Statement, format string, args ...any) {
	f.Fail(s.Resource, "%s %s", intent.StatementName(s), fmt.Sprintf(format, args...))
}
