// Package network holds the VPC of each region: its subnets, routes, NACLs, security groups and flow logs.
//
// A region has one VPC (NET-01), and what is of a VPC stands in the VPC's stack, so a resource's stack tells its VPC.
package network

import (
	"fmt"
	"net/netip"
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// Policies are all of this room.
var Policies = slices.Concat(networkPolicies, groupPolicies)

var networkPolicies = []policies.Policy{
	oneVPCPerRegion, blocksOfRegionsAreApart, zonesAreOfTheRegion,
	subnetsAreTheDeclaredOnes, noSubnetHandsOutPublicAddresses, everySubnetHasItsOwnRoutes, everySubnetHasTheACLOfItsTier,
	routesAreThoseOfTheTier, oneInternetGatewayPerVPC, addressesBelongToNATGateways,
	aclEntriesAreBounded, aclsAdmitTheFlows,
	everyVPCHasAFlowLog, flowLogRolesOnlyWrite, vpcsAreBlocked,
}

const (
	routeType           = "AWS::EC2::Route"
	aclType             = "AWS::EC2::NetworkAcl"
	aclOfSubnetType     = "AWS::EC2::SubnetNetworkAclAssociation"
	aclEntryType        = "AWS::EC2::NetworkAclEntry"
	internetGatewayType = "AWS::EC2::InternetGateway"
	attachmentType      = "AWS::EC2::VPCGatewayAttachment"
	natGatewayType      = "AWS::EC2::NatGateway"
	eipType             = "AWS::EC2::EIP"
	publicBlockType     = "AWS::EC2::VPCBlockPublicAccessOptions"
	exclusionType       = "AWS::EC2::VPCBlockPublicAccessExclusion"
)

var oneVPCPerRegion = policies.Policy{
	ID: "NET-01", Title: "Every region has one VPC, with the declared address block, DNS and default tenancy",
	Source:    policies.InternalSegmentation,
	Component: policies.Network, STRIDE: "TID", Severity: policies.High,
	Fix:   "build the region's one VPC with network.NewVPC, from the region's cidr",
	Count: []expect.Census{expect.One(intent.VPCType)},
	Expect: expect.Shapes{intent.VPCType: {
		"CidrBlock":          expect.Intended("cidr"),
		"EnableDnsHostnames": expect.True.Because("otherwise the private names of endpoints do not resolve"),
		"EnableDnsSupport":   expect.True.Because("otherwise the private names of endpoints do not resolve"),
		"InstanceTenancy":    expect.Is("default").OrAbsent().Because("Fargate runs in no other"),
	}},
}

var blocksOfRegionsAreApart = policies.Policy{
	ID: "NET-02", Title: "The VPCs' address blocks are private and do not overlap",
	Source:    policies.NetworkRow,
	Component: policies.Network, STRIDE: "ST", Severity: policies.Medium,
	Fix:   "give each region a private /16 of its own in environment.yaml",
	Reads: []string{intent.VPCType},
	Check: func(e *template.Estate, f *policies.Findings) {
		var earlier []*template.Resource
		for v := range e.All(intent.VPCType) {
			f.Examined(v)
			block := parseBlock(v.Get("CidrBlock"))
			if !block.Addr().IsPrivate() {
				f.Fail(v, "CidrBlock is %s, must be a private block of IPv4 addresses", v.Get("CidrBlock"))
			}
			for _, other := range earlier {
				if block.Overlaps(parseBlock(other.Get("CidrBlock"))) {
					f.Fail(v, "CidrBlock is %s, must not overlap that of %s: an address names one region", block, other)
				}
			}
			earlier = append(earlier, v)
		}
	},
}

var zonesAreOfTheRegion = policies.Policy{
	ID: "NET-03", Title: "Every availability zone that a resource names is one of its stack's region",
	Source:    policies.Risk("DDoS Attacks", "ELB and multi-region deployment ensure scalability and service continuity in a multi-tenant SaaS environment."),
	Component: policies.Network, STRIDE: "D", Severity: policies.Medium,
	Fix:   "take zones from the region's entry in environment.yaml; never look them up",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range e.All() {
			for _, property := range []string{"AvailabilityZone", "AvailabilityZones"} {
				for _, zone := range r.Get(property).List() {
					f.Examined(r)
					if !isZoneOf(r.Stack.Region, zone.Text()) {
						f.Fail(r, "%s names %s, must name a zone of %s", property, zone, r.Stack.Region)
					}
				}
			}
		}
	},
}

// isZoneOf reports whether a zone is the region's name and a letter. A local zone has a longer name, and lies elsewhere.
func isZoneOf(region, zone string) bool {
	return len(zone) == len(region)+1 && zone[:len(region)] == region && zone[len(region)] >= 'a' && zone[len(region)] <= 'z'
}

// parseBlock returns a block of IPv4 addresses. What is none is the zero block, which overlaps nothing and is part of nothing.
func parseBlock(v template.Value) netip.Prefix {
	block, err := netip.ParsePrefix(v.Text())
	if err != nil || !block.Addr().Is4() || block != block.Masked() {
		return netip.Prefix{}
	}
	return block
}

// isPartOf reports whether one block is part of another.
func isPartOf(whole, part netip.Prefix) bool {
	return part.IsValid() && whole.IsValid() && whole.Bits() <= part.Bits() && whole.Contains(part.Addr())
}

// plan is what a stack says that its VPC is meant to be.
type plan struct {
	vpc   netip.Prefix
	zones []string
	tiers map[string]netip.Prefix
}

// planOf reads a stack's plan. The error says why a network cannot be judged by it.
func planOf(s *template.Stack) (plan, error) {
	meant := s.Intent()
	p := plan{vpc: parseBlock(meant.Get("cidr")), tiers: map[string]netip.Prefix{}}
	if nat := meant.Get("nat"); !nat.True() && !nat.False() {
		return plan{}, fmt.Errorf("nat is %s, must be true or false", nat)
	}
	for _, z := range meant.Get("zones").List() {
		if !isZoneOf(s.Region, z.Text()) || slices.Contains(p.zones, z.Text()) {
			return plan{}, fmt.Errorf("zones has %s, must have zones of %s, each once", z, s.Region)
		}
		p.zones = append(p.zones, z.Text())
	}
	if len(p.zones) < 2 {
		return plan{}, fmt.Errorf("zones has %d zones, must have at least 2", len(p.zones))
	}
	for _, tier := range intent.Tiers {
		block := parseBlock(meant.Get("tiers", tier))
		if !isPartOf(p.vpc, block) {
			return plan{}, fmt.Errorf("tiers.%s is %s, must be a block inside %s", tier, meant.Get("tiers", tier), p.vpc)
		}
		for other, taken := range p.tiers {
			if taken.Overlaps(block) {
				return plan{}, fmt.Errorf("tiers.%s is %s, must not overlap tiers.%s", tier, block, other)
			}
		}
		p.tiers[tier] = block
	}
	if n := meant.Get("tiers").Len(); n != len(intent.Tiers) {
		return plan{}, fmt.Errorf("tiers has %d tiers, must have %d", n, len(intent.Tiers))
	}
	return p, nil
}
