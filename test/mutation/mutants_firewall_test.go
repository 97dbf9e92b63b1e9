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
	{"CDK-06", firewall, "turns into another endpoint of it", nil, become("AWS::NetworkFirewall::VpcEndpointAssociation")},
	{"NET-06", subnetRoutes, "takes the table of another tier", ofTier("App", "Llm", "Data"), set("RouteTableId", ref("EgressRoutesA"))},
	{"NET-07", subnetACL, "takes the NACL of another tier", ofTier("App", "Llm", "Data"), set("NetworkAclId", ref("PublicAcl"))},

	{"NET-16", firewall, "vanishes", nil, remove},
	{"NET-16", firewall, "moves among the services", nil, set("SubnetMappings.0.SubnetId", ref("AppSubnetA"))},
	{"NET-16", firewall, "may be deleted", guarded, set("DeleteProtection", false)},
	{"NET-16", firewall, "may be given another policy", guarded, set("FirewallPolicyChangeProtection", false)},
	{"NET-16", firewall, "may be moved", guarded, set("SubnetChangeProtection", false)},
	{"NET-16", firewallPolicy, "vanishes", nil, remove},
	{"NET-16", subnet, "is one more without a firewall", tiered("app"), retag("firewall", "app")},
	{"CDK-06", firewall, "joins a transit gateway", nil, set("TransitGatewayId", "tgw-0123456789abcdef0")},

	{"NET-17", firewallPolicy, "vanishes", nil, remove},
	{"NET-17", firewallPolicy, "does not wait for the name of a ClientHello in two segments", nil, set("FirewallPolicy.StatefulDefaultActions", []any{"aws:drop_established", "aws:alert_established"})},
	{"NET-17", firewallPolicy, "asks what is allowed first", nil, set("FirewallPolicy.StatefulRuleGroupReferences.0.Priority", 3)},
	{"NET-17", ruleGroup, "vanishes", nil, remove},
	{"NET-17", ruleGroup, "is written as a text", nil, set("RuleGroup.RulesSource", map[string]any{"RulesString": "pass tcp any any -> any any (sid:1;)"})},

	{"NET-21", firewallLog, "goes to a bucket", nil, set("LoggingConfiguration.LogDestinationConfigs.0", map[string]any{
		"LogType": "ALERT", "LogDestinationType": "S3", "LogDestination": map[string]any{"bucketName": "theirs"}})},
	{"NET-21", firewall, "vanishes", nil, remove},
	{"NET-21", logPolicy, "vanishes", ofLayer("network"), remove},
	{"NET-21", aLogGroup, "vanishes", ofFirewall, remove},

	{"LOG-05", logPolicy, "vanishes", nil, remove},
	{"LOG-05", logPolicy, "lets every principal in", nil, documentText("delivery.logs.amazonaws.com", "*")},
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

// endpointOf returns how a route names one of a firewall's endpoints.
func endpointOf(firewall string, i int) map[string]any {
	of := map[string]any{"Fn::GetAtt": []any{firewall, "EndpointIds"}}
	only := map[string]any{"Fn::Select": []any{i, of}}
	return map[string]any{"Fn::Select": []any{1, map[string]any{"Fn::Split": []any{":", only}}}}
}

// nextEndpoint returns that of another zone's firewall.
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

// editHosts changes the names of what is allowed.
func editHosts(change func([]any) []any) func(map[string]any) map[string]any {
	return editList("RuleGroup.RulesSource.RulesSourceList", "Targets", change)
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
