package access

import (
	"net/netip"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// enough bounds how many assumptions one question may need; a real one needs a few dozen.
const enough = 3000

// search is whether some request is allowed, by trying what the question leaves open: the values that the statements set apart.
// What was assumed for a yes is left in given.
func (e *evaluation) search() truth {
	t := e.decide()
	if t != maybe || len(e.opens) == 0 {
		return t
	}
	if e.left--; e.left < 0 {
		e.doubts = []string{"too many conditions hang together to try them all"}
		return maybe
	}
	key := e.opens[0]
	values, complete := e.candidates(key)
	t = no
	var doubts []string
	for _, v := range values {
		e.given[key] = v
		switch e.search() {
		case yes:
			return yes
		case maybe:
			t = maybe
			for _, d := range e.doubts {
				if !slices.Contains(doubts, d) {
					doubts = append(doubts, d)
				}
			}
		}
	}
	delete(e.given, key)
	if t == no && !complete {
		t, doubts = maybe, append(doubts, "whether some value of "+key+" meets every pattern cannot be told")
	}
	e.doubts, e.opens = doubts, nil
	return t
}

// mention is a value that a statement compares a key with.
type mention struct {
	o     operator
	value string
}

// candidates are the values of a key that the statements tell apart, and whether there are no others.
func (e *evaluation) candidates(key string) (values [][]string, complete bool) {
	mentions, inside := e.mentions(key)
	var list []string
	patterns := 0
	for _, m := range mentions {
		made, pattern := m.examples()
		if pattern {
			patterns++
		}
		list = append(list, made...)
	}
	list = append(list, between(mentions)...)
	if inside {
		list = append(list, e.segments()...)
	}
	list = append(list, "other")
	for _, v := range distinct(list) {
		values = append(values, []string{v})
	}
	multi := slices.Contains(several, key)
	if multi && len(list) > 2 {
		values = append(values, distinct(list[:len(list)-1]))
	}
	if !slices.Contains(always, key) {
		values = append(values, nil)
	}
	return values, patterns < 2 && !(multi && len(list) > 2) && !(inside && patterns > 0)
}

func distinct(list []string) []string {
	var kept []string
	for _, v := range list {
		if !slices.Contains(kept, v) {
			kept = append(kept, v)
		}
	}
	return kept
}

// mentions are the values that the statements in question compare a key with, and whether the key stands inside of others.
func (e *evaluation) mentions(key string) (all []mention, inside bool) {
	for _, list := range e.everything() {
		for _, s := range list {
			if !s.Covers(e.action) {
				continue
			}
			for _, r := range append(slices.Clone(s.Resources), s.NotResources...) {
				inside = inside || s.variables() && strings.Contains(strings.ToLower(r), "${"+key)
			}
			for _, names := range s.Principals {
				all = append(all, sessions(key, names)...)
			}
			for _, c := range s.Conditions {
				for _, v := range c.Values {
					inside = inside || s.variables() && strings.Contains(strings.ToLower(v), "${"+key)
					if plain, unset, open := e.substitute(s, v); strings.EqualFold(c.Key, key) && !unset && open == "" {
						all = append(all, mention{parse(c.Operator), plain})
					}
				}
			}
		}
	}
	return all, inside
}

// sessions are the names of sessions that a statement speaks of.
func sessions(key string, names []string) (all []mention) {
	for _, name := range names {
		if key == sessionName && strings.Contains(name, ":assumed-role/") {
			all = append(all, mention{operator{name: "stringequals"}, last(name)})
		}
	}
	return all
}

// everything is all statements that may have to do with the request.
func (e *evaluation) everything() [][]*statement {
	lists := [][]*statement{e.who.identity, e.who.boundary, e.on.policies}
	if door := e.door(); door != nil {
		lists = append(lists, e.m.endpoints[door])
	}
	return lists
}

// examples are values that a comparison tells from others, and whether more would do that are not among them.
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

// addresses are one in a block and the one after it.
func addresses(block string) []string {
	p, err := netip.ParsePrefix(block)
	if err != nil {
		return []string{block}
	}
	return []string{p.Masked().Addr().String(), "203.0.113.254", "2001:db8:ffff::1"}
}

// between are a number below, at, between and above those that a key is compared with.
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

// segments are the parts of what is asked for that a variable of a policy may stand for.
func (e *evaluation) segments() []string {
	return strings.FieldsFunc(e.on.suffix, func(r rune) bool { return r == '/' || r == ':' })
}
