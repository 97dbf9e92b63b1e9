package network

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var routesAreThoseOfTheTier = policies.Policy{
	ID: "NET-08", Title: "Public and egress subnets route to their VPC's internet gateway, firewall subnets to the NAT gateway of their zone, llm subnets to the firewall of their zone, which the answers come back through, and app and data subnets nowhere",
	Source:    policies.NetworkRow,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix:   "take the route out: a tier's ways are written in constructs/network",
	Reads: []string{intent.VPCType, intent.SubnetType, intent.TableType, intent.TableOfSubnetType, routeType, internetGatewayType, attachmentType, natGatewayType, intent.FirewallType},
	Check: func(e *template.Estate, f *policies.Findings) {
		routes := map[*template.Resource][]*template.Resource{}
		for r := range e.All(routeType) {
			f.Examined(r)
			f.AllowOnly(r, "DestinationCidrBlock", "GatewayId", "NatGatewayId", "RouteTableId", "VpcEndpointId")
			t := e.Find(r.Get("RouteTableId"), intent.TableType)
			if t == nil {
				f.Fail(r, "is of a route table that cannot be known")
			}
			routes[t] = append(routes[t], r)
		}
		delete(routes, nil)
		w := waysOut{e, attachments(e)}
		tables := intent.Joined(e, intent.TableOfSubnetType, "RouteTableId", intent.TableType)
		for s := range e.All(intent.SubnetType) {
			f.Examined(s)
			var own []*template.Resource
			for _, t := range tables[s] {
				own = append(own, routes[t]...)
			}
			w.check(f, s, own)
		}
		refuseUnserved(f, routes, tables)
	},
}

// refuseUnserved reports the routes of tables that no subnet is known to have: the main table may be among them.
func refuseUnserved(f *policies.Findings, routes, tables map[*template.Resource][]*template.Resource) {
	for _, served := range tables {
		for _, t := range served {
			delete(routes, t)
		}
	}
	for t, unused := range routes {
		for _, r := range unused {
			f.Fail(r, "is of %s, which is no subnet's route table", t)
		}
	}
}

// waysOut knows which ways out a subnet has.
type waysOut struct {
	e        *template.Estate
	attached map[*template.Resource][]*template.Resource
}

// way says whether a route is the one that its subnet should have.
type way func(s, r *template.Resource) bool

// of are a subnet's ways by what they lead to, none in a tier without one.
func (w waysOut) of(s *template.Resource) map[string]way {
	vpc := intent.VPCOf(w.e, s)
	nat := vpc != nil && vpc.Stack.Intent().Get("nat").True()
	ways := map[string]way{}
	switch tier := intent.TierOf(s); {
	case tier == "public":
		ways[anywhere] = w.toInternet
	case tier == "egress":
		ways[anywhere] = w.toInternet
		for _, inside := range inZone(w.e, vpc, "llm", s) {
			if nat {
				ways[inside.Get("CidrBlock").Text()] = w.toFirewall
			}
		}
	case tier == "firewall" && nat:
		ways[anywhere] = w.toNAT
	case tier == "llm" && nat:
		ways[anywhere] = w.toFirewall
	}
	return ways
}

// check holds a subnet's routes against the ones that its tier has, if it has any.
func (w waysOut) check(f *policies.Findings, s *template.Resource, routes []*template.Resource) {
	missing := w.of(s)
	for _, r := range routes {
		to := r.Get("DestinationCidrBlock").Text()
		if right := missing[to]; right == nil || !right(s, r) {
			f.Fail(r, "is a way out that tier %q does not have", intent.TierOf(s))
			continue
		}
		delete(missing, to)
	}
	for to := range missing {
		f.Fail(s, "lacks the way of tier %q to %s", intent.TierOf(s), to)
	}
}

func (w waysOut) toInternet(s, r *template.Resource) bool {
	gateway, vpc := w.e.Find(r.Get("GatewayId"), internetGatewayType), intent.VPCOf(w.e, s)
	attached := w.attached[gateway]
	return gateway != nil && vpc != nil && len(attached) == 1 && attached[0] == vpc && leadsOnlyBy(r, "GatewayId")
}

func (w waysOut) toNAT(s, r *template.Resource) bool {
	nat := w.e.Find(r.Get("NatGatewayId"), natGatewayType)
	return nat != nil && leadsOnlyBy(r, "NatGatewayId") && w.beside(s, w.e.Find(nat.Get("SubnetId"), intent.SubnetType), "egress")
}

func (w waysOut) toFirewall(s, r *template.Resource) bool {
	firewall := w.e.FindEndpoint(r.Get("VpcEndpointId"))
	return firewall != nil && leadsOnlyBy(r, "VpcEndpointId") && intent.VPCOf(w.e, firewall) == intent.VPCOf(w.e, s) &&
		w.beside(s, w.e.Find(firewall.Get("SubnetMappings.0.SubnetId"), intent.SubnetType), "firewall")
}

// leadsOnlyBy says that a route has one target.
func leadsOnlyBy(r *template.Resource, property string) bool {
	for _, other := range []string{"GatewayId", "NatGatewayId", "VpcEndpointId"} {
		if other != property && !r.Get(other).Missing() {
			return false
		}
	}
	return true
}

// beside says that a subnet is another's of a tier, in its zone and VPC.
func (w waysOut) beside(s, at *template.Resource, tier string) bool {
	return at != nil && slices.Contains(inZone(w.e, intent.VPCOf(w.e, s), tier, s), at)
}

// inZone are a VPC's subnets of a tier in the zone of a subnet.
func inZone(e *template.Estate, vpc *template.Resource, tier string, s *template.Resource) []*template.Resource {
	var found []*template.Resource
	for other := range e.All(intent.SubnetType) {
		zone := other.Get("AvailabilityZone").Text()
		if vpc != nil && intent.VPCOf(e, other) == vpc && intent.TierOf(other) == tier && zone != "" && s.Get("AvailabilityZone").Is(zone) {
			found = append(found, other)
		}
	}
	return found
}

// attachments are the VPCs that each internet gateway is attached to.
func attachments(e *template.Estate) map[*template.Resource][]*template.Resource {
	vpcs := map[*template.Resource][]*template.Resource{}
	for a := range e.All(attachmentType) {
		gateway := e.Find(a.Get("InternetGatewayId"), internetGatewayType)
		vpcs[gateway] = append(vpcs[gateway], e.Find(a.Get("VpcId"), intent.VPCType))
	}
	return vpcs
}
