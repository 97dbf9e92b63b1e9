package network

import (
	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var oneInternetGatewayPerVPC = policies.Policy{
	ID: "NET-10", Title: "Every VPC has one internet gateway, and no other gateway is attached to it",
	Source:    policies.Risk("Public Exposure of Services", "Use a single, well-audited gateway (API Gateway/ELB) for all public, partner, and admin access to reduce attack surface."),
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix: "attach network.NewVPC's internet gateway, and nothing else",
	Count: []expect.Census{
		expect.One(attachmentType, "VpcId").Per(intent.VPCType),
		expect.One(attachmentType, "InternetGatewayId").Per(internetGatewayType),
	},
	Expect: expect.Shapes{
		internetGatewayType: {},
		attachmentType:      {"InternetGatewayId": expect.Own(internetGatewayType), "VpcId": expect.Own(intent.VPCType)},
	},
}

var addressesBelongToNATGateways = policies.Policy{
	ID: "NET-11", Title: "Each egress subnet has a NAT gateway if NAT is declared; only these have public addresses",
	Source:    policies.Risk("Public Exposure of Services", "Restrict public endpoints, use WAF, enforce HTTPS, monitor for open ports."),
	Component: policies.Network, STRIDE: "TID", Severity: policies.High,
	Fix:   "let network.NewVPC make NAT gateways and their addresses, by the natGateways switch",
	Count: []expect.Census{expect.One(natGatewayType, "AllocationId").Per(eipType)},
	Expect: expect.Shapes{
		eipType: {"Domain": expect.Is("vpc")},
		natGatewayType: {
			"AllocationId":     expect.Equals("the AllocationId of an address of the estate", allocation, eipType),
			"ConnectivityType": expect.Is("public").OrAbsent().Because("a provider knows the estate by its addresses"),
			"SubnetId":         expect.Own(intent.SubnetType),
		},
	},
	MayBeAbsent: "an environment may declare no NAT gateways, and then nothing of it reaches the internet",
	Reads:       []string{intent.SubnetType},
	Check: func(e *template.Estate, f *policies.Findings) {
		has := map[*template.Resource]int{}
		for n := range e.All(natGatewayType) {
			has[e.Find(n.Get("SubnetId"), intent.SubnetType)]++
		}
		for s := range e.All(intent.SubnetType) {
			f.Examined(s)
			must := 0
			if intent.TierOf(s) == "egress" && s.Stack.Intent().Get("nat").True() {
				must = 1
			}
			if has[s] != must {
				f.Fail(s, "has %d NAT gateways, must have %d", has[s], must)
			}
		}
	},
}

// allocation returns the id of the allocation of the address that a NAT gateway names.
func allocation(at expect.At) string {
	if address := at.Estate.Find(at.Resource.Get("AllocationId"), eipType); address != nil {
		return address.Attribute("AllocationId")
	}
	return ""
}
