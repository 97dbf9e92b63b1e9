package egress

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// mostCapacity is what a firewall policy may hold of stateful rules ("AWS Network Firewall quotas").
const mostCapacity = 30_000

var ruleGroupsAreInOrder = policies.Policy{
	ID: "NET-18", Title: "A firewall policy has two groups of structured rules, in strict order and with room to grow: what is refused comes before what is allowed, and nothing overrides either",
	Source:    policies.ToTheProviders,
	Component: policies.Network, STRIDE: "TD", Severity: policies.High,
	Fix:   "let firewall.New make the groups; rules as a text cannot be proved",
	Reads: []string{intent.VPCType, intent.FirewallPolicyType, intent.RuleGroupType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for vpc := range e.All(intent.VPCType) {
			f.Examined(vpc) // where there is no way out there is nothing to put in order
		}
		uses := map[*template.Resource]int{}
		for p := range e.All(intent.FirewallPolicyType) {
			f.Examined(p)
			for _, g := range checkOrder(e, f, p) {
				uses[g]++
			}
		}
		for g := range e.All(intent.RuleGroupType) {
			f.Examined(g)
			if uses[g] != 1 {
				f.Fail(g, "is used %d times, not once", uses[g])
			}
			checkRuleGroup(f, g)
		}
	},
}

// checkOrder judges what a policy refers to, and gives its groups.
func checkOrder(e *template.Estate, f *policies.Findings, p *template.Resource) []*template.Resource {
	references := p.Get("FirewallPolicy.StatefulRuleGroupReferences")
	if n := references.Len(); n != 2 {
		f.Fail(p, "has %d rule groups, not two", n)
	}
	at := map[string]int{}
	var groups []*template.Resource
	for _, r := range references.List() {
		g := e.Find(r.Get("ResourceArn"), intent.RuleGroupType)
		priority, ok := r.Get("Priority").Int()
		if g == nil || g.Stack != p.Stack || !ok || len(intent.UnexpectedKeys(r, "ResourceArn", "Priority")) > 0 {
			f.Fail(p, "%s is no group of its stack at a place of its own, as it is", r)
			continue
		}
		groups = append(groups, g)
		at[sourceOf(g)] = priority
	}
	if first, second := at["StatefulRules"], at["RulesSourceList"]; first < 1 || first >= second {
		f.Fail(p, "asks what is allowed at %d, and what is refused at %d: not after it", second, first)
	}
	return groups
}

// sourceOf is the one way that a group's rules are written, "" if there are none or several.
func sourceOf(g *template.Resource) string {
	keys := g.Get("RuleGroup.RulesSource").Keys()
	if len(keys) != 1 {
		return ""
	}
	return keys[0]
}

func checkRuleGroup(f *policies.Findings, g *template.Resource) {
	f.AllowOnly(g, "Capacity", "Description", "RuleGroup", "RuleGroupName", "Tags", "Type")
	if !g.Get("Type").Is("STATEFUL") || g.Get("RuleGroupName").Text() == "" {
		f.Fail(g, "is a %s group named %s", g.Get("Type"), g.Get("RuleGroupName"))
	}
	if order := g.Get("RuleGroup.StatefulRuleOptions"); !order.Get("RuleOrder").Is("STRICT_ORDER") || len(intent.UnexpectedKeys(order, "RuleOrder")) > 0 {
		f.Fail(g, "its options are %s, not a strict order and nothing else", order)
	}
	if more := intent.UnexpectedKeys(g.Get("RuleGroup"), "RulesSource", "StatefulRuleOptions"); len(more) > 0 {
		f.Fail(g, "has %v, which its rules would mean something else by", more)
	}
	size := g.Get("RuleGroup.RulesSource.StatefulRules").Len() + g.Get("RuleGroup.RulesSource.RulesSourceList.Targets").Len()
	if room, ok := g.Get("Capacity").Int(); !ok || room < 2*size || room > mostCapacity/2 {
		f.Fail(g, "has room for %s, and %d rules: it can never be given more", g.Get("Capacity"), size)
	}
	if from := sourceOf(g); from != "StatefulRules" && from != "RulesSourceList" {
		f.Fail(g, "its rules are written as %v, not as one structured list", g.Get("RuleGroup.RulesSource").Keys())
	}
}

// refused is what a firewall must drop, whatever it would allow: protocol, ports of the destination and Suricata's conditions.
type refused struct{ protocol, ports, conditions string }

// alwaysRefused is a second reading of "nothing leaves but TLS on 443", on purpose apart from what the firewall is built of. A name
// that is allowed is allowed on every port, and the default drops only what has been answered: so datagrams, and TCP to any other
// port, are refused by rules of their own, and on 443 what was seen to be anything but TLS.
var alwaysRefused = []refused{
	{"UDP", "ANY", ""},
	{"ICMP", "ANY", ""},
	{"TCP", "1:442", ""},
	{"TCP", "444:65535", ""},
	{"HTTP", "443", ""},
	{"TCP", "443", "app-layer-protocol:!tls flow:to_server"},
}

var whatIsNotTLSIsRefused = policies.Policy{
	ID: "NET-19", Title: "Every firewall drops, from the whole VPC to anywhere: datagrams (QUIC, DNS), ICMP, TCP to any port but 443, and there what is not TLS",
	Source:    policies.ToTheProviders,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix:   "let firewall.New make the group; a rule more is stated among alwaysRefused",
	Reads: []string{intent.VPCType, intent.RuleGroupType},
	Check: func(e *template.Estate, f *policies.Findings) {
		has := map[*template.Stack]int{}
		for g := range e.All(intent.RuleGroupType) {
			f.Examined(g)
			if sourceOf(g) == "StatefulRules" {
				has[g.Stack]++
				checkRefused(f, g)
			}
		}
		oneForEachWayOut(e, f, has, "refuses what is not TLS")
	},
}

// oneForEachWayOut reports a VPC with NAT gateways whose stack has not exactly one of a kind, and one without that has any.
func oneForEachWayOut(e *template.Estate, f *policies.Findings, has map[*template.Stack]int, what string) {
	for vpc := range e.All(intent.VPCType) {
		f.Examined(vpc)
		want := 0
		if intent.HasNAT(vpc) {
			want = 1
		}
		if has[vpc.Stack] != want {
			f.Fail(vpc, "has %d rule groups of what %s, not %d", has[vpc.Stack], what, want)
		}
	}
}

func checkRefused(f *policies.Findings, g *template.Resource) {
	missing := map[refused]bool{}
	for _, r := range alwaysRefused {
		missing[r] = true
	}
	sids := map[string]bool{}
	for i, rule := range g.Get("RuleGroup.RulesSource.StatefulRules").List() {
		header := rule.Get("Header")
		conditions, sid := conditionsOf(rule)
		if n, err := strconv.Atoi(sid); err != nil || n < 1 || sids[sid] {
			f.Fail(g, "rule %d has no number of its own: %q", i, sid)
		}
		sids[sid] = true
		r := refused{header.Get("Protocol").Text(), header.Get("DestinationPort").Text(), conditions}
		whole := header.Get("Source").Is(g.Stack.Intent().Get("cidr").Text()) && header.Get("SourcePort").Is("ANY") &&
			header.Get("Destination").Is("ANY") && header.Get("Direction").Is("FORWARD")
		if !whole || !missing[r] || !rule.Get("Action").Is("DROP") {
			f.Fail(g, "rule %d is %s, which is none of those that must be, or one again", i, rule)
			continue
		}
		delete(missing, r)
	}
	for r := range missing {
		f.Fail(g, "does not drop %s to port %s %s", r.protocol, r.ports, r.conditions)
	}
}

// conditionsOf are a rule's options, sorted, without its number.
func conditionsOf(rule template.Value) (conditions, sid string) {
	var list []string
	for _, o := range rule.Get("RuleOptions").List() {
		setting := strings.Join(intent.Texts(o.Get("Settings")), ",")
		if o.Get("Keyword").Is("sid") && sid == "" {
			sid = setting
		} else {
			list = append(list, o.Get("Keyword").Text()+":"+setting)
		}
	}
	slices.Sort(list)
	return strings.Join(list, " "), sid
}

// exactHost is the whole name of a host: of two labels at least, and without a dot before the first, which would mean all below it.
var exactHost = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)

var onlyTheHostsAreAllowed = policies.Policy{
	ID: "NET-20", Title: "A firewall lets through TLS to exactly the hosts of the LLM providers, by their whole names",
	Source:    policies.ToTheProviders,
	Component: policies.LLMContext, STRIDE: "TI", Severity: policies.High,
	Fix:   "name the provider's hosts under llm in environment.yaml; AWS's own are reached by endpoints",
	Reads: []string{intent.VPCType, intent.RuleGroupType},
	Check: func(e *template.Estate, f *policies.Findings) {
		has := map[*template.Stack]int{}
		for g := range e.All(intent.RuleGroupType) {
			f.Examined(g)
			if sourceOf(g) == "RulesSourceList" {
				has[g.Stack]++
				checkAllowed(f, g)
			}
		}
		oneForEachWayOut(e, f, has, "is allowed")
	},
}

func checkAllowed(f *policies.Findings, g *template.Resource) {
	list := g.Get("RuleGroup.RulesSource.RulesSourceList")
	if !list.Get("GeneratedRulesType").Is("ALLOWLIST") || !slices.Equal(intent.Texts(list.Get("TargetTypes")), []string{"TLS_SNI"}) ||
		len(intent.UnexpectedKeys(list, "GeneratedRulesType", "Targets", "TargetTypes")) > 0 {
		f.Fail(g, "is %s of %s, not the names allowed in TLS alone", list.Get("GeneratedRulesType"), list.Get("TargetTypes"))
	}
	meant := g.Stack.Intent().Get("hosts")
	targets := list.Get("Targets")
	if targets.HasUnknown() || targets.Len() == 0 || targets.Len() != meant.Len() || !intent.SameSet(intent.Texts(targets), intent.Texts(meant)) {
		f.Fail(g, "allows %s, and %s were meant", targets, meant)
	}
	for _, host := range intent.Texts(targets) {
		if !exactHost.MatchString(host) || strings.HasSuffix(host, ".amazonaws.com") {
			f.Fail(g, "%q is not the whole name of a host outside AWS", host)
		}
	}
}
