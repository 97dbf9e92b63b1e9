package identity

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// assumesOnly reports what a role's grants are beyond going on to other roles, and to which of those it cannot.
func assumesOnly(f *policies.Findings, role *template.Resource, grants []template.Statement, to []string) {
	name, reached := role.Get("RoleName").Text(), map[string]bool{}
	for _, s := range grants {
		if s.Effect != "Allow" || !intent.IsReadable(s) || len(s.Conditions) > 0 || !slices.Equal(s.Actions, []string{"sts:AssumeRole"}) {
			f.Fail(s.Resource, "%s: does something else for %s than let it go on: %s %v", intent.StatementName(s), name, s.Effect, s.Actions)
			continue
		}
		for _, resource := range s.Resources {
			if !slices.Contains(to, resource) {
				f.Fail(s.Resource, "%s: lets %s go on to %s", intent.StatementName(s), name, resource)
			}
			reached[resource] = true
		}
	}
	if lacks := slices.DeleteFunc(slices.Clone(to), func(r string) bool { return reached[r] }); len(lacks) > 0 {
		f.Fail(role, "cannot go on to %v, for which it is there", lacks)
	}
}

var everyGrantIsCounted = policies.Policy{
	ID: "IAM-20", Title: "Every role is a person's, CI's, a service's, a flow log's, a replication's, a scanner's, the uploader's or a function's, and has no more documents of grants than the one that is judged",
	Source:    policies.LeastPrivilege,
	Component: policies.Management, STRIDE: "TE", Severity: policies.High,
	Fix:   "write the policy that counts the grants of that kind of role, then let countedRoles recognise it; attach nothing from outside",
	Reads: append([]string{intent.FlowLogType, intent.FunctionType, intent.ScanType, "AWS::S3::Bucket"}, intent.GrantTypes...),
	Check: func(e *template.Estate, f *policies.Findings) {
		home := intent.IdentityStack(e, f, "whose roles there are")
		if home == nil {
			return
		}
		has, may := documents(e, f), countedRoles(e, home)
		for r := range e.All("AWS::IAM::Role") {
			f.Examined(r)
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
	counted, names, subjects := map[*template.Resource]int{}, intent.HumanRoles(home), intent.PipelineSubjects(home)
	for r := range e.All("AWS::IAM::Role") {
		name := r.Get("RoleName").Text()
		switch {
		case name != "" && slices.Contains(names, name):
			counted[r] = min(1, len(intent.JobFunctionOf(r, home).Assumes))
		case subjects[name] != "", intent.IsUploader(r), intent.ServiceOfRole(r) != "":
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
	works(intent.FlowLogType, "DeliverLogsPermissionArn")
	works(intent.FunctionType, "Role")
	works(intent.ScanType, "Role")
	works("AWS::S3::Bucket", "ReplicationConfiguration", "Role")
	return counted
}

// documents are how many documents of grants each role has: inline, or attached from either side; AWS's own are IAM-15's. One
// that goes to a role outside the estate, CDK's that deploys it before all, is reported.
func documents(e *template.Estate, f *policies.Findings) map[*template.Resource]int {
	has := map[*template.Resource]int{}
	for r := range e.All("AWS::IAM::Role") {
		has[r] += r.Get("Policies").Len()
		for _, v := range r.Get("ManagedPolicyArns").List() {
			if !strings.HasPrefix(v.Text(), "arn:"+r.Stack.Partition()+":iam::aws:policy/") {
				has[r]++
			}
		}
	}
	for p := range e.All(intent.GrantTypes[1:]...) {
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
