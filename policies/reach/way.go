package reach

import (
	"cmp"
	"iter"
	"net/netip"
	"strings"
)

// connection is what two ends are asked about.
type connection struct {
	protocol int
	port     int
	speaks   string
	name     string
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

// some reports whether a connection gets through for some addresses, words of the client and ports of it. The hops are
// those of the first that does, or of the one that comes farthest.
func (n *Network) some(from, to endpoint, c connection, hops *[]Hop) bool {
	if hops == nil {
		return n.quietly(from, to, c)
	}
	var best []Hop
	for pair := range pairs(from, to) {
		for _, a := range n.says(to, c) {
			own := []Hop{}
			ok, inspected := n.try(from, to, pair, a, c, false, &own)
			if ok {
				*hops = own
				return true
			}
			if len(own) > len(best) {
				best = own
			}
			if !inspected {
				break // what the client says matters to a firewall alone
			}
		}
	}
	*hops = best
	return false
}

// quietly reports what some does, without hops.
func (n *Network) quietly(from, to endpoint, c connection) bool {
	said := n.says(to, c)
	for pair := range pairs(from, to) {
		for _, a := range said {
			ok, inspected := n.try(from, to, pair, a, c, false, nil)
			if ok {
				return true
			}
			if !inspected {
				break
			}
		}
	}
	return false
}

// all reports whether a connection gets through for all addresses and ephemeral ports. The hops are those of the first
// that does not.
func (n *Network) all(from, to endpoint, c connection, hops *[]Hop) bool {
	a := n.says(to, c)[0]
	if to.host != "" {
		if r := n.resolves(to.host); !r.always && (to.door == "" || !r.open) { // private DNS leads nowhere else
			if hops != nil {
				*hops = []Hop{{What: DNS, Why: r.why, Stops: true}}
			}
			return false
		}
	}
	for _, src := range from.addrs {
		for _, dst := range to.addrs {
			if hops != nil {
				*hops = nil
			}
			if ok, _ := n.try(from, to, pair{src, dst}, a, c, true, hops); !ok {
				return false
			}
		}
	}
	return len(from.addrs) > 0 && len(to.addrs) > 0
}

// pair is the addresses of two ends.
type pair struct{ src, dst netip.Addr }

// pairs returns the addresses that two ends can speak to each other with: both IPv4 or both IPv6.
func pairs(from, to endpoint) iter.Seq[pair] {
	return func(yield func(pair) bool) {
		for _, family := range [...][2][]netip.Addr{{from.addrs, to.addrs}, {from.addrs6, to.addrs6}} {
			for _, src := range family[0] {
				for _, dst := range family[1] {
					if !yield(pair{src, dst}) {
						return
					}
				}
			}
		}
	}
}

// stranger is a name on no allow-list.
const stranger = "stranger.example"

var silent = []app{{}}

// says returns what a client may say to another end, in the hope that a firewall lets it through.
func (n *Network) says(to endpoint, c connection) []app {
	host := cmp.Or(c.name, to.host)
	if host == "" && to.service != "" {
		host = to.service + "." + n.Region + ".amazonaws.com"
	}
	named := app{"tls", host}
	switch {
	case c.protocol != tcp || c.speaks == "plain":
		return silent
	case c.speaks != "":
		return []app{{c.speaks, host}}
	case host != "" && c.port == 443:
		return []app{named}
	case host != "":
		return []app{named, {"http", host}, {}}
	}
	return n.strangers
}

// strange returns all that a client may say to a host on no allow-list.
func (n *Network) strange() []app {
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
func (n *Network) try(from, to endpoint, at pair, a app, c connection, every bool, hops *[]Hop) (ok, inspected bool) {
	w := &walk{n: n, every: every, hops: hops}
	p := packet{protocol: c.protocol, src: at.src, dst: at.dst, port: c.port, service: to.service, app: a}
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
		r := w.n.resolves(to.host)
		if !w.note(DNS, "", p, !r.open, func() string { return r.why }) {
			return false
		}
		if to.door != "" {
			w.note(PrivateDNS, to.zone(), p, false, func() string { return "private DNS of endpoint " + to.door + " means " + p.dst.String() })
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

// arrives asks the group of the end that the connection goes to. Behind a firewall or a gateway it knows the address
// alone.
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

// taken reports whether something in a tier takes the connection.
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
