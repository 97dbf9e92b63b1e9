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

	{"FN-01", aFunction, "runs code of another bucket", nil, set("Code.S3Bucket", "somebodys-bucket")},
	{"FN-01", aFunction, "runs code that can be replaced", nil, set("Code.S3Key", "latest.zip")},
	{"FN-01", aFunction, "runs what stands in the template", nil, set("Code", map[string]any{"ZipFile": "exec sh"})},
	{"FN-01", aFunction, "runs an image", nil, set("PackageType", "Image")},
	{"FN-01", aFunction, "runs an interpreter", nil, set("Runtime", "nodejs22.x")},
	{"FN-01", aFunction, "runs a runtime that is no more", nil, set("Runtime", "provided.al2")},
	{"FN-01", aFunction, "takes a secret as a variable", nil, set("Environment", map[string]any{"Variables": map[string]any{"KEY": "x"}})},
	{"FN-01", aFunction, "takes a layer", nil, set("Layers", []any{"arn:aws:lambda:eu-west-1:999999999999:layer:spy:1"})},
	{"FN-01", aFunction, "mounts a file system", nil, set("FileSystemConfigs", []any{map[string]any{"Arn": "arn", "LocalMountPath": "/mnt/x"}})},
	{"FN-08", aFunction, "lies in somebody's subnets", nil, set("VpcConfig", map[string]any{"SubnetIds": []any{"subnet-0123456789abcdef0"}})},
	{"FN-01", aFunction, "runs for as long as it likes", nil, drop("Timeout")},

	{"FN-02", aFunction, "turns into a URL", nil, become("AWS::Lambda::Url")},
	{"FN-02", aFunction, "turns into a permission", nil, become("AWS::Lambda::Permission")},
	{"PART-01", "AWS::CloudFormation::WaitConditionHandle", "is gone, and the shard with it", nil, remove},
	{"FN-02", aFunction, "turns into an event source", nil, become("AWS::Lambda::EventSourceMapping")},
	{"FN-02", aFunction, "turns into a layer", nil, become("AWS::Lambda::LayerVersion")},

	{"FN-03", aFunction, "logs to Lambda's own group", nil, drop("LoggingConfig")},
	{"FN-03", aFunction, "logs with the VPC's traffic", nil, set("LoggingConfig.LogGroup", ref(flowLogGroup))},
	{"FN-03", aFunction, "logs nothing", nil, set("LoggingConfig.ApplicationLogLevel", "FATAL")},
	{"FN-03", aFunction, "logs as text", nil, set("LoggingConfig.LogFormat", "Text")},

	{"FN-04", aFunction, "takes another role", nil, set("Role", "arn:aws:iam::111122223333:role/admin")},
	{"FN-04", aFunction, "takes another name than its role trusts", nil, set("FunctionName", "another")},
	{"FN-04", "AWS::IAM::Role", "trusts another service", ofLambda, trusting(func(s map[string]any) { s["Principal"] = map[string]any{"Service": "ec2.amazonaws.com"} })},
	{"FN-04", "AWS::IAM::Role", "trusts the functions of any account", ofLambda, trusting(func(s map[string]any) { delete(s, "Condition") })},
	{"FN-04", "AWS::IAM::Role", "trusts every function", ofLambda, trusting(func(s map[string]any) {
		s["Condition"].(map[string]any)["ArnLike"] = map[string]any{"aws:SourceArn": "arn:aws:lambda:eu-west-1:111122223333:function:*"}
	})},
	{"FN-04", "AWS::IAM::Role", "administers too", ofLambda, set("ManagedPolicyArns", []any{"arn:aws:iam::aws:policy/AdministratorAccess"})},

	{"FN-05", "AWS::IAM::Role", "empties any group", ofVPCTask, permitting(2, func(s map[string]any) { s["Resource"] = "*" })},
	{"FN-05", "AWS::IAM::Role", "opens groups too", ofVPCTask, permitting(2, func(s map[string]any) { s["Action"] = append(s["Action"].([]any), "ec2:AuthorizeSecurityGroupIngress") })},
	{"FN-05", "AWS::IAM::Role", "cannot empty the group", ofVPCTask, permitting(2, func(s map[string]any) { s["Action"] = "ec2:RevokeSecurityGroupIngress" })},
	{"FN-05", "AWS::IAM::Role", "may do everything to EC2", ofLambda, permitting(1, func(s map[string]any) { s["Action"] = "ec2:*" })},
	{"FN-05", "AWS::IAM::Role", "writes any log", ofLambda, permitting(0, func(s map[string]any) { s["Resource"] = "*" })},
	{"FN-05", "AWS::IAM::Role", "writes no log", ofLambda, permitting(0, func(s map[string]any) { s["Effect"] = "Deny" })},

	{"FN-06", prefixList, "is made by somebody else", nil, set("ServiceToken", "arn:aws:lambda:eu-west-1:999999999999:function:task")},
	{"FN-06", emptyGroup, "is made by somebody else", nil, set("ServiceToken", "arn:aws:sns:eu-west-1:999999999999:topic")},
	{"FN-06", emptyGroup, "is made by nobody", nil, drop("ServiceToken")},
	{"FN-06", emptyGroup, "holds the stack up for an hour", nil, drop("ServiceTimeout")},
	{"FN-06", emptyGroup, "says more", nil, set("Region", "us-east-1")},
	{"FN-06", emptyGroup, "is of a kind that nobody knows", nil, become("Custom::AWS")},

	{"FN-07", prefixList, "vanishes", nil, remove},
	{"FN-07", prefixList, "is of another region", nil, set("Name", "com.amazonaws.ca-west-1.s3")},
	{"FN-07", prefixList, "is everybody's CloudFront", nil, set("Name", "com.amazonaws.global.cloudfront.origin-facing")},
	{"FN-07", prefixList, "is a customer's", nil, set("Name", "everywhere")},
}

// flowLogGroup is the log group's logical id.
const flowLogGroup = "FlowLogGroup3E25AA51"

// ofLambda says that Lambda takes the role up.
func ofLambda(r *template.Resource) bool {
	return strings.Contains(r.Get("AssumeRolePolicyDocument").String(), "lambda.amazonaws.com")
}

// ofVPCTask says that it is the role of the network's own function.
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
