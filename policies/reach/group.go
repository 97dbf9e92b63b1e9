package reach

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"livechat.example/cloud/policies/template"
)

// group is a security group: what it binds may lie in every subnet of its tier, and where an interface endpoint has it.
type group struct {
	r       *template.Resource
	n       *Network
	name    string // its livechat:group tag, or its logical id
	tier    string
	rules   map[direction][]*groupRule
	subnets []*subnet
}

// groupRule admits some packets from, or to, a peer: a group, a block of addresses or a prefix list.
type groupRule struct {
	protocol int
	ports    span
	group    *group
	block    netip.Prefix
	list     *prefixList
	text     string // the peer, for a person
}

// prefixList is a list of blocks: written out, or AWS's own of a service.
type prefixList struct {
	r       *template.Resource
	service string
	blocks  []netip.Prefix
}

// packet is what a rule judges. A peer that is no group of the network, or that is reached through a firewall or a gateway,
// which hide it, is only its address ("Security group referencing" of the VPC guide).
type packet struct {
	protocol int
	src, dst netip.Addr
	port     int
	service  string // whose address dst is
	app      app
	answer   bool
}

func (r *groupRule) matches(p packet, peer netip.Addr, of *group) bool {
	if r.protocol != every && (r.protocol != p.protocol || hasPorts(p.protocol) && !has([]span{r.ports}, p.port)) {
		return false
	}
	switch {
	case r.group != nil:
		return r.group == of
	case r.list != nil:
		return r.list.service != "" && r.list.service == p.service || within(r.list.blocks, peer)
	}
	return r.block.Contains(peer)
}

// admits is the rule by which a group lets a packet in or out, nil if none does.
func (g *group) admits(d direction, p packet, peer netip.Addr, of *group) *groupRule {
	for _, r := range g.rules[d] {
		if r.matches(p, peer, of) {
			return r
		}
	}
	return nil
}

func (r *groupRule) String() string {
	towards := service(r.protocol, r.ports)
	return towards + " %s " + r.text
}

// readGroups reads the security groups, with the rules that stand in them and those that stand alone.
func (r *reader) readGroups() {
	of := map[*template.Resource]*group{}
	for _, t := range r.of["AWS::EC2::SecurityGroup"] {
		n := r.vpcOf(t)
		if n == nil {
			continue
		}
		g := &group{r: t, n: n, name: cmp.Or(tag(t, "livechat:group"), t.ID), tier: tag(t, "livechat:tier"), rules: map[direction][]*groupRule{}}
		if slices.ContainsFunc(n.groups, func(o *group) bool { return o.name == g.name }) {
			r.doubt(t, "is not the only group named %s", g.name)
		}
		for _, s := range n.subnets {
			if s.tier == g.tier && g.tier != "" {
				g.subnets = append(g.subnets, s)
			}
		}
		of[t], n.groups = g, append(n.groups, g)
	}
	for t, g := range of {
		for _, v := range t.Get("SecurityGroupIngress").List() {
			r.groupRule(t, g, in, v, of)
		}
		for _, v := range t.Get("SecurityGroupEgress").List() {
			r.groupRule(t, g, out, v, of)
		}
	}
	for typ, d := range map[string]direction{"AWS::EC2::SecurityGroupIngress": in, "AWS::EC2::SecurityGroupEgress": out} {
		for _, t := range r.of[typ] {
			g := of[r.e.Find(t.Get("GroupId"), "AWS::EC2::SecurityGroup")]
			if g == nil {
				r.doubt(t, "its group is none of the region's templates")
				continue
			}
			r.groupRule(t, g, d, t.Properties(), of)
		}
	}
	for _, g := range of {
		if len(g.rules[out]) == 0 { // what a group has that states none ("AWS::EC2::SecurityGroup")
			for _, all := range prefixes("0.0.0.0/0", "::/0") {
				g.rules[out] = append(g.rules[out], &groupRule{protocol: every, ports: anyPort, block: all, text: all.String() + ", for it has no rule"})
			}
		}
	}
	for _, n := range r.networks {
		slices.SortFunc(n.groups, func(a, b *group) int { return cmp.Compare(a.name, b.name) })
	}
}

// groupRule reads one rule of a group. Inside a group it may not say more than one that stands alone.
func (r *reader) groupRule(t *template.Resource, g *group, d direction, v template.Value, of map[*template.Resource]*group) {
	alone, prefix := "AWS::EC2::SecurityGroupIngress", "Source"
	if d == out {
		alone, prefix = "AWS::EC2::SecurityGroupEgress", "Destination"
	}
	for _, key := range v.Keys() {
		if !slices.Contains(known[alone], key) {
			r.doubt(t, "a rule's %s is not understood", key)
		}
	}
	rule := &groupRule{}
	var ok bool
	if rule.protocol, rule.ports, ok = r.reach(v); !ok {
		r.doubt(t, "a rule's protocol or ports cannot be read")
		return
	}
	group, list, peers := v.Get(prefix+"SecurityGroupId"), v.Get(prefix+"PrefixListId"), 0
	for _, peer := range []template.Value{group, list, v.Get("CidrIp"), v.Get("CidrIpv6")} {
		if !peer.Missing() {
			peers++
		}
	}
	switch {
	case peers != 1:
	case !group.Missing():
		if rule.group = of[r.e.Find(group, "AWS::EC2::SecurityGroup")]; rule.group != nil {
			rule.text, ok = rule.group.name, rule.group.n == g.n
		} else {
			ok = false
		}
	case !list.Missing():
		if rule.list = r.list(list); rule.list == nil {
			ok = false
		} else {
			rule.text = "prefix list " + rule.list.r.ID
		}
	default:
		four, six := "CidrIp", "CidrIpv6"
		value := v.Get(four)
		if value.Missing() {
			value = v.Get(six)
		}
		rule.block, ok = r.prefix(value)
		rule.text = rule.block.String()
	}
	if peers != 1 || !ok {
		r.doubt(t, "the peer of a rule is none that can be known")
		return
	}
	g.rules[d] = append(g.rules[d], rule)
}

// reach is the protocol and the ports of a group's rule. Without ports it is all of them ("AWS::EC2::SecurityGroupIngress").
func (r *reader) reach(v template.Value) (int, span, bool) {
	name := lower(v.Get("IpProtocol"))
	number, known := map[string]int{"-1": every, "icmp": icmp, "tcp": tcp, "udp": udp, "icmpv6": icmpV6}[name]
	if !known {
		n, err := strconv.Atoi(name)
		if err != nil || n < 0 || n > 255 {
			return 0, span{}, false
		}
		number = n
	}
	r.protocol(number)
	from, okFrom := v.Get("FromPort").Int()
	to, okTo := v.Get("ToPort").Int()
	missing := v.Get("FromPort").Missing() && v.Get("ToPort").Missing()
	switch {
	case !hasPorts(number) || missing || okFrom && okTo && from == -1 && to == -1:
		return number, anyPort, true
	case !okFrom || !okTo:
		return 0, span{}, false
	}
	r.ports(span{from, to})
	return number, span{from, to}, true
}

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
		r.vpcOf(t)
		name, is := strings.CutPrefix(t.Get("ServiceName").Text(), "com.amazonaws."+r.region+".")
		kind := t.Get("VpcEndpointType").Text()
		switch {
		case !is:
			r.doubt(t, "it leads to %s, which is no service of AWS in its region", t.Get("ServiceName"))
		case (kind == "" || kind == "Gateway") && slices.Contains(services, name):
			r.routed(t, name)
		case kind == "Interface":
			r.placed(t, of)
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
func (r *reader) placed(t *template.Resource, of map[*template.Resource]*group) {
	if t.Get("SecurityGroupIds").Len() == 0 || t.Get("SubnetIds").Len() == 0 {
		r.doubt(t, "without groups of its own it has the VPC's default one, and without subnets no address")
	}
	for _, id := range t.Get("SecurityGroupIds").List() {
		g := of[r.e.Find(id, "AWS::EC2::SecurityGroup")]
		if g == nil {
			r.doubt(t, "one of its groups is none of the region's templates")
			continue
		}
		for _, v := range t.Get("SubnetIds").List() {
			s := r.subnet(v)
			if s == nil {
				r.doubt(t, "one of its subnets is none of the region's templates")
			} else if !slices.Contains(g.subnets, s) {
				g.subnets = append(g.subnets, s)
			}
		}
	}
}
