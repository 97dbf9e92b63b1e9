package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Opening is a range of ports of one protocol on which one end can reach another: on each, in some zone, for some
// address.
type Opening struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Protocol string `json:"protocol"` // tcp, udp, icmp, icmpv6 or a number
	Ports    [2]int `json:"ports"`    // first and last; 0 and 65535 where the protocol has none
}

func (o Opening) String() string {
	p, err := number(o.Protocol)
	if err != nil {
		return o.Protocol
	}
	return fmt.Sprintf("%s → %s on %s", o.From, o.To, service(p, span{o.Ports[0], o.Ports[1]}))
}

// Question returns one that the opening answers with yes.
func (o Opening) Question() Question {
	q := Question{From: o.From, To: o.To, Protocol: o.Protocol}
	if p, err := number(o.Protocol); err == nil && hasPorts(p) {
		q.Port = o.Ports[0]
	}
	return q
}

// Openings returns all that is open from one end to another, by any protocol and on any port.
func (n *Network) Openings(from, to string) ([]Opening, error) {
	a, b, err := n.both(from, to)
	if err != nil {
		return nil, err
	}
	if outside(b) {
		a = widest(a)
	}
	if outside(a) {
		b = widest(b)
	}
	return n.openings(bare(from), bare(to), a, b), nil
}

// widest returns the ends of a tier that let everything through, if there are any: towards the outside, which names no
// group, a group lets through nothing more.
func widest(list []endpoint) []endpoint {
	if wide := slices.DeleteFunc(slices.Clone(list), func(e endpoint) bool { return e.group != nil }); len(wide) > 0 {
		return wide
	}
	return list
}

// Flows returns all that is open between the groups of the network, and between them and internet, s3 and dynamodb.
func (n *Network) Flows() []Opening {
	names := []string{"internet", "s3", "dynamodb"}
	ends := make([][]endpoint, len(names), len(names)+len(n.groups))
	for i, name := range names {
		ends[i], _ = n.ends(name) // they are known everywhere
	}
	for _, g := range n.groups {
		names, ends = append(names, "group:"+g.name), append(ends, g.ends())
	}
	var all []Opening
	for i := range names {
		for j := range names {
			if len(ends[i]) > 0 && len(ends[j]) > 0 && !(outside(ends[i]) && outside(ends[j])) && ends[i][0].service == "" {
				all = append(all, n.openings(bare(names[i]), bare(names[j]), ends[i], ends[j])...)
			}
		}
	}
	return all
}

// bare returns a name without the mark of a group, which a name means anyway.
func bare(name string) string { return strings.TrimPrefix(name, "group:") }

// openings asks for every part of the ports that the groups of both ends let through, and that the rules of the network
// set apart.
func (n *Network) openings(fromName, toName string, from, to []endpoint) []Opening {
	var all []Opening
	for protocol, ports := range n.candidates(from, to) {
		if hasPorts(protocol) {
			ports = intersect(ports, atTheEdge(from, to, protocol))
		}
		var open []span
		for _, s := range n.parts(protocol, ports) {
			if n.anyway(from, to, connection{protocol: protocol, port: s.from}) {
				open = append(open, s)
			}
		}
		for _, s := range merged(open) {
			all = append(all, Opening{From: fromName, To: toName, Protocol: protocolName(protocol), Ports: [2]int{s.from, s.to}})
		}
	}
	slices.SortFunc(all, func(a, b Opening) int {
		x, _ := number(a.Protocol)
		y, _ := number(b.Protocol)
		return (x-y)*(anyPort.to+1) + a.Ports[0] - b.Ports[0]
	})
	return all
}

func protocolName(number int) string {
	if name, known := map[int]string{tcp: "tcp", udp: "udp", icmp: "icmp", icmpV6: "icmpv6"}[number]; known {
		return name
	}
	return strconv.Itoa(number)
}

func (n *Network) anyway(from, to []endpoint, c connection) bool {
	for _, f := range from {
		for _, t := range to {
			if n.some(f, t, c, nil) {
				return true
			}
		}
	}
	return false
}

// unnamed is a protocol that stands for all that no rule names.
const unnamed = 253

// parts returns the ranges of ports that no rule of the network tells apart. Nothing listens on port 0.
func (n *Network) parts(protocol int, ports []span) []span {
	if !hasPorts(protocol) {
		return []span{anyPort}
	}
	var list []span
	for i, start := range n.starts {
		last := anyPort.to
		if i+1 < len(n.starts) {
			last = n.starts[i+1] - 1
		}
		list = append(list, intersect([]span{{start, last}}, ports)...)
	}
	return list
}

// candidates returns the ports by protocol that the security groups of both ends let through. Ends that have none let
// everything.
func (n *Network) candidates(from, to []endpoint) map[int][]span {
	found := map[int][]span{}
	lets := []*groupRule{{protocol: every, ports: anyPort}}
	for _, f := range distinct(from) {
		for _, t := range distinct(to) {
			sends, takes := lets, lets
			if f.group != nil {
				sends = n.towards(f.group, out, t)
			}
			if t.group != nil && len(sends) > 0 {
				takes = n.towards(t.group, in, f)
			}
			for _, s := range sends {
				for _, t := range takes {
					n.common(found, s, t)
				}
			}
		}
	}
	for protocol, ports := range found {
		found[protocol] = merged(ports)
	}
	return found
}

// distinct returns one end of each group, and one of each subnet for those without.
func distinct(list []endpoint) []endpoint {
	if first := list[0].group; first != nil && list[len(list)-1].group == first {
		return list[:1] // as those of a group are
	}
	var kept []endpoint
	for _, e := range list {
		if !slices.ContainsFunc(kept, func(k endpoint) bool { return k.group != nil && k.group == e.group }) {
			kept = append(kept, e)
		}
	}
	return kept
}

// towards returns the rules of a group that may mean an end.
func (n *Network) towards(g *group, d direction, peer endpoint) []*groupRule {
	in := func(block netip.Prefix) bool { return n.mayHave(peer, block) }
	var list []*groupRule
	for _, r := range g.rules[d] {
		var means bool
		switch {
		case r.group != nil:
			means = r.group == peer.group
		case r.list != nil:
			means = r.list.service != "" && r.list.service == peer.service || slices.ContainsFunc(r.list.blocks, in)
		default:
			means = in(r.block)
		}
		if means {
			list = append(list, r)
		}
	}
	return list
}

// atTheEdge returns the ports that the NACLs of the ends inside let over their edge, if the other end is outside.
func atTheEdge(from, to []endpoint, protocol int) []span {
	d, inside, peer := out, from, to
	if outside(from) {
		d, inside, peer = in, to, from
	} else if !outside(to) {
		return []span{anyPort}
	}
	var ports []span
	for _, e := range inside {
		for _, p := range peer {
			for _, a := range append(slices.Clone(p.addrs), p.addrs6...) {
				ports = append(ports, e.subnet.acl.ports(d, protocol, a)...)
			}
		}
	}
	return merged(ports)
}

// mayHave reports whether an end may have an address of a block: a group one of its subnets, or that of a NAT gateway.
func (n *Network) mayHave(e endpoint, block netip.Prefix) bool {
	overlaps := func(s *subnet) bool { return slices.ContainsFunc(s.blocks, block.Overlaps) }
	return e.group == nil || slices.ContainsFunc(e.group.subnets, overlaps) || slices.ContainsFunc(n.translators, overlaps)
}

// common adds what two rules have in common.
func (n *Network) common(found map[int][]span, a, b *groupRule) {
	protocols := []int{a.protocol}
	switch {
	case a.protocol == every && b.protocol == every:
		protocols = append([]int{tcp, udp, icmp, icmpV6, unnamed}, n.numbers...)
	case a.protocol == every:
		protocols = []int{b.protocol}
	case b.protocol != every && a.protocol != b.protocol:
		return
	}
	for _, p := range protocols {
		ports := []span{anyPort}
		if hasPorts(p) {
			ports = intersect([]span{portsOf(a)}, []span{portsOf(b)})
		}
		found[p] = append(found[p], ports...)
	}
}

// portsOf returns what a rule says of ports, which one for every protocol does not.
func portsOf(r *groupRule) span {
	if r.protocol == every {
		return anyPort
	}
	return r.ports
}
