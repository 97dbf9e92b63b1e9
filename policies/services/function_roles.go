package services

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var functionRolesAreTheirOwn = policies.Policy{
	ID: "FN-04", Title: "Every function has its own role, which trusts this function and has one set of grants",
	Source:    policies.LeastPrivilege,
	Component: policies.Services, STRIDE: "SE", Severity: policies.High,
	Fix:    "build the function with function.New",
	Expect: expect.Shapes{intent.FunctionType: {"Role": expect.ARNOf("a role of its stack", intent.RoleType, inSameStack)}},
	Reads:  append([]string{intent.FunctionType}, intent.GrantTypes...),
	Check: func(e *template.Estate, f *policies.Findings) {
		bearers := map[*template.Resource]int{}
		for r := range e.All(intent.FunctionType) {
			bearers[e.Find(r.Get("Role"), intent.RoleType)]++
		}
		for r := range e.All(intent.FunctionType) {
			role := e.Find(r.Get("Role"), intent.RoleType)
			if role == nil {
				continue // the shape says so
			}
			if n := bearers[role]; n != 1 {
				f.Fail(r, "Role has %d functions, must have 1", n)
			} else {
				checkRole(f, role, "lambda.amazonaws.com", r.Attribute("Arn"))
			}
		}
	},
}

// checkRole reports what is wrong with a role that one service assumes for sources in its account ("Defining Lambda function
// permissions with an execution role" and "Amazon ECS task IAM role", on aws:SourceAccount and aws:SourceArn).
func checkRole(f *policies.Findings, role *template.Resource, service, source string) {
	trust := slices.DeleteFunc(role.Statements(), func(s template.Statement) bool { return !s.Kind.Has(template.Trust) })
	want := template.Statement{Actions: []string{"sts:AssumeRole"}, Principals: map[string][]string{"Service": {service}},
		Conditions: []template.Condition{
			intent.When("StringEquals", "aws:SourceAccount", role.Stack.Account), intent.When("ArnLike", "aws:SourceArn", source)}}
	if len(trust) == 0 {
		f.Fail(role, "AssumeRolePolicyDocument is empty, must be %s", expect.Write(want))
	}
	for _, s := range trust {
		if !expect.Same(want, s) {
			f.Fail(role, "AssumeRolePolicyDocument has %s, must be %s", expect.Write(s), expect.Write(want))
		}
	}
	if n := role.Get("Policies").Len(); n != 1 {
		f.Fail(role, "Policies has %d documents, must have 1", n)
	}
	if !role.Get("ManagedPolicyArns").Missing() {
		f.Fail(role, "ManagedPolicyArns is set, must be absent: the role's grants are in Policies")
	}
}

var functionsDoTheirWorkOnly = policies.Policy{
	ID: "FN-05", Title: "A function may write its log, do what the resources that need it ask, and nothing else",
	Source:    policies.LeastPrivilege,
	Component: policies.Services, STRIDE: "TE", Severity: policies.High,
	Fix:   "give it no more than its tasks, which a function of policies/services/function_tasks.go states",
	Reads: slices.Concat(taskTypes, intent.GrantTypes),
	Check: func(e *template.Estate, f *policies.Findings) {
		given := intent.GrantsByRole(e)
		for r := range e.All(intent.FunctionType) {
			f.Examined(r)
			role := e.Find(r.Get("Role"), intent.RoleType)
			if role == nil {
				continue // FN-04
			}
			needed := grantsOf(e, r)
			if len(needed) == 0 {
				f.Fail(r, "no resource needs it, must have a task that the catalogue states")
			}
			checkGrants(f, r, role, given[role], needed)
		}
	},
}

// grantsOf is all that a function has to be allowed; nothing if no resource needs it.
func grantsOf(e *template.Estate, function *template.Resource) grants {
	g := grants{}
	for _, add := range functionTasks {
		add(e, function, g)
	}
	if len(g) == 0 {
		return nil
	}
	if group := groupOf(e, function); group != nil {
		g.add(group.Attribute("Arn"), "logs:CreateLogStream", "logs:PutLogEvents")
	}
	if !function.Get("VpcConfig").Missing() {
		g.add("*", intent.InterfaceActions...)
	}
	return g
}

// checkGrants reports what a role may do beyond what it needs, and what it may not do of that.
func checkGrants(f *policies.Findings, subject, role *template.Resource, given []template.Statement, needed grants) {
	has, restricted := grants{}, false
	for _, s := range given {
		if expect.Same(noInterfacesOf(subject), s) {
			restricted = true
			continue
		}
		if s.Effect != "Allow" || !intent.IsReadable(s) {
			f.Fail(s.Resource, "%s is %s, must be an Allow of listed actions on listed resources", intent.StatementName(s), expect.Write(s))
			continue
		}
		for _, action := range s.Actions {
			has[action] = append(has[action], resourcesOf(s)...)
			if !intent.IsSubset(resourcesOf(s), needed[action]) {
				f.Fail(s.Resource, "%s allows %s on %v, must be within %v", intent.StatementName(s), action, resourcesOf(s), needed[action])
			}
		}
	}
	for action, on := range needed {
		if !intent.SameSet(has[action], on) {
			f.Fail(role, "%s is allowed on %v, must be on %v", action, has[action], on)
		}
	}
	if !restricted && len(needed[intent.InterfaceActions[0]]) > 0 {
		f.Fail(role, "the code of %s may make network interfaces, must be denied: Lambda makes them", subject)
	}
}

// noInterfacesOf denies the function's own code what Lambda needs for it ("Giving Lambda functions access to resources in an Amazon VPC").
func noInterfacesOf(function *template.Resource) template.Statement {
	return template.Statement{Effect: "Deny", Actions: intent.InterfaceActions, Resources: []string{"*"},
		Conditions: []template.Condition{intent.When("ArnEquals", "lambda:SourceFunctionArn", function.Attribute("Arn"))}}
}

// resourcesOf are a statement's resources, each with the conditions that it is allowed under.
func resourcesOf(s template.Statement) []string {
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
