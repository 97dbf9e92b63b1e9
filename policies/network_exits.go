package policies

import (
	"slices"
	"strings"

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
	vpcType, subnetType, tableType, tableOfSubnetType, routeType, aclType, aclOfSubnetType, aclEntryType, internetGatewayType,
	attachmentType, natGatewayType, eipType, flowLogType, vpcBlockType, subnetBlockType, groupType, groupIngressType,
	endpointType,
	nameListType, nameRulesType, nameRulesOfType, queryLogType, queryLogOfType,
	firewallType, firewallPolicyType, ruleGroupType, firewallLogType, publicBlockType, exclusionType,
}

var noUndeclaredWayOut = Policy{
	ID: "NET-09", Title: "Nothing joins a VPC to another network but its internet gateway and its NAT gateways",
	Source:    risk("Public Exposure of Services", "Use a single, well-audited gateway (API Gateway/ELB) for all public, partner, and admin access to reduce attack surface."),
	Component: Network, STRIDE: "TI", Severity: High,
	Fix:   "take the resource out, or write the policy that says what of its type is safe, and add it to judgedNetworkTypes",
	Reads: []string{Every},
	Check: func(e *template.Estate, f *Findings) {
		for r := range e.All() {
			if !slices.ContainsFunc(networkServices, func(service string) bool { return strings.HasPrefix(r.Type, service) }) {
				continue
			}
			f.Saw(r)
			if !slices.Contains(judgedNetworkTypes, r.Type) {
				f.Fail(r, "%s is a part of the network that no policy judges", r.Type)
			}
		}
	},
}

var oneInternetGatewayPerVPC = Policy{
	ID: "NET-10", Title: "Every VPC has exactly one internet gateway, and no other gateway is attached to it",
	Source:    risk("Public Exposure of Services", "Use a single, well-audited gateway (API Gateway/ELB) for all public, partner, and admin access to reduce attack surface."),
	Component: Network, STRIDE: "TI", Severity: High,
	Fix:   "attach network.NewVPC's internet gateway, and nothing else",
	Reads: []string{vpcType, internetGatewayType, attachmentType},
	Check: func(e *template.Estate, f *Findings) {
		has := map[*template.Resource]int{}
		for a := range e.All(attachmentType) {
			f.Saw(a)
			allowOnly(f, a, "InternetGatewayId", "VpcId")
			vpc := vpcOf(e, a)
			if vpc == nil || e.Find(a.Get("InternetGatewayId"), internetGatewayType) == nil {
				f.Fail(a, "attaches a gateway that is none of the estate's, or attaches it elsewhere")
				continue
			}
			has[vpc]++
		}
		for v := range e.All(vpcType) {
			f.Saw(v)
			if has[v] != 1 {
				f.Fail(v, "has %d internet gateways, not one", has[v])
			}
		}
		attached := attachments(e)
		for g := range e.All(internetGatewayType) {
			f.Saw(g)
			allowOnly(f, g, "Tags")
			if n := len(attached[g]); n != 1 {
				f.Fail(g, "is attached to %d VPCs, not one", n)
			}
		}
	},
}

var addressesBelongToNATGateways = Policy{
	ID: "NET-11", Title: "If NAT was declared every egress subnet has exactly one NAT gateway with an address of its own, and there is no other NAT gateway or public address",
	Source:    risk("Public Exposure of Services", "Restrict public endpoints, use WAF, enforce HTTPS, monitor for open ports."),
	Component: Network, STRIDE: "TID", Severity: High,
	Fix:   "let network.NewVPC make NAT gateways and their addresses, by the natGateways switch",
	Reads: []string{vpcType, subnetType, natGatewayType, eipType},
	Check: func(e *template.Estate, f *Findings) {
		gateways, uses := map[*template.Resource]int{}, map[*template.Resource]int{}
		for n := range e.All(natGatewayType) {
			f.Saw(n)
			subnet, address := e.Find(n.Get("SubnetId"), subnetType), e.Find(n.Get("AllocationId"), eipType)
			gateways[subnet]++
			uses[address]++
			checkNAT(f, n, subnet, address)
		}
		for s := range e.All(subnetType) {
			f.Saw(s)
			want := 0
			if vpc := vpcOf(e, s); vpc != nil && tierOf(s) == "egress" && vpc.Stack.Intent().Get("nat").True() {
				want = 1
			}
			if n := gateways[s]; n != want {
				f.Fail(s, "has %d NAT gateways, not %d", n, want)
			}
		}
		for a := range e.All(eipType) {
			f.Saw(a)
			allowOnly(f, a, "Domain", "Tags")
			if !a.Get("Domain").Is("vpc") || uses[a] != 1 {
				f.Fail(a, "is a public address of %d NAT gateways, not of one", uses[a])
			}
		}
	},
}

func checkNAT(f *Findings, n, subnet, address *template.Resource) {
	allowOnly(f, n, "AllocationId", "ConnectivityType", "SubnetId", "Tags")
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
