package diagram

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"livechat.example/cloud/policies/reach"
	"livechat.example/cloud/policies/template"
)

// readAll reads the networks of an estate, the primary region's first.
func readAll(e *template.Estate) ([]*network, error) {
	models, err := reach.Read(e)
	if err != nil {
		return nil, err
	}
	var all []*network
	for _, m := range models {
		n, err := read(e, m)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	slices.SortStableFunc(all, func(a, b *network) int { return cmp.Compare(rank(e, a.region), rank(e, b.region)) })
	return all, nil
}

// rank returns the place of a region in the list that the stacks carry.
func rank(e *template.Estate, region string) int {
	for _, s := range e.Stacks() {
		for i, r := range s.Intent().Get("regions").List() {
			if r.Is(region) {
				return i
			}
		}
	}
	return len(e.Stacks())
}

// reading is a network that is being read.
type reading struct {
	e       *template.Estate
	n       *network
	vpc     *template.Resource
	subnets map[*template.Resource]*subnet
}

func read(e *template.Estate, m *reach.Network) (*network, error) {
	r := reading{e, &network{
		environment: m.VPC.Stack.Environment, region: m.Region, cidr: m.VPC.Get("CidrBlock").Text(), hosts: m.Names(),
	}, m.VPC, map[*template.Resource]*subnet{}}
	r.readSubnets(m.Tiers())
	r.readDevices()
	r.readEndpoints()
	r.readRoutes()
	r.readNames()
	return r.n, r.readFlows(m)
}

func (r reading) readSubnets(tiers []string) {
	for _, name := range tiers {
		r.n.tiers = append(r.n.tiers, &tier{name: name})
	}
	for s := range r.e.All("AWS::EC2::Subnet") {
		if r.e.Find(s.Get("VpcId")) != r.vpc {
			continue
		}
		is := &subnet{tier: tag(s, "livechat:tier"), zone: s.Get("AvailabilityZone").Text(), cidr: s.Get("CidrBlock").Text()}
		r.subnets[s] = is
		t := r.n.tier(is.tier)
		t.subnets = append(t.subnets, is)
		if !slices.Contains(r.n.zones, is.zone) {
			r.n.zones = append(r.n.zones, is.zone)
		}
	}
	for _, t := range r.n.tiers {
		slices.SortFunc(t.subnets, func(a, b *subnet) int { return cmp.Or(cmp.Compare(a.zone, b.zone), cmp.Compare(a.cidr, b.cidr)) })
	}
	slices.Sort(r.n.zones)
}

// tier returns the tier of that name, made if it is new.
func (n *network) tier(name string) *tier {
	for _, t := range n.tiers {
		if t.name == name {
			return t
		}
	}
	n.tiers = append(n.tiers, &tier{name: name})
	return n.tiers[len(n.tiers)-1]
}

func (r reading) readDevices() {
	for g := range r.e.All("AWS::EC2::NatGateway") {
		if s := r.subnets[r.e.Find(g.Get("SubnetId"))]; s != nil {
			s.device = natGateway
		}
	}
	for w := range r.e.All("AWS::NetworkFirewall::Firewall") {
		for _, at := range w.Get("SubnetMappings").List() {
			if s := r.subnets[r.e.Find(at.Get("SubnetId"))]; s != nil {
				s.device = firewall
			}
		}
	}
	for a := range r.e.All("AWS::EC2::VPCGatewayAttachment") {
		r.n.edge = r.n.edge || r.e.Find(a.Get("VpcId")) == r.vpc
	}
}

func (r reading) readEndpoints() {
	of := map[*template.Resource]*endpoint{}
	for v := range r.e.All("AWS::EC2::VPCEndpoint") {
		if r.e.Find(v.Get("VpcId")) != r.vpc {
			continue
		}
		at := &endpoint{service: v.Get("ServiceName").Text()}
		for _, g := range v.Get("SecurityGroupIds").List() {
			of[r.e.Find(g)] = at
		}
		if v.Get("VpcEndpointType").Is("Gateway") {
			at.name = at.label(r.n.region)
			r.n.gateways = append(r.n.gateways, at)
		}
	}
	for g := range r.e.All("AWS::EC2::SecurityGroup") {
		if r.e.Find(g.Get("VpcId")) == r.vpc {
			r.n.parties = append(r.n.parties, &party{cmp.Or(tag(g, "livechat:group"), g.ID), tag(g, "livechat:tier"), of[g]})
		}
	}
	slices.SortFunc(r.n.gateways, func(a, b *endpoint) int { return cmp.Compare(a.name, b.name) })
	slices.SortFunc(r.n.parties, func(a, b *party) int { return cmp.Compare(a.name, b.name) })
}

// readFlows asks the reachability model for what is open: between the parties, and from them to the hosts of the
// allow-list.
func (r reading) readFlows(m *reach.Network) error {
	for _, o := range m.Flows() {
		r.n.flows = append(r.n.flows, flow{o})
	}
	for _, p := range r.n.parties {
		for _, host := range r.n.hosts {
			openings, err := m.Openings("group:"+p.name, host)
			if err != nil {
				return err
			}
			for _, o := range openings {
				o.From = p.name
				r.n.flows = append(r.n.flows, flow{o})
			}
		}
	}
	return nil
}

// readNames says of each rule of the resolver's firewall what it does, in the order in which they are asked.
func (r reading) readNames() {
	type rule struct {
		priority int
		text     string
	}
	var rules []rule
	for a := range r.e.All("AWS::Route53Resolver::FirewallRuleGroupAssociation") {
		if r.e.Find(a.Get("VpcId")) != r.vpc {
			continue
		}
		for _, v := range r.e.Find(a.Get("FirewallRuleGroupId")).Get("FirewallRules").List() {
			var names []string
			for _, name := range r.e.Find(v.Get("FirewallDomainListId")).Get("Domains").List() {
				names = append(names, cmp.Or(strings.TrimSuffix(name.Text(), "."), "."))
			}
			priority, _ := v.Get("Priority").Int()
			rules = append(rules, rule{priority, strings.ToLower(v.Get("Action").Text()) + " " + strings.Join(names, ", ")})
		}
	}
	slices.SortStableFunc(rules, func(a, b rule) int { return cmp.Compare(a.priority, b.priority) })
	for _, x := range rules {
		r.n.names = append(r.n.names, x.text)
	}
}

// tag returns the value of a resource's tag, "" if it has none.
func tag(r *template.Resource, key string) string {
	for _, t := range r.Get("Tags").List() {
		if t.Get("Key").Is(key) {
			return t.Get("Value").Text()
		}
	}
	return ""
}

// sorted returns the keys of a map, in order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
