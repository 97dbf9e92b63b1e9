package mutation

import "livechat.example/cloud/policies/template"

const (
	nameList    = "AWS::Route53Resolver::FirewallDomainList"
	nameRules   = "AWS::Route53Resolver::FirewallRuleGroup"
	nameRulesOf = "AWS::Route53Resolver::FirewallRuleGroupAssociation"
	queryLog    = "AWS::Route53Resolver::ResolverQueryLoggingConfig"
	queryLogOf  = "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation"
)

var dnsMutations = []mutation{
	{"NET-09", nameRules, "turns into a rule that forwards queries", nil, become("AWS::Route53Resolver::ResolverRule")},
	{"NET-09", nameList, "turns into an endpoint that queries leave by", nil, become("AWS::Route53Resolver::ResolverEndpoint")},
	{"NET-09", nameRulesOf, "turns into another resolver's setting", nil, become("AWS::Route53Resolver::ResolverConfig")},

	{"NET-23", nameRulesOf, "vanishes", nil, remove},
	{"NET-23", nameRulesOf, "is for another VPC", nil, set("VpcId", anotherVPC)},
	{"NET-23", nameRulesOf, "is of somebody's rules", nil, set("FirewallRuleGroupId", "rslvr-frg-0123456789abcdef")},
	{"NET-23", nameRulesOf, "drops its protection from changes", nil, drop("MutationProtection")},
	{"NET-23", nameRulesOf, "gives up its protection from changes", protected, set("MutationProtection", "DISABLED")},
	{"NET-23", nameRulesOf, "takes a priority that is not free to take", nil, set("Priority", 100)},
	{"NET-23", nameRules, "vanishes", nil, remove},
	{"NET-23", vpc, "moves away from its rules", nil, remove},

	{"NET-24", nameRulesOf, "vanishes", nil, remove},
	{"NET-24", nameRules, "vanishes", nil, remove},
	{"NET-24", nameRules, "is emptied", nil, set("FirewallRules", []any{})},
	{"NET-24", nameRules, "loses its last rule", nil, edit(func(p map[string]any) { p["FirewallRules"] = p["FirewallRules"].([]any)[:2] })},
	{"NET-24", nameRules, "only alerts", nil, set("FirewallRules.2.Action", "ALERT")},
	{"NET-24", nameRules, "allows what it blocked", nil, set("FirewallRules.2.Action", "ALLOW")},
	{"NET-24", nameRules, "does not say how it blocks", nil, drop("FirewallRules.2.BlockResponse")},
	{"NET-24", nameRules, "answers with somebody's name", nil, edit(func(p map[string]any) {
		rule := p["FirewallRules"].([]any)[2].(map[string]any)
		rule["BlockResponse"], rule["BlockOverrideDomain"] = "OVERRIDE", "evil.example"
		rule["BlockOverrideDnsType"], rule["BlockOverrideTtl"] = "CNAME", 60
	})},
	{"NET-24", nameRules, "blocks one type of query", nil, set("FirewallRules.2.Qtype", "A")},
	{"NET-24", nameRules, "allows one type of query", nil, set("FirewallRules.0.Qtype", "AAAA")},
	{"NET-24", nameRules, "blocks first", nil, set("FirewallRules.2.Priority", 1)},
	{"NET-24", nameRules, "blocks at a priority that is taken", nil, set("FirewallRules.2.Priority", 200)},
	{"NET-24", nameRules, "blocks by what AWS thinks a threat", nil, edit(func(p map[string]any) {
		rule := p["FirewallRules"].([]any)[2].(map[string]any)
		delete(rule, "FirewallDomainListId")
		rule["DnsThreatProtection"], rule["ConfidenceThreshold"] = "DNS_TUNNELING", "HIGH"
	})},
	{"NET-24", nameRules, "blocks somebody's list", nil, set("FirewallRules.2.FirewallDomainListId", "rslvr-fdl-0123456789abcdef")},
	{"NET-24", nameRules, "follows aliases of its own names anywhere", nil, set("FirewallRules.1.FirewallDomainRedirectionAction", "TRUST_REDIRECTION_DOMAIN")},
	{"NET-24", nameRules, "does not follow the hosts' aliases", nil, drop("FirewallRules.0.FirewallDomainRedirectionAction")},
	{"NET-24", nameRules, "allows one list more", nil, edit(func(p map[string]any) {
		p["FirewallRules"] = append(p["FirewallRules"].([]any), map[string]any{
			"Action": "ALLOW", "Priority": 150, "FirewallDomainListId": "rslvr-fdl-0123456789abcdef"})
	})},
	{"NET-24", nameList, "vanishes", nil, remove},
	{"NET-24", nameList, "gains a name", nil, gaining("evil.example.")},
	{"NET-24", nameList, "gains a domain with all that is in it", nil, gaining("*.com.")},
	{"NET-24", nameList, "gains every name", allows, gaining("*.")},
	{"NET-24", nameList, "allows every name", allows, set("Domains", []any{"*."})},
	{"NET-24", nameList, "blocks a name alone", blocks, set("Domains", []any{"evil.example."})},
	{"NET-24", nameList, "is emptied", nil, set("Domains", []any{})},

	{"NET-25", nameList, "is read from somebody's bucket", nil, set("DomainFileUrl", "s3://somebodys/list")},
	{"NET-25", nameList, "is emptied", nil, drop("Domains")},
	{"NET-25", nameList, "names something in another way than the service", nil, gaining("Evil.example")},
	{"NET-25", nameRules, "vanishes", nil, remove},
	{"NET-25", nameRules, "is of somebody's list", nil, set("FirewallRules.0.FirewallDomainListId", "rslvr-fdl-0123456789abcdef")},

	{"NET-26", queryLogOf, "vanishes", nil, remove},
	{"NET-26", queryLogOf, "is for another VPC", nil, set("ResourceId", anotherVPC)},
	{"NET-26", queryLogOf, "is of somebody's record", nil, set("ResolverQueryLogConfigId", "rqlc-0123456789abcdef")},
	{"NET-26", queryLog, "vanishes", nil, remove},
	{"NET-26", queryLog, "goes to somebody's bucket", nil, set("DestinationArn", "arn:aws:s3:::somebody-elses")},
	{"NET-26", queryLog, "goes to somebody's stream", nil, set("DestinationArn", "arn:aws:firehose:eu-west-1:444455556666:deliverystream/theirs")},
	{"NET-26", queryLog, "does not wait for its permission", nil, without("DependsOn")},
	{"NET-26", aLogGroup, "vanishes", ofQueries, remove},
	{"NET-26", aLogGroup, "drops its key", ofQueries, drop("KmsKeyId")},
	{"NET-26", aLogGroup, "goes with its stack", ofQueries, without("DeletionPolicy")},
	{"NET-26", vpc, "moves away from its record", nil, remove},
}

func ofQueries(r *template.Resource) bool { return r.Path == r.Stack.Name+"/QueryLogGroup/Resource" }

// gaining adds a name to a list.
func gaining(name string) func(map[string]any) map[string]any {
	return edit(func(p map[string]any) { p["Domains"] = append(p["Domains"].([]any), name) })
}

func protected(r *template.Resource) bool { return r.Stack.TerminationProtection }

func blocks(list *template.Resource) bool { return list.Get("Domains.0").Is("*.") }

func allows(list *template.Resource) bool { return !blocks(list) }
