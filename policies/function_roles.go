package policies

import (
	"slices"

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

var functionsDoTheirJobOnly = Policy{
	ID: "FN-05", Title: "A function may write its log, and do what its custom resources ask for, and nothing else: of security groups, empty the default ones that they name",
	Source:    leastPrivilege,
	Component: Services, STRIDE: "TE", Severity: High,
	Fix:   "build the function with vpctask.New; the job of another is stated in policies/function_roles.go",
	Reads: append([]string{functionType, logGroupType, emptyGroupType, prefixListType, vpcType}, grantTypes...),
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
			checkJob(f, role, given[role], job)
		}
	},
}

// jobOf is what a function has to be allowed for the custom resources that it makes: resources, by the actions on them.
func jobOf(e *template.Estate, function *template.Resource) map[string][]string {
	job := map[string][]string{}
	for c := range e.All(emptyGroupType, prefixListType) {
		if e.Find(c.Get("ServiceToken"), functionType) != function {
			continue
		}
		for _, action := range looks {
			job[action] = []string{"*"}
		}
		if vpc := emptied(e, c); vpc != nil {
			group := "arn:" + c.Stack.Partition() + ":ec2:" + c.Stack.Region + ":" + c.Stack.Account + ":security-group/" + vpc.Attribute("DefaultSecurityGroup")
			for _, action := range revokes {
				job[action] = append(job[action], group)
			}
		}
	}
	if group := groupOf(e, function); group != nil && len(job) > 0 {
		for _, action := range records {
			job[action] = []string{group.Attribute("Arn")}
		}
	}
	return job
}

// checkJob holds a role's grants against a job, in both directions.
func checkJob(f *Findings, role *template.Resource, grants []template.Statement, job map[string][]string) {
	may := map[string][]string{}
	for _, s := range grants {
		if s.Effect != "Allow" || !readable(s) || len(s.Conditions) > 0 {
			f.Fail(s.Resource, "%s: does not simply allow", place(s))
			continue
		}
		for _, action := range s.Actions {
			may[action] = append(may[action], s.Resources...)
			if !within(s.Resources, job[action]) {
				f.Fail(s.Resource, "%s: allows %s on %v, which is not its job", place(s), action, s.Resources)
			}
		}
	}
	for action, on := range job {
		if !sameSet(may[action], on) {
			f.Fail(role, "may not %s on all of %v, which is its job", action, on)
		}
	}
}
