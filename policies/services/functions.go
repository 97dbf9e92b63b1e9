package services

import (
	"regexp"
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var functionPolicies = []policies.Policy{functionsRunOurCode, knownServicesCallFunctions, functionsHaveTheirLog,
	functionRolesAreTheirOwn, functionsDoTheirWorkOnly, customResourcesAreOurs, serviceAddressesAreKnown, functionsLieInTheirPlace}

var functionsRunOurCode = policies.Policy{
	ID: "FN-01", Title: "Every function runs one program of ours, named by its content, from CDK's own bucket",
	Source:    policies.Risk("Supply Chain Attacks (Dependencies, Images)", "Signed images, dependency scanning, SRI, version pinning."),
	Component: policies.Services, STRIDE: "TIE", Severity: policies.High,
	Fix: "build the function with function.New; a secret is read from Secrets Manager when it is needed",
	Expect: expect.Shapes{intent.FunctionType: {
		"FunctionName":  expect.Matches(regexp.MustCompile(`^[\w-]+$`), "a name that its role can trust", ""),
		"Runtime":       expect.Is("provided.al2023"),
		"Handler":       expect.Is("bootstrap"),
		"Architectures": expect.Exactly("x86_64"),
		"Code": expect.Object(expect.Shape{
			"S3Bucket": expect.Equals("the asset bucket of the stack's bootstrap", assetBucket),
			"S3Key":    expect.Matches(regexp.MustCompile(`^[0-9a-f]{64}\.zip$`), "the SHA-256 of a zip file", "latest.zip"),
		}),
		"Timeout":     expect.Between(1, 900),
		"MemorySize":  expect.Between(128, 10240),
		"Description": expect.Any.OrAbsent(),
	}},
}

// assetBucket is where `cdk bootstrap` has assets put in a stack's account and region, under the qualifier that the stack is
// deployed by.
func assetBucket(at expect.At) string {
	s := at.Stack()
	return "cdk-" + intent.QualifierOf(s) + "-assets-" + s.Account + "-" + s.Region
}

// callers are the services that call functions of ours, and whether each does so for one rule, which the permission then names.
var callers = map[string]bool{
	"secretsmanager.amazonaws.com": false, // for any secret of the account that is set to be rotated by the function
	"events.amazonaws.com":         true,
}

// This account's identities call functions too. A URL, an event source and a layer are of types that no policy states (CDK-06).
var knownServicesCallFunctions = policies.Policy{
	ID: "FN-02", Title: "Only known services are permitted to call a function, on behalf of this account",
	Source:    policies.LeastPrivilege,
	Component: policies.Services, STRIDE: "SIE", Severity: policies.High,
	Fix: "give the permission by function's CalledBy; a caller more is a row of callers in policies/services/functions.go",
	Expect: expect.Shapes{intent.PermissionType: {
		"Action":        expect.Is("lambda:InvokeFunction"),
		"FunctionName":  expect.Own(intent.FunctionType),
		"SourceAccount": expect.Equals("the stack's account", func(at expect.At) string { return at.Stack().Account }),
		"SourceArn":     expect.ARNOf("a rule of its stack", intent.RuleType, inSameStack).OrAbsent(),
		"Principal": expect.Want{Text: "a service that calls functions", Breaks: []any{"*", "s3.amazonaws.com"},
			Holds: func(_ expect.At, v template.Value) bool { _, known := callers[v.Text()]; return known }},
	}},
	Reads: []string{intent.PermissionType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range f.Each(e, intent.PermissionType) {
			if callers[r.Get("Principal").Text()] && r.Get("SourceArn").Missing() {
				f.Fail(r, "SourceArn is missing, must be a rule of its stack: any rule of the account calls")
			}
		}
	},
}

func inSameStack(at expect.At, r *template.Resource) bool { return r.Stack == at.Stack() }

var functionsHaveTheirLog = policies.Policy{
	ID: "FN-03", Title: "Every function writes a log of its own, as JSON, that nothing else writes",
	Source:    policies.Incident("Enable and monitor CloudTrail, VPC flow logs, and GuardDuty."),
	Component: policies.Services, STRIDE: "R", Severity: policies.Medium,
	Fix: "build the function with function.New",
	Expect: expect.Shapes{intent.FunctionType: {"LoggingConfig": expect.Object(expect.Shape{
		"LogFormat": expect.Is("JSON"), "ApplicationLogLevel": expect.Is("INFO"), "SystemLogLevel": expect.Is("INFO"),
		"LogGroup": expect.Own(intent.LogGroupType),
	})}},
	Reads: []string{intent.FunctionType, intent.LogGroupType, intent.FlowLogType},
	Check: func(e *template.Estate, f *policies.Findings) {
		writers := map[*template.Resource]int{}
		for l := range e.All(intent.FlowLogType) {
			writers[e.Find(l.Get("LogGroupName"), intent.LogGroupType)]++
		}
		for r := range e.All(intent.FunctionType) {
			writers[groupOf(e, r)]++
		}
		for r := range e.All(intent.FunctionType) {
			if group := groupOf(e, r); group != nil && writers[group] != 1 {
				f.Fail(r, "LoggingConfig.LogGroup has %d writers, must have 1", writers[group])
			}
		}
	},
}

// groupOf is the log group that a function names.
func groupOf(e *template.Estate, function *template.Resource) *template.Resource {
	return e.Find(function.Get("LoggingConfig", "LogGroup"), intent.LogGroupType)
}

// programsInVPC are the programs that touch a secret or a store. Each is also the name of its party in the network. No policy states
// VpcConfig of another function, so CDK-06 reports it.
var programsInVPC = []string{"registrar", "rotator"}

// programOf is the program that a function runs: the end of its name.
func programOf(r *template.Resource) string {
	name := r.Get("FunctionName").Text()
	return name[strings.LastIndex(name, "-")+1:]
}

var functionsLieInTheirPlace = policies.Policy{
	ID: "FN-08", Title: "Every function that touches a secret or a store lies in its VPC's app tier, as its party",
	Source:    policies.LateralMovement,
	Component: policies.Services, STRIDE: "SIE", Severity: policies.High,
	Fix:   "give function.New the network's app subnets and the group of its party; what lies there is a row of programsInVPC in policies/services/functions.go",
	Where: func(r *template.Resource) bool { return slices.Contains(programsInVPC, programOf(r)) },
	Expect: expect.Shapes{intent.FunctionType: {"VpcConfig": expect.Object(expect.Shape{
		"SubnetIds":               appTier,
		"SecurityGroupIds":        expect.List(ownParty),
		"Ipv6AllowedForDualStack": expect.False,
	})}},
}

var appTier = expect.Want{Text: "the app tier's subnets of the region, in every zone", Reads: []string{intent.SubnetType},
	Breaks: []any{[]any{"subnet-0123456789abcdef0"}},
	Holds: func(at expect.At, v template.Value) bool {
		var app []string
		for _, s := range intent.SubnetsOf(at.Estate, at.Stack().Region, "app") {
			app = append(app, s.Attribute(""))
		}
		return len(app) > 0 && intent.SameList(intent.Texts(v), app)
	}}

var ownParty = expect.Want{Text: "the group of the function's party, in the region", Reads: []string{intent.GroupType},
	Breaks: []any{"sg-0123456789abcdef0", anotherParty},
	Holds: func(at expect.At, v template.Value) bool {
		group := intent.GroupsByID(at.Estate)[v.Text()]
		return group != nil && intent.PartyOf(group) == programOf(at.Resource) && group.Stack.Region == at.Stack().Region
	}}

// anotherParty is the group of another party of the region.
func anotherParty(at expect.At) any {
	for group := range at.Estate.All(intent.GroupType) {
		if group.Stack.Region == at.Stack().Region && intent.PartyOf(group) != programOf(at.Resource) {
			return group.Attribute("GroupId")
		}
	}
	return "sg-0123456789abcdef1"
}
