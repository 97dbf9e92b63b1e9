package policies

import (
	"fmt"
	"net/netip"
	"slices"

	"livechat.example/cloud/policies/template"
)

var networkPolicies = []Policy{
	oneVPCPerRegion, blocksOfRegionsAreApart, zonesAreOfTheRegion,
	subnetsAreTheDeclaredOnes, noSubnetHandsOutPublicAddresses, everySubnetHasItsOwnRoutes, everySubnetHasTheACLOfItsTier,
	routesAreThoseOfTheTier, noUndeclaredWayOut, oneInternetGatewayPerVPC, addressesBelongToNATGateways,
	aclEntriesAreBounded, aclsAreTheFlowsBetweenTiers,
	everyVPCHasAFlowLog, flowLogRolesDoTheirJobOnly,
}

const (
	vpcType             = "AWS::EC2::VPC"
	subnetType          = "AWS::EC2::Subnet"
	tableType           = "AWS::EC2::RouteTable"
	tableOfSubnetType   = "AWS::EC2::SubnetRouteTableAssociation"
	routeType           = "AWS::EC2::Route"
	aclType             = "AWS::EC2::NetworkAcl"
	aclOfSubnetType     = "AWS::EC2::SubnetNetworkAclAssociation"
	aclEntryType        = "AWS::EC2::NetworkAclEntry"
	internetGatewayType = "AWS::EC2::InternetGateway"
	attachmentType      = "AWS::EC2::VPCGatewayAttachment"
	natGatewayType      = "AWS::EC2::NatGateway"
	eipType             = "AWS::EC2::EIP"
	flowLogType         = "AWS::EC2::FlowLog"
	firewallType        = "AWS::NetworkFirewall::Firewall"
	firewallPolicyType  = "AWS::NetworkFirewall::FirewallPolicy"
	ruleGroupType       = "AWS::NetworkFirewall::RuleGroup"
	firewallLogType     = "AWS::NetworkFirewall::LoggingConfiguration"
	publicBlockType     = "AWS::EC2::VPCBlockPublicAccessOptions"
	exclusionType       = "AWS::EC2::VPCBlockPublicAccessExclusion"
	vpcBlockType        = "AWS::EC2::VPCCidrBlock"
	subnetBlockType     = "AWS::EC2::SubnetCidrBlock"
)

var oneVPCPerRegion = Policy{
	ID: "NET-01", Title: "Every region has exactly one VPC, with the address block that was declared, DNS on and default tenancy",
	Source: Source{cloudModel, "Sprinklr SaaS Internal Segmentation",
		"Isolation between microservices, databases, storage, and LLM context services within the VPC."},
	Component: Network, STRIDE: "TID", Severity: High,
	Fix:   "build the region's one VPC with network.NewVPC, from the region's cidr",
	Reads: []string{vpcType},
	Check: func(e *template.Estate, f *Findings) {
		has := map[string]int{}
		for v := range e.All(vpcType) {
			f.Saw(v)
			has[v.Stack.Region]++
			if has[v.Stack.Region] > 1 {
				f.Fail(v, "is not the only VPC in %s", v.Stack.Region)
			}
			checkVPC(f, v)
		}
		declared := declaredRegions(e)
		for region := range declared {
			if has[region] == 0 {
				f.FailEstate("%s has no VPC", region)
			}
		}
		for v := range e.All(vpcType) {
			if !declared[v.Stack.Region] {
				f.Fail(v, "lies in %s, which is none of the declared regions", v.Stack.Region)
			}
		}
	},
}

func checkVPC(f *Findings, v *template.Resource) {
	allowOnly(f, v, "CidrBlock", "EnableDnsHostnames", "EnableDnsSupport", "InstanceTenancy", "Tags")
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

// declaredRegions are the regions that any stack says the estate has.
func declaredRegions(e *template.Estate) map[string]bool {
	regions := map[string]bool{}
	for _, s := range e.Stacks() {
		for _, r := range s.Intent().Get("regions").List() {
			regions[r.Text()] = true
		}
	}
	return regions
}

var blocksOfRegionsAreApart = Policy{
	ID: "NET-02", Title: "The VPCs' address blocks are private and do not overlap, so that an address names one region",
	Source:    networkRow,
	Component: Network, STRIDE: "ST", Severity: Medium,
	Fix:   "give each region a private /16 of its own in environment.yaml",
	Reads: []string{vpcType},
	Check: func(e *template.Estate, f *Findings) {
		var earlier []*template.Resource
		for v := range e.All(vpcType) {
			f.Saw(v)
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

var zonesAreOfTheRegion = Policy{
	ID: "NET-03", Title: "Every availability zone that a resource names is one of its stack's region",
	Source:    risk("DDoS Attacks", "ELB and multi-region deployment ensure scalability and service continuity in a multi-tenant SaaS environment."),
	Component: Network, STRIDE: "D", Severity: Medium,
	Fix:   "take zones from the region's entry in environment.yaml; never look them up",
	Reads: []string{Every},
	Check: func(e *template.Estate, f *Findings) {
		for r := range e.All() {
			zones := append(r.Get("AvailabilityZone").List(), r.Get("AvailabilityZones").List()...)
			for _, zone := range zones {
				f.Saw(r)
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

// allowOnly refuses properties that no policy looks at: each may open a way. One that is false opens none.
func allowOnly(f *Findings, r *template.Resource, names ...string) {
	if r.Properties().Unknown() {
		f.Refuse(r, "the resource", r.Properties())
	}
	for _, name := range r.Properties().Keys() {
		if !slices.Contains(names, name) && !r.Get(name).False() {
			f.Fail(r, "%s is set, which nothing here needs", name)
		}
	}
}

// tiers are the kinds of subnet that the threat model tells apart.
var tiers = []string{"public", "egress", "firewall", "app", "llm", "data"}

// tierOf is the tier that a resource is tagged with, "" if it has no such tag or two.
func tierOf(r *template.Resource) string { return tagged(r, "livechat:tier") }

// subnetsOf are the subnets of a tier of a region's VPC.
func subnetsOf(e *template.Estate, region, tier string) []*template.Resource {
	var all []*template.Resource
	for s := range e.All(subnetType) {
		if s.Stack.Region == region && tierOf(s) == tier {
			all = append(all, s)
		}
	}
	return all
}

// tagged is the value of a resource's tag, "" if it has no such tag or two.
func tagged(r *template.Resource, key string) string {
	value, n := "", 0
	for _, tag := range r.Get("Tags").List() {
		if tag.Get("Key").Is(key) {
			value, n = tag.Get("Value").Text(), n+1
		}
	}
	if n != 1 {
		return ""
	}
	return value
}

// vpcOf is the VPC that a resource lies in, nil if that cannot be known.
func vpcOf(e *template.Estate, r *template.Resource) *template.Resource {
	return e.Find(r.Get("VpcId"), vpcType)
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
	intent := vpc.Stack.Intent()
	p := plan{tiers: map[string]netip.Prefix{}, nat: intent.Get("nat").True()}
	if !p.nat && !intent.Get("nat").False() {
		return plan{}, fmt.Errorf("it is not declared whether there are NAT gateways")
	}
	for _, z := range intent.Get("zones").List() {
		if !zoneOf(vpc.Stack.Region, z.Text()) || slices.Contains(p.zones, z.Text()) {
			return plan{}, fmt.Errorf("the declared zone %s is named twice or lies elsewhere", z)
		}
		p.zones = append(p.zones, z.Text())
	}
	if len(p.zones) < 2 {
		return plan{}, fmt.Errorf("fewer than two zones are declared")
	}
	whole, _ := parseBlock(intent.Get("cidr"))
	p.vpc = whole
	for _, tier := range tiers {
		block, ok := parseBlock(intent.Get("tiers", tier))
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
	if n := intent.Get("tiers").Len(); n != len(tiers) {
		return plan{}, fmt.Errorf("%d tiers are declared, not %v", n, tiers)
	}
	return p, nil
}

// partOf says that one block is part of another.
func partOf(whole, part netip.Prefix) bool {
	return whole.IsValid() && whole.Bits() <= part.Bits() && whole.Contains(part.Addr())
}
