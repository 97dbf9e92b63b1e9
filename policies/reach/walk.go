package reach

import (
	"net/netip"
	"slices"
)

// walk carries one connection's packets hop by hop, there and back.
type walk struct {
	n     *Network
	every bool   // the answer must reach every port that a client may have, not one of them
	hops  *[]Hop // where the hops are written; nil: none are wanted

	ports     []span // the client's ports that an answer still reaches
	legs      []leg
	inspected bool // a firewall was asked
}

// leg is a part of the way between two ends that see each other's addresses: up to a NAT gateway, or behind one.
type leg struct {
	start *subnet
	p     packet
	end   end
}

// end is how a leg ended, and the firewalls on it.
type end struct {
	how       ending
	at        *subnet
	nat       *natGateway
	firewalls []*firewall
}

type ending int

const (
	stopped    ending = iota
	delivered         // to an address of the subnet
	left              // by the internet gateway
	translated        // by the NAT gateway
	served            // by a gateway endpoint
)

// longest is how many subnets a packet may cross: more is a circle.
const longest = 8

// note writes a hop. The text is only made if hops are wanted.
func (w *walk) note(what string, zone string, p packet, stops bool, why func() string) bool {
	if w.hops != nil {
		*w.hops = append(*w.hops, Hop{What: what, Zone: zone, Why: why(), Answer: p.answer, Stops: stops})
	}
	return !stops
}

// carry sends a packet from a subnet on, until it is delivered, leaves or is translated.
func (w *walk) carry(at *subnet, p packet) end {
	e := end{}
	for range longest {
		if at.holds(p.dst) {
			e.how, e.at = delivered, at
			return e
		}
		if !w.crosses(at, out, p) {
			return e
		}
		r := at.table.to(p.dst, p.service)
		if r == nil {
			w.note(RouteTable, at.zone, p, true, func() string {
				return "route table " + at.table.r.ID + " has no route to " + w.peer(p.dst, p.service)
			})
			return e
		}
		w.note(RouteTable, at.zone, p, false, func() string { return "route table " + at.table.r.ID + ": " + r.text })
		f, is := r.target.(*firewall)
		if !is {
			how, to, nat := w.ends(at, r.target, p)
			return end{how, to, nat, e.firewalls}
		}
		if f.subnet != at && !w.crosses(f.subnet, in, p) || !w.inspect(f, p) {
			return e
		}
		e.firewalls, at = append(e.firewalls, f), f.subnet
	}
	w.note(RouteTable, at.zone, p, true, func() string { return "the routes lead in a circle" })
	return e
}

// ends hands a packet to what its route leads to, where that is no firewall.
func (w *walk) ends(at *subnet, target any, p packet) (ending, *subnet, *natGateway) {
	switch t := target.(type) {
	case *internetGateway:
		if w.leaves(at, t, p) {
			return left, at, nil
		}
	case *natGateway:
		if t.subnet == at || w.crosses(t.subnet, in, p) {
			return translated, nil, t
		}
	case *gatewayEndpoint:
		w.note(Endpoint, at.zone, p, false, func() string { return "gateway endpoint " + t.r.ID })
		return served, nil, nil
	case local:
		to := w.n.holding(p.dst)
		if to == nil {
			w.note(RouteTable, at.zone, p, true, func() string { return "no subnet of the VPC has " + p.dst.String() })
		} else if w.crosses(to, in, p) {
			return delivered, to, nil
		}
	}
	return stopped, nil, nil
}

// crosses reports whether the NACL of a subnet lets a packet over its edge.
func (w *walk) crosses(s *subnet, d direction, p packet) bool {
	peer := p.dst
	if d == in {
		peer = p.src
	}
	if p.answer && hasPorts(p.protocol) {
		return w.answers(s, d, p, peer)
	}
	ok := has(s.acl.ports(d, p.protocol, peer), p.port)
	return w.note(ACL, s.zone, p, !ok, func() string { return s.acl.says(d, p.protocol, peer, p.port) + " (subnet " + s.r.ID + ")" })
}

// answers reports what crosses does, for an answer: of the client's ports those remain that the NACL lets through.
func (w *walk) answers(s *subnet, d direction, p packet, peer netip.Addr) bool {
	before := w.ports
	w.ports = intersect(w.ports, s.acl.ports(d, p.protocol, peer))
	ok := len(w.ports) > 0
	if w.every {
		ok = covers(w.ports, ephemeral)
	}
	return w.note(ACL, s.zone, p, !ok, func() string {
		port := before[0].from
		if ok {
			port = usual(w.ports)
		} else if w.every {
			port = firstMissing(w.ports, ephemeral)
		}
		return s.acl.says(d, p.protocol, peer, port) + " (subnet " + s.r.ID + ")"
	})
}

// usual returns the port of a list that a client is most likely to have: an ephemeral one, if there is any.
func usual(list []span) int {
	if own := intersect(list, []span{ephemeral}); len(own) > 0 {
		return own[0].from
	}
	return list[0].from
}

// firstMissing returns the first port of s that a list has not.
func firstMissing(list []span, s span) int {
	next := s.from
	for _, l := range list {
		if l.from <= next && next <= l.to {
			next = l.to + 1
		}
	}
	return next
}

// leaves reports whether the internet gateway takes a packet: it is attached, and the sender has a public address.
func (w *walk) leaves(at *subnet, g *internetGateway, p packet) bool {
	nat := w.translator()
	var why string
	switch {
	case g.attached == nil || g.attached.VPC != w.n.VPC:
		why = "internet gateway " + g.r.ID + " is not attached to the VPC"
	case !w.n.public(p.dst):
		why = "internet gateway " + g.r.ID + " carries nothing to " + p.dst.String()
	case nat != nil && !nat.public:
		why = "NAT gateway " + nat.r.ID + " has no public address, and internet gateway " + g.r.ID + " sends nothing without one"
	case !p.answer:
		why = w.n.blocked(w.n.holding(p.src), out, nat != nil) // the subnet of the address that is made public
	}
	return w.note(Internet, at.zone, p, why != "", func() string {
		if why != "" {
			return why
		}
		return "internet gateway " + g.r.ID
	})
}

// translator returns the NAT gateway that has translated the connection last, nil if none has.
func (w *walk) translator() *natGateway {
	if len(w.legs) == 0 {
		return nil
	}
	return w.legs[len(w.legs)-1].end.nat
}

// inspect asks a firewall, which knows the answers of what it has let through.
func (w *walk) inspect(f *firewall, p packet) bool {
	zone := f.subnet.zone
	if p.answer {
		return w.note(Firewall, zone, p, false, func() string { return "firewall endpoint " + f.r.ID + " knows the connection" })
	}
	if p.dst.Is6() {
		return w.note(Firewall, zone, p, true, func() string { return "firewall endpoint " + f.r.ID + " takes IPv4 alone" })
	}
	w.inspected = true
	ok, why := f.judges(p, w.every)
	return w.note(Firewall, zone, p, !ok, func() string { return why })
}

// translatable are the protocols that a NAT gateway takes ("NAT gateway basics").
var translatable = []int{tcp, udp, icmp}

// goes carries the request of an end inside the network, through NAT gateways if need be.
func (w *walk) goes(at *subnet, p packet) bool {
	for {
		l := leg{start: at, p: p, end: w.carry(at, p)}
		w.legs = append(w.legs, l)
		if l.end.how != translated {
			return l.end.how != stopped
		}
		g := l.end.nat
		if len(w.legs) > 2 || !p.src.Is4() || !slices.Contains(translatable, p.protocol) {
			return w.note(NAT, g.subnet.zone, p, true, func() string { return "NAT gateway " + g.r.ID + " does not take it" })
		}
		w.note(NAT, g.subnet.zone, p, false, func() string { return "NAT gateway " + g.r.ID })
		at = g.subnet
		p.src = at.samples[0]
	}
}

// peer returns an address for a person.
func (w *walk) peer(a netip.Addr, service string) string {
	switch {
	case service != "":
		return service
	case slices.Contains(w.n.outside, a) || slices.Contains(w.n.outside6, a):
		return "the internet"
	}
	return a.String()
}
