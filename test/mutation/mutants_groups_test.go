package mutation

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

const (
	group        = "AWS::EC2::SecurityGroup"
	groupIngress = "AWS::EC2::SecurityGroupIngress"
	anotherGroup = "sg-0123456789abcdef0"
)

var groupMutations = []mutation{
	{"NET-27", group, "vanishes", nil, remove},
	{"NET-27", group, "loses its party", nil, drop("Tags")},
	{"NET-27", group, "claims another party", nil, retagged("livechat:group", "gate", "chat")},
	{"NET-27", group, "claims an unknown party", nil, retagged("livechat:group", "bastion", "")},
	{"NET-27", group, "claims another tier", nil, retag("public", "data")},
	{"CDK-06", group, "takes a name, which another may have had", nil, set("GroupName", "default")},
	{"NET-27", groupIngress, "turns into a new open group", nil, func(body map[string]any) map[string]any {
		body["Type"] = group
		body["Properties"] = map[string]any{"VpcId": ref("Vpc"), "GroupDescription": "new", "SecurityGroupIngress": []any{anyTraffic()}}
		return body
	}},

	{"NET-30", group, "lets out everything", nil, set("SecurityGroupEgress", []any{anyTraffic()})},
	{"NET-30", group, "lets in everything", nil, set("SecurityGroupIngress", []any{anyTraffic()})},
	{"NET-30", group, "lets out every port", nil, set("SecurityGroupEgress.0.FromPort", 1)},
	{"NET-30", group, "lets out every protocol", nil, set("SecurityGroupEgress.0.IpProtocol", "-1")},
	{"NET-28", group, "lets out more, over IPv6", nil, set("SecurityGroupEgress.0.CidrIpv6", "::/0")},
	{"NET-30", groupIngress, "lets in every port", nil, edit(func(p map[string]any) { p["FromPort"], p["ToPort"] = 0, 65535 })},
	{"NET-30", groupIngress, "lets in one port more", nil, edit(func(p map[string]any) { p["ToPort"] = p["ToPort"].(float64) + 1 })},
	{"NET-28", groupIngress, "lets in IPv6", nil, edit(func(p map[string]any) {
		delete(p, "SourceSecurityGroupId")
		p["CidrIpv6"] = "::/0"
	})},
	{"CDK-06", groupIngress, "lets in a range too", nil, set("CidrIp", "10.0.0.0/8")},
	{"CDK-06", groupIngress, "lets in another account", nil, set("SourceSecurityGroupOwnerId", "444455556666")},

	{"NET-30", group, "of the worker reaches the database outside of the primary", inSecondary(labelled("worker")), set("SecurityGroupEgress", []any{map[string]any{
		"DestinationSecurityGroupId": map[string]any{"Fn::GetAtt": []any{"AuroraGroup", "GroupId"}}, "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "Description": "the database"}})},
	{"NET-30", group, "lets out to a range", to("DestinationSecurityGroupId"), ruleOf("SecurityGroupEgress", onlyFrom("CidrIp", "10.0.0.0/8"))},
	{"NET-30", group, "lets out to the internet", to("DestinationSecurityGroupId"), ruleOf("SecurityGroupEgress", onlyFrom("CidrIp", "0.0.0.0/0"))},
	{"NET-30", group, "lets out to IPv6", to("DestinationSecurityGroupId"), ruleOf("SecurityGroupEgress", onlyFrom("CidrIpv6", "::/0"))},
	{"NET-30", group, "lets out to an unknown group", to("DestinationSecurityGroupId"), ruleOf("SecurityGroupEgress", onlyFrom("DestinationSecurityGroupId", anotherGroup))},
	{"NET-30", group, "lets out to a foreign prefix list", to("DestinationSecurityGroupId"), ruleOf("SecurityGroupEgress", onlyFrom("DestinationPrefixListId", "pl-0123456789abcdef0"))},
	{"NET-30", group, "takes a foreign prefix list", lists, eachListed(onlyFrom("DestinationPrefixListId", "pl-0123456789abcdef0"))},
	{"NET-30", prefixList, "is CloudFront's", nil, set("Name", "com.amazonaws.global.cloudfront.origin-facing")},
	{"NET-30", prefixList, "is another region's", nil, set("Name", "com.amazonaws.ca-west-1.s3")},
	{"NET-30", group, "lets the internet in on SSH", nil, set("SecurityGroupIngress", []any{fromAnywhere(22)})},
	{"NET-30", group, "lets the internet in on HTTP", labelled("alb"), set("SecurityGroupIngress", []any{fromAnywhere(80)})},
	{"NET-30", group, "lets the internet in", otherThanALB, set("SecurityGroupIngress", []any{fromAnywhere(443)})},
	{"NET-30", groupIngress, "lets in a range", nil, edit(onlyFrom("CidrIp", "10.0.0.0/8"))},
	{"NET-30", groupIngress, "lets in the internet", nil, edit(onlyFrom("CidrIp", "0.0.0.0/0"))},
	{"NET-30", groupIngress, "lets in half of the internet", nil, edit(onlyFrom("CidrIp", "128.0.0.0/1"))},
	{"NET-30", groupIngress, "lets in a foreign prefix list", nil, edit(onlyFrom("SourcePrefixListId", "pl-0123456789abcdef0"))},
	{"NET-30", groupIngress, "lets in another VPC's group", nil, edit(onlyFrom("SourceSecurityGroupId", anotherGroup))},
	{"NET-30", groupIngress, "lets in the VPC's default group", nil, edit(onlyFrom("SourceSecurityGroupId",
		map[string]any{"Fn::GetAtt": []any{"Vpc", "DefaultSecurityGroup"}}))},

	{"REACH-05", groupIngress, "vanishes", nil, remove},
	{"NET-30", groupIngress, "lets in itself", nil, edit(func(p map[string]any) { p["SourceSecurityGroupId"] = p["GroupId"] })},
	{"NET-30", groupIngress, "turns round", nil, edit(func(p map[string]any) {
		p["SourceSecurityGroupId"], p["GroupId"] = p["GroupId"], p["SourceSecurityGroupId"]
	})},
	{"NET-30", groupIngress, "lets in a group that may not", nil, edit(onlyFrom("SourceSecurityGroupId", ref("AuroraGroup")))},
	{"NET-30", groupIngress, "goes to a store that its source may not reach", callsOf("Gate", "Dashboard"), set("GroupId", ref("EndpointBedrockRuntimeGroup"))},
	{"NET-30", groupIngress, "opens SSH", nil, edit(func(p map[string]any) { p["FromPort"], p["ToPort"] = 22, 22 })},
	{"REACH-05", group, "lets out nothing any more", to("DestinationSecurityGroupId"), set("SecurityGroupEgress", []any{noTraffic()})},
	{"REACH-05", group, "loses one of its rules", func(r *template.Resource) bool {
		return to("DestinationSecurityGroupId")(r) && r.Get("SecurityGroupEgress").Len() > 1
	}, edit(func(p map[string]any) {
		p["SecurityGroupEgress"] = p["SecurityGroupEgress"].([]any)[1:]
	})},
	{"NET-30", group, "lets out nothing, among others", to("DestinationSecurityGroupId"), edit(func(p map[string]any) {
		p["SecurityGroupEgress"] = append(p["SecurityGroupEgress"].([]any), noTraffic())
	})},
	{"NET-30", group, "reaches a group that it may not", to("DestinationSecurityGroupId"), ruleOf("SecurityGroupEgress", onlyFrom("DestinationSecurityGroupId", ref("AlbGroup")))},
	{"NET-30", group, "opens a connection", labelled("aurora", "valkey"), ruleOf("SecurityGroupEgress", func(rule map[string]any) {
		onlyFrom("DestinationSecurityGroupId", ref("EndpointLogsGroup"))(rule)
		rule["IpProtocol"], rule["FromPort"], rule["ToPort"] = "tcp", 443, 443
	})},
	{"NET-30", group, "takes one service's addresses for another's", lists, eachListed(func(rule map[string]any) {
		swap := map[any]string{"S3Addresses": "DynamoDBAddresses", "DynamoDBAddresses": "S3Addresses"}
		rule["DestinationPrefixListId"] = ref(swap[rule["DestinationPrefixListId"].(map[string]any)["Ref"]])
	})},
	{"NET-30", group, "takes all addresses for S3's", lists, eachListed(onlyFrom("CidrIp", "0.0.0.0/0"))},
	{"NET-30", prefixList, "vanishes", nil, remove},
	{"REACH-05", group, "is closed to users", labelled("alb"), drop("SecurityGroupIngress")},

	{"NET-31", groupIngress, "is of an unknown group", nil, set("GroupId", anotherGroup)},
	{"NET-31", groupIngress, "lets in the VPC's default group", nil, edit(onlyFrom("SourceSecurityGroupId",
		map[string]any{"Fn::GetAtt": []any{"Vpc", "DefaultSecurityGroup"}}))},
	{"NET-31", group, "turns into something else", to("DestinationSecurityGroupId"), become("AWS::EC2::PrefixList")},
	{"NET-31", subnet, "binds an unknown group", nil, set("SecurityGroupIds", []any{anotherGroup})},
}

// anyTraffic returns a rule for any address and all traffic.
func anyTraffic() map[string]any { return map[string]any{"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"} }

// noTraffic returns a rule that no packet matches.
func noTraffic() map[string]any {
	return map[string]any{"CidrIp": "255.255.255.255/32", "IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "Description": "opens no connection"}
}

// fromAnywhere returns a rule for any address on a port.
func fromAnywhere(port int) map[string]any {
	return map[string]any{"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "Description": "anybody"}
}

// ruleOf changes the first rule of a group in one direction.
func ruleOf(direction string, change func(rule map[string]any)) func(map[string]any) map[string]any {
	return edit(func(properties map[string]any) { change(properties[direction].([]any)[0].(map[string]any)) })
}

// onlyFrom leaves a rule its port, and gives it another peer.
func onlyFrom(key string, value any) func(map[string]any) {
	return func(rule map[string]any) {
		for _, peer := range []string{"CidrIp", "SourceSecurityGroupId", "DestinationSecurityGroupId", "DestinationPrefixListId"} {
			delete(rule, peer)
		}
		rule[key] = value
	}
}

// eachListed changes the rules of a group that name a prefix list.
func eachListed(change func(rule map[string]any)) func(map[string]any) map[string]any {
	return edit(func(properties map[string]any) {
		for _, rule := range properties["SecurityGroupEgress"].([]any) {
			if rule := rule.(map[string]any); rule["DestinationPrefixListId"] != nil {
				change(rule)
			}
		}
	})
}

// Which groups and rules a mutation is of.

func labelled(parties ...string) func(*template.Resource) bool {
	return taggedAs("livechat:group", parties...)
}

func otherThanALB(r *template.Resource) bool { return !labelled("alb")(r) }

// to reports whether a group's first rule names its peer by a property.
func to(property string) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return !r.Get("SecurityGroupEgress", "0", property).Missing() }
}

// lists reports whether a group names prefix lists, but not all of them: then to swap them is to open another way.
func lists(r *template.Resource) bool {
	n := 0
	for _, rule := range r.Get("SecurityGroupEgress").List() {
		if !rule.Get("DestinationPrefixListId").Missing() {
			n++
		}
	}
	return n == 1
}

// callsOf returns the rules that let some parties in, as they stand in the ids of the rules.
func callsOf(parties ...string) func(*template.Resource) bool {
	return func(r *template.Resource) bool {
		return slices.ContainsFunc(parties, func(party string) bool { return strings.Contains(r.ID, "From"+party) })
	}
}
