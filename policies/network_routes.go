package policies

import "livechat.example/cloud/policies/template"

var routesAreThoseOfTheTier = Policy{
	ID: "NET-08", Title: "Public and egress subnets route to their VPC's internet gateway, firewall subnets to the NAT gateway of their zone, and app, llm and data subnets nowhere",
	Source:    networkRow,
	Component: Network, STRIDE: "TI", Severity: High,
	Fix:   "take the route out: a tier's one way out is written in constructs/network",
	Reads: []string{vpcType, subnetType, tableType, tableOfSubnetType, routeType, internetGatewayType, attachmentType, natGatewayType},
	Check: func(e *template.Estate, f *Findings) {
		routes := map[*template.Resource][]*template.Resource{}
		for r := range e.All(routeType) {
			f.Saw(r)
			allowOnly(f, r, "DestinationCidrBlock", "GatewayId", "NatGatewayId", "RouteTableId")
			t := e.Find(r.Get("RouteTableId"), tableType)
			if t == nil {
				f.Fail(r, "is of a route table that cannot be known")
			}
			routes[t] = append(routes[t], r)
		}
		delete(routes, nil)
		w := waysOut{e, attachments(e)}
		tables := joined(e, nil, tableOfSubnetType, "RouteTableId", tableType)
		for s := range e.All(subnetType) {
			f.Saw(s)
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
func refuseUnserved(f *Findings, routes, tables map[*template.Resource][]*template.Resource) {
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

// waysOut knows which way out a subnet has.
type waysOut struct {
	e        *template.Estate
	attached map[*template.Resource][]*template.Resource
}

// check holds a subnet's routes against the one that its tier has, if it has one.
func (w waysOut) check(f *Findings, s *template.Resource, routes []*template.Resource) {
	var right func(s, r *template.Resource) bool
	switch tierOf(s) {
	case "public", "egress":
		right = w.toInternet
	case "firewall":
		if vpc := vpcOf(w.e, s); vpc != nil && vpc.Stack.Intent().Get("nat").True() {
			right = w.toNAT
		}
	}
	for _, r := range routes {
		if right == nil || !r.Get("DestinationCidrBlock").Is("0.0.0.0/0") || !right(s, r) {
			f.Fail(r, "is a way out that tier %q does not have", tierOf(s))
		}
	}
	switch n := len(routes); {
	case right != nil && n == 0:
		f.Fail(s, "lacks the way out of tier %q", tierOf(s))
	case right != nil && n > 1:
		f.Fail(s, "has %d routes, not one", n)
	}
}

func (w waysOut) toInternet(s, r *template.Resource) bool {
	gateway, vpc := w.e.Find(r.Get("GatewayId"), internetGatewayType), vpcOf(w.e, s)
	attached := w.attached[gateway]
	return gateway != nil && vpc != nil && len(attached) == 1 && attached[0] == vpc && r.Get("NatGatewayId").Missing()
}

func (w waysOut) toNAT(s, r *template.Resource) bool {
	nat := w.e.Find(r.Get("NatGatewayId"), natGatewayType)
	if nat == nil || !r.Get("GatewayId").Missing() {
		return false
	}
	at := w.e.Find(nat.Get("SubnetId"), subnetType)
	return at != nil && tierOf(at) == "egress" && vpcOf(w.e, at) == vpcOf(w.e, s) &&
		at.Get("AvailabilityZone").Is(s.Get("AvailabilityZone").Text())
}

// attachments are the VPCs that each internet gateway is attached to.
func attachments(e *template.Estate) map[*template.Resource][]*template.Resource {
	vpcs := map[*template.Resource][]*template.Resource{}
	for a := range e.All(attachmentType) {
		gateway := e.Find(a.Get("InternetGatewayId"), internetGatewayType)
		vpcs[gateway] = append(vpcs[gateway], e.Find(a.Get("VpcId"), vpcType))
	}
	return vpcs
}
