// Package network holds the VPC of each region: its subnets, routes, NACLs, security groups and flow logs.
package network

import (
	"fmt"
	"net/netip"
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// Policies are all of this room.
var Policies = slices.Concat(networkPolicies, groupPolicies)

var networkPolicies = []policies.Policy{
	oneVPCPerRegion, blocksOfRegionsAreApart, zonesAreOfTheRegion,
	subnetsAreTheDeclaredOnes, noSubnetHandsOutPublicAddresses, everySubnetHasItsOwnRoutes, everySubnetHasTheACLOfItsTier,
	routesAreThoseOfTheTier, noUndeclaredWayOut, oneInternetGatewayPerVPC, addressesBelongToNATGateways,
	aclEntriesAreBounded, aclsAreTheFlowsBetweenTiers,
	everyVPCHasAFlowLog, flowLogRolesDoTheirJobOnly, vpcsAreBlocked, defaultGroupsAreEmptied,
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
	vpcBlockType        = "AWS::EC2::VPCCidrBlock"
	subnetBlockType     = "AWS::EC2::SubnetCidrBlock"
)

var oneVPCPerRegion = policies.Policy{
	ID: "NET-01", Title: "Every region has exactly one VPC, with the address block that was declared, DNS on and default tenancy",
	Source:    policies.InternalSegmentation,
	Component: policies.Network, STRIDE: "TID", Severity: policies.High,
	Fix:   "build the region's one VPC with network.NewVPC, from the region's cidr",
	Reads: []string{intent.VPCType},
	Check: func(e *template.Estate, f *policies.Findings) {
		has := map[string]int{}
		for v := range e.All(intent.VPCType) {
			f.Examined(v)
			has[v.Stack.Region]++
			if has[v.Stack.Region] > 1 {
				f.Fail(v, "is not the only VPC in %s", v.Stack.Region)
			}
			checkVPC(f, v)
		}
		declared := intent.DeclaredRegions(e)
		for region := range declared {
			if has[region] == 0 {
				f.FailEstate("%s has no VPC", region)
			}
		}
		for v := range e.All(intent.VPCType) {
			if !declared[v.Stack.Region] {
				f.Fail(v, "lies in %s, which is none of the declared regions", v.Stack.Region)
			}
		}
	},
}

func checkVPC(f *policies.Findings, v *template.Resource) {
	f.AllowOnly(v, "CidrBlock", "EnableDnsHostnames", "EnableDnsSupport", "InstanceTenancy", "Tags")
	if meant := v.Stack.Intent().Get("cidr").Text(); meant == "" || !v.Get("CidrBlock").Is(meant) {
		f.Fail(v, "its address block is %s, and %q was declared", v.Get("CidrBlock"), meant)
	}
	for _, dns := range []string{"EnableDnsHostnames", "EnableDnsSupport"} {
		if !v.Get(dns).True() {
			f.Fail(v, "%s is not on, so private names of endpoints do not resolve", dns)
		}
	}
	if tenancy := v.Get("InstanceTenancy"); !tenancy.Missing() && !tenancy.Is("default") {
		f.Fail(v, "its tenancy is %s, and Fargate runs in none but default", tenancy)
	}
}

var blocksOfRegionsAreApart = policies.Policy{
	ID: "NET-02", Title: "The VPCs' address blocks are private and do not overlap, so that an address names one region",
	Source:    policies.NetworkRow,
	Component: policies.Network, STRIDE: "ST", Severity: policies.Medium,
	Fix:   "give each region a private /16 of its own in environment.yaml",
	Reads: []string{intent.VPCType},
	Check: func(e *template.Estate, f *policies.Findings) {
		var earlier []*template.Resource
		for v := range e.All(intent.VPCType) {
			f.Examined(v)
			block, ok := blockOf(v)
			if !ok || !block.Addr().IsPrivate() {
				f.Fail(v, "%s is no private block of IPv4 addresses", v.Get("CidrBlock"))
			}
			for _, o := range earlier {
				if other, known := blockOf(o); ok && known && block.Overlaps(other) {
					f.Fail(v, "%s overlaps %s of %s", block, other, o)
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
			zones := append(r.Get("AvailabilityZone").List(), r.Get("AvailabilityZones").List()...)
			for _, zone := range zones {
				f.Examined(r)
				if !zoneOf(r.Stack.Region, zone.Text()) {
					f.Fail(r, "%s is no availability zone of %s", zone, r.Stack.Region)
				}
			}
		}
	},
}

// zoneOf says that a zone is the region's name and a letter. A local zone's name goes on, and is a place elsewhere.
func zoneOf(region, zone string) bool {
	return len(zone) == len(region)+1 && zone[:len(region)] == region && zone[len(region)] >= 'a' && zone[len(region)] <= 'z'
}

// blockOf is the IPv4 address block of a VPC or subnet.
func blockOf(r *template.Resource) (netip.Prefix, bool) { return parseBlock(r.Get("CidrBlock")) }

func parseBlock(v template.Value) (netip.Prefix, bool) {
	block, err := netip.ParsePrefix(v.Text())
	if err != nil || !block.Addr().Is4() || block != block.Masked() {
		return netip.Prefix{}, false
	}
	return block, true
}

// plan is what a VPC's stack says it was meant to be.
type plan struct {
	vpc   netip.Prefix
	zones []string
	tiers map[string]netip.Prefix
	nat   bool
}

// planOf reads a VPC's plan; the error says why there is none that a network could be judged by.
func planOf(vpc *template.Resource) (plan, error) {
	meant := vpc.Stack.Intent()
	p := plan{tiers: map[string]netip.Prefix{}, nat: meant.Get("nat").True()}
	if !p.nat && !meant.Get("nat").False() {
		return plan{}, fmt.Errorf("it is not declared whether there are NAT gateways")
	}
	for _, z := range meant.Get("zones").List() {
		if !zoneOf(vpc.Stack.Region, z.Text()) || slices.Contains(p.zones, z.Text()) {
			return plan{}, fmt.Errorf("the declared zone %s is named twice or lies elsewhere", z)
		}
		p.zones = append(p.zones, z.Text())
	}
	if len(p.zones) < 2 {
		return plan{}, fmt.Errorf("fewer than two zones are declared")
	}
	whole, _ := parseBlock(meant.Get("cidr"))
	p.vpc = whole
	for _, tier := range intent.Tiers {
		block, ok := parseBlock(meant.Get("tiers", tier))
		if !ok || !partOf(whole, block) {
			return plan{}, fmt.Errorf("the block declared for tier %s is none of the VPC's", tier)
		}
		for other, taken := range p.tiers {
			if taken.Overlaps(block) {
				return plan{}, fmt.Errorf("the blocks declared for tiers %s and %s overlap", other, tier)
			}
		}
		p.tiers[tier] = block
	}
	if n := meant.Get("tiers").Len(); n != len(intent.Tiers) {
		return plan{}, fmt.Errorf("%d tiers are declared, not %v", n, intent.Tiers)
	}
	return p, nil
}

// partOf says that one block is part of another.
func partOf(whole, part netip.Prefix) bool {
	return whole.IsValid() && whole.Bits() <= part.Bits() && whole.Contains(part.Addr())
}
