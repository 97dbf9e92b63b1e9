package egress

import (
	"regexp"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var dnsPolicies = []policies.Policy{
	everyVPCHasOneGroupOfNameRules, onlyKnownNamesResolve, listsOfNamesAreWritten, everyVPCHasAQueryLog,
}

// everyVPCHasOneGroupOfNameRules holds the priority to those that the service takes.
var everyVPCHasOneGroupOfNameRules = policies.Policy{
	ID: "NET-23", Title: "Every VPC has exactly one group of DNS rules, protected from changes as its stack is",
	Source:    policies.NetworkRow,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix: "give the VPC its rules with resolver.NewFirewall",
	Count: []expect.Census{
		expect.One(intent.NameRulesOfType, "VpcId").Per(intent.VPCType),
		expect.One(intent.NameRulesOfType, "FirewallRuleGroupId").Per(intent.NameRulesType),
	},
	Expect: expect.Shapes{intent.NameRulesOfType: {
		"FirewallRuleGroupId": expect.Own(intent.NameRulesType),
		"VpcId":               expect.Own(intent.VPCType),
		"Priority":            expect.Between(101, 9899),
		"MutationProtection": expect.Equals("ENABLED, or DISABLED in a stack that may be deleted", func(at expect.At) string {
			if at.Stack().Intent().Get("protected").False() {
				return "DISABLED" // or the stack could not be deleted
			}
			return "ENABLED"
		}),
	}},
}

// onlyKnownNamesResolve stops DNS exfiltration: a resolver that answers queries for arbitrary names carries data to their
// owners. A host is often an alias of a name of a content network, which may be any. An alias among the other names must lead to
// one of them: a private name is an alias of a database's.
var onlyKnownNamesResolve = policies.Policy{
	ID: "NET-24", Title: "A VPC resolves the LLM hosts, AWS's names and the private zone's, and refuses every other",
	Source:    policies.ToTheProviders,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix: "name the host in environment.yaml's llm, and let resolver.NewFirewall make the rules",
	Expect: expect.Shapes{intent.NameRulesType: {"FirewallRules": expect.List(
		nameRule(hostsText, hostsOf, expect.Shape{
			"Action": expect.Is("ALLOW"), "FirewallDomainRedirectionAction": expect.Is("TRUST_REDIRECTION_DOMAIN")}),
		nameRule("AWS's names and the private zone's", ownNames, expect.Shape{
			"Action": expect.Is("ALLOW"), "FirewallDomainRedirectionAction": expect.Is("INSPECT_REDIRECTION_DOMAIN")}),
		nameRule("every name", func(*template.Stack) []string { return []string{"*"} }, expect.Shape{
			"Action": expect.Is("BLOCK"), "BlockResponse": expect.OneOf("NXDOMAIN", "NODATA")}),
	)}},
}

// nameRule is a rule of the DNS firewall about the names that a function gives, none if what is meant cannot be known.
func nameRule(text string, names func(*template.Stack) []string, shape expect.Shape) expect.Want {
	shape["Priority"] = ascending
	shape["FirewallDomainListId"] = ownThat(intent.NameListType, "a list of exactly "+text,
		func(at expect.At, l *template.Resource) bool {
			meant := names(at.Stack())
			return len(meant) > 0 && intent.SameList(namesOf(l), meant)
		})
	return expect.Object(shape)
}

func ownNames(s *template.Stack) []string {
	zone := s.Intent().Get("privateZone").Text()
	if !hostName.MatchString(zone) {
		return nil
	}
	return []string{"*.amazonaws.com", zone, "*." + zone}
}

// namesOf are the names on a list without the dot that ends them; "" for one that cannot be resolved.
func namesOf(list *template.Resource) []string {
	names := intent.Texts(list.Get("Domains"))
	for i, name := range names {
		names[i] = strings.TrimSuffix(name, ".")
	}
	return names
}

// listsOfNamesAreWritten asks for the form that the service keeps: any other differs from what is deployed for ever.
var listsOfNamesAreWritten = policies.Policy{
	ID: "NET-25", Title: "Every list of names is written in the template and belongs to exactly one group of rules",
	Source:    policies.ManagementPlane,
	Component: policies.Network, STRIDE: "TI", Severity: policies.Medium,
	Fix: "let resolver.NewFirewall make the list",
	Expect: expect.Shapes{intent.NameListType: {"Domains": expect.Each(expect.Matches(regexp.MustCompile(`^[^A-Z]*\.$`),
		"in lower case with a dot at its end", "evil.example", "Evil.example."))}},
	Reads: []string{intent.NameRulesType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for l := range e.All(intent.NameListType) {
			if n := len(e.Referrers(l, intent.NameRulesType, "FirewallRules", "FirewallDomainListId")); n != 1 {
				f.Fail(l, "belongs to %d groups of rules, must belong to 1", n)
			}
		}
	},
}
