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
	{"CDK-06", nameRules, "turns into a rule that forwards queries", nil, become("AWS::Route53Resolver::ResolverRule")},
	{"CDK-06", nameList, "turns into an endpoint that queries leave by", nil, become("AWS::Route53Resolver::ResolverEndpoint")},
	{"CDK-06", nameRulesOf, "turns into another resolver's setting", nil, become("AWS::Route53Resolver::ResolverConfig")},

	{"NET-23", nameRulesOf, "gives up its protection from changes", protected, set("MutationProtection", "DISABLED")},
	{"NET-23", nameRules, "vanishes", nil, remove},
	{"NET-23", vpc, "moves away from its rules", nil, remove},

	{"NET-24", nameList, "vanishes", nil, remove},
	{"NET-24", nameList, "gains a name", nil, adds("Domains", "evil.example.")},

	{"CDK-06", nameList, "is read from a foreign bucket", nil, set("DomainFileUrl", "s3://foreign/list")},
	{"NET-25", nameRules, "vanishes", nil, remove},

	{"NET-26", queryLog, "vanishes", nil, remove},
	{"NET-26", aLogGroup, "vanishes", ofQueries, remove},
	{"NET-26", vpc, "moves away from its record", nil, remove},
}

func ofQueries(r *template.Resource) bool { return r.Path == r.Stack.Name+"/QueryLogGroup/Resource" }

func protected(r *template.Resource) bool { return r.Stack.TerminationProtection }
