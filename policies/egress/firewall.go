package egress

import (
	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var firewallPolicies = []policies.Policy{
	everyZoneHasAFirewall, firewallsDropByDefault, ruleGroupsAreUsed, whatIsNotTLSIsRefused, onlyTheHostsAreAllowed,
	firewallsAreRecorded,
}

// everyZoneHasAFirewall holds each to one subnet: of a firewall in several, no one can tell which endpoint is in which.
var everyZoneHasAFirewall = policies.Policy{
	ID: "NET-16", Title: "Every firewall subnet of a VPC with NAT gateways has one firewall, other subnets have none",
	Source:    policies.ToTheProviders,
	Component: policies.Network, STRIDE: "TID", Severity: policies.High,
	Fix:         "let firewall.New make a firewall for each zone",
	MayBeAbsent: noWayOut,
	Expect: expect.Shapes{intent.FirewallType: {
		"FirewallName":      firewallName,
		"FirewallPolicyArn": expect.Own(intent.FirewallPolicyType),
		"VpcId":             expect.Own(intent.VPCType),
		"SubnetMappings": expect.List(expect.Object(expect.Shape{
			"SubnetId": ownThat(intent.SubnetType, "a subnet of its VPC", inItsVPC, intent.VPCType),
		})),
		"DeleteProtection":               expect.Intended("protected"),
		"FirewallPolicyChangeProtection": expect.Intended("protected"),
		"SubnetChangeProtection":         expect.Intended("protected"),
	}},
	Reads: []string{intent.SubnetType, intent.VPCType},
	Check: func(e *template.Estate, f *policies.Findings) {
		has := map[*template.Resource]int{}
		for w := range e.All(intent.FirewallType) {
			has[e.Find(w.Get("SubnetMappings.0.SubnetId"), intent.SubnetType)]++
		}
		for s := range e.All(intent.SubnetType) {
			f.Examined(s)
			want := 0
			if intent.TierOf(s) == "firewall" {
				want = byNAT(intent.VPCOf(e, s))
			}
			if has[s] != want {
				f.Fail(s, "has %d firewalls, must have %d", has[s], want)
			}
		}
	},
}

var firewallName = expect.Want{
	Text: "a name that no other firewall of the region has", Reads: []string{intent.FirewallType},
	Holds:  func(at expect.At, v template.Value) bool { return v.Text() != "" && !v.Is(nameOfAnother(at)) },
	Breaks: []any{"", func(at expect.At) any { return nameOfAnother(at) }},
}

// nameOfAnother is the name of another firewall of the region: the same as this one's if there is such a firewall.
func nameOfAnother(at expect.At) string {
	other := ""
	for w := range at.Estate.All(intent.FirewallType) {
		if w.Stack.Region == at.Stack().Region && w != at.Resource && other != at.Resource.Get("FirewallName").Text() {
			other = w.Get("FirewallName").Text()
		}
	}
	return other
}

// firewallsDropByDefault holds what a firewall does with what no rule decides. "aws:drop_established" lets a TCP handshake
// through, since the name that is asked for comes after it ("Default actions for strict evaluation order"). What is refused is
// asked first.
var firewallsDropByDefault = policies.Policy{
	ID: "NET-17", Title: "A firewall sees every packet statefully, and drops and reports what no rule lets through",
	Source:    policies.ToTheProviders,
	Component: policies.Network, STRIDE: "TID", Severity: policies.High,
	Fix:         "let firewall.New make the policy",
	MayBeAbsent: noWayOut,
	Expect: expect.Shapes{intent.FirewallPolicyType: {
		"FirewallPolicyName": named,
		"FirewallPolicy": expect.Object(expect.Shape{
			"StatelessDefaultActions":         expect.Exactly("aws:forward_to_sfe"),
			"StatelessFragmentDefaultActions": expect.Exactly("aws:forward_to_sfe"),
			"StatefulDefaultActions":          expect.Exactly("aws:drop_established", "aws:alert_established"),
			"StatefulEngineOptions": expect.Object(expect.Shape{
				"RuleOrder":             expect.Is("STRICT_ORDER"),
				"StreamExceptionPolicy": expect.OneOf("DROP", "REJECT").Because("it missed the beginning of the connection"),
			}),
			"PolicyVariables": expect.Object(expect.Shape{"RuleVariables": expect.Object(expect.Shape{
				"HOME_NET": expect.Object(expect.Shape{"Definition": expect.List(expect.Intended("cidr"))}),
			})}),
			"StatefulRuleGroupReferences": expect.List(
				groupAsked("the group of what is refused", refuses),
				groupAsked("the group of what is allowed", allows)),
		}),
	}},
	Reads: []string{intent.VPCType, intent.FirewallType},
	Check: func(e *template.Estate, f *policies.Findings) {
		has := map[*template.Stack]int{}
		for p := range e.All(intent.FirewallPolicyType) {
			if has[p.Stack]++; len(e.Referrers(p, intent.FirewallType, "FirewallPolicyArn")) == 0 {
				f.Fail(p, "has 0 firewalls, must have at least 1")
			}
		}
		for vpc := range e.All(intent.VPCType) {
			f.Examined(vpc)
			if n, want := has[vpc.Stack], byNAT(vpc); n != want {
				f.Fail(vpc, "has %d firewall policies in its stack, must have %d", n, want)
			}
		}
	},
}

// groupAsked is a reference to a rule group at its place in the order, which nothing overrides.
func groupAsked(text string, is func(*template.Resource) bool) expect.Want {
	return expect.Object(expect.Shape{
		"ResourceArn": ownThat(intent.RuleGroupType, text, func(_ expect.At, g *template.Resource) bool { return is(g) }),
		"Priority":    ascending,
	})
}
