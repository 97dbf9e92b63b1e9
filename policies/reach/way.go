package reach

import (
	"net/netip"
	"strings"
)

// connection is what two ends are asked about.
type connection struct {
	protocol int
	port     int
	speaks   string
}

// way answers for two ends.
func (n *Network) way(from, to endpoint, c connection) Way {
	w := Way{FromZone: from.zone(), ToZone: to.zone()}
	w.Open = n.some(from, to, c, &w.Hops)
	if !w.Open {
		return w
	}
	w.Always = n.all(from, to, c, nil)
	if !w.Always {
		n.all(from, to, c, &w.Unless)
	}
	return w
}

// some says that a connection gets through for some addresses, words of the client and ports of it. The hops are those of the
// first that does, or of the one that comes farthest.
func (n *Network) some(from, to endpoint, c connection, hops *[]Hop) bool {
	var best []Hop
	for _, pair := range pairs(from, to) {
		for _, a := range n.apps4(to, c) {
			var own *[]Hop
			if hops != nil {
				own = &[]Hop{}
			}
			ok, inspected := n.try(from, to, pair[0], pair[1], a, c, false, own)
			if hops != nil && (ok || len(*own) > len(best)) {
				best = *own
			}
			if ok {
				if hops != nil {
					*hops = best
				}
				return true
			}
			if !inspected {
				break // what the client says matters to a firewall alone
			}
		}
	}
	if hops != nil {
		*hops = best
	}
	return false
}

// all says that a connection gets through for all addresses and ephemeral ports. The hops are those of the first that does not.
func (n *Network) all(from, to endpoint, c connection, hops *[]Hop) bool {
	a := n.apps4(to, c)[0]
	if to.host != "" {
		if _, always, why := n.resolves(to.host); !always {
			if hops != nil {
				*hops = []Hop{{What: DNS, Why: why, Stops: true}}
			}
			return false
		}
	}
	for _, src := range from.addrs {
		for _, dst := range to.addrs {
			if hops != nil {
				*hops = nil
			}
			if ok, _ := n.try(from, to, src, dst, a, c, true, hops); !ok {
				return false
			}
		}
	}
	return len(from.addrs) > 0 && len(to.addrs) > 0
}

// pairs are the addresses of two ends that can speak to each other: both IPv4 or both IPv6.
func pairs(from, to endpoint) [][2]netip.Addr {
	var list [][2]netip.Addr
	for _, family := range [][2][]netip.Addr{{from.addrs, to.addrs}, {from.addrs6, to.addrs6}} {
		for _, src := range family[0] {
			for _, dst := range family[1] {
				list = append(list, [2]netip.Addr{src, dst})
			}
		}
	}
	return list
}

// stranger is a name that nobody meant to allow.
const stranger = "stranger.example"

// apps4 are what a client may say to another end, in the hope that a firewall lets it through.
func (n *Network) apps4(to endpoint, c connection) []app {
	host := to.host
	if to.service != "" {
		host = to.service + "." + n.Region + ".amazonaws.com"
	}
	named := app{"tls", host}
	switch {
	case c.protocol != tcp:
		return []app{{}}
	case c.speaks == "plain":
		return []app{{}}
	case c.speaks != "":
		return []app{{c.speaks, host}}
	case host != "" && c.port == 443:
		return []app{named}
	case host != "":
		return []app{named, {"http", host}, {}}
	}
	list := []app{{"tls", stranger}, {"tls", ""}, {"http", stranger}, {}}
	for _, name := range n.names {
		if strings.HasPrefix(name, ".") {
			list = append(list, app{"tls", "stranger" + name}, app{"http", "stranger" + name})
		}
	}
	for _, other := range n.apps {
		if other != "tls" && other != "http" {
			list = append(list, app{other, ""})
		}
	}
	return list
}

// try carries one connection there, and back if it needs an answer. Inspected says that a firewall was asked.
func (n *Network) try(from, to endpoint, src, dst netip.Addr, a app, c connection, every bool, hops *[]Hop) (ok, inspected bool) {
	w := &walk{n: n, every: every, hops: hops}
	p := packet{protocol: c.protocol, src: src, dst: dst, port: c.port, service: to.service, app: a}
	switch {
	case from.service != "":
		return w.note(Source, "", p, true, func() string { return from.service + " opens no connection" }), false
	case from.host != "" || from.subnet == nil && to.subnet == nil:
		return w.note(Source, "", p, true, func() string { return "it lies outside of the network" }), false
	case from.subnet == nil:
		return w.enters(from, to, p), false
	}
	ok = w.starts(from, to, p) && w.goes(from.subnet, p)
	if !ok || !w.arrives(from, to) {
		return false, w.inspected
	}
	return !every && c.protocol != tcp || w.comes(), w.inspected
}

// starts asks the name, and the group of the end that the connection comes from.
func (w *walk) starts(from, to endpoint, p packet) bool {
	if to.host != "" {
		open, _, why := w.n.resolves(to.host)
		if !w.note(DNS, "", p, !open, func() string { return why }) {
			return false
		}
	}
	if from.group == nil {
		why := appliances[from.subnet.tier]
		return w.note(Source, from.zone(), p, why != "", func() string {
			if why != "" {
				return "nothing in tier " + from.subnet.tier + " opens a connection of its own: " + why
			}
			return "anything in tier " + from.subnet.tier + " (subnet " + from.subnet.r.ID + ")"
		})
	}
	return w.grouped(from.group, out, p, p.dst, to.group, w.peer(p.dst, p.service))
}

// arrives asks the group of the end that the connection goes to. Behind a firewall or a gateway it knows the address alone.
func (w *walk) arrives(from, to endpoint) bool {
	last := w.legs[len(w.legs)-1]
	switch {
	case to.subnet == nil:
		return last.end.how == left || last.end.how == served && to.service != ""
	case last.end.how != delivered:
		return w.note(Destination, "", last.p, true, func() string { return "it leaves the network" })
	case to.group == nil:
		return w.taken(to, last.p)
	}
	peer := from.group
	if len(w.legs) > 1 || len(last.end.firewalls) > 0 {
		peer = nil
	}
	name := w.peer(last.p.src, "")
	if peer != nil {
		name = peer.name
	}
	return w.grouped(to.group, in, last.p, last.p.src, peer, name)
}

// taken says that something in a tier takes the connection.
func (w *walk) taken(to endpoint, p packet) bool {
	why := appliances[to.subnet.tier]
	return w.note(Destination, to.zone(), p, why != "", func() string {
		if why != "" {
			return why
		}
		return "anything in tier " + to.subnet.tier + " (subnet " + to.subnet.r.ID + ")"
	})
}

// grouped asks a security group.
func (w *walk) grouped(g *group, d direction, p packet, peer netip.Addr, of *group, name string) bool {
	r := g.admits(d, p, peer, of)
	return w.note(SecurityGroup, "", p, r == nil, func() string {
		verb := map[direction]string{in: "from", out: "to"}[d]
		if r == nil {
			return "security group " + g.name + " has no rule for " + service(p.protocol, span{p.port, p.port}) + " " + verb + " " + name
		}
		return "security group " + g.name + " admits " + service(r.protocol, r.ports) + " " + verb + " " + r.text
	})
}
