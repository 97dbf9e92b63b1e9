package reach

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// dnsRule is a rule of the resolver's firewall; the first that means a name decides.
type dnsRule struct {
	r               *template.Resource
	group, priority int
	action          string
	names           []string
	trusts          bool // also where the name leads on to
}

// Resolves reports whether the VPC's resolver answers for a name: a query can tell the name's owner anything.
func (n *Network) Resolves(name string) (bool, Hop) {
	r := n.resolves(name)
	return r.open, Hop{What: DNS, Why: r.why, Stops: !r.open}
}

// resolution is what the resolver does with a name: whether it answers, whether it does so wherever the name may lead
// on to, and by what.
type resolution struct {
	open, always bool
	why          string
}

// resolves returns what the VPC's resolver does with a name.
func (n *Network) resolves(name string) resolution {
	known, ok := n.resolved[name]
	if !ok {
		known.open, known.always, known.why = n.resolve(name)
		n.resolved[name] = known
	}
	return known
}

func (n *Network) resolve(name string) (open, always bool, why string) {
	name = strings.TrimSuffix(strings.ToLower(name), ".") + "."
	for _, r := range n.resolver {
		if !r.means(name) {
			continue
		}
		why = fmt.Sprintf("DNS firewall %s rule %d: %s %s", r.r.ID, r.priority, strings.ToLower(r.action), name)
		if r.action == "BLOCK" {
			return false, false, why
		}
		if !r.trusts && r.action == "ALLOW" && slices.ContainsFunc(n.resolver, func(o dnsRule) bool { return o.action == "BLOCK" && o.means("redirected.example.") }) {
			return true, false, why + ", and what it leads on to must be allowed by itself"
		}
		return true, true, why
	}
	if len(n.resolver) == 0 {
		return true, true, "no DNS firewall is associated with the VPC, so every name is resolved"
	}
	return true, true, "no rule of the DNS firewall means " + name + ", so it is resolved"
}

// means reports whether a rule's list holds a name: *. is all, and *.name all below it ("Domain lists" of the
// Resolver's DNS Firewall).
func (r dnsRule) means(name string) bool {
	return slices.ContainsFunc(r.names, func(t string) bool {
		below, wild := strings.CutPrefix(t, "*")
		return t == name || wild && (below == "." || strings.HasPrefix(below, ".") && strings.HasSuffix(name, below))
	})
}

// readResolver reads the rule groups that are associated with each network, in the order of their evaluation.
func (r *reader) readResolver() {
	for _, t := range r.of["AWS::Route53Resolver::FirewallRuleGroupAssociation"] {
		n := r.vpcOf(t)
		group := r.e.Find(t.Get("FirewallRuleGroupId"), "AWS::Route53Resolver::FirewallRuleGroup")
		priority, ok := t.Get("Priority").Int()
		if n == nil || group == nil || !ok {
			r.doubt(t, "its rule group or its priority is none that can be known")
			continue
		}
		for _, v := range group.Get("FirewallRules").List() {
			n.resolver = append(n.resolver, r.dnsRule(group, priority, v))
		}
	}
	for _, n := range r.networks {
		slices.SortStableFunc(n.resolver, func(a, b dnsRule) int {
			return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.priority, b.priority))
		})
		for i := 1; i < len(n.resolver); i++ {
			if a, b := n.resolver[i-1], n.resolver[i]; a.group == b.group && a.priority == b.priority {
				r.doubt(b.r, "two rules have the priority %d", b.priority)
			}
		}
	}
}

func (r *reader) dnsRule(group *template.Resource, of int, v template.Value) dnsRule {
	r.only(group, v, "Action", "BlockOverrideDnsType", "BlockOverrideDomain", "BlockOverrideTtl", "BlockResponse", "FirewallDomainListId",
		"FirewallDomainRedirectionAction", "Priority")
	rule := dnsRule{r: group, group: of, action: v.Get("Action").Text(), trusts: v.Get("FirewallDomainRedirectionAction").Is("TRUST_REDIRECTION_DOMAIN")}
	priority, ok := v.Get("Priority").Int()
	list := r.e.Find(v.Get("FirewallDomainListId"), "AWS::Route53Resolver::FirewallDomainList")
	if list == nil || !ok || !slices.Contains([]string{"ALLOW", "BLOCK", "ALERT"}, rule.action) {
		r.doubt(group, "the action, priority or domain list of a rule cannot be known")
		return rule
	}
	rule.priority = priority
	for _, d := range list.Get("Domains").List() {
		rule.names = append(rule.names, strings.TrimSuffix(lower(d), ".")+".")
	}
	return rule
}
