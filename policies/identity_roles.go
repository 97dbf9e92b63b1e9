package policies

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// grantTypes are the types that say what a role may do.
var grantTypes = []string{"AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"}

// grants are all statements that give a role something, or take it away, by the role.
func grants(e *template.Estate) map[*template.Resource][]template.Statement {
	by := map[*template.Resource][]template.Statement{}
	for r := range e.All(grantTypes...) {
		for _, s := range r.Statements() {
			for _, holder := range e.Holders(s) {
				by[holder] = append(by[holder], s)
			}
		}
	}
	return by
}

// bootstrapped are the roles, by ARN, that `cdk bootstrap` made of some kinds, in each region of the estate, under the
// qualifier that the identity stack itself is deployed by.
func bootstrapped(home *template.Stack, kinds []string) []string {
	version := template.Of(home.Template()["Parameters"]).Get("BootstrapVersion", "Default").Text()
	qualifier := strings.TrimSuffix(strings.TrimPrefix(version, "/cdk-bootstrap/"), "/version")
	var arns []string
	for _, region := range texts(home.Intent().Get("boundaryRegions")) {
		for _, kind := range kinds {
			arns = append(arns, ofIAM(home, "role/cdk-"+qualifier+"-"+kind+"-role-"+home.Account+"-"+region))
		}
	}
	return arns
}

// goesOn reports what a role's grants are beyond going on to other roles, and to which of those it cannot.
func goesOn(f *Findings, role *template.Resource, grants []template.Statement, to []string) {
	name, reached := role.Get("RoleName").Text(), map[string]bool{}
	for _, s := range grants {
		if s.Effect != "Allow" || !readable(s) || len(s.Conditions) > 0 || !slices.Equal(s.Actions, []string{"sts:AssumeRole"}) {
			f.Fail(s.Resource, "%s: does something else for %s than let it go on: %s %v", place(s), name, s.Effect, s.Actions)
			continue
		}
		for _, resource := range s.Resources {
			if !slices.Contains(to, resource) {
				f.Fail(s.Resource, "%s: lets %s go on to %s", place(s), name, resource)
			}
			reached[resource] = true
		}
	}
	if lacks := slices.DeleteFunc(slices.Clone(to), func(r string) bool { return reached[r] }); len(lacks) > 0 {
		f.Fail(role, "cannot go on to %v, for which it is there", lacks)
	}
}

// trustOf are the statements by which a role is taken up. One that nobody can take up is reported, and so is a refusal.
func trustOf(f *Findings, role *template.Resource, actions ...string) []template.Statement {
	trust := slices.DeleteFunc(role.Statements(), func(s template.Statement) bool { return !s.Kind.Has(template.Trust) })
	for _, s := range trust {
		if s.Effect != "Allow" || !readable(s) {
			f.Fail(role, "%s: does not simply admit", place(s))
		}
	}
	for _, action := range actions {
		if !slices.ContainsFunc(trust, func(s template.Statement) bool { return s.Effect == "Allow" && slices.Contains(s.Actions, action) }) {
			f.Fail(role, "nobody can take it up: no statement allows %s", action)
		}
	}
	return trust
}
