package egress

import (
	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var firewallPolicies = []policies.Policy{
	everyZoneHasAFirewall, firewallsDropByDefault, ruleGroupsAreInOrder, whatIsNotTLSIsRefused, onlyTheHostsAreAllowed,
	firewallsAreRecorded,
}

var everyZoneHasAFirewall = policies.Policy{
	ID: "NET-16", Title: "Where there are NAT gateways every zone's firewall subnet has exactly one firewall, of that subnet alone, protected as intended; there is no other firewall",
	Source:    policies.ToTheProviders,
	Component: policies.Network, STRIDE: "TID", Severity: policies.High,
	Fix:   "let firewall.New make a firewall for each zone: of several subnets, nobody knows which endpoint stands where",
	Reads: []string{intent.VPCType, intent.SubnetType, intent.FirewallType, intent.FirewallPolicyType},
	Check: func(e *template.Estate, f *policies.Findings) {
		has := map[*template.Resource]int{}
		names := map[string]bool{}
		for w := range e.All(intent.FirewallType) {
			f.Examined(w)
			has[checkFirewall(e, f, w)]++
			name := w.Stack.Region + " " + w.Get("FirewallName").Text()
			if w.Get("FirewallName").Text() == "" || names[name] {
				f.Fail(w, "its name is %s, which another firewall of the region has, or none", w.Get("FirewallName"))
			}
			names[name] = true
		}
		for s := range e.All(intent.SubnetType) {
			f.Examined(s)
			want := 0
			if intent.TierOf(s) == "firewall" && intent.HasNAT(intent.VPCOf(e, s)) {
				want = 1
			}
			if has[s] != want {
				f.Fail(s, "has %d firewalls, not %d", has[s], want)
			}
		}
	},
}

// checkFirewall judges a firewall and gives its subnet, nil if that cannot be known.
func checkFirewall(e *template.Estate, f *policies.Findings, w *template.Resource) *template.Resource {
	f.AllowOnly(w, "DeleteProtection", "FirewallName", "FirewallPolicyArn", "FirewallPolicyChangeProtection", "SubnetChangeProtection",
		"SubnetMappings", "Tags", "VpcId")
	for _, property := range []string{"DeleteProtection", "FirewallPolicyChangeProtection", "SubnetChangeProtection"} {
		if on, meant := w.Get(property), w.Stack.Intent().Get("protected"); !meant.True() && !meant.False() || !on.Is(meant.Text()) {
			f.Fail(w, "%s is %s, and %s was meant", property, on, meant)
		}
	}
	if p := e.Find(w.Get("FirewallPolicyArn"), intent.FirewallPolicyType); p == nil || p.Stack != w.Stack {
		f.Fail(w, "follows no policy of its stack")
	}
	subnet := e.Find(w.Get("SubnetMappings.0.SubnetId"), intent.SubnetType)
	switch mappings := w.Get("SubnetMappings"); {
	case mappings.Len() != 1 || len(intent.UnexpectedKeys(mappings.Get("0"), "SubnetId")) > 0:
		f.Fail(w, "stands in %s, not in one subnet with IPv4 addresses", mappings)
	case subnet == nil || intent.VPCOf(e, subnet) == nil || intent.VPCOf(e, w) != intent.VPCOf(e, subnet):
		f.Fail(w, "stands in a subnet or VPC that cannot be known")
	}
	return subnet
}

var firewallsDropByDefault = policies.Policy{
	ID: "NET-17", Title: "A firewall sees every packet statefully and in strict order, drops and reports what no rule lets through, and takes the VPC's addresses for its own side",
	Source:    policies.ToTheProviders,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix:   "let firewall.New make the policy",
	Reads: []string{intent.VPCType, intent.FirewallType, intent.FirewallPolicyType},
	Check: func(e *template.Estate, f *policies.Findings) {
		inside := map[*template.Resource][]string{} // the blocks of the VPCs that follow a policy
		for w := range e.All(intent.FirewallType) {
			if vpc := intent.VPCOf(e, w); vpc != nil {
				p := e.Find(w.Get("FirewallPolicyArn"), intent.FirewallPolicyType)
				inside[p] = append(inside[p], vpc.Get("CidrBlock").Text())
			}
		}
		has := map[*template.Stack]int{}
		for p := range e.All(intent.FirewallPolicyType) {
			f.Examined(p)
			has[p.Stack]++
			checkFirewallPolicy(f, p, inside[p])
		}
		for vpc := range e.All(intent.VPCType) {
			f.Examined(vpc)
			want := 0
			if intent.HasNAT(vpc) {
				want = 1
			}
			if has[vpc.Stack] != want {
				f.Fail(vpc, "has %d firewall policies in its stack, not %d", has[vpc.Stack], want)
			}
		}
	},
}

// firewallDefaults are what a policy does with what no rule decides. "aws:drop_established" lets a TCP handshake through, since the
// name that is asked for comes after it ("Default actions for strict evaluation order").
var firewallDefaults = map[string][]string{
	"StatelessDefaultActions": {"aws:forward_to_sfe"}, "StatelessFragmentDefaultActions": {"aws:forward_to_sfe"},
	"StatefulDefaultActions": {"aws:drop_established", "aws:alert_established"},
}

func checkFirewallPolicy(f *policies.Findings, p *template.Resource, inside []string) {
	f.AllowOnly(p, "Description", "FirewallPolicy", "FirewallPolicyName", "Tags")
	if p.Get("FirewallPolicyName").Text() == "" {
		f.Fail(p, "has no name")
	}
	policy := p.Get("FirewallPolicy")
	for _, key := range intent.UnexpectedKeys(policy, "PolicyVariables", "StatefulDefaultActions", "StatefulEngineOptions", "StatefulRuleGroupReferences",
		"StatelessDefaultActions", "StatelessFragmentDefaultActions") {
		f.Fail(p, "%s is set, which nothing here needs", key)
	}
	for property, want := range firewallDefaults {
		if actions := policy.Get(property); actions.HasUnknown() || actions.Len() != len(want) || !intent.SameSet(intent.Texts(actions), want) {
			f.Fail(p, "%s is %s, not %v", property, actions, want)
		}
	}
	engine := policy.Get("StatefulEngineOptions")
	if !engine.Get("RuleOrder").Is("STRICT_ORDER") || len(intent.UnexpectedKeys(engine, "RuleOrder", "StreamExceptionPolicy")) > 0 {
		f.Fail(p, "its engine is %s, not strict in order and nothing else", engine)
	}
	if on := engine.Get("StreamExceptionPolicy"); !on.Is("DROP") && !on.Is("REJECT") {
		f.Fail(p, "a connection of which it missed the beginning is %s, not dropped", on)
	}
	variables := policy.Get("PolicyVariables.RuleVariables")
	home := variables.Get("HOME_NET.Definition")
	if home.HasUnknown() || home.Len() == 0 || !intent.SameSet(intent.Texts(home), inside) {
		f.Fail(p, "takes %s for its own side, and the firewalls' VPC is %v", home, inside)
	}
	if len(intent.UnexpectedKeys(variables, "HOME_NET"))+len(intent.UnexpectedKeys(policy.Get("PolicyVariables"), "RuleVariables"))+len(intent.UnexpectedKeys(variables.Get("HOME_NET"), "Definition")) > 0 {
		f.Fail(p, "has variables that nothing here needs")
	}
}
