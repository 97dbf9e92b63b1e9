package intent

import "livechat.example/cloud/policies/template"

// EmptiedVPC returns the VPC of its own stack whose default group a custom resource empties, nil if there is none.
func EmptiedVPC(e *template.Estate, c *template.Resource) *template.Resource {
	vpc := e.Find(c.Get("GroupId"), VPCType)
	if vpc == nil || vpc.Stack != c.Stack || !c.Get("GroupId").Is(vpc.Attribute("DefaultSecurityGroup")) {
		return nil
	}
	return vpc
}

// Tiers are the kinds of subnet that the threat model tells apart.
var Tiers = []string{"public", "egress", "firewall", "app", "llm", "data"}

// TierOf returns the tier that a resource is tagged with, "" if it has no such tag or two.
func TierOf(r *template.Resource) string { return tagged(r, "livechat:tier") }

// SubnetsOf returns the subnets of a tier of a region's VPC.
func SubnetsOf(e *template.Estate, region, tier string) []*template.Resource {
	var all []*template.Resource
	for s := range e.All(SubnetType) {
		if s.Stack.Region == region && TierOf(s) == tier {
			all = append(all, s)
		}
	}
	return all
}

// VPCOf returns the VPC that a resource lies in, nil if that cannot be known.
func VPCOf(e *template.Estate, r *template.Resource) *template.Resource {
	return e.Find(r.Get("VpcId"), VPCType)
}

// HasNAT reports whether a VPC was meant to have NAT gateways, and so a way out.
func HasNAT(vpc *template.Resource) bool { return vpc != nil && vpc.Stack.Intent().Get("nat").True() }

// PartyOf returns the party that a resource is tagged with, "" if it has no such tag or two.
func PartyOf(r *template.Resource) string { return tagged(r, "livechat:group") }

// GroupsByID returns the security groups by what a reference to one resolves to.
func GroupsByID(e *template.Estate) map[string]*template.Resource {
	groups := map[string]*template.Resource{}
	for g := range e.All(GroupType) {
		groups[g.Attribute("")], groups[g.Attribute("GroupId")] = g, g
	}
	delete(groups, "")
	return groups
}

// Joined returns the resources of a type that associations join to each subnet.
func Joined(e *template.Estate, association, property, typ string) map[*template.Resource][]*template.Resource {
	others := map[*template.Resource][]*template.Resource{}
	for a := range e.All(association) {
		subnet, other := e.Find(a.Get("SubnetId"), SubnetType), e.Find(a.Get(property), typ)
		if subnet != nil && other != nil {
			others[subnet] = append(others[subnet], other)
		}
	}
	return others
}
