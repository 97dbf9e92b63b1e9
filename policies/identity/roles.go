package identity

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// A kind of role whose grants a policy judges: IAM-16 people's, IAM-18 CI's, TASK-02 services', NET-15 those of flow logs, FN-05 those of
// functions, STORE-18 those of replication, STORE-20 those of the uploader, STORE-25 those of scanners. The documents of the first two are
// attached, those of the others inline.
var everyGrantIsCounted = policies.Policy{
	ID: "IAM-20", Title: "Every role is of a known kind, and has only the documents of grants that its kind has",
	Source:    policies.LeastPrivilege,
	Component: policies.Management, STRIDE: "TE", Severity: policies.High,
	Fix:   "write the policy that judges the grants of that kind of role, then let documentsOf recognise it",
	Where: func(r *template.Resource) bool { return !isPerson(r) && !isPipeline(r) },
	Expect: expect.Shapes{
		intent.RoleType: {"Policies": expect.Checked, "AssumeRolePolicyDocument": expect.Checked},
		policyType:      {"Roles": expect.List(expect.Own(intent.RoleType)), "PolicyName": expect.Any},
	},
	Reads: []string{intent.FlowLogType, intent.FunctionType, intent.ScanType, "AWS::S3::Bucket"},
	Check: func(e *template.Estate, f *policies.Findings) {
		works, attached := workers(e), map[*template.Resource]int{}
		for p := range e.All(policyType) {
			for _, v := range p.Get("Roles").List() {
				attached[e.Find(v, intent.RoleType)]++
			}
		}
		for r := range e.All(intent.RoleType) {
			f.Examined(r)
			n, known := documentsOf(r, works)
			switch has := r.Get("Policies").Len() + attached[r]; {
			case !known:
				f.Fail(r, "is a role of no known kind, must be one whose grants a policy judges")
			case has != n:
				f.Fail(r, "has %d documents of grants, must have %d", has, n)
			}
		}
	},
}

// documentsOf returns how many documents of grants a role of its kind has, and whether its kind is known.
func documentsOf(r *template.Resource, works map[*template.Resource]bool) (int, bool) {
	if isPerson(r) {
		return min(1, len(intent.JobFunctionOf(r, r.Stack).Assumes)), true
	}
	return 1, isPipeline(r) || intent.IsUploader(r) || intent.ServiceOfRole(r) != "" || works[r]
}

// workers returns the roles that a flow log, a function, a scan or a replication names.
func workers(e *template.Estate) map[*template.Resource]bool {
	found := map[*template.Resource]bool{}
	for typ, path := range map[string][]string{
		intent.FlowLogType: {"DeliverLogsPermissionArn"}, intent.FunctionType: {"Role"}, intent.ScanType: {"Role"},
		"AWS::S3::Bucket": {"ReplicationConfiguration", "Role"},
	} {
		for r := range e.All(typ) {
			found[e.Find(r.Get(path...), intent.RoleType)] = true
		}
	}
	return found
}

// isPerson reports whether the intent names a role for people.
func isPerson(r *template.Resource) bool {
	name := r.Get("RoleName").Text()
	return r.Type == intent.RoleType && name != "" && slices.Contains(intent.HumanRoles(r.Stack), name)
}

// isPipeline reports whether the intent names a role for CI.
func isPipeline(r *template.Resource) bool {
	return r.Type == intent.RoleType && intent.PipelineSubjects(r.Stack)[r.Get("RoleName").Text()] != ""
}

// ofPipeline reports whether a policy is attached to a role of CI.
func ofPipeline(p *template.Resource) bool {
	return intent.PipelineSubjects(p.Stack)[p.Get("Roles", "0").Text()] != ""
}

// assumesOnly is the document that lets its role assume CDK's roles of some kinds, in each region of the estate, and nothing else.
// A session with a source identity, as people's have, sets it at the next role too ("Monitor and control actions taken with assumed
// roles", IAM User Guide: "Permissions required to set a source identity").
func assumesOnly(text string, kinds func(role *template.Resource) []string) expect.Want {
	return expect.Document(text, func(at expect.At) []template.Statement {
		role := at.Estate.Find(at.Resource.Get("Roles", "0"), intent.RoleType)
		if role == nil {
			return nil // IAM-20
		}
		roles := intent.BootstrapRoles(role.Stack, kinds(role))
		if len(roles) == 0 {
			return nil
		}
		actions := []string{"sts:AssumeRole"}
		if isPerson(role) {
			actions = append(actions, "sts:SetSourceIdentity")
		}
		return []template.Statement{{Actions: actions, Resources: roles}}
	}, intent.RoleType)
}

// trusts reports whether a role admits a kind of principal.
func trusts(r *template.Resource, kind string) bool {
	return slices.ContainsFunc(r.Statements(), func(s template.Statement) bool {
		return s.Kind.Has(template.Trust) && s.Effect == "Allow" && len(s.Principals[kind]) > 0
	})
}

// countNames reports each name that not exactly one role has.
func countNames(e *template.Estate, f *policies.Findings, home *template.Stack, names ...string) {
	has := map[string]int{}
	for r := range e.All(intent.RoleType) {
		has[r.Get("RoleName").Text()]++
	}
	for _, name := range names {
		if has[name] != 1 {
			f.FailStack(home, "has %d roles %s, must have 1", has[name], name)
		}
	}
}

// A managed policy of the estate is its boundary (IAM-12), and is attached to no role.
var managedPoliciesAreStated = policies.Policy{
	ID: "IAM-15", Title: "A role has exactly those of AWS's managed policies that its job function states",
	Source:    policies.LeastPrivilege,
	Component: policies.Management, STRIDE: "IE", Severity: policies.High,
	Fix: "grant the actions by name; what a person's role may have is stated in policies/intent/identity.go",
	Expect: expect.Shapes{intent.RoleType: {
		"ManagedPolicyArns": expect.Want{
			Text:   "the managed policies of its job function",
			Breaks: []any{[]any{"arn:aws:iam::aws:policy/ReadOnlyAccess"}, []any{"arn:aws:iam::111122223333:policy/by-hand"}},
			Holds: func(at expect.At, v template.Value) bool {
				return intent.SameList(intent.Texts(v), managedPoliciesOf(at.Resource))
			},
		}.OrAbsent(),
		"RoleName": expect.Checked,
	}},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range e.All(intent.RoleType) {
			if want := managedPoliciesOf(r); len(want) > 0 && r.Get("ManagedPolicyArns").Missing() {
				f.Fail(r, "ManagedPolicyArns is missing, must be %s", strings.Join(want, ", "))
			}
		}
	},
}

func managedPoliciesOf(r *template.Resource) []string {
	var arns []string
	for _, name := range intent.JobFunctionOf(r, r.Stack).Managed {
		arns = append(arns, "arn:"+r.Stack.Partition()+":iam::aws:policy/"+name)
	}
	return arns
}
