package reach

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// endpoint is one end of a connection: an interface in a subnet, or something outside of the network.
type endpoint struct {
	subnet  *subnet
	group   *group // of an interface; nil: one that lets everything through, and that no group names
	addrs   []netip.Addr
	addrs6  []netip.Addr
	host    string
	door    string // the interface endpoint that the host's name means, "" if that lies outside
	service string
	any     bool // any address on the internet
}

// appliances are the tiers in which nothing lies that opens or takes a connection of its own, and why. A group of such
// a tier is something else in it.
var appliances = map[string]string{
	"egress":   "NAT gateways lie there, which accept no connection",
	"firewall": "firewall endpoints lie there, which have no address that a connection could be opened to",
}

func (e endpoint) zone() string {
	if e.subnet == nil {
		return ""
	}
	return e.subnet.zone
}

// ends returns what a name means: one end for each subnet that it lies in.
func (n *Network) ends(name string) ([]endpoint, error) {
	known, ok := n.meant[name]
	if ok {
		return known, nil
	}
	found, err := n.find(name)
	if err == nil {
		n.meant[name] = found
	}
	return found, err
}

func (n *Network) find(name string) ([]endpoint, error) {
	text := strings.ToLower(name)
	tier, isTier := strings.CutPrefix(text, "tier:")
	group, isGroup := strings.CutPrefix(text, "group:")
	switch {
	case text == "internet":
		return []endpoint{{addrs: n.outside, addrs6: n.outside6, any: true}}, nil
	case slices.Contains(services, text):
		return []endpoint{{addrs: n.outside, service: text}}, nil
	}
	for _, g := range n.groups {
		if (g.name == text || g.name == group && isGroup) && !isTier {
			if len(g.subnets) == 0 {
				return nil, fmt.Errorf("%s: group %s lies in no subnet: its tier is %q", n.Region, g.name, g.tier)
			}
			return g.ends(), nil
		}
	}
	if found := n.tier(tier); len(found) > 0 && !isGroup {
		return found, nil
	}
	if !isTier && !isGroup {
		if p, ok := parseBlock(text); ok {
			return n.addressed(p), nil
		}
		if hostName.MatchString(text) {
			return []endpoint{{addrs: n.outside, host: text}}, nil
		}
	}
	return nil, fmt.Errorf("%s has no %q: ask for internet, s3, dynamodb, an address, a host name, one of the groups %v or of the tiers %v",
		n.Region, name, n.Groups(), n.Tiers())
}

var hostName = regexp.MustCompile(`^([a-z0-9_-]+\.)+[a-z][a-z0-9-]*$`)

func parseBlock(text string) (netip.Prefix, bool) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err == nil
}

// addressed returns a block outside, or the subnets that it has a part of.
func (n *Network) addressed(p netip.Prefix) []endpoint {
	var inside []endpoint
	for _, s := range n.subnets {
		e := endpoint{subnet: s}
		for _, b := range s.blocks {
			if b.Overlaps(p) {
				a := p.Addr()
				if p.Bits() < b.Bits() {
					a = b.Addr()
				}
				e.add(a)
			}
		}
		if len(e.addrs)+len(e.addrs6) > 0 {
			inside = append(inside, e)
		}
	}
	if len(inside) > 0 {
		return inside
	}
	e := endpoint{}
	for _, a := range append([]netip.Addr{p.Addr()}, append(slices.Clone(n.outside), n.outside6...)...) {
		if p.Contains(a) {
			e.add(a)
		}
	}
	return []endpoint{e}
}

func (e *endpoint) add(addrs ...netip.Addr) {
	for _, a := range addrs {
		if a.Is4() {
			e.addrs = append(e.addrs, a)
		} else {
			e.addrs6 = append(e.addrs6, a)
		}
	}
}

// ends returns an end of a group in each of its subnets.
func (g *group) ends() []endpoint {
	list := make([]endpoint, len(g.subnets))
	for i, s := range g.subnets {
		list[i] = endpoint{subnet: s, group: g}
		list[i].add(s.samples...)
	}
	return list
}

// tier returns what may lie in a tier: in each of its subnets an interface that lets everything through, then its groups.
func (n *Network) tier(name string) []endpoint {
	var list []endpoint
	for _, s := range n.subnets {
		if s.tier == name && name != "" {
			e := endpoint{subnet: s}
			e.add(s.samples...)
			list = append(list, e)
		}
	}
	for _, g := range n.groups {
		if g.tier == name && len(list) > 0 {
			list = append(list, g.ends()...)
		}
	}
	return list
}
