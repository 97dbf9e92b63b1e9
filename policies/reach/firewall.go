package reach

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// firewall is a Network Firewall with one endpoint.
type firewall struct {
	r      *template.Resource
	subnet *subnet
	policy *firewallPolicy
}

// firewallPolicy is evaluated in strict order: group by group, in each rule by rule, and the first that passes or drops
// decides.
type firewallPolicy struct {
	r         *template.Resource
	stateless string // what becomes of every packet before: forward, pass or drop
	groups    []*ruleGroup
	defaults  []string
}

// ruleGroup is a stateful group, as the policy refers to it.
type ruleGroup struct {
	r      *template.Resource
	alerts bool // drops are overridden to be alerts
	rules  []*firewallRule
}

// app is what a client speaks: tls or http with the name that it asks for, another protocol, or "" for none that is
// known.
type app struct{ protocol, name string }

func (a app) String() string {
	switch {
	case a.protocol == "":
		return "no protocol that is known"
	case a.protocol == "tls" && a.name == "":
		return "TLS without a name"
	case a.name == "":
		return strings.ToUpper(a.protocol)
	}
	return strings.ToUpper(a.protocol) + " to " + a.name
}

// readFirewalls reads the firewalls, each with its one endpoint.
func (r *reader) readFirewalls() map[*template.Resource]*firewall {
	r.readRules()
	policies := map[*template.Resource]*firewallPolicy{}
	for _, t := range r.of["AWS::NetworkFirewall::FirewallPolicy"] {
		policies[t] = r.firewallPolicy(t)
	}
	firewalls := map[*template.Resource]*firewall{}
	for _, t := range r.of["AWS::NetworkFirewall::Firewall"] {
		r.vpcOf(t)
		mappings := t.Get("SubnetMappings").List()
		if len(mappings) != 1 {
			r.doubt(t, "it has %d subnets: its endpoints are in no order, so an index means any of them", len(mappings))
			continue
		}
		f := &firewall{r: t, subnet: r.subnet(mappings[0].Get("SubnetId")), policy: policies[r.e.Find(t.Get("FirewallPolicyArn"), "AWS::NetworkFirewall::FirewallPolicy")]}
		if kind := mappings[0].Get("IPAddressType"); !kind.Missing() && !kind.Is("IPV4") {
			r.doubt(t, "its endpoint takes %s", kind)
		}
		if f.subnet == nil || f.policy == nil {
			r.doubt(t, "its subnet or its policy is none of the region's templates")
			continue
		}
		firewalls[t] = f
	}
	return firewalls
}

func (r *reader) firewallPolicy(t *template.Resource) *firewallPolicy {
	v := t.Get("FirewallPolicy")
	r.only(t, v, "PolicyVariables", "StatefulDefaultActions", "StatefulEngineOptions", "StatefulRuleGroupReferences",
		"StatelessDefaultActions", "StatelessFragmentDefaultActions")
	p := &firewallPolicy{r: t, stateless: "aws:forward_to_sfe"}
	for _, name := range []string{"StatelessDefaultActions", "StatelessFragmentDefaultActions"} {
		for _, action := range v.Get(name).List() {
			switch {
			case action.Is("aws:pass") || action.Is("aws:drop") && name == "StatelessDefaultActions" && p.stateless != "aws:pass":
				p.stateless = action.Text()
			case !action.Is("aws:forward_to_sfe") && !action.Is("aws:drop"):
				r.doubt(t, "its stateless action %s is not understood", action)
			}
		}
		if v.Get(name).Len() == 0 {
			r.doubt(t, "it has no %s", name)
		}
	}
	if !v.Get("StatefulEngineOptions", "RuleOrder").Is("STRICT_ORDER") {
		r.doubt(t, "its rules are not in strict order")
	}
	families := map[string]bool{}
	for _, action := range v.Get("StatefulDefaultActions").List() {
		family, known := defaultActions[action.Text()]
		if !known {
			r.doubt(t, "its default action %s is not understood", action)
		}
		p.defaults, families[family] = append(p.defaults, action.Text()), true
	}
	if families[established] && families[appLayer] {
		r.doubt(t, "its default actions are of two families, which AWS refuses")
	}
	p.groups = r.references(t, v)
	return p
}

// references returns the rule groups of a policy by their priority, with the variables that the policy gives them.
func (r *reader) references(t *template.Resource, policy template.Value) []*ruleGroup {
	type referred struct {
		priority int
		group    *ruleGroup
	}
	var list []referred
	for _, v := range policy.Get("StatefulRuleGroupReferences").List() {
		r.only(t, v, "Override", "Priority", "ResourceArn")
		group := r.rules[r.e.Find(v.Get("ResourceArn"), "AWS::NetworkFirewall::RuleGroup")]
		priority, ok := v.Get("Priority").Int()
		if group == nil || !ok || slices.ContainsFunc(list, func(o referred) bool { return o.priority == priority }) {
			r.doubt(t, "a rule group is none of the region's templates, or has no priority of its own")
			continue
		}
		own := &ruleGroup{r: group.r, alerts: v.Get("Override", "Action").Is("DROP_TO_ALERT")}
		if override := v.Get("Override", "Action"); !override.Missing() && !own.alerts {
			r.doubt(t, "it overrides a rule group's actions by %s", override)
		}
		own.rules = r.firewallRules(group.r, policy, r.vpcOfPolicy(t))
		list = append(list, referred{priority, own})
	}
	slices.SortFunc(list, func(a, b referred) int { return cmp.Compare(a.priority, b.priority) })
	groups := make([]*ruleGroup, len(list))
	for i := range list {
		groups[i] = list[i].group
	}
	return groups
}

// vpcOfPolicy returns the addresses of the VPC whose firewall has a policy, which HOME_NET means unless it is set.
func (r *reader) vpcOfPolicy(policy *template.Resource) []netip.Prefix {
	for _, t := range r.of["AWS::NetworkFirewall::Firewall"] {
		if r.e.Find(t.Get("FirewallPolicyArn"), "AWS::NetworkFirewall::FirewallPolicy") == policy {
			if n := r.networks[r.e.Find(t.Get("VpcId"), "AWS::EC2::VPC")]; n != nil {
				return n.blocks
			}
		}
	}
	return nil
}

// only refuses keys that are not understood.
func (r *reader) only(t *template.Resource, v template.Value, keys ...string) {
	for _, key := range v.Keys() {
		if !slices.Contains(keys, key) {
			r.doubt(t, "its %s is not understood", key)
		}
	}
}

// readRules lists the rule groups; they are read for each policy, whose variables they use.
func (r *reader) readRules() {
	for _, t := range r.of["AWS::NetworkFirewall::RuleGroup"] {
		if !t.Get("Type").Is("STATEFUL") {
			r.doubt(t, "it is of type %q", t.Get("Type"))
			continue
		}
		if !t.Get("RuleGroup", "StatefulRuleOptions", "RuleOrder").Is("STRICT_ORDER") {
			r.doubt(t, "its rules are not in strict order")
		}
		r.only(t, t.Get("RuleGroup"), "RuleVariables", "RulesSource", "StatefulRuleOptions")
		r.rules[t] = &ruleGroup{r: t}
	}
}

// A default action decides what no rule did ("Managing evaluation order for Suricata compatible rules"): about every packet, or
// about those from the client of a connection that is established. Those of the application layer first wait for the name that
// the client asks for, which a ClientHello of two segments has in the second. Both let handshakes through, and what needs none.
// The one that also drops what the server sends ("bidirectional") is not understood, since it breaks connections that are allowed.
const (
	dropStrict      = "aws:drop_strict"
	dropEstablished = "aws:drop_established"
	dropAppLayer    = "aws:drop_established_app_layer_to_server"

	strict, established, appLayer = "strict", "established", "application layer"
)

var defaultActions = map[string]string{
	dropStrict: strict, "aws:alert_strict": strict,
	dropEstablished: established, "aws:alert_established": established,
	dropAppLayer: appLayer, "aws:alert_established_app_layer_to_server": appLayer,
}

// stage is how much of a connection a firewall has seen.
type stage int

const (
	opening   stage = iota // a packet of a handshake, or one that needs none
	beginning              // the client's first segment, which does not yet say what it asks for
	speaking               // enough to know what is spoken, and to whom
)

// judges says whether a firewall lets a connection's packets through, and by what. A TCP connection is its handshake and its
// data; of everything else the first packet counts. Every means every client: one of them sends its request in two segments.
func (f *firewall) judges(p packet, every bool) (bool, string) {
	switch f.policy.stateless {
	case "aws:pass":
		return true, "firewall policy " + f.policy.r.ID + " passes every packet without inspection"
	case "aws:drop":
		return false, "firewall policy " + f.policy.r.ID + " drops every packet before inspection"
	}
	if p.protocol != tcp {
		return f.policy.judges(p, opening)
	}
	hello := p
	hello.app = app{}
	if ok, why := f.policy.judges(hello, opening); !ok {
		return false, why + " (the handshake)"
	}
	if every && p.app.protocol != "" {
		if ok, why := f.policy.judges(hello, beginning); !ok {
			return false, why + " (a request's first segment of two)"
		}
	}
	return f.policy.judges(p, speaking)
}

// judges one packet.
func (p *firewallPolicy) judges(packet packet, at stage) (bool, string) {
	for _, g := range p.groups {
		for _, r := range g.rules {
			if !r.matches(packet, at) {
				continue
			}
			switch {
			case r.action == "PASS":
				return true, "firewall rule group " + g.r.ID + ": " + r.says(packet)
			case r.action == "ALERT" || g.alerts:
				continue
			}
			return false, "firewall rule group " + g.r.ID + ": " + r.says(packet)
		}
	}
	for _, action := range p.defaults {
		if drops(action, at) {
			return false, "firewall policy " + p.r.ID + ": " + packet.app.String() + " is passed by no rule, and " + action + " drops it"
		}
	}
	return true, "firewall policy " + p.r.ID + ": no rule and no default action drops it"
}

// drops says whether a default action drops a packet of a client.
func drops(action string, at stage) bool {
	switch action {
	case dropStrict:
		return true
	case dropEstablished:
		return at != opening
	case dropAppLayer:
		return at == speaking
	}
	return false
}
