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
	{"CDK-06", vpcEndpoint, "goes to another region", nil, set("ServiceRegion", "ca-west-1")},
	{"CDK-06", vpcEndpoint, "is of a foreign resource", nil, set("ResourceConfigurationArn", "arn:aws:vpc-lattice:eu-west-1:444455556666:resourceconfiguration/rcfg-1")},
	{"NET-32", subnetRoutes, "turns into an endpoint more", nil, become(vpcEndpoint)},

	{"NET-33", vpcEndpoint, "is routed to from the data tier", isGateway, adds("RouteTableIds", ref("DataRoutesA"))},
	{"NET-33", vpcEndpoint, "of DynamoDB is routed to from the llm tier", ofService("dynamodb"), adds("RouteTableIds", ref("LlmRoutesA"))},
	{"CDK-06", vpcEndpoint, "has routes too", isInterface, set("RouteTableIds", []any{ref("AppRoutesA")})},
	{"NET-33", subnet, "claims a tier that is routed to S3", tiered("public", "data"), retag("app", "llm")},

	{"NET-34", vpcEndpoint, "moves to the llm tier", isInterface, set("SubnetIds.0", ref("LlmSubnetA"))},

	{"NET-35", vpcEndpoint, "admits anything, as text", nil, set(wholePolicy, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`)},
	{"NET-35", vpcEndpoint, "admits all but one action", nil, eachStatement(wholePolicy, renamed("Action", "NotAction"))},
	{"NET-35", vpcEndpoint, "admits all but what is named", nil, eachStatement(wholePolicy, renamed("Resource", "NotResource"))},
	{"NET-35", vpcEndpoint, "admits all but one caller", nil, eachStatement(wholePolicy, renamed("Principal", "NotPrincipal"))},
	{"NET-35", vpcEndpoint, "admits callers of any account", conditional, edit(withoutKey("aws:PrincipalAccount"))},
	{"NET-35", vpcEndpoint, "leads to any account", toOwn, edit(withoutKey("aws:ResourceAccount"))},
	{"NET-35", vpcEndpoint, "admits callers of another account", conditional, set(bothAccounts+"aws:PrincipalAccount", []any{"111122223333", foreign})},
	{"NET-35", vpcEndpoint, "leads to another account", toOwn, set(bothAccounts+"aws:ResourceAccount", foreign)},
	{"NET-35", vpcEndpoint, "requires the account only where it is present", conditional, conditions(wholePolicy, moved("StringEquals", "StringEqualsIfExists"))},
	{"NET-35", vpcEndpoint, "asks that no account be another", conditional, conditions(wholePolicy, moved("StringEquals", "ForAllValues:StringEquals"))},
	{"NET-35", vpcEndpoint, "writes where images' layers lie", ofService("s3"), set("PolicyDocument.Statement.1.Action", "s3:PutObject")},
	{"NET-35", vpcEndpoint, "pulls a foreign agent", ofService("ecr.api"), set("PolicyDocument.Statement.1.Resource", "arn:aws:ecr:eu-west-1:"+foreign+":repository/aws-guardduty-agent-fargate")},
	{"NET-35", vpcEndpoint, "takes tokens of federation", ofService("sts"), adds("PolicyDocument.Statement.0.Action", "sts:AssumeRoleWithWebIdentity")},
	{"NET-35", vpcEndpoint, "loses an action", many, edit(lessOne("PolicyDocument.Statement.0.Action"))},
	{"IAM-05", vpcEndpoint, "admits any principal to another action", nil, more(wholePolicy, allow("*", "kms:Decrypt", "*"))},
	{"IAM-06", vpcEndpoint, "leads to a foreign bucket", nil, more(wholePolicy, allow("*", "s3:PutObject", "arn:aws:s3:::foreign-bucket/*"))},

	{"NET-36", vpcEndpoint, "takes the default group by name", isInterface, set("SecurityGroupIds.0", map[string]any{"Fn::GetAtt": []any{"Vpc", "DefaultSecurityGroup"}})},
	{"NET-36", vpcEndpoint, "becomes another service's, with its group", isInterface, swapService},
	{"NET-36", "AWS::EC2::SecurityGroup", "stands for another party", ofEndpoint, drop("Tags")},
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
