package reach

import (
	"net/netip"
	"slices"
)

// span is an inclusive range of ports.
type span struct{ from, to int }

var (
	anyPort = span{0, 65535}
	// ephemeral are the ports that a client lets its system choose, and a NAT gateway its own ("NAT gateway basics").
	ephemeral = span{1024, 65535}
)

func has(list []span, port int) bool {
	for _, s := range list {
		if s.from <= port && port <= s.to {
			return true
		}
	}
	return false
}

// covers reports whether every port of s is in the list, whose ranges are sorted and apart.
func covers(list []span, s span) bool {
	next := s.from
	for _, l := range list {
		if l.from <= next && next <= l.to {
			next = l.to + 1
		}
	}
	return next > s.to
}

// intersect returns what two sorted lists have in common.
func intersect(a, b []span) []span {
	if len(b) == 1 && b[0] == anyPort {
		return a
	}
	var both []span
	for _, x := range a {
		for _, y := range b {
			if from, to := max(x.from, y.from), min(x.to, y.to); from <= to {
				both = append(both, span{from, to})
			}
		}
	}
	return both
}

// without returns what a list has and s has not.
func without(list []span, s span) []span {
	var rest []span
	for _, l := range list {
		if l.to < s.from || s.to < l.from {
			rest = append(rest, l)
			continue
		}
		if l.from < s.from {
			rest = append(rest, span{l.from, s.from - 1})
		}
		if s.to < l.to {
			rest = append(rest, span{s.to + 1, l.to})
		}
	}
	return rest
}

// merged returns a list sorted, with what touches put together.
func merged(list []span) []span {
	slices.SortFunc(list, func(a, b span) int { return a.from - b.from })
	var out []span
	for _, s := range list {
		if k := len(out) - 1; k >= 0 && s.from <= out[k].to+1 {
			out[k].to = max(out[k].to, s.to)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// reserved are the addresses that the internet does not carry ("IANA IPv4 Special-Purpose Address Registry", without the
// blocks for documentation, which tests use).
var reserved = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3")

// global is what the internet carries of IPv6.
var global = netip.MustParsePrefix("2000::/3")

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		list[i] = netip.MustParsePrefix(t)
	}
	return list
}

func within(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// public reports whether the internet carries packets to an address.
func (n *Network) public(a netip.Addr) bool {
	if a.Is6() {
		return global.Contains(a) && !within(n.blocks, a)
	}
	return !within(reserved, a) && !within(n.blocks, a)
}

// after returns the first address behind a block.
func after(p netip.Prefix) netip.Addr {
	raw := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < len(raw)*8; i++ {
		raw[i/8] |= 1 << (7 - i%8)
	}
	last, _ := netip.AddrFromSlice(raw)
	return last.Next()
}

// samples returns addresses of a block, one for each part of it that the mentioned blocks set apart; keep says which
// count.
func samples(block netip.Prefix, mentioned []netip.Prefix, more []netip.Addr, keep func(netip.Addr) bool) []netip.Addr {
	candidates := append([]netip.Addr{block.Addr()}, more...)
	for _, m := range mentioned {
		candidates = append(candidates, m.Addr(), after(m))
	}
	var found []netip.Addr
	seen := map[string]bool{}
	for _, a := range candidates {
		if !a.IsValid() || !block.Contains(a) || !keep(a) {
			continue
		}
		mark := make([]byte, len(mentioned))
		for i, m := range mentioned {
			if m.Contains(a) {
				mark[i] = 1
			}
		}
		if !seen[string(mark)] {
			seen[string(mark)] = true
			found = append(found, a)
		}
	}
	return found
}
