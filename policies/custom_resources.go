package policies

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

const (
	emptyGroupType = "Custom::EmptyDefaultGroup"
	prefixListType = "Custom::PrefixList"
)

// customType is what a custom resource takes, and where the function is that makes it.
type customType struct {
	properties []string
	layer      string // of the function, in the same region
}

// customTypes are the custom resources of the estate.
var customTypes = map[string]customType{
	emptyGroupType: {[]string{"GroupId"}, "network"},
	prefixListType: {[]string{"Name"}, "network"},

	partnerType:     {[]string{"Partner", "Record", "Table"}, "registry"},
	tablePolicyType: {[]string{"Policy", "Table"}, "registry"},
}

var customResourcesAreOurs = Policy{
	ID: "FN-06", Title: "Every custom resource is of a known kind, and is made by a function of ours in its region, which the stack does not wait for without end",
	Source:    managementPlane,
	Component: Management, STRIDE: "TDE", Severity: High,
	Fix:   "ask for it with vpctask.New or registry.New; a kind more is stated in policies/custom_resources.go",
	Reads: []string{Every},
	Check: func(e *template.Estate, f *Findings) {
		for r := range e.All() {
			if !strings.HasPrefix(r.Type, "Custom::") && r.Type != "AWS::CloudFormation::CustomResource" {
				continue
			}
			kind, known := customTypes[r.Type]
			if !known {
				f.Fail(r, "no policy knows a %s", r.Type)
				continue
			}
			allowOnly(f, r, append([]string{"ServiceToken", "ServiceTimeout"}, kind.properties...)...)
			function := e.Find(r.Get("ServiceToken"), functionType)
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
			f.SawStack(s)
		}
	},
}

// mostWaiting is how many seconds a stack may be held up by a function that does not answer; CloudFormation's own limit is an
// hour ("CustomResource", ServiceTimeout).
const mostWaiting = 600

var defaultGroupsAreEmptied = Policy{
	ID: "NET-37", Title: "Every VPC's default security group is emptied, so that what names no group reaches nothing",
	Source:    networkRow,
	Component: Network, STRIDE: "TIE", Severity: High,
	Fix:   "empty it with vpctask's EmptyDefaultGroup, once for each VPC",
	Reads: []string{vpcType, emptyGroupType},
	Check: func(e *template.Estate, f *Findings) {
		times := map[*template.Resource]int{}
		for c := range e.All(emptyGroupType) {
			f.Saw(c)
			vpc := emptied(e, c)
			times[vpc]++
			if vpc == nil {
				f.Fail(c, "empties %s, which is not the default group of its stack's VPC", c.Get("GroupId"))
			}
		}
		for v := range e.All(vpcType) {
			f.Saw(v)
			if times[v] != 1 {
				f.Fail(v, "its default group is emptied %d times, not once", times[v])
			}
		}
	},
}

// emptied is the VPC of its own stack whose default group a custom resource empties, nil if there is none.
func emptied(e *template.Estate, c *template.Resource) *template.Resource {
	vpc := e.Find(c.Get("GroupId"), vpcType)
	if vpc == nil || vpc.Stack != c.Stack || !c.Get("GroupId").Is(vpc.Attribute("DefaultSecurityGroup")) {
		return nil
	}
	return vpc
}

// listed are the services that a VPC reaches by a gateway endpoint, whose addresses a rule names by their list.
var listed = []string{"dynamodb", "s3"}

var servicesAddressesAreKnown = Policy{
	ID: "FN-07", Title: "Every VPC's stack knows AWS's lists of the addresses of S3 and DynamoDB in its region, each once, and no other list",
	Source:    networkRow,
	Component: Network, STRIDE: "IE", Severity: Medium,
	Fix:   "ask for them with vpctask's PrefixList",
	Reads: []string{vpcType, prefixListType},
	Check: func(e *template.Estate, f *Findings) {
		known := map[*template.Stack][]string{}
		for l := range e.All(prefixListType) {
			f.Saw(l)
			service, here := strings.CutPrefix(l.Get("Name").Text(), "com.amazonaws."+l.Stack.Region+".")
			if !here || !slices.Contains(listed, service) {
				f.Fail(l, "is %s, no list that this catalogue knows of %s", l.Get("Name"), l.Stack.Region)
			}
			known[l.Stack] = append(known[l.Stack], service)
		}
		for v := range e.All(vpcType) {
			f.Saw(v)
			if !same(known[v.Stack], listed) {
				f.Fail(v, "its stack knows the lists %v, not %v", known[v.Stack], listed)
			}
		}
	},
}
