package policies

import (
	"regexp"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

var functionPolicies = []Policy{functionsRunOurCode, nobodyOutsideCallsAFunction, functionsLogOnTheirOwn,
	functionRolesAreTheirOwn, functionsDoTheirJobOnly, customResourcesAreOurs, servicesAddressesAreKnown}

const functionType = "AWS::Lambda::Function"

// contentKey is the key of an asset that is a zip file: the SHA-256 of what it holds.
var contentKey = regexp.MustCompile(`^[0-9a-f]{64}\.zip$`)

var functionsRunOurCode = Policy{
	ID: "FN-01", Title: "Every function runs one program of ours, named by its content, from CDK's own bucket, with no secret, layer or file system beside it",
	Source:    risk("Supply Chain Attacks (Dependencies, Images)", "Signed images, dependency scanning, SRI, version pinning."),
	Component: Services, STRIDE: "TIE", Severity: High,
	Fix:   "build the function with function.New; a secret is read from Secrets Manager when it is needed",
	Reads: []string{functionType},
	Check: func(e *template.Estate, f *Findings) {
		for _, s := range e.Stacks() {
			f.SawStack(s)
		}
		for r := range e.All(functionType) {
			allowOnly(f, r, "Architectures", "Code", "Description", "FunctionName", "Handler", "LoggingConfig", "MemorySize",
				"Role", "Runtime", "Tags", "Timeout")
			if !r.Get("Runtime").Is("provided.al2023") || !r.Get("Handler").Is("bootstrap") ||
				!slices.Equal(texts(r.Get("Architectures")), []string{"x86_64"}) {
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
	return "cdk-" + qualifierOf(s) + "-assets-" + s.Account + "-" + s.Region
}

var nobodyOutsideCallsAFunction = Policy{
	ID: "FN-02", Title: "No function has a URL, a permission for others, an event source or a layer: only this account's identities call it",
	Source:    leastPrivilege,
	Component: Services, STRIDE: "SIE", Severity: High,
	Fix:   "take it out; a caller more is a policy more, in policies/functions.go",
	Reads: []string{Every},
	Check: func(e *template.Estate, f *Findings) {
		for r := range f.Each(e) {
			if strings.HasPrefix(r.Type, "AWS::Lambda::") && r.Type != functionType {
				f.Fail(r, "an %s: nothing calls the estate's functions but CloudFormation", r.Type)
			}
		}
	},
}

var functionsLogOnTheirOwn = Policy{
	ID: "FN-03", Title: "Every function writes a log of its own, as JSON, that nothing else writes",
	Source:    incident("Enable and monitor CloudTrail, VPC flow logs, and GuardDuty."),
	Component: Services, STRIDE: "R", Severity: Medium,
	Fix:   "build the function with function.New",
	Reads: []string{functionType, logGroupType, flowLogType},
	Check: func(e *template.Estate, f *Findings) {
		writers := map[*template.Resource]int{}
		for l := range e.All(flowLogType) {
			writers[e.Find(l.Get("LogGroupName"), logGroupType)]++
		}
		for r := range e.All(functionType) {
			writers[groupOf(e, r)]++
		}
		for _, s := range e.Stacks() {
			f.SawStack(s)
		}
		for r := range e.All(functionType) {
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
	return e.Find(function.Get("LoggingConfig", "LogGroup"), logGroupType)
}
