package mutation

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

const vpcEndpoint = "AWS::EC2::VPCEndpoint"

var (
	bothAccounts = "PolicyDocument.Statement.0.Condition.StringEquals."
	wholePolicy  = "PolicyDocument"
)

var endpointMutations = []mutation{
	{"NET-32", vpcEndpoint, "vanishes", nil, remove},
	{"NET-32", vpcEndpoint, "is of a service of somebody's", nil, set("ServiceName", "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0")},
	{"NET-32", vpcEndpoint, "is of a service that nothing calls", nil, set("ServiceName", "com.amazonaws.eu-west-1.ssm")},
	{"NET-32", vpcEndpoint, "is of the service in another region", nil, set("ServiceName", "com.amazonaws.ca-west-1.sts")},
	{"NET-32", vpcEndpoint, "goes to another region", nil, set("ServiceRegion", "ca-west-1")},
	{"NET-32", vpcEndpoint, "is of a resource of somebody's", nil, set("ResourceConfigurationArn", "arn:aws:vpc-lattice:eu-west-1:444455556666:resourceconfiguration/rcfg-1")},
	{"NET-32", vpcEndpoint, "joins a service network", nil, set("ServiceNetworkArn", "arn:aws:vpc-lattice:eu-west-1:444455556666:servicenetwork/sn-1")},
	{"NET-32", vpcEndpoint, "is of another kind", nil, set("VpcEndpointType", "GatewayLoadBalancer")},
	{"NET-32", vpcEndpoint, "does not say its kind", nil, drop("VpcEndpointType")},
	{"NET-32", vpcEndpoint, "lies in another VPC", nil, set("VpcId", anotherVPC)},
	{"NET-32", vpcEndpoint, "takes IPv6", nil, set("IpAddressType", "dualstack")},
	{"NET-32", vpcEndpoint, "takes names of its own", isInterface, set("DnsOptions", map[string]any{"DnsRecordIpType": "ipv4"})},
	{"NET-32", subnetRoutes, "turns into an endpoint more", nil, become(vpcEndpoint)},

	{"NET-33", vpcEndpoint, "is routed to from the public tier", isGateway, adds("RouteTableIds", ref("PublicRoutesA"))},
	{"NET-33", vpcEndpoint, "is routed to from the egress tier", isGateway, adds("RouteTableIds", ref("EgressRoutesA"))},
	{"NET-33", vpcEndpoint, "is routed to from the firewall tier", isGateway, adds("RouteTableIds", ref("FirewallRoutesA"))},
	{"NET-33", vpcEndpoint, "is routed to from the data tier", isGateway, adds("RouteTableIds", ref("DataRoutesA"))},
	{"NET-33", vpcEndpoint, "of DynamoDB is routed to from the llm tier", ofService("dynamodb"), adds("RouteTableIds", ref("LlmRoutesA"))},
	{"NET-33", vpcEndpoint, "is routed to from a table of nobody's", isGateway, adds("RouteTableIds", anotherTable)},
	{"NET-33", vpcEndpoint, "loses a table", isGateway, edit(lessOne("RouteTableIds"))},
	{"NET-33", vpcEndpoint, "is routed to from nowhere", isGateway, drop("RouteTableIds")},
	{"NET-33", vpcEndpoint, "has routes too", isInterface, set("RouteTableIds", []any{ref("AppRoutesA")})},
	{"NET-33", subnet, "claims a tier that is routed to S3", tiered("public", "data"), retag("app", "llm")},

	{"NET-34", vpcEndpoint, "lies in the data tier too", isInterface, adds("SubnetIds", ref("DataSubnetA"))},
	{"NET-34", vpcEndpoint, "moves to the public tier", isInterface, set("SubnetIds.0", ref("PublicSubnetA"))},
	{"NET-34", vpcEndpoint, "moves to the llm tier", isInterface, set("SubnetIds.0", ref("LlmSubnetA"))},
	{"NET-34", vpcEndpoint, "lies in a subnet of nobody's", isInterface, adds("SubnetIds", "subnet-0123456789abcdef0")},
	{"NET-34", vpcEndpoint, "leaves a zone", isInterface, edit(lessOne("SubnetIds"))},
	{"NET-34", vpcEndpoint, "lies nowhere", isInterface, drop("SubnetIds")},
	{"NET-34", vpcEndpoint, "is not meant by the service's names, or by all of API Gateway's", isInterface,
		edit(func(p map[string]any) { p["PrivateDnsEnabled"] = p["PrivateDnsEnabled"] != true })},
	{"NET-34", vpcEndpoint, "does not say which names mean it", isInterface, drop("PrivateDnsEnabled")},

	{"NET-35", vpcEndpoint, "drops its policy", nil, drop(wholePolicy)},
	{"NET-35", vpcEndpoint, "admits anything", nil, set(wholePolicy, opened("*"))},
	{"NET-35", vpcEndpoint, "admits anything, as text", nil, set(wholePolicy, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`)},
	{"NET-35", vpcEndpoint, "admits anything too", nil, more(wholePolicy, allow("*", "*", "*"))},
	{"NET-35", vpcEndpoint, "admits every action", nil, eachStatement(wholePolicy, stating("Action", "*"))},
	{"NET-35", vpcEndpoint, "admits all but one action", nil, eachStatement(wholePolicy, renamed("Action", "NotAction"))},
	{"NET-35", vpcEndpoint, "admits all but what is named", nil, eachStatement(wholePolicy, renamed("Resource", "NotResource"))},
	{"NET-35", vpcEndpoint, "admits all but one caller", nil, eachStatement(wholePolicy, renamed("Principal", "NotPrincipal"))},
	{"NET-35", vpcEndpoint, "drops its conditions", conditional, eachStatement(wholePolicy, omitting("Condition"))},
	{"NET-35", vpcEndpoint, "admits callers of any account", conditional, edit(withoutKey("aws:PrincipalAccount"))},
	{"NET-35", vpcEndpoint, "leads to any account", toOwn, edit(withoutKey("aws:ResourceAccount"))},
	{"NET-35", vpcEndpoint, "admits callers of another account", conditional, set(bothAccounts+"aws:PrincipalAccount", []any{"111122223333", foreign})},
	{"NET-35", vpcEndpoint, "leads to another account", toOwn, set(bothAccounts+"aws:ResourceAccount", foreign)},
	{"NET-35", vpcEndpoint, "asks for the account where it is told", conditional, conditions(wholePolicy, moved("StringEquals", "StringEqualsIfExists"))},
	{"NET-35", vpcEndpoint, "asks that no account be another", conditional, conditions(wholePolicy, moved("StringEquals", "ForAllValues:StringEquals"))},
	{"NET-35", vpcEndpoint, "takes another's bucket", ofService("s3"), more(wholePolicy, allow("*", "s3:PutObject", "arn:aws:s3:::somebody-elses/*"))},
	{"NET-35", vpcEndpoint, "takes every bucket's layers", ofService("s3"), set("PolicyDocument.Statement.1.Resource", "arn:aws:s3:::*")},
	{"NET-35", vpcEndpoint, "writes where images' layers lie", ofService("s3"), set("PolicyDocument.Statement.1.Action", "s3:PutObject")},
	{"NET-35", vpcEndpoint, "answers to any bucket", ofService("s3"), set("PolicyDocument.Statement.2.Resource", "*")},
	{"NET-35", vpcEndpoint, "pulls images of anybody", ofService("ecr.dkr"), set("PolicyDocument.Statement.1.Resource", "*")},
	{"NET-35", vpcEndpoint, "pulls an agent of somebody's", ofService("ecr.api"), set("PolicyDocument.Statement.1.Resource", "arn:aws:ecr:eu-west-1:"+foreign+":repository/aws-guardduty-agent-fargate")},
	{"NET-35", vpcEndpoint, "calls anybody's API", ofService("execute-api"), set("PolicyDocument.Statement.0.Resource", "*")},
	{"NET-35", vpcEndpoint, "takes tokens of federation", ofService("sts"), adds("PolicyDocument.Statement.0.Action", "sts:AssumeRoleWithWebIdentity")},
	{"NET-35", vpcEndpoint, "loses an action", many, edit(lessOne("PolicyDocument.Statement.0.Action"))},
	{"NET-35", vpcEndpoint, "refuses", nil, eachStatement(wholePolicy, stating("Effect", "Deny"))},
	{"NET-35", vpcEndpoint, "loses a statement", nil, edit(lessOne("PolicyDocument.Statement"))},
	{"IAM-05", vpcEndpoint, "admits anybody to something else", nil, more(wholePolicy, allow("*", "kms:Decrypt", "*"))},
	{"IAM-06", vpcEndpoint, "leads to somebody's bucket", nil, more(wholePolicy, allow("*", "s3:PutObject", "arn:aws:s3:::somebody-elses/*"))},

	{"NET-36", vpcEndpoint, "has the VPC's default group", isInterface, drop("SecurityGroupIds")},
	{"NET-36", vpcEndpoint, "takes a group of nobody's", isInterface, set("SecurityGroupIds", []any{"sg-0123456789abcdef0"})},
	{"NET-36", vpcEndpoint, "takes a second group", isInterface, adds("SecurityGroupIds", "sg-0123456789abcdef0")},
	{"NET-36", vpcEndpoint, "takes the default group by name", isInterface, set("SecurityGroupIds.0", map[string]any{"Fn::GetAtt": []any{"Vpc", "DefaultSecurityGroup"}})},
	{"NET-36", vpcEndpoint, "becomes another service's, with its group", isInterface, swapService},
	{"NET-36", "AWS::EC2::SecurityGroup", "stands for somebody else", ofEndpoint, drop("Tags")},
}

func opened(action string) map[string]any {
	return map[string]any{"Version": "2012-10-17", "Statement": []any{allow("*", action, "*")}}
}

// adds appends to a list.
func adds(path string, value any) func(map[string]any) map[string]any {
	return func(body map[string]any) map[string]any {
		list := slices.Clone(listAt(body, path))
		return set(path, append(list, value))(body)
	}
}

// lessOne takes the last element from a list.
func lessOne(path string) func(properties map[string]any) {
	return func(properties map[string]any) {
		body := map[string]any{"Properties": properties}
		list := listAt(body, path)
		set(path, list[:len(list)-1])(body)
	}
}

func listAt(body map[string]any, path string) (list []any) {
	at(body, strings.Split(path, "."), func(found any) { list = found.([]any) })
	return list
}

func renamed(from, to string) func(map[string]any) map[string]any {
	return func(statement map[string]any) map[string]any {
		statement[to] = statement[from]
		delete(statement, from)
		return statement
	}
}

// withoutKey takes a condition out of the first statement.
func withoutKey(key string) func(map[string]any) {
	return func(properties map[string]any) {
		first := properties[wholePolicy].(map[string]any)["Statement"].([]any)[0].(map[string]any)
		delete(first["Condition"].(map[string]any)["StringEquals"].(map[string]any), key)
	}
}

// swapService makes an endpoint one of another service behind the same group.
func swapService(body map[string]any) map[string]any {
	return edit(func(p map[string]any) {
		name := p["ServiceName"].(string)
		region := strings.Split(name, ".")[2]
		p["ServiceName"] = "com.amazonaws." + region + ".sts"
		if strings.HasSuffix(name, ".sts") {
			p["ServiceName"] = "com.amazonaws." + region + ".logs"
		}
	})(body)
}

func isGateway(r *template.Resource) bool   { return r.Get("VpcEndpointType").Is("Gateway") }
func isInterface(r *template.Resource) bool { return r.Get("VpcEndpointType").Is("Interface") }

func ofService(service string) func(*template.Resource) bool {
	return func(r *template.Resource) bool {
		return r.Get("ServiceName").Is("com.amazonaws." + r.Stack.Region + "." + service)
	}
}

func conditional(r *template.Resource) bool {
	return !r.Get("PolicyDocument", "Statement", "0", "Condition").Missing()
}

// toOwn finds the endpoints that are asked for the account of what they lead to.
func toOwn(r *template.Resource) bool {
	return !r.Get("PolicyDocument", "Statement", "0", "Condition", "StringEquals", "aws:ResourceAccount").Missing()
}

func many(r *template.Resource) bool {
	return r.Get("PolicyDocument", "Statement", "0", "Action").Len() > 1
}

func ofEndpoint(r *template.Resource) bool {
	return slices.ContainsFunc(r.Get("Tags").List(), func(tag template.Value) bool {
		return tag.Get("Key").Is("livechat:group") && strings.HasPrefix(tag.Get("Value").Text(), "endpoint-")
	})
}
