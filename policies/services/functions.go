package services

import (
	"regexp"
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var functionPolicies = []policies.Policy{functionsRunOurCode, nobodyOutsideCallsAFunction, functionsLogOnTheirOwn,
	functionRolesAreTheirOwn, functionsDoTheirJobOnly, customResourcesAreOurs, servicesAddressesAreKnown, functionsLieInTheirPlace}

// contentKey is the key of an asset that is a zip file: the SHA-256 of what it holds.
var contentKey = regexp.MustCompile(`^[0-9a-f]{64}\.zip$`)

var functionsRunOurCode = policies.Policy{
	ID: "FN-01", Title: "Every function runs one program of ours, named by its content, from CDK's own bucket, with no secret, layer or file system beside it",
	Source:    policies.Risk("Supply Chain Attacks (Dependencies, Images)", "Signed images, dependency scanning, SRI, version pinning."),
	Component: policies.Services, STRIDE: "TIE", Severity: policies.High,
	Fix:   "build the function with function.New; a secret is read from Secrets Manager when it is needed",
	Reads: []string{intent.FunctionType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
		}
		for r := range e.All(intent.FunctionType) {
			f.AllowOnly(r, "Architectures", "Code", "Description", "FunctionName", "Handler", "LoggingConfig", "MemorySize",
				"Role", "Runtime", "Tags", "Timeout", "VpcConfig")
			if !r.Get("Runtime").Is("provided.al2023") || !r.Get("Handler").Is("bootstrap") ||
				!slices.Equal(intent.Texts(r.Get("Architectures")), []string{"x86_64"}) {
				f.Fail(r, "runs %s of %s on %s, not a bootstrap of ours", r.Get("Handler"), r.Get("Runtime"), r.Get("Architectures"))
			}
			if r.Get("FunctionName").Text() == "" {
				f.Fail(r, "has no name that its role could trust")
			}
			code := r.Get("Code")
			if !code.Get("S3Bucket").Is(assetBucket(r.Stack)) || !contentKey.MatchString(code.Get("S3Key").Text()) || code.Len() != 2 {
				f.Fail(r, "its code is %s, not a zip file by its content in %s", code, assetBucket(r.Stack))
			}
			if seconds, ok := r.Get("Timeout").Int(); !ok || seconds < 1 || seconds > 900 {
				f.Fail(r, "its time is %s, and 1 to 900 seconds are to be stated", r.Get("Timeout"))
			}
			if mb, ok := r.Get("MemorySize").Int(); !ok || mb < 128 || mb > 10240 {
				f.Fail(r, "its memory is %s, and 128 to 10240 MB are to be stated", r.Get("MemorySize"))
			}
		}
	},
}

// assetBucket is where `cdk bootstrap` has assets put in a stack's account and region, under the qualifier that the stack is
// deployed by.
func assetBucket(s *template.Stack) string {
	return "cdk-" + intent.QualifierOf(s) + "-assets-" + s.Account + "-" + s.Region
}

// callers are the services that call functions of ours, and whether each does so for one thing, which the permission then names.
var callers = map[string]bool{
	"secretsmanager.amazonaws.com": false, // for any secret of the account that is set to be rotated by the function
	"events.amazonaws.com":         true,
}

var nobodyOutsideCallsAFunction = policies.Policy{
	ID: "FN-02", Title: "No function has a URL, an event source or a layer: this account's identities call it, and known services on behalf of this account",
	Source:    policies.LeastPrivilege,
	Component: policies.Services, STRIDE: "SIE", Severity: policies.High,
	Fix:   "give the permission by function's CalledBy; a caller more is stated in policies/services/functions.go",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range f.EachLookingUp(e, intent.FunctionType, intent.RuleType) {
			switch {
			case r.Type == intent.PermissionType:
				checkPermission(e, f, r)
			case strings.HasPrefix(r.Type, "AWS::Lambda::") && r.Type != intent.FunctionType:
				f.Fail(r, "an %s is a way to call a function, or into it, that no policy judges", r.Type)
			}
		}
	},
}

func checkPermission(e *template.Estate, f *policies.Findings, r *template.Resource) {
	f.Examined(r)
	f.AllowOnly(r, "Action", "FunctionName", "Principal", "SourceAccount", "SourceArn")
	function := e.Find(r.Get("FunctionName"), intent.FunctionType)
	if function == nil || function.Stack != r.Stack || !r.Get("Action").Is("lambda:InvokeFunction") {
		f.Fail(r, "lets somebody %s on %s, not call a function of its stack", r.Get("Action"), r.Get("FunctionName"))
	}
	forOne, known := callers[r.Get("Principal").Text()]
	if !known || !r.Get("SourceAccount").Is(r.Stack.Account) {
		f.Fail(r, "lets %s call on behalf of account %s", r.Get("Principal"), r.Get("SourceAccount"))
	}
	rule := e.Find(r.Get("SourceArn"), intent.RuleType)
	if forOne != !r.Get("SourceArn").Missing() || forOne && (rule == nil || rule.Stack != r.Stack || !r.Get("SourceArn").Is(rule.Attribute("Arn"))) {
		f.Fail(r, "lets it be called for %s, which is not what %s calls for", r.Get("SourceArn"), r.Get("Principal"))
	}
}

var functionsLogOnTheirOwn = policies.Policy{
	ID: "FN-03", Title: "Every function writes a log of its own, as JSON, that nothing else writes",
	Source:    policies.Incident("Enable and monitor CloudTrail, VPC flow logs, and GuardDuty."),
	Component: policies.Services, STRIDE: "R", Severity: policies.Medium,
	Fix:   "build the function with function.New",
	Reads: []string{intent.FunctionType, intent.LogGroupType, intent.FlowLogType},
	Check: func(e *template.Estate, f *policies.Findings) {
		writers := map[*template.Resource]int{}
		for l := range e.All(intent.FlowLogType) {
			writers[e.Find(l.Get("LogGroupName"), intent.LogGroupType)]++
		}
		for r := range e.All(intent.FunctionType) {
			writers[groupOf(e, r)]++
		}
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
		}
		for r := range e.All(intent.FunctionType) {
			group, config := groupOf(e, r), r.Get("LoggingConfig")
			if group == nil || group.Stack != r.Stack {
				f.Fail(r, "writes to no log group of its stack")
			} else if writers[group] != 1 {
				f.Fail(r, "shares its log group with %d others", writers[group]-1)
			}
			if !config.Get("LogFormat").Is("JSON") || !config.Get("ApplicationLogLevel").Is("INFO") ||
				!config.Get("SystemLogLevel").Is("INFO") || config.Len() != 4 {
				f.Fail(r, "logs as %s, not all from INFO on as JSON", config)
			}
		}
	},
}

// groupOf is the log group that a function names.
func groupOf(e *template.Estate, function *template.Resource) *template.Resource {
	return e.Find(function.Get("LoggingConfig", "LogGroup"), intent.LogGroupType)
}

// placed are the functions that touch a secret or a store, by the end of their name, which is that of their party in the network.
// No other lies in a VPC.
var placed = []string{"registrar", "rotator"}

var functionsLieInTheirPlace = policies.Policy{
	ID: "FN-08", Title: "Every function that touches a secret or a store lies in every zone of its VPC's app tier, in the group of its own party, and no other function lies in a VPC",
	Source:    policies.LateralMovement,
	Component: policies.Services, STRIDE: "SIE", Severity: policies.High,
	Fix:   "give function.New the network's app subnets and the group of its party; what lies there is stated in policies/services/functions.go",
	Reads: []string{intent.FunctionType, intent.GroupType, intent.SubnetType, intent.VPCType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
		}
		for r := range e.All(intent.FunctionType) {
			program := r.Get("FunctionName").Text()[strings.LastIndex(r.Get("FunctionName").Text(), "-")+1:]
			if slices.Contains(placed, program) {
				checkPlace(e, f, r, program)
			} else if !r.Get("VpcConfig").Missing() {
				f.Fail(r, "lies in a VPC, and touches nothing there that this catalogue knows")
			}
		}
	},
}

// checkPlace reports how a function does not lie in its region's app tier as a party.
func checkPlace(e *template.Estate, f *policies.Findings, r *template.Resource, party string) {
	place := r.Get("VpcConfig")
	groups := intent.Texts(place.Get("SecurityGroupIds"))
	if group := intent.GroupsByID(e)[strings.Join(groups, " ")]; group == nil || intent.PartyOf(group) != party || group.Stack.Region != r.Stack.Region {
		f.Fail(r, "has the groups %v, not that of %s alone", groups, party)
	}
	var app []string
	for _, s := range intent.SubnetsOf(e, r.Stack.Region, "app") {
		app = append(app, s.Attribute(""))
	}
	if len(app) == 0 || !intent.SameList(intent.Texts(place.Get("SubnetIds")), app) {
		f.Fail(r, "lies in %s, not in the app tier's subnets", place.Get("SubnetIds"))
	}
	if !place.Get("Ipv6AllowedForDualStack").False() || place.Len() != 3 {
		f.Fail(r, "lies there otherwise than by IPv4: %s", place)
	}
}
