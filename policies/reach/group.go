package reach

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"

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

// packet is what a rule judges. A peer that is no group of the network, or that is reached through a firewall or a
// gateway, which hide it, is only its address ("Security group referencing" of the VPC guide).
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

// admits returns the rule that lets a packet in or out of a group, nil if none does.
func (g *group) admits(d direction, p packet, peer netip.Addr, of *group) *groupRule {
	for _, r := range g.rules[d] {
		if r.matches(p, peer, of) {
			return r
		}
	}
	return nil
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
	r.readGroupRules(of)
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

// readGroupRules reads the rules that stand in a group, and those that stand alone.
func (r *reader) readGroupRules(of map[*template.Resource]*group) {
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
}

// groupRule reads one rule of a group. Inside a group it may not say more than one that stands alone.
func (r *reader) groupRule(t *template.Resource, g *group, d direction, v template.Value, of map[*template.Resource]*group) {
	alone, prefix := "AWS::EC2::SecurityGroupIngress", "Source"
	if d == out {
		alone, prefix = "AWS::EC2::SecurityGroupEgress", "Destination"
	}
	if t.Type != alone { // which has been looked at
		r.only(t, v, known[alone]...)
	}
	rule := &groupRule{}
	var ok bool
	if rule.protocol, rule.ports, ok = r.reach(v); !ok {
		r.doubt(t, "a rule's protocol or ports cannot be read")
		return
	}
	if !r.peer(rule, g, v, prefix, of) {
		r.doubt(t, "the peer of a rule is none that can be known")
		return
	}
	g.rules[d] = append(g.rules[d], rule)
}

// peer reads who a rule is for: a group, a prefix list or a block of addresses, and only one of them.
func (r *reader) peer(rule *groupRule, g *group, v template.Value, prefix string, of map[*template.Resource]*group) (ok bool) {
	group, list, four, six := v.Get(prefix+"SecurityGroupId"), v.Get(prefix+"PrefixListId"), v.Get("CidrIp"), v.Get("CidrIpv6")
	peers := slices.DeleteFunc([]template.Value{group, list, four, six}, template.Value.Missing)
	if len(peers) != 1 {
		return false
	}
	switch {
	case !group.Missing():
		if rule.group = of[r.e.Find(group, "AWS::EC2::SecurityGroup")]; rule.group != nil {
			rule.text = rule.group.name
		}
		return rule.group != nil && rule.group.n == g.n
	case !list.Missing():
		if rule.list = r.list(list); rule.list != nil {
			rule.text = "prefix list " + rule.list.r.ID
		}
		return rule.list != nil
	}
	rule.block, ok = r.prefix(peers[0])
	rule.text = rule.block.String()
	return ok
}

// reach returns the protocol and the ports of a group's rule. Without ports it is all of them
// ("AWS::EC2::SecurityGroupIngress").
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
