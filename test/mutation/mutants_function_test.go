package mutation

import (
	"strings"

	"livechat.example/cloud/policies/template"
)

const (
	aFunction  = "AWS::Lambda::Function"
	emptyGroup = "Custom::EmptyDefaultGroup"
	prefixList = "Custom::PrefixList"
	otherGroup = "sg-0123456789abcdef0"
)

var functionMutations = []mutation{
	{"NET-37", emptyGroup, "vanishes", nil, remove},
	{"NET-37", emptyGroup, "empties another group", nil, set("GroupId", otherGroup)},
	{"NET-37", emptyGroup, "drops its group", nil, drop("GroupId")},
	{"NET-37", emptyGroup, "turns into another custom resource", nil, become(prefixList)},

	{"FN-01", aFunction, "runs what stands in the template", nil, set("Code", map[string]any{"ZipFile": "exec sh"})},
	{"CDK-06", aFunction, "runs an image", nil, set("PackageType", "Image")},
	{"FN-01", aFunction, "runs a runtime that is no more", nil, set("Runtime", "provided.al2")},
	{"CDK-06", aFunction, "takes a secret as a variable", nil, set("Environment", map[string]any{"Variables": map[string]any{"KEY": "x"}})},
	{"CDK-06", aFunction, "takes a layer", nil, set("Layers", []any{"arn:aws:lambda:eu-west-1:999999999999:layer:spy:1"})},
	{"CDK-06", aFunction, "mounts a file system", nil, set("FileSystemConfigs", []any{map[string]any{"Arn": "arn", "LocalMountPath": "/mnt/x"}})},
	{"CDK-06", aFunction, "lies in a VPC, where it touches nothing", func(r *template.Resource) bool { return r.Get("VpcConfig").Missing() }, set("VpcConfig", map[string]any{"SubnetIds": []any{"subnet-0123456789abcdef0"}})},

	{"CDK-06", aFunction, "turns into a URL", nil, become("AWS::Lambda::Url")},
	{"FN-02", aFunction, "turns into a permission", nil, become("AWS::Lambda::Permission")},
	{"PART-01", "AWS::CloudFormation::WaitConditionHandle", "is gone, and the shard with it", nil, remove},
	{"CDK-06", aFunction, "turns into an event source", nil, become("AWS::Lambda::EventSourceMapping")},
	{"CDK-06", aFunction, "turns into a layer", nil, become("AWS::Lambda::LayerVersion")},

	{"FN-03", aFunction, "logs with the VPC's traffic", nil, set("LoggingConfig.LogGroup", ref(flowLogGroup))},

	{"FN-04", "AWS::IAM::Role", "trusts another service", ofLambda, trusting(func(s map[string]any) { s["Principal"] = map[string]any{"Service": "ec2.amazonaws.com"} })},
	{"FN-04", "AWS::IAM::Role", "trusts the functions of any account", ofLambda, trusting(func(s map[string]any) { delete(s, "Condition") })},
	{"FN-04", "AWS::IAM::Role", "asks Lambda for the function, which it does not say", ofLambda,
		trusting(asking("arn:aws:lambda:eu-west-1:111122223333:function:dev-eu-west-1-vpctask"))},
	{"FN-04", "AWS::IAM::Role", "administers too", ofLambda, set("ManagedPolicyArns", []any{"arn:aws:iam::aws:policy/AdministratorAccess"})},

	{"FN-05", "AWS::IAM::Role", "empties any group", ofVPCTask, permitting(2, func(s map[string]any) { s["Resource"] = "*" })},
	{"FN-05", "AWS::IAM::Role", "opens groups too", ofVPCTask, permitting(2, func(s map[string]any) { s["Action"] = append(s["Action"].([]any), "ec2:AuthorizeSecurityGroupIngress") })},
	{"FN-05", "AWS::IAM::Role", "cannot empty the group", ofVPCTask, permitting(2, func(s map[string]any) { s["Action"] = "ec2:RevokeSecurityGroupIngress" })},
	{"FN-05", "AWS::IAM::Role", "may do everything to EC2", ofLambda, permitting(1, func(s map[string]any) { s["Action"] = "ec2:*" })},
	{"FN-05", "AWS::IAM::Role", "writes any log", ofLambda, permitting(0, func(s map[string]any) { s["Resource"] = "*" })},
	{"FN-05", "AWS::IAM::Role", "writes no log", ofLambda, permitting(0, func(s map[string]any) { s["Effect"] = "Deny" })},

	{"CDK-06", emptyGroup, "says more", nil, set("Region", "us-east-1")},
	{"CDK-06", emptyGroup, "is of an unknown kind", nil, become("Custom::AWS")},

	{"FN-07", prefixList, "vanishes", nil, remove},
}

// flowLogGroup is the log group's logical id.
const flowLogGroup = "FlowLogGroup3E25AA51"

// ofLambda reports whether Lambda takes the role up.
func ofLambda(r *template.Resource) bool {
	return strings.Contains(r.Get("AssumeRolePolicyDocument").String(), "lambda.amazonaws.com")
}

// ofVPCTask reports whether it is the role of the network's own function.
func ofVPCTask(r *template.Resource) bool { return ofLambda(r) && r.Stack.Layer == "network" }

func trusting(change func(statement map[string]any)) func(map[string]any) map[string]any {
	return eachStatement(trust, func(s map[string]any) map[string]any {
		change(s)
		return s
	})
}

// permitting changes one statement of what a role may do.
func permitting(i int, change func(statement map[string]any)) func(map[string]any) map[string]any {
	return edit(func(properties map[string]any) {
		document := properties["Policies"].([]any)[0].(map[string]any)["PolicyDocument"].(map[string]any)
		change(document["Statement"].([]any)[i].(map[string]any))
	})
}
