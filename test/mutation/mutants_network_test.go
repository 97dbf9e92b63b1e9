package mutation

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

const (
	vpc                 = "AWS::EC2::VPC"
	subnet              = "AWS::EC2::Subnet"
	routeTable          = "AWS::EC2::RouteTable"
	subnetRoutes        = "AWS::EC2::SubnetRouteTableAssociation"
	route               = "AWS::EC2::Route"
	acl                 = "AWS::EC2::NetworkAcl"
	subnetACL           = "AWS::EC2::SubnetNetworkAclAssociation"
	aclEntry            = "AWS::EC2::NetworkAclEntry"
	internetGateway     = "AWS::EC2::InternetGateway"
	attachment          = "AWS::EC2::VPCGatewayAttachment"
	natGateway          = "AWS::EC2::NatGateway"
	elasticIP           = "AWS::EC2::EIP"
	flowLog             = "AWS::EC2::FlowLog"
	anotherVPC          = "vpc-0123456789abcdef0"
	anotherTable        = "rtb-0123456789abcdef0"
	anotherNetworksPeer = "pcx-0123456789abcdef0"
)

var networkMutations = []mutation{
	{"CDK-06", vpc, "takes its block from a pool", nil, set("Ipv4IpamPoolId", "ipam-pool-0123456789abcdef0")},

	{"NET-02", vpc, "takes in every private address", nil, set("CidrBlock", "10.0.0.0/8")},
	{"NET-02", vpc, "takes public addresses", nil, set("CidrBlock", "52.0.0.0/16")},
	{"NET-02", vpc, "drops its block", nil, drop("CidrBlock")},

	{"NET-03", subnet, "moves to another region's zone", nil, set("AvailabilityZone", "ca-west-1a")},
	{"NET-03", subnet, "moves to a zone found at deploy", nil, set("AvailabilityZone", map[string]any{"Fn::Select": []any{0, map[string]any{"Fn::GetAZs": ""}}})},
	{"NET-03", subnet, "moves to a dummy zone", nil, set("AvailabilityZone", "dummy1a")},

	{"NET-04", subnet, "vanishes", nil, remove},
	{"NET-04", subnet, "loses its tier", nil, drop("Tags")},
	{"NET-04", subnet, "claims another tier", nil, retag("public", "data")},
	{"NET-04", subnet, "takes its whole tier", nil, edit(func(p map[string]any) {
		p["CidrBlock"] = strings.Replace(p["CidrBlock"].(string), "/21", "/18", 1)
	})},

	{"CDK-06", subnet, "hands out IPv6 addresses", nil, set("AssignIpv6AddressOnCreation", true)},
	{"CDK-06", subnet, "takes an IPv6 block", nil, set("Ipv6CidrBlock", "2001:db8::/64")},
	{"CDK-06", subnet, "turns into another block of a subnet", nil, become("AWS::EC2::SubnetCidrBlock")},

	{"NET-06", routeTable, "vanishes", nil, remove},

	{"NET-07", subnetACL, "names the default NACL", nil, set("NetworkAclId", map[string]any{"Fn::GetAtt": []any{"Vpc", "DefaultNetworkAcl"}})},
	{"NET-07", acl, "vanishes", nil, remove},
	{"NET-07", acl, "loses its tier", nil, drop("Tags")},
	{"NET-07", acl, "claims another tier", nil, retag("public", "data")},

	{"NET-08", route, "vanishes", nil, remove},
	{"NET-08", route, "leads to a peer", nil, edit(only("VpcPeeringConnectionId", anotherNetworksPeer))},
	{"NET-08", route, "leads to a transit gateway", nil, edit(only("TransitGatewayId", "tgw-0123456789abcdef0"))},
	{"NET-08", route, "leads to an instance's interface", nil, edit(only("NetworkInterfaceId", "eni-0123456789abcdef0"))},
	{"NET-08", route, "leads to a foreign endpoint", nil, edit(only("VpcEndpointId", "vpce-0123456789abcdef0"))},
	{"NET-08", route, "leads to another internet gateway", nil, edit(only("GatewayId", "igw-0123456789abcdef0"))},
	{"NET-08", route, "leads to another NAT gateway", nil, edit(only("NatGatewayId", "nat-0123456789abcdef0"))},
	{"NET-08", route, "leads past the NAT gateway", through("NatGatewayId"), edit(only("GatewayId", ref("Internet")))},
	{"NET-08", route, "takes half of the internet", nil, set("DestinationCidrBlock", "0.0.0.0/1")},
	{"CDK-06", route, "takes a prefix list", nil, set("DestinationPrefixListId", "pl-0123456789abcdef0")},
	{"CDK-06", route, "takes all of IPv6", nil, set("DestinationIpv6CidrBlock", "::/0")},
	{"NET-08", subnet, "claims a tier with a way out", tiered("app", "llm", "data"), retag("public", "public")},
	{"NET-08", internetGateway, "vanishes", nil, remove},
	{"NET-08", natGateway, "vanishes", nil, remove},

	{"CDK-06", route, "turns into a peering", nil, become("AWS::EC2::VPCPeeringConnection")},
	{"CDK-06", route, "turns into a transit gateway's attachment", nil, become("AWS::EC2::TransitGatewayAttachment")},
	{"CDK-06", flowLog, "turns into a traffic mirror", nil, become("AWS::EC2::TrafficMirrorSession")},
	{"CDK-06", elasticIP, "turns into an instance", nil, become("AWS::EC2::Instance")},
	{"CDK-06", internetGateway, "turns into an egress-only one", nil, become("AWS::EC2::EgressOnlyInternetGateway")},
	{"CDK-06", vpc, "is shared on a service network", nil, become("AWS::VpcLattice::ServiceNetworkVpcAssociation")},

	{"NET-10", internetGateway, "vanishes", nil, remove},
	{"CDK-06", attachment, "attaches a VPN too", nil, set("VpnGatewayId", "vgw-0123456789abcdef0")},

	{"CDK-06", natGateway, "takes a second address", nil, set("SecondaryAllocationIds", []any{"eipalloc-0123456789abcdef0"})},
	{"CDK-06", natGateway, "turns regional", nil, set("AvailabilityMode", "regional")},
	{"NET-11", elasticIP, "vanishes", nil, remove},
	{"CDK-06", elasticIP, "goes to an instance", nil, set("InstanceId", "i-0123456789abcdef0")},
	{"CDK-06", elasticIP, "is taken over from another account", nil, set("TransferAddress", "198.51.100.1")},

	{"CDK-06", aclEntry, "takes IPv6", nil, set("Ipv6CidrBlock", "::/0")},
	{"NET-12", aclEntry, "takes another's number", numbered("20"), set("RuleNumber", 10)},

	{"NET-13", aclEntry, "vanishes", nil, remove},
	{"NET-13", aclEntry, "denies", permits, set("RuleAction", "deny")},
	{"NET-13", aclEntry, "takes every port", permits, set("PortRange", map[string]any{"From": 1, "To": 65535})},
	{"NET-13", aclEntry, "takes SSH", nil, set("PortRange", map[string]any{"From": 22, "To": 22})},
	{"NET-13", aclEntry, "takes one port more", nil, edit(func(p map[string]any) { p["PortRange"].(map[string]any)["From"] = 80 })},
	{"NET-13", aclEntry, "lets every address through", ofBlock, set("CidrBlock", "0.0.0.0/0")},
	{"NET-13", aclEntry, "lets every private address through", nil, set("CidrBlock", "10.0.0.0/8")},
	{"NET-13", aclEntry, "turns round", nil, edit(func(p map[string]any) { p["Egress"] = p["Egress"] != true })},
	{"NET-13", aclEntry, "allows", denies, set("RuleAction", "allow")},
	{"NET-13", aclEntry, "denies after the internet is allowed", denies, set("RuleNumber", 32000)},
	{"NET-13", acl, "claims another tier", nil, retag("public", "data")},

	{"NET-14", flowLog, "goes to a foreign bucket", nil, edit(func(p map[string]any) {
		p["LogDestinationType"], p["LogDestination"] = "s3", "arn:aws:s3:::foreign-bucket"
		delete(p, "LogGroupName")
	})},
	{"CDK-06", flowLog, "goes to another account", nil, set("DeliverCrossAccountRole", "arn:aws:iam::444455556666:role/theirs")},
	{"NET-14", "AWS::Logs::LogGroup", "vanishes", ofFlowLog, remove},

	{"NET-15", "AWS::IAM::Role", "vanishes", ofFlowLog, remove},
	{"NET-15", "AWS::IAM::Role", "drops its policy", ofFlowLog, drop("Policies")},
	{"NET-15", "AWS::IAM::Role", "takes a managed policy", ofFlowLog, set("ManagedPolicyArns", []any{"arn:aws:iam::aws:policy/AdministratorAccess"})},
	{"NET-15", "AWS::IAM::Role", "trusts flow logs of every account", ofFlowLog, eachStatement("AssumeRolePolicyDocument", omitting("Condition"))},
	{"NET-15", "AWS::IAM::Role", "trusts every service", ofFlowLog, eachStatement("AssumeRolePolicyDocument", stating("Principal", "*"))},
	{"NET-15", "AWS::IAM::Role", "trusts a request without a source", ofFlowLog, eachStatement("AssumeRolePolicyDocument",
		stating("Condition", map[string]any{"StringEqualsIfExists": map[string]any{"aws:SourceAccount": "111122223333"}}))},
	{"NET-15", "AWS::IAM::Role", "trusts no principal", ofFlowLog, eachStatement("AssumeRolePolicyDocument", stating("Effect", "Deny"))},
	{"NET-15", "AWS::IAM::Role", "may write to every log", ofFlowLog, edit(func(p map[string]any) { statementsOf(p)[0].(map[string]any)["Resource"] = "*" })},
	{"NET-15", "AWS::IAM::Role", "may delete logs", ofFlowLog, edit(func(p map[string]any) { statementsOf(p)[0].(map[string]any)["Action"] = "logs:*" })},
	{"NET-15", "AWS::IAM::Role", "may not write", ofFlowLog, edit(func(p map[string]any) {
		statementsOf(p)[0].(map[string]any)["Action"] = []any{"logs:CreateLogStream", "logs:DescribeLogStreams"}
	})},
	{"NET-15", "AWS::Logs::LogGroup", "vanishes", ofFlowLog, remove},
}

func ref(id string) map[string]any { return map[string]any{"Ref": id} }

// become makes a resource one of another type, as something new in the template would be.
func become(typ string) func(map[string]any) map[string]any {
	return func(body map[string]any) map[string]any {
		body["Type"] = typ
		return body
	}
}

// retag changes the tier that a resource is tagged with: to one, or to the other where it is that already.
func retag(to, or string) func(map[string]any) map[string]any {
	return retagged("livechat:tier", to, or)
}

// retagged does what retag does, for the tag of a key.
func retagged(key, to, or string) func(map[string]any) map[string]any {
	return edit(func(properties map[string]any) {
		for _, t := range properties["Tags"].([]any) {
			tag := t.(map[string]any)
			switch {
			case tag["Key"] != key:
			case tag["Value"] == to:
				tag["Value"] = or
			default:
				tag["Value"] = to
			}
		}
	})
}

// only leaves a route's table and destination, and leads it elsewhere.
func only(target string, value any) func(map[string]any) {
	return func(properties map[string]any) {
		delete(properties, "GatewayId")
		delete(properties, "NatGatewayId")
		delete(properties, "VpcEndpointId")
		properties[target] = value
	}
}

func stating(key string, value any) func(map[string]any) map[string]any {
	return func(statement map[string]any) map[string]any {
		statement[key] = value
		return statement
	}
}

func omitting(key string) func(map[string]any) map[string]any {
	return func(statement map[string]any) map[string]any {
		delete(statement, key)
		return statement
	}
}

// statementsOf returns those of a role's first inline policy.
func statementsOf(role map[string]any) []any {
	policy := role["Policies"].([]any)[0].(map[string]any)
	return policy["PolicyDocument"].(map[string]any)["Statement"].([]any)
}

// Which instances a mutation is of.

func through(property string) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return !r.Get(property).Missing() }
}

func tiered(tiers ...string) func(*template.Resource) bool {
	return taggedAs("livechat:tier", tiers...)
}

func taggedAs(key string, values ...string) func(*template.Resource) bool {
	return func(r *template.Resource) bool {
		return slices.ContainsFunc(r.Get("Tags").List(), func(tag template.Value) bool {
			return tag.Get("Key").Is(key) && slices.Contains(values, tag.Get("Value").Text())
		})
	}
}

func numbered(number string) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return r.Get("RuleNumber").Is(number) }
}

func permits(r *template.Resource) bool { return r.Get("RuleAction").Is("allow") }

func denies(r *template.Resource) bool { return r.Get("RuleAction").Is("deny") }

func ofBlock(r *template.Resource) bool { return !r.Get("CidrBlock").Is("0.0.0.0/0") }

func ofFlowLog(r *template.Resource) bool { return strings.Contains(r.Path, "/FlowLog") }
