package access

import (
	"net/netip"
	"sort"
	"strconv"
	"strings"
)

// examples returns values that a comparison tells from others, and whether more would do that are not among them.
func (m mention) examples() (values []string, pattern bool) {
	switch {
	case m.o.name == "null":
		return nil, false
	case m.o.name == "bool":
		return []string{"true", "false"}, false
	case strings.HasPrefix(m.o.name, "numeric") || strings.HasPrefix(m.o.name, "date"):
		return nil, false // see between
	case m.o.name == "ipaddress":
		return addresses(m.value), true
	case m.o.name == "stringequalsignorecase", m.o.name == "stringequals", !strings.ContainsAny(m.value, "*?"):
		return []string{m.value}, false
	}
	short := strings.NewReplacer("*", "", "?", "x").Replace(m.value)
	long := strings.NewReplacer("*", "x", "?", "x").Replace(m.value)
	return []string{long, short}, true
}

// addresses returns one in a block and the one after it.
func addresses(block string) []string {
	p, err := netip.ParsePrefix(block)
	if err != nil {
		return []string{block}
	}
	return []string{p.Masked().Addr().String(), "203.0.113.254", "2001:db8:ffff::1"}
}

// between returns a number below, at, between and above those that a key is compared with.
func between(mentions []mention) []string {
	var at []float64
	for _, m := range mentions {
		var n float64
		var err error
		switch {
		case strings.HasPrefix(m.o.name, "numeric"):
			n, err = strconv.ParseFloat(m.value, 64)
		case strings.HasPrefix(m.o.name, "date"):
			n, err = instant(m.value)
		default:
			continue
		}
		if err == nil {
			at = append(at, n)
		}
	}
	sort.Float64s(at)
	var list []string
	add := func(n float64) { list = append(list, strconv.FormatFloat(n, 'f', -1, 64)) }
	for i, n := range at {
		if i == 0 {
			add(n - 1)
		} else {
			add((at[i-1] + n) / 2)
		}
		add(n)
	}
	if len(at) > 0 {
		add(at[len(at)-1] + 1)
	}
	return list
}
