package network

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// networkServices are the services whose resources join networks to each other or to the internet.
var networkServices = []string{
	"AWS::EC2::", "AWS::DirectConnect::", "AWS::NetworkManager::", "AWS::VpcLattice::", "AWS::GlobalAccelerator::",
	"AWS::Route53Resolver::", "AWS::NetworkFirewall::", "AWS::RAM::", "AWS::RTBFabric::", "AWS::ODB::", "AWS::Lightsail::", "AWS::Cloud9::", "AWS::WorkSpaces",
}

// judgedNetworkTypes are the resources of those services that another policy judges. A type joins them together with
// the policy that holds it.
var judgedNetworkTypes = []string{
	intent.VPCType, intent.SubnetType, intent.TableType, intent.TableOfSubnetType, routeType, aclType, aclOfSubnetType, aclEntryType, internetGatewayType,
	attachmentType, natGatewayType, eipType, intent.FlowLogType, vpcBlockType, subnetBlockType, intent.GroupType, groupIngressType,
	intent.EndpointType,
	intent.NameListType, intent.NameRulesType, intent.NameRulesOfType, intent.QueryLogType, intent.QueryLogOfType,
	intent.FirewallType, intent.FirewallPolicyType, intent.RuleGroupType, intent.FirewallLogType, publicBlockType, exclusionType,
}

var noUndeclaredWayOut = policies.Policy{
	ID: "NET-09", Title: "Nothing joins a VPC to another network but its internet gateway and its NAT gateways",
	Source:    policies.Risk("Public Exposure of Services", "Use a single, well-audited gateway (API Gateway/ELB) for all public, partner, and admin access to reduce attack surface."),
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix:   "take the resource out, or write the policy that says what of its type is safe, and add it to judgedNetworkTypes",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range e.All() {
			if !slices.ContainsFunc(networkServices, func(service string) bool { return strings.HasPrefix(r.Type, service) }) {
				continue
			}
			f.Examined(r)
			if !slices.Contains(judgedNetworkTypes, r.Type) {
				f.Fail(r, "%s is a part of the network that no policy judges", r.Type)
			}
		}
	},
}

var oneInternetGatewayPerVPC = policies.Policy{
	ID: "NET-10", Title: "Every VPC has exactly one internet gateway, and no other gateway is attached to it",
	Source:    policies.Risk("Public Exposure of Services", "Use a single, well-audited gateway (API Gateway/ELB) for all public, partner, and admin access to reduce attack surface."),
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix:   "attach network.NewVPC's internet gateway, and nothing else",
	Reads: []string{intent.VPCType, internetGatewayType, attachmentType},
	Check: func(e *template.Estate, f *policies.Findings) {
		has := map[*template.Resource]int{}
		for a := range e.All(attachmentType) {
			f.Examined(a)
			f.AllowOnly(a, "InternetGatewayId", "VpcId")
			vpc := intent.VPCOf(e, a)
			if vpc == nil || e.Find(a.Get("InternetGatewayId"), internetGatewayType) == nil {
				f.Fail(a, "attaches a gateway that is none of the estate's, or attaches it elsewhere")
				continue
			}
			has[vpc]++
		}
		for v := range e.All(intent.VPCType) {
			f.Examined(v)
			if has[v] != 1 {
				f.Fail(v, "has %d internet gateways, not one", has[v])
			}
		}
		attached := attachments(e)
		for g := range e.All(internetGatewayType) {
			f.Examined(g)
			f.AllowOnly(g, "Tags")
			if n := len(attached[g]); n != 1 {
				f.Fail(g, "is attached to %d VPCs, not one", n)
			}
		}
	},
}

var addressesBelongToNATGateways = policies.Policy{
	ID: "NET-11", Title: "If NAT was declared every egress subnet has exactly one NAT gateway with an address of its own, and there is no other NAT gateway or public address",
	Source:    policies.Risk("Public Exposure of Services", "Restrict public endpoints, use WAF, enforce HTTPS, monitor for open ports."),
	Component: policies.Network, STRIDE: "TID", Severity: policies.High,
	Fix:   "let network.NewVPC make NAT gateways and their addresses, by the natGateways switch",
	Reads: []string{intent.VPCType, intent.SubnetType, natGatewayType, eipType},
	Check: func(e *template.Estate, f *policies.Findings) {
		gateways, uses := map[*template.Resource]int{}, map[*template.Resource]int{}
		for n := range e.All(natGatewayType) {
			f.Examined(n)
			subnet, address := e.Find(n.Get("SubnetId"), intent.SubnetType), e.Find(n.Get("AllocationId"), eipType)
			gateways[subnet]++
			uses[address]++
			checkNAT(f, n, subnet, address)
		}
		for s := range e.All(intent.SubnetType) {
			f.Examined(s)
			want := 0
			if vpc := intent.VPCOf(e, s); vpc != nil && intent.TierOf(s) == "egress" && vpc.Stack.Intent().Get("nat").True() {
				want = 1
			}
			if n := gateways[s]; n != want {
				f.Fail(s, "has %d NAT gateways, not %d", n, want)
			}
		}
		for a := range e.All(eipType) {
			f.Examined(a)
			f.AllowOnly(a, "Domain", "Tags")
			if !a.Get("Domain").Is("vpc") || uses[a] != 1 {
				f.Fail(a, "is a public address of %d NAT gateways, not of one", uses[a])
			}
		}
	},
}

func checkNAT(f *policies.Findings, n, subnet, address *template.Resource) {
	f.AllowOnly(n, "AllocationId", "ConnectivityType", "SubnetId", "Tags")
	if kind := n.Get("ConnectivityType"); !kind.Missing() && !kind.Is("public") {
		f.Fail(n, "its connectivity is %s, so it has no address that a provider could know", kind)
	}
	if subnet == nil {
		f.Fail(n, "lies in a subnet that cannot be known")
	}
	if address == nil || !n.Get("AllocationId").Is(address.Attribute("AllocationId")) {
		f.Fail(n, "has no address of the estate")
	}
}
