package services

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// A kind of custom resource that is not here is a type that no policy states (CDK-06).
var customResourcesAreOurs = policies.Policy{
	ID: "FN-06", Title: "Every custom resource is made by our function, and its stack waits ten minutes at most",
	Source:    policies.ManagementPlane,
	Component: policies.Management, STRIDE: "TDE", Severity: policies.High,
	Fix:         "ask for it with vpctask.New or registry.New; a kind more is a row of policies/services/custom_resources.go",
	MayBeAbsent: "an environment may have no partner yet; NET-37, FN-07 and REG-04 count the others",
	Expect: expect.Shapes{
		intent.EmptyGroupType:  customResource("network", "GroupId"),                     // NET-37
		intent.PrefixListType:  customResource("network"),                                // and Name: FN-07
		intent.PartnerType:     customResource("registry", "Partner", "Record", "Table"), // REG-05, REG-06
		intent.TablePolicyType: customResource("registry", "Policy", "Table"),            // REG-04
	},
}

// customResource is the shape of what a function of a layer makes, with the properties that other policies check.
func customResource(layer string, checked ...string) expect.Shape {
	ofLayer := func(_ expect.At, r *template.Resource) bool { return r.Stack.Layer == layer }
	shape := expect.Shape{"ServiceTimeout": longEnough,
		"ServiceToken": expect.ARNOf("a function of the region's "+layer+" stack", intent.FunctionType, ofLayer)}
	for _, property := range checked {
		shape[property] = expect.Checked
	}
	return shape
}

// longEnough keeps a function that does not answer from holding up its stack. CloudFormation's own limit is an hour
// ("CustomResource", ServiceTimeout).
var longEnough = expect.Want{Text: "more seconds than the function may take, and 600 at most",
	Reads: []string{intent.FunctionType}, Breaks: []any{0, 3600},
	Holds: func(at expect.At, v template.Value) bool {
		waits, ok := v.Int()
		function := at.Estate.Find(at.Resource.Get("ServiceToken"), intent.FunctionType)
		if !ok || function == nil {
			return false
		}
		takes, _ := function.Get("Timeout").Int()
		return takes < waits && waits <= 600
	}}

// listedServices are the services that a VPC reaches by a gateway endpoint, whose addresses a rule names by their list.
var listedServices = []string{"dynamodb", "s3"}

// serviceOfList is the service of a list of the addresses of its region, "" if it is another list.
func serviceOfList(l *template.Resource) string {
	service, here := strings.CutPrefix(l.Get("Name").Text(), "com.amazonaws."+l.Stack.Region+".")
	if !here || !slices.Contains(listedServices, service) {
		return ""
	}
	return service
}

var serviceAddressesAreKnown = policies.Policy{
	ID: "FN-07", Title: "Every VPC's stack looks up AWS's address lists of S3 and DynamoDB in its region, each once",
	Source:    policies.NetworkRow,
	Component: policies.Network, STRIDE: "IE", Severity: policies.Medium,
	Fix: "ask for them with vpctask's PrefixList",
	Expect: expect.Shapes{intent.PrefixListType: {
		"Name": expect.Want{Text: "AWS's list of S3 or DynamoDB in the region",
			Breaks: []any{"com.amazonaws.ca-west-1.s3", "com.amazonaws.global.cloudfront.origin-facing", "everywhere"},
			Holds:  func(at expect.At, _ template.Value) bool { return serviceOfList(at.Resource) != "" }},
	}},
	Reads: []string{intent.VPCType, intent.PrefixListType},
	Check: func(e *template.Estate, f *policies.Findings) {
		known := map[*template.Stack][]string{}
		for l := range e.All(intent.PrefixListType) {
			known[l.Stack] = append(known[l.Stack], serviceOfList(l))
		}
		for v := range e.All(intent.VPCType) {
			f.Examined(v)
			if !intent.SameList(known[v.Stack], listedServices) {
				f.Fail(v, "its stack has the lists %v, must have %v", known[v.Stack], listedServices)
			}
		}
	},
}
