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
	var arns []string
	for _, region := range texts(home.Intent().Get("boundaryRegions")) {
		for _, kind := range kinds {
			arns = append(arns, ofIAM(home, "role/cdk-"+qualifierOf(home)+"-"+kind+"-role-"+home.Account+"-"+region))
		}
	}
	return arns
}

// qualifierOf is that of the bootstrap stack that a stack is deployed by.
func qualifierOf(s *template.Stack) string {
	version := template.Of(s.Template()["Parameters"]).Get("BootstrapVersion", "Default").Text()
	return strings.TrimSuffix(strings.TrimPrefix(version, "/cdk-bootstrap/"), "/version")
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

var everyGrantIsCounted = Policy{
	ID: "IAM-20", Title: "Every role is a person's, CI's, a service's, a flow log's, a replication's, a scanner's, the uploader's or a function's, and has no more documents of grants than the one that is judged",
	Source:    leastPrivilege,
	Component: Management, STRIDE: "TE", Severity: High,
	Fix:   "write the policy that counts the grants of that kind of role, then let countedRoles recognise it; attach nothing from outside",
	Reads: append([]string{flowLogType, functionType, scanType, "AWS::S3::Bucket"}, grantTypes...),
	Check: func(e *template.Estate, f *Findings) {
		home := identityStack(e, f, "whose roles there are")
		if home == nil {
			return
		}
		has, may := documents(e, f), countedRoles(e, home)
		for r := range e.All("AWS::IAM::Role") {
			f.Saw(r)
			switch n, counted := may[r]; {
			case !counted:
				f.Fail(r, "no policy counts its grants: it is nobody's whom the catalogue knows")
			case has[r] != n:
				f.Fail(r, "has %d documents of grants, and %d are counted", has[r], n)
			}
		}
	},
}

// countedRoles are the roles whose grants a policy judges exactly, and the number of documents that those are: IAM-16 people's,
// IAM-18 CI's, TASK-02 services', NET-15 those of flow logs, FN-05 those of functions, STORE-18 those of replication, STORE-20 those of the
// uploader, STORE-25 those of scanners.
func countedRoles(e *template.Estate, home *template.Stack) map[*template.Resource]int {
	counted, names, subjects := map[*template.Resource]int{}, people(home), pipelines(home)
	for r := range e.All("AWS::IAM::Role") {
		name := r.Get("RoleName").Text()
		switch {
		case name != "" && slices.Contains(names, name):
			counted[r] = min(1, len(dutyOf(r, home).assumes))
		case subjects[name] != "", isUploader(r), taskOf(r) != "":
			counted[r] = 1
		}
	}
	works := func(typ string, path ...string) {
		for r := range e.All(typ) {
			if role := e.Find(r.Get(path...), "AWS::IAM::Role"); role != nil {
				counted[role] = 1
			}
		}
	}
	works(flowLogType, "DeliverLogsPermissionArn")
	works(functionType, "Role")
	works(scanType, "Role")
	works("AWS::S3::Bucket", "ReplicationConfiguration", "Role")
	return counted
}

// documents are how many documents of grants each role has: inline, or attached from either side; AWS's own are IAM-15's. One
// that goes to a role outside the estate, CDK's that deploys it before all, is reported.
func documents(e *template.Estate, f *Findings) map[*template.Resource]int {
	has := map[*template.Resource]int{}
	for r := range e.All("AWS::IAM::Role") {
		has[r] += r.Get("Policies").Len()
		for _, v := range r.Get("ManagedPolicyArns").List() {
			if !strings.HasPrefix(v.Text(), "arn:"+r.Stack.Partition()+":iam::aws:policy/") {
				has[r]++
			}
		}
	}
	for p := range e.All(grantTypes[1:]...) {
		for _, v := range append(p.Get("Roles").List(), p.Get("RoleName").List()...) {
			if role := e.Find(v, "AWS::IAM::Role"); role != nil {
				has[role]++
			} else {
				f.Fail(p, "gives to %s, which is no role of the estate", v)
			}
		}
	}
	return has
}
