package egress

import (
	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var endpointPolicies = []policies.Policy{
	endpointsAreTheDeclaredOnes, gatewayEndpointsAreOfTheirTiers, interfaceEndpointsAreInApp, endpointsAdmitWhatIsOurs,
	everyEndpointHasItsGroup,
}

// endpointsAreTheDeclaredOnes stops ways out: an endpoint of an unknown service leads to whoever runs it.
var endpointsAreTheDeclaredOnes = policies.Policy{
	ID: "NET-32", Title: "Every VPC has exactly one endpoint for each AWS service that it calls, and no other",
	Source:    policies.Risk("Public Exposure of Services", "Restrict public endpoints, use WAF, enforce HTTPS, monitor for open ports."),
	Component: policies.Network, STRIDE: "TID", Severity: policies.High,
	Fix: "write the service in constructs/endpoint, and with what it admits in intent.EndpointsOfVPC",
	Expect: expect.Shapes{intent.EndpointType: {
		"ServiceName": called,
		"VpcEndpointType": expect.Equals("Gateway for S3 and DynamoDB, Interface for every other service", func(at expect.At) string {
			if isGateway(at.Resource) {
				return "Gateway"
			}
			return "Interface"
		}),
		"VpcId": expect.Own(intent.VPCType),
	}},
	Reads: []string{intent.VPCType},
	Check: func(e *template.Estate, f *policies.Findings) {
		type place struct {
			vpc     *template.Resource
			service string
		}
		has := map[place]int{}
		for p := range e.All(intent.EndpointType) {
			has[place{intent.VPCOf(e, p), intent.EndpointMeant(p).Service}]++
		}
		for vpc := range e.All(intent.VPCType) {
			for _, meant := range intent.EndpointsOfVPC {
				if n := has[place{vpc, meant.Service}]; n != 1 {
					f.Fail(vpc, "has %d endpoints of %s, must have 1", n, meant.Service)
				}
			}
		}
	},
}

var called = expect.Want{Text: "a service that the VPC calls, in its region",
	Holds: func(at expect.At, _ template.Value) bool { return intent.EndpointMeant(at.Resource).Service != "" },
	Breaks: []any{"com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0",
		func(at expect.At) any { return "com.amazonaws." + at.Stack().Region + ".ssm" }, "com.amazonaws.ca-west-1.sts"}}

func isGateway(p *template.Resource) bool { return intent.EndpointMeant(p).Routed != nil }

// isInterface reports whether an endpoint has addresses: one of an unknown service is judged by its service alone.
func isInterface(p *template.Resource) bool { return intent.EndpointMeant(p).Group != "" }

// gatewayEndpointsAreOfTheirTiers matters because the library would give a gateway endpoint every route table.
var gatewayEndpointsAreOfTheirTiers = policies.Policy{
	ID: "NET-33", Title: "Only the app and llm tiers have routes to S3's endpoint, and only app to DynamoDB's",
	Source:    policies.DataLeakage,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix:   "give endpoint.New's table the tiers",
	Where: isGateway,
	Expect: expect.Shapes{intent.EndpointType: {"RouteTableIds": these(intent.TableType,
		"exactly the route tables of the tiers that call the service", tablesOfTiers,
		intent.SubnetType, intent.TableOfSubnetType, intent.VPCType)}},
}

func tablesOfTiers(at expect.At) []*template.Resource {
	tables := intent.Joined(at.Estate, intent.TableOfSubnetType, "RouteTableId", intent.TableType)
	var all []*template.Resource
	for _, tier := range intent.EndpointMeant(at.Resource).Routed {
		for _, s := range neighbours(at, tier) {
			all = append(all, tables[s]...)
		}
	}
	return all
}

// neighbours are the subnets of a tier of an endpoint's VPC.
func neighbours(at expect.At, tier string) []*template.Resource {
	var all []*template.Resource
	for s := range at.Estate.All(intent.SubnetType) {
		if intent.TierOf(s) == tier && inItsVPC(at, s) {
			all = append(all, s)
		}
	}
	return all
}

// inItsVPC reports whether something lies in the VPC of the resource that is judged.
func inItsVPC(at expect.At, r *template.Resource) bool {
	vpc := intent.VPCOf(at.Estate, r)
	return vpc != nil && vpc == intent.VPCOf(at.Estate, at.Resource)
}

// interfaceEndpointsAreInApp asks for private names: without them a service is called at public addresses, to which there is
// no way. Those of API Gateway would hide every other API.
var interfaceEndpointsAreInApp = policies.Policy{
	ID: "NET-34", Title: "Every interface endpoint lies in exactly its VPC's app subnets, under the service's names",
	Source:    policies.InternalSegmentation,
	Component: policies.Network, STRIDE: "SID", Severity: policies.High,
	Fix:   "let endpoint.New put it there",
	Where: isInterface,
	Expect: expect.Shapes{intent.EndpointType: {
		"SubnetIds": these(intent.SubnetType, "exactly the app subnets of its VPC",
			func(at expect.At) []*template.Resource { return neighbours(at, "app") }, intent.VPCType),
		"PrivateDnsEnabled": expect.Want{Text: "true, but false for API Gateway",
			Holds: func(at expect.At, v template.Value) bool {
				return v.True() && takesNames(at) || v.False() && !takesNames(at)
			},
			Breaks: []any{func(at expect.At) any { return !takesNames(at) }}},
	}},
}

func takesNames(at expect.At) bool { return intent.EndpointMeant(at.Resource).Private }

var endpointsAdmitWhatIsOurs = policies.Policy{
	ID: "NET-35", Title: "Every endpoint admits this account's callers to its resources, and AWS's named exceptions",
	Source:    policies.DataLeakage,
	Component: policies.Network, STRIDE: "TIE", Severity: policies.High,
	Fix:    "keep the policy that constructs/endpoint writes: a caller who is admitted to another account's bucket carries data there",
	Expect: expect.Shapes{intent.EndpointType: {"PolicyDocument": expect.Document("what the endpoint admits", admitted)}},
}

func admitted(at expect.At) []template.Statement {
	var statements []template.Statement
	for _, a := range intent.AdmissionsOf(at.Resource) {
		statements = append(statements, template.Statement{
			Actions: a.Actions, Resources: a.Resources, Principals: map[string][]string{"*": {"*"}}, Conditions: a.Under})
	}
	return statements
}

// everyEndpointHasItsGroup matters because an endpoint without a group takes the VPC's default group.
var everyEndpointHasItsGroup = policies.Policy{
	ID: "NET-36", Title: "Every interface endpoint has exactly one security group, which is its own and of its VPC",
	Source:    policies.LateralMovement,
	Component: policies.Network, STRIDE: "TIE", Severity: policies.High,
	Fix:   "give endpoint.New the groups of segment.New",
	Where: isInterface,
	Expect: expect.Shapes{intent.EndpointType: {"SecurityGroupIds": expect.List(ownThat(intent.GroupType,
		"the endpoint's own security group", func(at expect.At, g *template.Resource) bool {
			return inItsVPC(at, g) && intent.PartyOf(g) == intent.EndpointMeant(at.Resource).Group
		}, intent.VPCType))}},
}
