package reach

import (
	"net/netip"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// table is a route table, its routes the longest prefix first.
type table struct {
	r      *template.Resource
	n      *Network
	routes []*route
}

// route says where packets to a block, or to a service of AWS, go next.
type route struct {
	block   netip.Prefix
	service string // s3 or dynamodb: by its prefix list
	target  any    // local, *internetGateway, *natGateway, *firewall, *gatewayEndpoint
	text    string
}

// local is the VPC itself.
type local struct{}

type internetGateway struct {
	r        *template.Resource
	attached *Network
}

// natGateway translates what comes from its VPC, and accepts nothing else.
type natGateway struct {
	r      *template.Resource
	subnet *subnet
	public bool
}

type gatewayEndpoint struct{ r *template.Resource }

// to returns the route that a packet takes: that of the service, or the one with the longest prefix.
func (t *table) to(a netip.Addr, service string) *route {
	for _, r := range t.routes {
		if r.service != "" && r.service == service || r.service == "" && r.block.Contains(a) {
			return r
		}
	}
	return nil
}

// readTables reads route tables with their routes, and gives every subnet its own.
func (r *reader) readTables() {
	for _, t := range r.of["AWS::EC2::RouteTable"] {
		if n := r.vpcOf(t); n != nil {
			own := &table{r: t, n: n}
			for _, b := range n.blocks {
				own.routes = append(own.routes, &route{block: b, target: local{}, text: b.String() + " → local"})
			}
			r.tables[t] = own
		}
	}
	r.readRoutes()
	for _, t := range r.of["AWS::EC2::SubnetRouteTableAssociation"] {
		s, own := r.subnet(t.Get("SubnetId")), r.tables[r.e.Find(t.Get("RouteTableId"), "AWS::EC2::RouteTable")]
		switch {
		case s == nil || own == nil:
			r.doubt(t, "joins a subnet and a route table that are not both of the region's templates")
		case s.table != nil:
			r.doubt(t, "is not the only route table of subnet %s", s.r.ID)
		default:
			s.table = own
		}
	}
	for _, n := range r.networks {
		for _, s := range n.subnets {
			if s.table == nil {
				r.doubt(s.r, "it has no route table of its own, so the VPC's main one holds, which no template shows")
				s.table = &table{r: s.r, n: n}
			}
		}
	}
}

func (r *reader) readRoutes() {
	gateways, firewalls := r.targets()
	for _, t := range r.of["AWS::EC2::Route"] {
		own := r.tables[r.e.Find(t.Get("RouteTableId"), "AWS::EC2::RouteTable")]
		if own == nil {
			r.doubt(t, "its route table is none of the region's templates")
			continue
		}
		to, name := r.target(t, gateways, firewalls)
		if to == nil {
			r.doubt(t, "its target is none of the region's templates")
			continue
		}
		r.route(t, own, to, name)
	}
	for _, own := range r.tables {
		own.sort()
	}
}

// route adds a route to its table, or one for each entry of a prefix list.
func (r *reader) route(t *template.Resource, own *table, to any, name string) {
	if v := t.Get("DestinationPrefixListId"); !v.Missing() {
		list := r.list(v)
		if list == nil || !t.Get("DestinationCidrBlock").Missing() || !t.Get("DestinationIpv6CidrBlock").Missing() {
			r.doubt(t, "its destination cannot be read")
			return
		}
		if list.service != "" {
			own.routes = append(own.routes, &route{service: list.service, target: to, text: list.r.ID + " → " + name})
		}
		for _, b := range list.blocks {
			own.routes = append(own.routes, &route{block: b, target: to, text: b.String() + " → " + name})
		}
		return
	}
	b, ok := r.block(t, "DestinationCidrBlock", "DestinationIpv6CidrBlock")
	if !ok || slices.ContainsFunc(own.routes, func(o *route) bool { return o.service == "" && o.block == b }) {
		r.doubt(t, "its destination cannot be read, or another route of the table has it")
		return
	}
	own.routes = append(own.routes, &route{block: b, target: to, text: b.String() + " → " + name})
}

// sort puts what is more specific first: the blocks of a service are more specific than any that is written out.
func (t *table) sort() {
	slices.SortStableFunc(t.routes, func(a, b *route) int {
		if (a.service == "") != (b.service == "") {
			return strings.Compare(b.service, a.service)
		}
		return b.block.Bits() - a.block.Bits()
	})
}

// targets reads what a route can lead to.
func (r *reader) targets() (map[*template.Resource]any, map[*template.Resource]*firewall) {
	gateways := map[*template.Resource]any{}
	for _, t := range r.of["AWS::EC2::VPCGatewayAttachment"] {
		n, g := r.vpcOf(t), r.e.Find(t.Get("InternetGatewayId"), "AWS::EC2::InternetGateway")
		if n == nil || g == nil {
			r.doubt(t, "attaches a gateway that is none of the region's templates")
			continue
		}
		own := &internetGateway{r: g, attached: n}
		gateways[g], n.gateways = own, append(n.gateways, own)
	}
	for _, t := range r.of["AWS::EC2::InternetGateway"] {
		if gateways[t] == nil {
			gateways[t] = &internetGateway{r: t}
		}
	}
	for _, t := range r.of["AWS::EC2::NatGateway"] {
		s := r.subnet(t.Get("SubnetId"))
		if s == nil {
			r.doubt(t, "its subnet is none of the region's templates")
			continue
		}
		kind, address := t.Get("ConnectivityType"), t.Get("AllocationId")
		if !kind.Missing() && !kind.Is("public") && !kind.Is("private") {
			r.doubt(t, "its connectivity is %s", kind)
		}
		s.n.translators = append(s.n.translators, s)
		gateways[t] = &natGateway{r: t, subnet: s, public: !kind.Is("private") && !address.Missing()}
	}
	return gateways, r.readFirewalls()
}

// target returns what a route leads to, and its name for a person.
func (r *reader) target(t *template.Resource, gateways map[*template.Resource]any, firewalls map[*template.Resource]*firewall) (any, string) {
	internet, nat, endpoint := t.Get("GatewayId"), t.Get("NatGatewayId"), t.Get("VpcEndpointId")
	switch {
	case !internet.Missing() && nat.Missing() && endpoint.Missing():
		if g := r.e.Find(internet, "AWS::EC2::InternetGateway"); g != nil {
			return gateways[g], "internet gateway " + g.ID
		}
	case !nat.Missing() && internet.Missing() && endpoint.Missing():
		if g, is := gateways[r.e.Find(nat, "AWS::EC2::NatGateway")].(*natGateway); is {
			return g, "NAT gateway " + g.r.ID + " (" + g.subnet.zone + ")"
		}
	case !endpoint.Missing() && internet.Missing() && nat.Missing():
		if f := firewalls[r.e.FindEndpoint(endpoint)]; f != nil {
			return f, "firewall endpoint " + f.r.ID + " (" + f.subnet.zone + ")"
		}
	}
	return nil, ""
}
