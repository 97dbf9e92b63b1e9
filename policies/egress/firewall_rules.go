package egress

import (
	"strconv"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// mostCapacity is what a firewall policy may hold of stateful rules ("AWS Network Firewall quotas").
const mostCapacity = 30_000

var ruleGroupsAreUsed = policies.Policy{
	ID: "NET-18", Title: "Every rule group is stateful, has room to grow, and belongs to exactly one firewall policy",
	Source:    policies.ToTheProviders,
	Component: policies.Network, STRIDE: "TD", Severity: policies.High,
	Fix:         "let firewall.New make the groups",
	MayBeAbsent: noWayOut,
	Expect: expect.Shapes{intent.RuleGroupType: {
		"Type":          expect.Is("STATEFUL"),
		"RuleGroupName": named,
		"Capacity":      capacity,
	}},
	Reads: []string{intent.FirewallPolicyType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for g := range e.All(intent.RuleGroupType) {
			n := len(e.Referrers(g, intent.FirewallPolicyType, "FirewallPolicy", "StatefulRuleGroupReferences", "ResourceArn"))
			if n != 1 {
				f.Fail(g, "belongs to %d firewall policies, must belong to 1", n)
			}
		}
	},
}

// capacity can never be changed, and the groups of a policy share [mostCapacity].
var capacity = expect.Want{Text: "between twice the number of its rules and 15000",
	Holds: func(at expect.At, v template.Value) bool {
		rules := at.Resource.Get("RuleGroup.RulesSource")
		size := rules.Get("StatefulRules").Len() + rules.Get("RulesSourceList.Targets").Len()
		room, ok := v.Int()
		return ok && 2*size <= room && room <= mostCapacity/2
	},
	Breaks: []any{1, mostCapacity}}

// A rule group is one structured list, of what is refused or of what is allowed: rules as a text cannot be proved.

func refuses(g *template.Resource) bool { return writtenAs(g, "StatefulRules", "RulesSourceList") }

func allows(g *template.Resource) bool { return writtenAs(g, "RulesSourceList", "StatefulRules") }

func writtenAs(g *template.Resource, key, not string) bool {
	is := g.Get("RuleGroup.RulesSource." + key)
	return !is.Missing() && !is.Unknown() && g.Get("RuleGroup.RulesSource."+not).Missing()
}

func not(is func(*template.Resource) bool) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return !is(r) }
}

func ruleGroup(source expect.Shape) expect.Shapes {
	return expect.Shapes{intent.RuleGroupType: {"RuleGroup": expect.Object(expect.Shape{
		"RulesSource":         expect.Object(source),
		"StatefulRuleOptions": expect.Object(expect.Shape{"RuleOrder": expect.Is("STRICT_ORDER")}),
	})}}
}

// whatIsNotTLSIsRefused is a second reading of "nothing leaves but TLS on 443", on purpose apart from what the firewall is built
// of. A name that is allowed is allowed on every port, and the default drops only what has been answered: so datagrams (QUIC,
// DNS), and TCP to any other port, are refused by rules of their own, and on 443 what was seen to be anything but TLS.
var whatIsNotTLSIsRefused = policies.Policy{
	ID: "NET-19", Title: "Every firewall drops whatever leaves the VPC but TLS to port 443",
	Source:    policies.ToTheProviders,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix:         "let firewall.New make the group; a rule more is stated here in its place",
	MayBeAbsent: noWayOut,
	Where:       not(allows),
	Expect: ruleGroup(expect.Shape{"StatefulRules": expect.List(
		drop(1, "UDP", "ANY"),
		drop(2, "ICMP", "ANY"),
		drop(3, "TCP", "1:442"),
		drop(4, "TCP", "444:65535"),
		drop(5, "HTTP", "443"),
		drop(6, "TCP", "443", option("app-layer-protocol", "!tls"), option("flow", "to_server")),
	)}),
}

// drop is a rule that drops what leaves the VPC by a protocol to a port, under Suricata's options. Its number is its place.
func drop(place int, protocol, port string, options ...expect.Want) expect.Want {
	return expect.Object(expect.Shape{
		"Action": expect.Is("DROP"),
		"Header": expect.Object(expect.Shape{
			"Protocol": expect.Is(protocol), "Direction": expect.Is("FORWARD"),
			"Source": expect.Intended("cidr"), "SourcePort": expect.Is("ANY"),
			"Destination": expect.Is("ANY"), "DestinationPort": expect.Is(port),
		}),
		"RuleOptions": expect.List(append([]expect.Want{option("sid", strconv.Itoa(place))}, options...)...),
	})
}

func option(keyword, setting string) expect.Want {
	return expect.Object(expect.Shape{"Keyword": expect.Is(keyword), "Settings": expect.Exactly(setting)})
}

var onlyTheHostsAreAllowed = policies.Policy{
	ID: "NET-20", Title: "A firewall lets through TLS to exactly the LLM providers' hosts, by their whole names",
	Source:    policies.ToTheProviders,
	Component: policies.LLMContext, STRIDE: "TI", Severity: policies.High,
	Fix:         "name the provider's hosts under llm in environment.yaml; AWS's own are reached by endpoints",
	MayBeAbsent: noWayOut,
	Where:       not(refuses),
	Expect: ruleGroup(expect.Shape{"RulesSourceList": expect.Object(expect.Shape{
		"GeneratedRulesType": expect.Is("ALLOWLIST"),
		"TargetTypes":        expect.Exactly("TLS_SNI"),
		"Targets":            targets,
	})}),
}

var targets = expect.Want{Text: "exactly " + hostsText,
	Holds: func(at expect.At, v template.Value) bool {
		hosts := hostsOf(at.Stack())
		return len(hosts) > 0 && intent.SameList(intent.Texts(v), hosts)
	},
	Breaks: []any{
		[]any{},
		alsoTo("paste.example.com"), alsoTo(".openai.com"), alsoTo("com"), alsoTo("s3.eu-west-1.amazonaws.com"),
		func(at expect.At) any { return hostsOf(at.Stack())[1:] },
		func(at expect.At) any {
			return append([]string{"." + hostsOf(at.Stack())[0]}, hostsOf(at.Stack())[1:]...)
		},
	}}

func alsoTo(host string) func(expect.At) any {
	return func(at expect.At) any { return append(hostsOf(at.Stack()), host) }
}
