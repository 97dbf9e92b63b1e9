package egress

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var dnsPolicies = []policies.Policy{everyVPCHasOneGroupOfNameRules, onlyKnownNamesResolve, listsOfNamesAreWritten, everyVPCHasAQueryLog}

var everyVPCHasOneGroupOfNameRules = policies.Policy{
	ID: "NET-23", Title: "Every VPC has exactly one group of DNS rules, and it is protected from changes where its stack is",
	Source:    policies.NetworkRow,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix:   "give the VPC its rules with resolver.NewFirewall",
	Reads: []string{intent.VPCType, intent.NameRulesType, intent.NameRulesOfType},
	Check: func(e *template.Estate, f *policies.Findings) {
		has, serves := map[*template.Resource]int{}, map[*template.Resource]int{}
		for a := range e.All(intent.NameRulesOfType) {
			f.Examined(a)
			checkNameRulesOf(f, a)
			vpc, rules := intent.VPCOf(e, a), e.Find(a.Get("FirewallRuleGroupId"), intent.NameRulesType)
			if vpc == nil || rules == nil || rules.Stack != vpc.Stack {
				f.Fail(a, "joins a VPC with rules that are not of its stack, or cannot be known")
				continue
			}
			has[vpc]++
			serves[rules]++
		}
		for v := range e.All(intent.VPCType) {
			f.Examined(v)
			if has[v] != 1 {
				f.Fail(v, "has %d groups of DNS rules, not one", has[v])
			}
		}
		for r := range e.All(intent.NameRulesType) {
			f.Examined(r)
			if serves[r] != 1 {
				f.Fail(r, "is the DNS rules of %d VPCs, not of one", serves[r])
			}
		}
	},
}

// checkNameRulesOf holds an association to a priority that the service takes, and to the protection that its stack was meant to have.
func checkNameRulesOf(f *policies.Findings, a *template.Resource) {
	f.AllowOnly(a, "FirewallRuleGroupId", "MutationProtection", "Name", "Priority", "Tags", "VpcId")
	if p, ok := a.Get("Priority").Int(); !ok || p <= 100 || p >= 9900 {
		f.Fail(a, "its priority is %s, and the service takes 101 to 9899", a.Get("Priority"))
	}
	meant := "ENABLED"
	if a.Stack.Intent().Get("protected").False() {
		meant = "DISABLED" // or a stack that comes and goes could not go
	}
	if !a.Get("MutationProtection").Is(meant) {
		f.Fail(a, "its protection from changes is %s, not %s", a.Get("MutationProtection"), meant)
	}
}

var onlyKnownNamesResolve = policies.Policy{
	ID: "NET-24", Title: "In every VPC the declared LLM hosts, AWS's names and the private zone's are resolved, and every other name is refused",
	Source:    policies.ToTheProviders,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix:   "name the host in environment.yaml's llm, and let resolver.NewFirewall make the rules",
	Reads: []string{intent.VPCType, intent.NameListType, intent.NameRulesType, intent.NameRulesOfType},
	Check: func(e *template.Estate, f *policies.Findings) {
		ruled := map[*template.Resource]bool{}
		for a := range e.All(intent.NameRulesOfType) {
			vpc, rules := intent.VPCOf(e, a), e.Find(a.Get("FirewallRuleGroupId"), intent.NameRulesType)
			if vpc == nil || rules == nil {
				continue // it leaves its VPC without rules
			}
			ruled[vpc] = true
			meant, err := nameRulesMeant(vpc)
			if err != nil {
				f.FailStack(vpc.Stack, "%v", err)
				continue
			}
			checkNameRules(e, f, rules, meant)
		}
		for v := range e.All(intent.VPCType) {
			f.Examined(v)
			if !ruled[v] {
				f.Fail(v, "resolves every name that there is")
			}
		}
	},
}

// nameRule is one rule of the DNS firewall.
type nameRule struct {
	names               []string
	action, redirection string
}

var hostName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$`)

// nameRulesMeant are a VPC's, in the order in which they must be asked. A host is often an alias of a name of a content network,
// which may be any. An alias among the other names must lead to one of them: a private name is an alias of a database's.
func nameRulesMeant(vpc *template.Resource) ([]nameRule, error) {
	hosts, zone := intent.Texts(vpc.Stack.Intent().Get("hosts")), vpc.Stack.Intent().Get("privateZone").Text()
	for _, name := range append(hosts, zone) {
		if !hostName.MatchString(name) {
			return nil, fmt.Errorf("%q is declared, which is no exact name of a host or zone", name)
		}
	}
	if len(hosts) == 0 {
		return nil, fmt.Errorf("no host is declared, so what may be resolved cannot be known")
	}
	return []nameRule{
		{hosts, "ALLOW", "TRUST_REDIRECTION_DOMAIN"},
		{[]string{"*.amazonaws.com", zone, "*." + zone}, "ALLOW", "INSPECT_REDIRECTION_DOMAIN"},
		{[]string{"*"}, "BLOCK", ""},
	}, nil
}

// checkNameRules holds the rules of a group, in the order of their priorities, against those that are meant.
func checkNameRules(e *template.Estate, f *policies.Findings, group *template.Resource, meant []nameRule) {
	f.AllowOnly(group, "FirewallRules", "Name", "Tags")
	rules := group.Get("FirewallRules").List()
	taken := map[int]bool{}
	for _, r := range rules {
		p, ok := r.Get("Priority").Int()
		if !ok || taken[p] {
			f.Fail(group, "a rule's priority is %s: unknown, or another's", r.Get("Priority"))
			return
		}
		taken[p] = true
	}
	slices.SortStableFunc(rules, func(a, b template.Value) int {
		x, _ := a.Get("Priority").Int()
		y, _ := b.Get("Priority").Int()
		return cmp.Compare(x, y)
	})
	if len(rules) != len(meant) {
		f.Fail(group, "has %d rules, not %d", len(rules), len(meant))
		return
	}
	for i, r := range rules {
		checkNameRule(e, f, group, i+1, r, meant[i])
	}
}

func checkNameRule(e *template.Estate, f *policies.Findings, group *template.Resource, n int, r template.Value, meant nameRule) {
	for _, property := range intent.UnexpectedKeys(r, "Action", "BlockResponse", "FirewallDomainListId", "FirewallDomainRedirectionAction", "Priority") {
		f.Fail(group, "rule %d: %s is set, so that it does not speak of every query for its names", n, property)
	}
	if !r.Get("Action").Is(meant.action) {
		f.Fail(group, "rule %d: its action is %s, not %s", n, r.Get("Action"), meant.action)
	}
	if got := namesOf(e.Find(r.Get("FirewallDomainListId"), intent.NameListType)); !intent.SameSet(got, meant.names) {
		f.Fail(group, "rule %d: its names are %v, not %v", n, got, meant.names)
	}
	if to := r.Get("FirewallDomainRedirectionAction"); to.Text() != meant.redirection || to.HasUnknown() {
		f.Fail(group, "rule %d: what it does about aliases is %s, not %q", n, to, meant.redirection)
	}
	blocks := r.Get("BlockResponse")
	if meant.action == "BLOCK" && !blocks.Is("NXDOMAIN") && !blocks.Is("NODATA") || meant.action != "BLOCK" && !blocks.Missing() {
		f.Fail(group, "rule %d: it answers %s", n, blocks)
	}
}

// namesOf are the names on a list, in lower case and without the dot that ends them; "" for one that cannot be resolved.
func namesOf(list *template.Resource) []string {
	if list == nil {
		return nil
	}
	var names []string
	for _, v := range list.Get("Domains").List() {
		names = append(names, strings.TrimSuffix(strings.ToLower(v.Text()), "."))
	}
	return names
}

var listsOfNamesAreWritten = policies.Policy{
	ID: "NET-25", Title: "Every list of names stands in the template, in the form that the service keeps, and serves exactly one rule",
	Source:    policies.ManagementPlane,
	Component: policies.Network, STRIDE: "TI", Severity: policies.Medium,
	Fix:   "let resolver.NewFirewall make the list",
	Reads: []string{intent.NameListType, intent.NameRulesType},
	Check: func(e *template.Estate, f *policies.Findings) {
		serves := map[*template.Resource]int{}
		for g := range e.All(intent.NameRulesType) {
			f.Examined(g)
			for _, r := range g.Get("FirewallRules").List() {
				serves[e.Find(r.Get("FirewallDomainListId"), intent.NameListType)]++
			}
		}
		if n := serves[nil]; n > 0 {
			f.FailEstate("%d rules are of lists that are not the estate's", n)
		}
		for l := range e.All(intent.NameListType) {
			f.Examined(l)
			f.AllowOnly(l, "Domains", "Name", "Tags")
			if serves[l] != 1 {
				f.Fail(l, "serves %d rules, not one", serves[l])
			}
			checkNames(f, l)
		}
	},
}

func checkNames(f *policies.Findings, l *template.Resource) {
	seen := map[string]bool{}
	for _, v := range l.Get("Domains").List() {
		name := v.Text()
		if !strings.HasSuffix(name, ".") || name != strings.ToLower(name) || seen[name] {
			f.Fail(l, "%s is there twice, or not in lower case with a dot at the end", v)
		}
		seen[name] = true
	}
	if len(seen) == 0 {
		f.Fail(l, "names nothing")
	}
}
