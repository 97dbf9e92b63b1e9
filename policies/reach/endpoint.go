package reach

import (
	"fmt"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// services are those that have a gateway endpoint.
var services = []string{"s3", "dynamodb"}

// readLists reads prefix lists: a customer's own, and those of AWS that a custom resource finds by their name.
func (r *reader) readLists() {
	for _, t := range r.of["AWS::EC2::PrefixList"] {
		l := &prefixList{r: t}
		for _, e := range t.Get("Entries").List() {
			if p, ok := r.prefix(e.Get("Cidr")); ok {
				l.blocks = append(l.blocks, p)
			} else {
				r.doubt(t, "an entry cannot be read")
			}
		}
		r.lists[t] = l
	}
	for _, t := range r.of["Custom::PrefixList"] {
		name, is := strings.CutPrefix(t.Get("Name").Text(), "com.amazonaws."+r.region+".")
		if !is || !slices.Contains(services, name) {
			r.doubt(t, "%q is no prefix list that is understood", t.Get("Name"))
			continue
		}
		r.lists[t] = &prefixList{r: t, service: name}
	}
}

func (r *reader) list(v template.Value) *prefixList {
	return r.lists[r.e.Find(v, "AWS::EC2::PrefixList", "Custom::PrefixList")]
}

// readEndpoints adds the routes of gateway endpoints to their tables, and places the groups of interface endpoints.
func (r *reader) readEndpoints() {
	of := map[*template.Resource]*group{}
	for _, n := range r.networks {
		for _, g := range n.groups {
			of[g.r] = g
		}
	}
	for _, t := range r.of["AWS::EC2::VPCEndpoint"] {
		n := r.vpcOf(t)
		name, is := strings.CutPrefix(t.Get("ServiceName").Text(), "com.amazonaws."+r.region+".")
		kind := t.Get("VpcEndpointType").Text()
		switch {
		case !is:
			r.doubt(t, "it leads to %s, which is no service of AWS in its region", t.Get("ServiceName"))
		case (kind == "" || kind == "Gateway") && slices.Contains(services, name):
			r.routed(t, name)
		case kind == "Interface":
			d := r.placed(t, of)
			if d.names = r.privateNames(t, n, name); len(d.names) > 0 {
				n.doors = append(n.doors, d)
			}
		default:
			r.doubt(t, "it is an endpoint of type %q for %s", kind, name)
		}
	}
}

// routed adds a gateway endpoint's route to the tables that it names.
func (r *reader) routed(t *template.Resource, service string) {
	for _, v := range t.Get("RouteTableIds").List() {
		own := r.tables[r.e.Find(v, "AWS::EC2::RouteTable")]
		if own == nil {
			r.doubt(t, "one of its route tables is none of the region's templates")
			continue
		}
		own.routes = append(own.routes, &route{
			service: service, target: &gatewayEndpoint{t}, text: fmt.Sprintf("prefix list of %s → gateway endpoint %s", service, t.ID),
		})
		own.sort()
	}
}

// placed puts the groups of an interface endpoint into its subnets.
func (r *reader) placed(t *template.Resource, of map[*template.Resource]*group) door {
	if t.Get("SecurityGroupIds").Len() == 0 || t.Get("SubnetIds").Len() == 0 {
		r.doubt(t, "without groups of its own it has the VPC's default one, and without subnets no address")
	}
	d := door{r: t}
	for _, v := range t.Get("SubnetIds").List() {
		if s := r.subnet(v); s != nil {
			d.subnets = append(d.subnets, s)
		} else {
			r.doubt(t, "one of its subnets is none of the region's templates")
		}
	}
	for _, id := range t.Get("SecurityGroupIds").List() {
		g := of[r.e.Find(id, "AWS::EC2::SecurityGroup")]
		if g == nil {
			r.doubt(t, "one of its groups is none of the region's templates")
			continue
		}
		d.groups = append(d.groups, g)
		for _, s := range d.subnets {
			if !slices.Contains(g.subnets, s) {
				g.subnets = append(g.subnets, s)
			}
		}
	}
	return d
}
