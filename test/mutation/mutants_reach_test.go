package mutation

import (
	"strings"
	"testing"

	"livechat.example/cloud/policies/template"
)

var openings = []toldMutation{
	{mutation{"REACH-01", route, "leads an app subnet to the internet gateway", outOf("Public"), intoTable("AppRoutesA")},
		`^internet → tier:app on TCP .* is open: .*answer: route table AppRoutesA: 0.0.0.0/0 → internet gateway Internet`},
	{mutation{"REACH-01", subnetRoutes, "binds an app subnet to a public one's table", ofSubnets("App"), set("RouteTableId", ref("PublicRoutesA"))},
		`^internet → tier:app on TCP .* is open: .*answer: route table PublicRoutesA: 0.0.0.0/0 → internet gateway`},
	{mutation{"REACH-01", aclEntry, "opens every port of the public tier", publicDoor, set("PortRange", map[string]any{"From": 1, "To": 65535})},
		`^internet → tier:public on .*NACL PublicAcl entry \d+ allows all TCP in from 0.0.0.0/0`},

	{mutation{"REACH-02", route, "leads llm to the internet gateway past the firewall", outOf("Llm"), edit(only("GatewayId", ref("Internet")))},
		`^tier:llm → internet on TCP 443 is open: .*route table LlmRoutes[A-C]: 0.0.0.0/0 → internet gateway Internet`},
	{mutation{"REACH-02", route, "leads llm past the firewall to another zone's NAT gateway", called("LlmOutB"), edit(only("NatGatewayId", ref("EgressNatA")))},
		`^tier:llm → internet on TCP 443 is open: .*route table LlmRoutesB: 0.0.0.0/0 → NAT gateway EgressNatA`},
	{mutation{"REACH-02", subnetRoutes, "binds an llm subnet to a public one's table", ofSubnets("Llm"), set("RouteTableId", ref("PublicRoutesA"))},
		`^tier:llm → internet on TCP 443 is open: .*route table PublicRoutesA`},
	{mutation{"REACH-02", firewallPolicy, "only alerts by default", nil, set("FirewallPolicy.StatefulDefaultActions", []any{"aws:alert_established_app_layer_to_server"})},
		`^tier:llm → internet on TCP 443 is open: .*no rule and no default action drops it.*NAT gateway EgressNat`},
	{mutation{"REACH-02", firewallPolicy, "has no default", nil, drop("FirewallPolicy.StatefulDefaultActions")},
		`^tier:llm → internet on TCP 443 is open: .*no rule and no default action drops it`},
	{mutation{"REACH-02", firewallPolicy, "passes before inspection", nil, set("FirewallPolicy.StatelessDefaultActions", []any{"aws:pass"})},
		`^tier:llm → internet on TCP 443 is open: .*passes every packet without inspection`},
	{mutation{"REACH-02", ruleGroup, "allows one more name", allowing, editHosts(oneMore("exfil.example.net"))},
		`^TLS to exfil.example.net, which was not declared, is open: .*firewall rule group FirewallAllowed: pass TLS to exfil.example.net`},
	{mutation{"REACH-02", ruleGroup, "allows all names below a domain", allowing, editHosts(oneMore(".openai.com"))},
		`^tier:llm → internet on TCP 443 is open: .*pass TLS to stranger.openai.com`},
	{mutation{"REACH-02", ruleGroup, "allows a top-level domain", allowing, editHosts(oneMore(".com"))},
		`^tier:llm → internet on TCP 443 is open: .*pass TLS to stranger.com`},
	{mutation{"REACH-02", nameRules, "only alerts on other names", nil, edit(func(p map[string]any) {
		rules := p["FirewallRules"].([]any)
		last := rules[len(rules)-1].(map[string]any)
		last["Action"] = "ALERT"
		delete(last, "BlockResponse")
	})}, `^DNS exfiltration: the resolver answers queries for arbitrary names: DNS firewall Names rule \d+: alert stranger.example`},
	{mutation{"REACH-02", nameRulesOf, "is removed", nil, remove}, `^DNS exfiltration: .*no DNS firewall is associated`},

	{mutation{"REACH-03", route, "leads an app subnet to the internet gateway", outOf("Public"), intoTable("AppRoutesA")},
		`^tier:app → internet on TCP 443 is open: .*route table AppRoutesA: 0.0.0.0/0 → internet gateway Internet`},
	{mutation{"REACH-03", subnetRoutes, "binds an app subnet to a public one's table", ofSubnets("App"), set("RouteTableId", ref("PublicRoutesA"))},
		`^tier:app → internet on TCP 443 is open: .*route table PublicRoutesA`},
	{mutation{"REACH-03", group, "lets the load balancer call every address", labelled("alb"), adds("SecurityGroupEgress", anyTraffic())},
		`^alb → internet on TCP 1024-65535 is open: security group alb admits everything to 0.0.0.0/0`},

	{mutation{"REACH-04", groupIngress, "admits llm to an endpoint", fromParty("endpoint-sts"), set("SourceSecurityGroupId", map[string]any{"Fn::GetAtt": []any{"LlmGroup", "GroupId"}})},
		`^llm → endpoint-sts on TCP 443 is open: security group llm admits TCP 443 to 0.0.0.0/0; .*security group endpoint-sts admits TCP 443 from llm`},
	{mutation{"REACH-04", groupIngress, "admits a range to an endpoint", fromParty("endpoint-sts"), edit(onlyFrom("CidrIp", "10.0.0.0/8"))},
		`^llm → endpoint-sts on TCP 443 is open: .*security group endpoint-sts admits TCP 443 from 10.0.0.0/8`},
	{mutation{"REACH-04", group, "says nothing of what chat may call", labelled("chat"), drop("SecurityGroupEgress")},
		`^chat → dynamodb on TCP 443 is open: security group chat admits everything to 0.0.0.0/0, for it has no rule`},

	{mutation{"REACH-05", route, "leads llm to another zone's firewall", outOf("Llm"), edit(func(p map[string]any) { p["VpcEndpointId"] = nextEndpoint(p["VpcEndpointId"]) })},
		`^llm → .* does not work: .*the request passed .Firewall[A-C] .* and its answer passes no firewall`},
	{mutation{"REACH-05", route, "leads llm past the firewall to its zone's NAT gateway", called("LlmOutA"), edit(only("NatGatewayId", ref("EgressNatA")))},
		`^llm → .* does not work: .*the request passed no firewall and its answer passes .FirewallA`},
	{mutation{"REACH-05", route, "brings no answer back through the firewall", called("EgressBack"), remove}, `^llm → .*and its answer passes no firewall, so the connection dies`},
	{mutation{"REACH-05", aclEntry, "denies", called("DataAcl"), set("RuleAction", "deny")}, ` does not work: .*stopped: (answer: )?NACL `},
	{mutation{"REACH-05", aclEntry, "vanishes", called("DataAcl"), remove}, ` does not work: .*stopped: (answer: )?NACL `},
	{mutation{"REACH-05", groupIngress, "vanishes", nil, remove}, ` does not work: .*stopped: security group .* has no rule`},
	{mutation{"REACH-05", subnetACL, "binds a data subnet to the public tier's NACL", ofSubnets("Data"), set("NetworkAclId", ref("PublicAcl"))},
		`^\S+ → (aurora|valkey) on TCP \d+ does not work: .*NACL PublicAcl`},
	{mutation{"REACH-05", natGateway, "has no address", nil, drop("AllocationId")}, `^llm → .*NAT gateway EgressNat[A-C] has no public address`},
	{mutation{"REACH-05", attachment, "vanishes", nil, remove}, `does not work: .*no internet gateway is attached`},
	{mutation{"REACH-05", firewallPolicy, "does not wait for the name of a ClientHello in two segments", nil, set("FirewallPolicy.StatefulDefaultActions", []any{"aws:drop_established", "aws:alert_established"})},
		`^llm → .*aws:drop_established drops it \(a request's first segment of two\)`},
	{mutation{"REACH-05", ruleGroup, "forgets a host", allowing, editHosts(func(hosts []any) []any { return hosts[1:] })}, `^llm → .*is passed by no rule`},
	{mutation{"REACH-05", firewallPolicy, "inspects other clients", nil, set("FirewallPolicy.PolicyVariables.RuleVariables.HOME_NET.Definition", []any{"192.168.0.0/16"})},
		`^llm → .*is passed by no rule`},
	{mutation{"REACH-05", vpcEndpoint, "leaves a table without S3", ofService("s3"), edit(lessOne("RouteTableIds"))},
		` → s3 on TCP 443 does not work: .*stopped: `},

	{mutation{"REACH-01", firewallPolicy, "inspects no clients", nil, set("FirewallPolicy.PolicyVariables.RuleVariables.HOME_NET", map[string]any{})}, `cannot be judged: HOME_NET is empty`},
	{mutation{"REACH-02", ruleGroup, "holds rules as text", refusing, set("RuleGroup.RulesSource", map[string]any{"RulesString": "pass ip any any -> any any (sid:1;)"})},
		`cannot be judged: its RulesString is not understood`},
	{mutation{"REACH-03", firewall, "gains a subnet", nil, secondSubnet}, `cannot be judged: it has 2 subnets: its endpoints are in no order`},
	{mutation{"REACH-04", elasticIP, "turns into a peering", nil, become("AWS::EC2::VPCPeeringConnection")}, `cannot be judged: AWS::EC2::VPCPeeringConnection is not known`},
	{mutation{"REACH-05", subnetRoutes, "vanishes, so that the main table holds", nil, remove}, `cannot be judged: it has no route table of its own`},
}

var reachMutations = func() []mutation {
	list := make([]mutation, len(openings))
	for i, o := range openings {
		list[i] = o.mutation
	}
	return list
}()

func TestAFindingTellsTheWayThatAMutationOpens(t *testing.T) { findingsSay(t, openings) }

// called takes the resources whose logical id begins so.
func called(prefix string) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return strings.HasPrefix(r.ID, prefix) }
}

// outOf returns the default routes of a tier's tables.
func outOf(tier string) func(*template.Resource) bool { return called(tier + "Out") }

// ofSubnets returns the associations of a tier's subnets.
func ofSubnets(tier string) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return strings.HasPrefix(r.ID, tier) }
}

// publicDoor reports whether an entry lets the internet in.
func publicDoor(r *template.Resource) bool {
	return strings.HasPrefix(r.ID, "PublicAcl") && r.Get("Egress").False() && r.Get("CidrBlock").Is("0.0.0.0/0")
}

// fromParty returns the rules of a party's group.
func fromParty(party string) func(*template.Resource) bool {
	return func(r *template.Resource) bool {
		return strings.HasPrefix(strings.ToLower(r.ID), strings.ReplaceAll(party, "-", ""))
	}
}

func intoTable(id string) func(map[string]any) map[string]any { return set("RouteTableId", ref(id)) }

func oneMore(name string) func([]any) []any {
	return func(list []any) []any { return append(list, name) }
}
