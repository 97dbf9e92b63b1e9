package policies

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

var functionRolesAreTheirOwn = Policy{
	ID: "FN-04", Title: "Every function has a role of its own, that trusts this one function and has one document of grants",
	Source:    leastPrivilege,
	Component: Services, STRIDE: "SE", Severity: High,
	Fix:   "build the function with function.New",
	Reads: append([]string{functionType}, grantTypes...),
	Check: func(e *template.Estate, f *Findings) {
		bearers, of := map[*template.Resource]int{}, map[*template.Resource]*template.Resource{}
		for r := range e.All(functionType) {
			if role := e.Find(r.Get("Role"), roleType); role != nil && r.Get("Role").Is(role.Attribute("Arn")) && role.Stack == r.Stack {
				of[r] = role
				bearers[role]++
			}
		}
		for _, s := range e.Stacks() {
			f.SawStack(s)
		}
		for r := range e.All(functionType) {
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
func trustsFunction(f *Findings, role, function *template.Resource) {
	for _, s := range trustOf(f, role, "sts:AssumeRole") {
		if !slices.Equal(lone(s, "Service"), []string{"lambda.amazonaws.com"}) || !slices.Equal(s.Actions, []string{"sts:AssumeRole"}) ||
			!under(s, when("StringEquals", "aws:SourceAccount", role.Stack.Account), when("ArnLike", "aws:SourceArn", function.Attribute("Arn"))) {
			f.Fail(role, "%s: trusts more, or less, than Lambda for %s", place(s), function)
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

// job is what a function has to be allowed: resources, by the actions on them, each with the conditions of that, as [on] writes them.
type job map[string][]string

// jobs are by what asks for them: each adds what a function has to do for some of the estate's resources. What none asks of a
// function it must not be able to do.
var jobs = []func(e *template.Estate, function *template.Resource, j job){networkTasks, registryTasks, rotations, ages}

// jobTypes are the types that jobs follow from.
var jobTypes = []string{functionType, logGroupType, emptyGroupType, prefixListType, vpcType, tablePolicyType, scheduleType, ruleType, "AWS::KMS::Alias", "AWS::KMS::Key"}

var functionsDoTheirJobOnly = Policy{
	ID: "FN-05", Title: "A function may write its log, and do what the resources that it is there for ask of it, and nothing else",
	Source:    leastPrivilege,
	Component: Services, STRIDE: "TE", Severity: High,
	Fix:   "give it no more than its job, which one of jobs in policies/function_roles.go states",
	Reads: slices.Concat(jobTypes, grantTypes),
	Check: func(e *template.Estate, f *Findings) {
		given := grants(e)
		for _, s := range e.Stacks() {
			f.SawStack(s)
		}
		for r := range e.All(functionType) {
			role := e.Find(r.Get("Role"), roleType)
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

// interfaceActions are what Lambda does as the role of a function in a VPC (AWSLambdaVPCAccessExecutionRole, version 3).
var interfaceActions = []string{"ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
	"ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"}

// keepsFromInterfaces says that a statement denies the function's own code what Lambda needs for it ("Giving Lambda functions
// access to resources in an Amazon VPC").
func keepsFromInterfaces(s template.Statement, function *template.Resource) bool {
	return s.Effect == "Deny" && readable(s) && sameSet(s.Actions, interfaceActions) && slices.Equal(s.Resources, []string{"*"}) &&
		under(s, when("ArnEquals", "lambda:SourceFunctionArn", function.Attribute("Arn")))
}

// jobOf is all that a function has to be allowed; nothing if nobody asks anything of it.
func jobOf(e *template.Estate, function *template.Resource) job {
	j := job{}
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
		for _, action := range interfaceActions {
			j[action] = append(j[action], "*")
		}
	}
	return j
}

// networkTasks empties groups and finds lists.
func networkTasks(e *template.Estate, function *template.Resource, j job) {
	for c := range e.All(emptyGroupType, prefixListType) {
		if e.Find(c.Get("ServiceToken"), functionType) != function {
			continue
		}
		for _, action := range looks {
			j[action] = []string{"*"}
		}
		if vpc := emptied(e, c); vpc != nil {
			group := "arn:" + c.Stack.Partition() + ":ec2:" + c.Stack.Region + ":" + c.Stack.Account + ":security-group/" + vpc.Attribute("DefaultSecurityGroup")
			for _, action := range revokes {
				j[action] = append(j[action], group)
			}
		}
	}
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
func checkJob(f *Findings, function, role *template.Resource, grants []template.Statement, job job) {
	may, kept := map[string][]string{}, false
	for _, s := range grants {
		if keepsFromInterfaces(s, function) {
			kept = true
			continue
		}
		if s.Effect != "Allow" || !readable(s) {
			f.Fail(s.Resource, "%s: does not simply allow", place(s))
			continue
		}
		for _, action := range s.Actions {
			may[action] = append(may[action], on(s)...)
			if !within(on(s), job[action]) {
				f.Fail(s.Resource, "%s: allows %s on %v, which is not its job", place(s), action, on(s))
			}
		}
	}
	for action, on := range job {
		if !sameSet(may[action], on) {
			f.Fail(role, "may not %s on all of %v, which is its job", action, on)
		}
	}
	if !kept && len(job[interfaceActions[0]]) > 0 {
		f.Fail(role, "lets the code of %s make interfaces, and not Lambda alone", function)
	}
}
