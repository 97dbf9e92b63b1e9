package network

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// Public and egress subnets route to the internet gateway, firewall subnets to the NAT gateway of their zone, and llm subnets to the
// firewall of their zone, which the answers come back through. App and data subnets route nowhere.
var routesAreThoseOfTheTier = policies.Policy{
	ID: "NET-08", Title: "Every subnet has the routes of its tier and no other: app and data have none",
	Source:    policies.NetworkRow,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix: "take the route out: a tier's ways are written in constructs/network",
	Expect: expect.Shapes{routeType: {
		"RouteTableId": expect.Own(intent.TableType), "DestinationCidrBlock": expect.Checked,
		"GatewayId": expect.Checked, "NatGatewayId": expect.Checked, "VpcEndpointId": expect.Checked,
	}},
	Reads: []string{intent.SubnetType, intent.TableType, intent.TableOfSubnetType, internetGatewayType, natGatewayType, intent.FirewallType},
	Check: func(e *template.Estate, f *policies.Findings) {
		routes := map[*template.Resource][]*template.Resource{}
		for r := range e.All(routeType) {
			t := e.Find(r.Get("RouteTableId"), intent.TableType)
			routes[t] = append(routes[t], r)
		}
		tables := intent.Joined(e, intent.TableOfSubnetType, "RouteTableId", intent.TableType)
		for s := range e.All(intent.SubnetType) {
			f.Examined(s)
			missing := waysOf(e, s)
			for _, t := range tables[s] {
				for _, r := range routes[t] {
					to := r.Get("DestinationCidrBlock").Text()
					if !slices.Contains(targets, missing[to].property) || !missing[to].leads(e, s, r) {
						f.Fail(r, "is a way out to %s, must be one that tier %q has", r.Get("DestinationCidrBlock"), intent.TierOf(s))
					}
					delete(missing, to)
				}
			}
			for to := range missing {
				f.Fail(s, "has no route to %s, must have that of tier %s", to, intent.TierOf(s))
			}
		}
	},
}

// way is what a route leads to: the property that names it, and the tier that it lies in, in the zone of the route's subnet.
type way struct{ property, tier string }

// targets are the properties that name what a route leads to.
var targets = []string{"GatewayId", "NatGatewayId", "VpcEndpointId"}

// waysOf returns a subnet's ways by their destinations.
func waysOf(e *template.Estate, s *template.Resource) map[string]way {
	nat := s.Stack.Intent().Get("nat").True()
	switch tier := intent.TierOf(s); {
	case tier == "public":
		return map[string]way{anywhere: {"GatewayId", ""}}
	case tier == "egress":
		ways := map[string]way{anywhere: {"GatewayId", ""}}
		for _, inside := range subnetsIn(e, s.Stack, "llm", s.Get("AvailabilityZone").Text()) {
			if nat {
				ways[inside.Get("CidrBlock").Text()] = way{"VpcEndpointId", "firewall"}
			}
		}
		return ways
	case tier == "firewall" && nat:
		return map[string]way{anywhere: {"NatGatewayId", "egress"}}
	case tier == "llm" && nat:
		return map[string]way{anywhere: {"VpcEndpointId", "firewall"}}
	}
	return nil
}

// leads reports whether a route of a subnet leads this way, and no other.
func (w way) leads(e *template.Estate, s, r *template.Resource) bool {
	for _, property := range targets {
		if property != w.property && !r.Get(property).Missing() {
			return false
		}
	}
	var at template.Value
	switch to := r.Get(w.property); w.property {
	case "GatewayId":
		gateway := e.Find(to, internetGatewayType)
		return gateway != nil && gateway.Stack == s.Stack
	case "NatGatewayId":
		if nat := e.Find(to, natGatewayType); nat != nil {
			at = nat.Get("SubnetId")
		}
	case "VpcEndpointId":
		if firewall := e.FindEndpoint(to); firewall != nil {
			at = firewall.Get("SubnetMappings.0.SubnetId")
		}
	}
	return slices.Contains(subnetsIn(e, s.Stack, w.tier, s.Get("AvailabilityZone").Text()), e.Find(at, intent.SubnetType))
}
