package mutation

import (
	"strings"

	"livechat.example/cloud/policies/template"
)

const (
	firewall       = "AWS::NetworkFirewall::Firewall"
	firewallPolicy = "AWS::NetworkFirewall::FirewallPolicy"
	ruleGroup      = "AWS::NetworkFirewall::RuleGroup"
	firewallLog    = "AWS::NetworkFirewall::LoggingConfiguration"
	logPolicy      = "AWS::Logs::ResourcePolicy"
	publicBlock    = "AWS::EC2::VPCBlockPublicAccessOptions"
	exclusion      = "AWS::EC2::VPCBlockPublicAccessExclusion"
)

var firewallMutations = []mutation{
	{"NET-08", route, "leads past the firewall to the NAT gateway", inspected, edit(only("NatGatewayId", ref("EgressNatA")))},
	{"NET-08", route, "leads past the firewall to the internet gateway", inspected, edit(only("GatewayId", ref("Internet")))},
	{"NET-08", route, "leads to the next zone's firewall", inspected, edit(func(p map[string]any) { p["VpcEndpointId"] = nextEndpoint(p["VpcEndpointId"]) })},
	{"NET-08", route, "leads to a second endpoint", inspected, edit(func(p map[string]any) {
		p["VpcEndpointId"] = endpointOf("FirewallA", 1)
	})},
	{"NET-08", route, "leads back for more than the inspected subnet", toSubnet, set("DestinationCidrBlock", "10.0.0.0/8")},
	{"NET-08", route, "is of an app table", inspected, edit(func(p map[string]any) { p["RouteTableId"] = ref("AppRoutesA") })},
	{"NET-08", route, "is of a data table", inspected, edit(func(p map[string]any) { p["RouteTableId"] = ref("DataRoutesA") })},
	{"NET-08", route, "leads an app table to the internet gateway", through("GatewayId"), set("RouteTableId", ref("AppRoutesA"))},
	{"NET-08", route, "leads a data table to a NAT gateway", through("NatGatewayId"), set("RouteTableId", ref("DataRoutesB"))},
	{"NET-08", route, "leads an llm table to a NAT gateway", through("NatGatewayId"), set("RouteTableId", ref("LlmRoutesA"))},
	{"NET-08", firewall, "vanishes", nil, remove},
	{"NET-08", firewall, "stands in two subnets", nil, secondSubnet},
	{"NET-09", firewall, "turns into another endpoint of it", nil, become("AWS::NetworkFirewall::VpcEndpointAssociation")},
	{"NET-06", subnetRoutes, "takes the table of another tier", ofTier("App", "Llm", "Data"), set("RouteTableId", ref("EgressRoutesA"))},
	{"NET-07", subnetACL, "takes the NACL of another tier", ofTier("App", "Llm", "Data"), set("NetworkAclId", ref("PublicAcl"))},

	{"NET-16", firewall, "vanishes", nil, remove},
	{"NET-16", firewall, "stands in two subnets", nil, secondSubnet},
	{"NET-16", firewall, "takes IPv6", nil, set("SubnetMappings.0.IPAddressType", "DUALSTACK")},
	{"NET-16", firewall, "moves among the services", nil, set("SubnetMappings.0.SubnetId", ref("AppSubnetA"))},
	{"NET-16", firewall, "moves to another VPC", nil, set("VpcId", anotherVPC)},
	{"NET-16", firewall, "follows somebody's policy", nil, set("FirewallPolicyArn", "arn:aws:network-firewall:eu-west-1:444455556666:firewall-policy/theirs")},
	{"NET-16", firewall, "joins a transit gateway", nil, set("TransitGatewayId", "tgw-0123456789abcdef0")},
	{"NET-16", firewall, "may be deleted", guarded, drop("DeleteProtection")},
	{"NET-16", firewall, "may be given another policy", guarded, set("FirewallPolicyChangeProtection", false)},
	{"NET-16", firewall, "may be moved", guarded, set("SubnetChangeProtection", false)},
	{"NET-16", firewallPolicy, "vanishes", nil, remove},
	{"NET-16", subnet, "is one more without a firewall", tiered("app"), retag("firewall", "app")},

	{"NET-17", firewallPolicy, "vanishes", nil, remove},
	{"NET-17", firewallPolicy, "passes what is not inspected", nil, set("FirewallPolicy.StatelessDefaultActions", []any{"aws:pass"})},
	{"NET-17", firewallPolicy, "passes fragments", nil, set("FirewallPolicy.StatelessFragmentDefaultActions", []any{"aws:pass"})},
	{"NET-17", firewallPolicy, "only alerts by default", nil, set("FirewallPolicy.StatefulDefaultActions", []any{"aws:alert_established"})},
	{"NET-17", firewallPolicy, "passes by default", nil, drop("FirewallPolicy.StatefulDefaultActions")},
	{"NET-17", firewallPolicy, "drops in silence", nil, set("FirewallPolicy.StatefulDefaultActions", []any{"aws:drop_established"})},
	{"NET-17", firewallPolicy, "orders by action", nil, set("FirewallPolicy.StatefulEngineOptions.RuleOrder", "DEFAULT_ACTION_ORDER")},
	{"NET-17", firewallPolicy, "drops its order", nil, drop("FirewallPolicy.StatefulEngineOptions.RuleOrder")},
	{"NET-17", firewallPolicy, "lets through what it joins midway", nil, set("FirewallPolicy.StatefulEngineOptions.StreamExceptionPolicy", "CONTINUE")},
	{"NET-17", firewallPolicy, "leaves that to the service", nil, drop("FirewallPolicy.StatefulEngineOptions.StreamExceptionPolicy")},
	{"NET-17", firewallPolicy, "has an empty own side", nil, set("FirewallPolicy.PolicyVariables.RuleVariables.HOME_NET", map[string]any{})},
	{"NET-17", firewallPolicy, "has no own side", nil, drop("FirewallPolicy.PolicyVariables")},
	{"NET-17", firewallPolicy, "has a part of the VPC for its own side", nil, set("FirewallPolicy.PolicyVariables.RuleVariables.HOME_NET.Definition", []any{"10.0.0.0/24"})},
	{"NET-17", firewallPolicy, "has everything for its own side", nil, set("FirewallPolicy.PolicyVariables.RuleVariables.HOME_NET.Definition", []any{"0.0.0.0/0"})},
	{"NET-17", firewallPolicy, "passes by a stateless rule", nil, set("FirewallPolicy.StatelessRuleGroupReferences", []any{
		map[string]any{"Priority": 1, "ResourceArn": ref("FirewallRefused")}})},
	{"NET-17", firewallPolicy, "opens the TLS", nil, set("FirewallPolicy.TLSInspectionConfigurationArn", "arn:aws:network-firewall:eu-west-1:444455556666:tls-configuration/theirs")},

	{"NET-18", firewallPolicy, "asks what is allowed first", nil, set("FirewallPolicy.StatefulRuleGroupReferences.0.Priority", 3)},
	{"NET-18", firewallPolicy, "asks both at once", nil, set("FirewallPolicy.StatefulRuleGroupReferences.0.Priority", 2)},
	{"NET-18", firewallPolicy, "drops the order of its groups", nil, drop("FirewallPolicy.StatefulRuleGroupReferences.0.Priority")},
	{"NET-18", firewallPolicy, "only alerts of what is refused", nil, set("FirewallPolicy.StatefulRuleGroupReferences.0.Override", map[string]any{"Action": "DROP_TO_ALERT"})},
	{"NET-18", firewallPolicy, "refuses nothing", nil, edit(func(p map[string]any) {
		policy := p["FirewallPolicy"].(map[string]any)
		policy["StatefulRuleGroupReferences"] = policy["StatefulRuleGroupReferences"].([]any)[1:]
	})},
	{"NET-18", firewallPolicy, "takes somebody's group", nil, set("FirewallPolicy.StatefulRuleGroupReferences.0.ResourceArn", "arn:aws:network-firewall:eu-west-1:444455556666:stateful-rulegroup/theirs")},
	{"NET-18", ruleGroup, "vanishes", nil, remove},
	{"NET-18", ruleGroup, "orders by action", nil, set("RuleGroup.StatefulRuleOptions.RuleOrder", "DEFAULT_ACTION_ORDER")},
	{"NET-18", ruleGroup, "drops its order", nil, drop("RuleGroup.StatefulRuleOptions")},
	{"NET-18", ruleGroup, "is written as a text", nil, set("RuleGroup.RulesSource", map[string]any{"RulesString": "pass tcp any any -> any any (sid:1;)"})},
	{"NET-18", ruleGroup, "becomes stateless", nil, set("Type", "STATELESS")},
	{"NET-18", ruleGroup, "has an own side of its own", nil, set("RuleGroup.RuleVariables", map[string]any{"IPSets": map[string]any{"HOME_NET": map[string]any{"Definition": []any{"192.0.2.0/24"}}}})},
	{"NET-18", ruleGroup, "has no room", nil, set("Capacity", 1)},

	{"NET-19", ruleGroup, "vanishes", refusing, remove},
	{"NET-19", ruleGroup, "lets UDP through", refusing, editRules(func(rules []any) []any { return rules[1:] })},
	{"NET-19", ruleGroup, "lets everything but TLS through on 443", refusing, editRules(func(rules []any) []any { return rules[:len(rules)-1] })},
	{"NET-19", ruleGroup, "only alerts of the first", refusing, set("RuleGroup.RulesSource.StatefulRules.0.Action", "ALERT")},
	{"NET-19", ruleGroup, "passes the first", refusing, set("RuleGroup.RulesSource.StatefulRules.0.Action", "PASS")},
	{"NET-19", ruleGroup, "refuses in a part of the VPC", refusing, set("RuleGroup.RulesSource.StatefulRules.2.Header.Source", "10.0.0.0/24")},
	{"NET-19", ruleGroup, "refuses DNS alone", refusing, set("RuleGroup.RulesSource.StatefulRules.0.Header.DestinationPort", "53")},
	{"NET-19", ruleGroup, "lets a port through", refusing, set("RuleGroup.RulesSource.StatefulRules.3.Header.DestinationPort", "854:65535")},
	{"NET-19", ruleGroup, "passes a rule more", refusing, editRules(func(rules []any) []any {
		return append([]any{map[string]any{"Action": "PASS", "Header": map[string]any{"Protocol": "IP", "Source": "ANY", "SourcePort": "ANY",
			"Direction": "ANY", "Destination": "ANY", "DestinationPort": "ANY"}, "RuleOptions": []any{map[string]any{"Keyword": "sid", "Settings": []any{"9"}}}}}, rules...)
	})},
	{"NET-19", ruleGroup, "numbers two alike", refusing, set("RuleGroup.RulesSource.StatefulRules.1.RuleOptions.0.Settings.0", "1")},

	{"NET-20", ruleGroup, "vanishes", allowing, remove},
	{"NET-20", ruleGroup, "gains a name", allowing, editHosts(func(hosts []any) []any { return append(hosts, "paste.example.com") })},
	{"NET-20", ruleGroup, "gains a whole domain", allowing, editHosts(func(hosts []any) []any { return append(hosts, ".openai.com") })},
	{"NET-20", ruleGroup, "gains a top-level domain", allowing, editHosts(func(hosts []any) []any { return append(hosts, "com") })},
	{"NET-20", ruleGroup, "exchanges a name for its domain", allowing, editHosts(func(hosts []any) []any { return append(hosts[1:], "."+hosts[0].(string)) })},
	{"NET-20", ruleGroup, "loses a name", allowing, editHosts(func(hosts []any) []any { return hosts[1:] })},
	{"NET-20", ruleGroup, "allows none", allowing, editHosts(func([]any) []any { return []any{} })},
	{"NET-20", ruleGroup, "becomes a list of what is denied", allowing, set("RuleGroup.RulesSource.RulesSourceList.GeneratedRulesType", "DENYLIST")},
	{"NET-20", ruleGroup, "allows plain text too", allowing, set("RuleGroup.RulesSource.RulesSourceList.TargetTypes", []any{"TLS_SNI", "HTTP_HOST"})},

	{"NET-21", firewallLog, "vanishes", nil, remove},
	{"NET-21", firewallLog, "records another firewall", nil, set("FirewallArn", "arn:aws:network-firewall:eu-west-1:444455556666:firewall/theirs")},
	{"NET-21", firewallLog, "records connections alone", nil, destinations(func(list []any) []any { return list[1:] })},
	{"NET-21", firewallLog, "records what was dropped alone", nil, destinations(func(list []any) []any { return list[:1] })},
	{"NET-21", firewallLog, "goes to somebody's bucket", nil, destinations(func(list []any) []any {
		list[0].(map[string]any)["LogDestinationType"], list[0].(map[string]any)["LogDestination"] = "S3", map[string]any{"bucketName": "somebody-elses"}
		return list
	})},
	{"NET-21", firewallLog, "goes to somebody's log group", nil, destinations(func(list []any) []any {
		list[1].(map[string]any)["LogDestination"] = map[string]any{"logGroup": "somebody-elses"}
		return list
	})},
	{"NET-21", firewallLog, "begins before it may write", nil, without("DependsOn")},
	{"NET-21", firewall, "vanishes", nil, remove},
	{"NET-21", logPolicy, "vanishes", ofLayer("network"), remove},
	{"NET-21", aLogGroup, "drops its key", ofFirewall, drop("KmsKeyId")},
	{"NET-21", aLogGroup, "vanishes", ofFirewall, remove},

	{"LOG-05", logPolicy, "vanishes", nil, remove},
	{"LOG-05", logPolicy, "loses its name", nil, drop("PolicyName")},
	{"LOG-05", logPolicy, "lets everybody in", nil, documentText("delivery.logs.amazonaws.com", "*")},
	{"LOG-05", logPolicy, "lets another service in", nil, documentText("delivery.logs.amazonaws.com", "es.amazonaws.com")},
	{"LOG-05", logPolicy, "lets more be done", nil, documentText("logs:PutLogEvents", "logs:*")},
	{"LOG-05", logPolicy, "acts for every account", nil, documentText("aws:SourceAccount", "aws:PrincipalAccount")},
	{"LOG-05", logPolicy, "acts for every source", nil, documentText("arn:aws:logs:", "arn:aws:*:")},

	{"NET-22", publicBlock, "vanishes", nil, remove},
	{"NET-22", publicBlock, "blocks one way", nil, set("InternetGatewayBlockMode", "block-ingress")},
	{"NET-22", publicBlock, "does not wait for the exclusions", nil, without("DependsOn")},
	{"NET-22", publicBlock, "opens the account when it goes", nil, without("DeletionPolicy")},
	{"NET-22", exclusion, "vanishes", nil, remove},
	{"NET-22", exclusion, "opens the NAT gateways' subnets both ways", mode("allow-egress"), set("InternetGatewayExclusionMode", "allow-bidirectional")},
	{"NET-22", exclusion, "shuts the load balancer in", mode("allow-bidirectional"), set("InternetGatewayExclusionMode", "allow-egress")},
	{"NET-22", exclusion, "takes a subnet of services out", nil, set("SubnetId", ref("AppSubnetA"))},
	{"NET-22", exclusion, "takes the whole VPC out", nil, edit(func(p map[string]any) { delete(p, "SubnetId"); p["VpcId"] = ref("Vpc") })},
}

// endpointOf is how a route names one of a firewall's endpoints.
func endpointOf(firewall string, i int) map[string]any {
	of := map[string]any{"Fn::GetAtt": []any{firewall, "EndpointIds"}}
	only := map[string]any{"Fn::Select": []any{i, of}}
	return map[string]any{"Fn::Select": []any{1, map[string]any{"Fn::Split": []any{":", only}}}}
}

// nextEndpoint is that of another zone's firewall.
func nextEndpoint(endpoint any) map[string]any {
	if template.Of(endpoint).Get("Fn::Select", "1", "Fn::Split", "1", "Fn::Select", "1", "Fn::GetAtt", "0").Is("FirewallA") {
		return endpointOf("FirewallB", 0)
	}
	return endpointOf("FirewallA", 0)
}

func secondSubnet(body map[string]any) map[string]any {
	return edit(func(p map[string]any) {
		p["SubnetMappings"] = append(p["SubnetMappings"].([]any), map[string]any{"SubnetId": ref("FirewallSubnetB")})
	})(body)
}

// editRules changes the rules of what is refused, editHosts the names of what is allowed, destinations where a log goes.
func editRules(change func([]any) []any) func(map[string]any) map[string]any {
	return editList("RuleGroup.RulesSource", "StatefulRules", change)
}

func editHosts(change func([]any) []any) func(map[string]any) map[string]any {
	return editList("RuleGroup.RulesSource.RulesSourceList", "Targets", change)
}

func destinations(change func([]any) []any) func(map[string]any) map[string]any {
	return editList("LoggingConfiguration", "LogDestinationConfigs", change)
}

func editList(path, key string, change func([]any) []any) func(map[string]any) map[string]any {
	return func(body map[string]any) map[string]any {
		at(body, strings.Split(path, "."), func(parent any) {
			p := parent.(map[string]any)
			p[key] = change(p[key].([]any))
		})
		return body
	}
}

// documentText replaces a part of the text of a policy of CloudWatch Logs.
func documentText(old, by string) func(map[string]any) map[string]any {
	return edit(func(p map[string]any) {
		parts := p["PolicyDocument"].(map[string]any)["Fn::Join"].([]any)[1].([]any)
		for i, part := range parts {
			if text, is := part.(string); is {
				parts[i] = strings.ReplaceAll(text, old, by)
			}
		}
	})
}

func inspected(r *template.Resource) bool { return !r.Get("VpcEndpointId").Missing() }

func toSubnet(r *template.Resource) bool {
	return inspected(r) && !r.Get("DestinationCidrBlock").Is("0.0.0.0/0")
}

func ofTier(tiers ...string) func(*template.Resource) bool {
	return func(r *template.Resource) bool {
		for _, tier := range tiers {
			if strings.HasPrefix(r.ID, tier) {
				return true
			}
		}
		return false
	}
}

func guarded(r *template.Resource) bool { return r.Get("DeleteProtection").True() }

func refusing(r *template.Resource) bool {
	return !r.Get("RuleGroup.RulesSource.StatefulRules").Missing()
}

func allowing(r *template.Resource) bool { return !refusing(r) }

func ofFirewall(r *template.Resource) bool {
	return strings.Contains(r.Path, "/FirewallAlerts") || strings.Contains(r.Path, "/FirewallFlows")
}

func mode(mode string) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return r.Get("InternetGatewayExclusionMode").Is(mode) }
}
