package reach

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"livechat.example/cloud/policies/template"
)

// option reads a keyword of a rule and its settings.
func (r *reader) option(t *template.Resource, rule *firewallRule, keyword string, settings []template.Value) {
	switch keyword {
	case "sid", "rev", "msg":
		return
	case "app-layer-protocol":
		if len(settings) == 1 && rule.app == "" {
			rule.app, rule.notApp = strings.CutPrefix(lower(settings[0]), "!")
			if !slices.Contains(r.apps, rule.app) {
				r.apps = append(r.apps, rule.app)
			}
			return
		}
	case "flow":
		for _, s := range settings {
			for word := range strings.SplitSeq(lower(s), ",") {
				switch strings.TrimSpace(word) {
				case "to_server", "from_client", "stateless":
				case "established":
					rule.established = new(true)
				case "not_established":
					rule.established = new(false)
				default:
					r.doubt(t, "the flow %q of a rule is not understood", word)
				}
			}
		}
		return
	}
	r.doubt(t, "the keyword %q of a rule is not understood", keyword)
}

// addresses reads ANY, a block, a variable, or a list of them, and what is none of these.
func (r *reader) addresses(t *template.Resource, text string, vars variables) addresses {
	if strings.EqualFold(text, "any") {
		return addresses{}
	}
	inner, not := strings.CutPrefix(text, "!")
	if name, is := strings.CutPrefix(inner, "$"); is {
		if a, known := vars[name]; known {
			a.not = a.not != not
			return a
		}
	}
	a := addresses{blocks: []netip.Prefix{}, not: not}
	for part := range strings.SplitSeq(strings.Trim(inner, "[]"), ",") {
		if p, ok := r.prefix(template.Of(strings.TrimSpace(part))); ok {
			a.blocks = append(a.blocks, p)
		} else if addr, err := netip.ParseAddr(strings.TrimSpace(part)); err == nil {
			p, _ := r.prefix(template.Of(netip.PrefixFrom(addr, addr.BitLen()).String()))
			a.blocks = append(a.blocks, p)
		} else {
			r.doubt(t, "the addresses %q of a rule are not understood", text)
		}
	}
	return a
}

// portList reads ANY, a port, a range from:to, or a list of them, and what is none of these.
func (r *reader) portList(t *template.Resource, text string) []span {
	if strings.EqualFold(text, "any") {
		return []span{anyPort}
	}
	inner, not := strings.CutPrefix(text, "!")
	list := []span{}
	for part := range strings.SplitSeq(strings.Trim(inner, "[]"), ",") {
		first, last, ranged := strings.Cut(strings.TrimSpace(part), ":")
		from, err := strconv.Atoi(first)
		to, err2 := from, error(nil)
		if ranged && last == "" {
			to = anyPort.to
		} else if ranged {
			to, err2 = strconv.Atoi(last)
		}
		if err != nil || err2 != nil {
			r.doubt(t, "the ports %q of a rule are not understood", text)
			return list
		}
		r.ports(span{from, to})
		list = append(list, span{from, to})
	}
	if not {
		rest := []span{anyPort}
		for _, s := range list {
			rest = without(rest, s)
		}
		return rest
	}
	return merged(list)
}
