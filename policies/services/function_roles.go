package services

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var functionRolesAreTheirOwn = policies.Policy{
	ID: "FN-04", Title: "Every function has a role of its own, that trusts this one function and has one document of grants",
	Source:    policies.LeastPrivilege,
	Component: policies.Services, STRIDE: "SE", Severity: policies.High,
	Fix:   "build the function with function.New",
	Reads: append([]string{intent.FunctionType}, intent.GrantTypes...),
	Check: func(e *template.Estate, f *policies.Findings) {
		bearers, of := map[*template.Resource]int{}, map[*template.Resource]*template.Resource{}
		for r := range e.All(intent.FunctionType) {
			if role := e.Find(r.Get("Role"), intent.RoleType); role != nil && r.Get("Role").Is(role.Attribute("Arn")) && role.Stack == r.Stack {
				of[r] = role
				bearers[role]++
			}
		}
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
		}
		for r := range e.All(intent.FunctionType) {
			switch role := of[r]; {
			case role == nil:
				f.Fail(r, "has no role of its stack")
			case bearers[role] != 1:
				f.Fail(r, "shares its role with %d others", bearers[role]-1)
			default:
				trustsFunction(f, role, r)
			}
		}
	},
}

// trustsFunction reports what in a role's trust is not Lambda, for the one function ("Defining Lambda function permissions with
// an execution role", on aws:SourceAccount and aws:SourceArn).
func trustsFunction(f *policies.Findings, role, function *template.Resource) {
	for _, s := range intent.TrustOf(f, role, "sts:AssumeRole") {
		if !slices.Equal(intent.SolePrincipals(s, "Service"), []string{"lambda.amazonaws.com"}) || !slices.Equal(s.Actions, []string{"sts:AssumeRole"}) ||
			!intent.HasExactlyConditions(s, intent.When("StringEquals", "aws:SourceAccount", role.Stack.Account), intent.When("ArnLike", "aws:SourceArn", function.Attribute("Arn"))) {
			f.Fail(role, "%s: trusts more, or less, than Lambda for %s", intent.StatementName(s), function)
		}
	}
	if role.Get("Policies").Len() != 1 || !role.Get("ManagedPolicyArns").Missing() {
		f.Fail(role, "has more policies than its own, or none")
	}
}

// looks are what the function of the custom resources has to read before it does anything, of which none knows a resource.
var looks = []string{"ec2:DescribeManagedPrefixLists", "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups"}

var (
	revokes = []string{"ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"}
	records = []string{"logs:CreateLogStream", "logs:PutLogEvents"}
)

// jobs are by what asks for them: each adds what a function has to do for some of the estate's resources. What none asks of a
// function it must not be able to do.
var jobs = []func(e *template.Estate, function *template.Resource, j grants){networkTasks, registryTasks, rotationTasks, ageTasks}

// jobTypes are the types that jobs follow from.
var jobTypes = []string{intent.FunctionType, intent.LogGroupType, intent.EmptyGroupType, intent.PrefixListType, intent.VPCType, intent.TablePolicyType, intent.ScheduleType, intent.RuleType, "AWS::KMS::Alias", "AWS::KMS::Key"}

var functionsDoTheirJobOnly = policies.Policy{
	ID: "FN-05", Title: "A function may write its log, and do what the resources that it is there for ask of it, and nothing else",
	Source:    policies.LeastPrivilege,
	Component: policies.Services, STRIDE: "TE", Severity: policies.High,
	Fix:   "give it no more than its job, which one of jobs in policies/services/function_roles.go states",
	Reads: slices.Concat(jobTypes, intent.GrantTypes),
	Check: func(e *template.Estate, f *policies.Findings) {
		given := intent.GrantsByRole(e)
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
		}
		for r := range e.All(intent.FunctionType) {
			role := e.Find(r.Get("Role"), intent.RoleType)
			if role == nil {
				continue // FN-04
			}
			job := jobOf(e, r)
			if len(job) == 0 {
				f.Fail(r, "has no job that this catalogue knows")
			}
			checkJob(f, r, role, given[role], job)
		}
	},
}

// keepsFromInterfaces says that a statement denies the function's own code what Lambda needs for it ("Giving Lambda functions
// access to resources in an Amazon VPC").
func keepsFromInterfaces(s template.Statement, function *template.Resource) bool {
	return s.Effect == "Deny" && intent.IsReadable(s) && intent.SameSet(s.Actions, intent.InterfaceActions) && slices.Equal(s.Resources, []string{"*"}) &&
		intent.HasExactlyConditions(s, intent.When("ArnEquals", "lambda:SourceFunctionArn", function.Attribute("Arn")))
}

// jobOf is all that a function has to be allowed; nothing if nobody asks anything of it.
func jobOf(e *template.Estate, function *template.Resource) grants {
	j := grants{}
	for _, add := range jobs {
		add(e, function, j)
	}
	if len(j) == 0 {
		return nil
	}
	if group := groupOf(e, function); group != nil {
		for _, action := range records {
			j[action] = []string{group.Attribute("Arn")}
		}
	}
	if !function.Get("VpcConfig").Missing() {
		for _, action := range intent.InterfaceActions {
			j[action] = append(j[action], "*")
		}
	}
	return j
}

// on are a statement's resources, each with the conditions that it is allowed under.
func on(s template.Statement) []string {
	var conditions []string
	for _, c := range s.Conditions {
		conditions = append(conditions, " under "+c.Operator+" "+c.Key+" "+strings.Join(c.Values, ","))
	}
	slices.Sort(conditions)
	var all []string
	for _, r := range s.Resources {
		all = append(all, r+strings.Join(conditions, ""))
	}
	return all
}

// checkJob holds the grants of a function's role against its job, in both directions.
func checkJob(f *policies.Findings, function, role *template.Resource, grants []template.Statement, job grants) {
	may, kept := map[string][]string{}, false
	for _, s := range grants {
		if keepsFromInterfaces(s, function) {
			kept = true
			continue
		}
		if s.Effect != "Allow" || !intent.IsReadable(s) {
			f.Fail(s.Resource, "%s: does not simply allow", intent.StatementName(s))
			continue
		}
		for _, action := range s.Actions {
			may[action] = append(may[action], on(s)...)
			if !intent.IsSubset(on(s), job[action]) {
				f.Fail(s.Resource, "%s: allows %s on %v, which is not its job", intent.StatementName(s), action, on(s))
			}
		}
	}
	for action, on := range job {
		if !intent.SameSet(may[action], on) {
			f.Fail(role, "may not %s on all of %v, which is its job", action, on)
		}
	}
	if !kept && len(job[intent.InterfaceActions[0]]) > 0 {
		f.Fail(role, "lets the code of %s make interfaces, and not Lambda alone", function)
	}
}
