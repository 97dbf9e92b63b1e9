package services

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// customType is what a custom resource takes, and where the function is that makes it.
type customType struct {
	properties []string
	layer      string // of the function, in the same region
}

// customTypes are the custom resources of the estate.
var customTypes = map[string]customType{
	intent.EmptyGroupType: {[]string{"GroupId"}, "network"},
	intent.PrefixListType: {[]string{"Name"}, "network"},

	intent.PartnerType:     {[]string{"Partner", "Record", "Table"}, "registry"},
	intent.TablePolicyType: {[]string{"Policy", "Table"}, "registry"},
}

var customResourcesAreOurs = policies.Policy{
	ID: "FN-06", Title: "Every custom resource is of a known kind, and is made by a function of ours in its region, which the stack does not wait for without end",
	Source:    policies.ManagementPlane,
	Component: policies.Management, STRIDE: "TDE", Severity: policies.High,
	Fix:   "ask for it with vpctask.New or registry.New; a kind more is stated in policies/services/custom_resources.go",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range e.All() {
			if !strings.HasPrefix(r.Type, "Custom::") && r.Type != "AWS::CloudFormation::CustomResource" {
				continue
			}
			kind, known := customTypes[r.Type]
			if !known {
				f.Fail(r, "no policy knows a %s", r.Type)
				continue
			}
			f.AllowOnly(r, append([]string{"ServiceToken", "ServiceTimeout"}, kind.properties...)...)
			function := e.Find(r.Get("ServiceToken"), intent.FunctionType)
			if function == nil || function.Stack.Region != r.Stack.Region || function.Stack.Layer != kind.layer ||
				!r.Get("ServiceToken").Is(function.Attribute("Arn")) {
				f.Fail(r, "is made by %s, which is no function of its region's %s", r.Get("ServiceToken"), kind.layer)
				continue
			}
			waits, ok := r.Get("ServiceTimeout").Int()
			takes, _ := function.Get("Timeout").Int()
			if !ok || waits <= takes || waits > mostWaiting {
				f.Fail(r, "is waited for %s seconds, and %s may take %d; the most are %d", r.Get("ServiceTimeout"), function, takes, mostWaiting)
			}
		}
		for _, s := range e.Stacks() {
			f.ExaminedStack(s)
		}
	},
}

// mostWaiting is how many seconds a stack may be held up by a function that does not answer; CloudFormation's own limit is an
// hour ("CustomResource", ServiceTimeout).
const mostWaiting = 600

// listed are the services that a VPC reaches by a gateway endpoint, whose addresses a rule names by their list.
var listed = []string{"dynamodb", "s3"}

var servicesAddressesAreKnown = policies.Policy{
	ID: "FN-07", Title: "Every VPC's stack knows AWS's lists of the addresses of S3 and DynamoDB in its region, each once, and no other list",
	Source:    policies.NetworkRow,
	Component: policies.Network, STRIDE: "IE", Severity: policies.Medium,
	Fix:   "ask for them with vpctask's PrefixList",
	Reads: []string{intent.VPCType, intent.PrefixListType},
	Check: func(e *template.Estate, f *policies.Findings) {
		known := map[*template.Stack][]string{}
		for l := range e.All(intent.PrefixListType) {
			f.Examined(l)
			service, here := strings.CutPrefix(l.Get("Name").Text(), "com.amazonaws."+l.Stack.Region+".")
			if !here || !slices.Contains(listed, service) {
				f.Fail(l, "is %s, no list that this catalogue knows of %s", l.Get("Name"), l.Stack.Region)
			}
			known[l.Stack] = append(known[l.Stack], service)
		}
		for v := range e.All(intent.VPCType) {
			f.Examined(v)
			if !intent.SameList(known[v.Stack], listed) {
				f.Fail(v, "its stack knows the lists %v, not %v", known[v.Stack], listed)
			}
		}
	},
}
