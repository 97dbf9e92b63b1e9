package diagram

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// readRoutes gives each subnet its ways, and each tier what there is to say of them.
func (r reading) readRoutes() {
	tables := map[*template.Resource][]*subnet{}
	for a := range r.e.All("AWS::EC2::SubnetRouteTableAssociation") {
		if s := r.subnets[r.e.Find(a.Get("SubnetId"))]; s != nil {
			t := r.e.Find(a.Get("RouteTableId"))
			tables[t] = append(tables[t], s)
		}
	}
	for route := range r.e.All("AWS::EC2::Route") {
		for _, s := range tables[r.e.Find(route.Get("RouteTableId"))] {
			if w, ok := r.way(route); ok {
				s.ways = append(s.ways, w)
			}
		}
	}
	for v := range r.e.All("AWS::EC2::VPCEndpoint") {
		for _, g := range r.n.gateways {
			if r.e.Find(v.Get("VpcId")) != r.vpc || !v.Get("ServiceName").Is(g.service) {
				continue
			}
			for _, id := range v.Get("RouteTableIds").List() {
				for _, s := range tables[r.e.Find(id)] {
					g.tiers = append(g.tiers, s.tier)
				}
			}
			slices.Sort(g.tiers)
			g.tiers = slices.Compact(g.tiers)
		}
	}
	for _, t := range r.n.tiers {
		t.routes = r.n.said(t)
	}
}

// way returns a route, unless its target is of a kind that is not drawn: the reachability model refuses those.
func (r reading) way(route *template.Resource) (way, bool) {
	w := way{destination: route.Get("DestinationCidrBlock").Text()}
	if s := r.n.subnetOf(w.destination); s != nil {
		w.destination = s.tier + " " + letter(s.zone)
	}
	at := func(subnet template.Value) string {
		if s := r.subnets[r.e.Find(subnet)]; s != nil {
			return s.zone
		}
		return ""
	}
	if g := r.e.Find(route.Get("NatGatewayId"), "AWS::EC2::NatGateway"); g != nil {
		w.to, w.zone = natGateway, at(g.Get("SubnetId"))
	} else if f := r.e.Find(route.Get("VpcEndpointId"), "AWS::NetworkFirewall::Firewall"); f != nil {
		w.to, w.zone = firewall, at(f.Get("SubnetMappings", "0", "SubnetId"))
	} else if r.e.Find(route.Get("GatewayId"), "AWS::EC2::InternetGateway") != nil {
		w.to = internetGateway
	}
	return w, w.to != ""
}

func (n *network) subnetOf(cidr string) *subnet {
	for _, t := range n.tiers {
		for _, s := range t.subnets {
			if s.cidr == cidr {
				return s
			}
		}
	}
	return nil
}

// said returns the ways of a tier's subnets in lines, each once: what holds for a zone and its like in every other is
// one line.
func (n *network) said(t *tier) []string {
	zones := map[string][]string{}
	for _, s := range t.subnets {
		for _, w := range s.ways {
			text := w.said(s.zone)
			zones[text] = append(zones[text], letter(s.zone))
		}
	}
	var lines []string
	for _, text := range sorted(zones) {
		if len(zones[text]) < len(t.subnets) {
			text = strings.Join(zones[text], ", ") + ": " + text
		}
		lines = append(lines, text)
	}
	for _, g := range n.gateways {
		if slices.Contains(g.tiers, t.name) {
			lines = append(lines, g.name+" → gateway endpoint")
		}
	}
	return lines
}

// said returns a way of a subnet in some zone. Where everything lies in that zone it says so, for that is the same in
// the next.
func (w way) said(zone string) string {
	destination, to := w.destination, string(w.to)
	name, z, isSubnet := strings.Cut(destination, " ")
	if w.zone == zone && (!isSubnet || z == letter(zone)) {
		return name + " → " + to + ", same zone"
	}
	if w.zone != "" {
		to += " " + letter(w.zone)
	}
	return destination + " → " + to
}

// letter returns a zone's within its region.
func letter(zone string) string {
	if zone == "" {
		return "?"
	}
	return zone[len(zone)-1:]
}
