package reach

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"livechat.example/cloud/policies/template"
)

// firewallRule is a structured rule: by addresses and ports, or by a name on a list.
type firewallRule struct {
	action      string // PASS, DROP, REJECT, ALERT
	protocol    string // as the rule's header has it, in lower case; of a domain list what it looks at
	src, dst    addresses
	srcPorts    []span
	ports       []span
	either      bool   // in both directions
	app         string // app-layer-protocol
	notApp      bool
	established *bool    // flow
	names       []string // a domain list's
}

// addresses is a set of address blocks, or all but them; without any it is every address.
type addresses struct {
	blocks []netip.Prefix
	not    bool
}

func (a addresses) has(addr netip.Addr) bool {
	return a.blocks == nil || within(a.blocks, addr) != a.not
}

// layers are the protocols below those that applications speak.
var layers = map[string]int{"ip": every, "tcp": tcp, "udp": udp, "icmp": icmp}

func (r *firewallRule) matches(p packet, at stage) bool {
	if number, is := layers[r.protocol]; is {
		if number != every && number != p.protocol && !(number == icmp && p.protocol == icmpV6) {
			return false
		}
	} else if r.protocol != p.app.protocol {
		return false
	}
	if r.established != nil && *r.established != (at != opening) {
		return false
	}
	if r.app != "" && (p.app.protocol == r.app) == r.notApp || r.app != "" && at != speaking {
		return false // before there is enough data it is unknown what is spoken
	}
	there := r.src.has(p.src) && r.dst.has(p.dst) && (!hasPorts(p.protocol) || has(r.ports, p.port))
	back := r.either && r.src.has(p.dst) && r.dst.has(p.src) && (!hasPorts(p.protocol) || has(r.srcPorts, p.port))
	if !there && !back {
		return false
	}
	return r.names == nil || named(r.names, p.app.name)
}

// named reports whether a domain list means a name: those that begin with a dot also mean all below ("Stateful domain
// list rule groups").
func named(list []string, name string) bool {
	return slices.ContainsFunc(list, func(t string) bool {
		if strings.HasPrefix(t, ".") {
			return name != "" && strings.HasSuffix("."+name, t)
		}
		return t == name
	})
}

// says returns the rule for a person, as far as it concerns a packet.
func (r *firewallRule) says(p packet) string {
	text := strings.ToLower(r.action)
	switch {
	case r.names != nil:
		return text + " " + p.app.String()
	case r.app != "":
		return text + " " + strings.ToUpper(r.protocol) + " " + ported(r.ports) + " that is " + map[bool]string{true: "not "}[r.notApp] + strings.ToUpper(r.app)
	}
	return text + " " + strings.ToUpper(r.protocol) + " " + ported(r.ports)
}

func ported(list []span) string {
	texts := make([]string, len(list))
	for i, s := range list {
		switch {
		case s == anyPort:
			return "to any port"
		case s.from == s.to:
			texts[i] = strconv.Itoa(s.from)
		default:
			texts[i] = strconv.Itoa(s.from) + "-" + strconv.Itoa(s.to)
		}
	}
	return "to port " + strings.Join(texts, ", ")
}

// variables are the sets of addresses that rules name.
type variables map[string]addresses

// firewallRules reads a group's rules with the variables of a policy.
func (r *reader) firewallRules(t *template.Resource, policy template.Value, vpc []netip.Prefix) []*firewallRule {
	vars := variables{"HOME_NET": {blocks: vpc}}
	for _, sets := range []template.Value{policy.Get("PolicyVariables", "RuleVariables"), t.Get("RuleGroup", "RuleVariables", "IPSets")} {
		for name, set := range sets.Map() {
			vars[name] = r.addressSet(t, name, set)
		}
	}
	if t.Get("RuleGroup", "RuleVariables", "PortSets").Len() > 0 {
		r.doubt(t, "it has sets of ports")
	}
	if _, set := vars["EXTERNAL_NET"]; !set {
		vars["EXTERNAL_NET"] = addresses{vars["HOME_NET"].blocks, true}
	}
	source := t.Get("RuleGroup", "RulesSource")
	r.only(t, source, "RulesSourceList", "StatefulRules")
	var rules []*firewallRule
	if list := source.Get("RulesSourceList"); !list.Missing() {
		rules = r.domainList(t, list, vars)
	}
	for _, v := range source.Get("StatefulRules").List() {
		rules = append(rules, r.firewallRule(t, v, vars))
	}
	if len(rules) == 0 {
		r.doubt(t, "it has no rule that can be read")
	}
	return rules
}

func (r *reader) addressSet(t *template.Resource, name string, set template.Value) addresses {
	a := addresses{blocks: []netip.Prefix{}}
	for _, v := range set.Get("Definition").List() {
		p, ok := r.prefix(v)
		if !ok {
			r.doubt(t, "%s has %s, which is no address block", name, v)
		}
		a.blocks = append(a.blocks, p)
	}
	if len(a.blocks) == 0 {
		r.doubt(t, "%s is empty", name)
	}
	return a
}

// domainList reads a list of names: one rule for each protocol that it looks at. What is not on an allow-list goes on
// to the next rules.
func (r *reader) domainList(t *template.Resource, list template.Value, vars variables) []*firewallRule {
	action, is := map[string]string{"ALLOWLIST": "PASS", "DENYLIST": "DROP", "REJECTLIST": "REJECT", "ALERTLIST": "ALERT"}[list.Get("GeneratedRulesType").Text()]
	if !is {
		r.doubt(t, "its domain list is of type %q", list.Get("GeneratedRulesType"))
	}
	names := []string{}
	for _, v := range list.Get("Targets").List() {
		names = append(names, lower(v))
	}
	r.names = append(r.names, names...)
	var rules []*firewallRule
	for _, v := range list.Get("TargetTypes").List() {
		protocol, is := map[string]string{"TLS_SNI": "tls", "HTTP_HOST": "http"}[v.Text()]
		if !is {
			r.doubt(t, "its domain list looks at %s", v)
		}
		rules = append(rules, &firewallRule{
			action: action, protocol: protocol, names: names, src: vars["HOME_NET"], dst: vars["EXTERNAL_NET"], ports: []span{anyPort}, srcPorts: []span{anyPort},
		})
	}
	return rules
}

// firewallRule reads a rule by addresses and ports.
func (r *reader) firewallRule(t *template.Resource, v template.Value, vars variables) *firewallRule {
	h := v.Get("Header")
	rule := &firewallRule{
		action: v.Get("Action").Text(), protocol: lower(h.Get("Protocol")), either: h.Get("Direction").Is("ANY"),
		src: r.addresses(t, h.Get("Source").Text(), vars), dst: r.addresses(t, h.Get("Destination").Text(), vars),
		srcPorts: r.portList(t, h.Get("SourcePort").Text()), ports: r.portList(t, h.Get("DestinationPort").Text()),
	}
	if !slices.Contains([]string{"PASS", "DROP", "REJECT", "ALERT"}, rule.action) || rule.protocol == "" || !covers(rule.srcPorts, anyPort) && !rule.either {
		r.doubt(t, "a rule's action, protocol or source port is not understood: %s", v)
	}
	if _, is := layers[rule.protocol]; !is && !slices.Contains(r.apps, rule.protocol) {
		r.apps = append(r.apps, rule.protocol)
	}
	for _, o := range v.Get("RuleOptions").List() {
		r.option(t, rule, lower(o.Get("Keyword")), o.Get("Settings").List())
	}
	return rule
}
