package mutation

import (
	"maps"

	"livechat.example/cloud/policies/template"
)

// byFactor finds the roles that IAM users take up.
func byFactor(r *template.Resource) bool {
	return anyPerson(r) && asksFor("aws:MultiFactorAuthPresent")(r)
}

var peopleMutations = []mutation{
	{"IAM-14", "AWS::IAM::Role", "asks for no second factor", byFactor, conditions(trust, less("Bool"))},
	{"IAM-14", "AWS::IAM::Role", "asks for a second factor only where there is one", byFactor, conditions(trust, moved("Bool", "BoolIfExists"))},
	{"IAM-14", "AWS::IAM::Role", "asks for no second factor to be given", byFactor, conditions(trust, func(c map[string]any) {
		c["Bool"] = map[string]any{"aws:MultiFactorAuthPresent": "false"}
	})},
	{"IAM-14", "AWS::IAM::Role", "lets the second factor be of yesterday", byFactor, conditions(trust, func(c map[string]any) {
		c["NumericLessThan"] = map[string]any{"aws:MultiFactorAuthAge": "86400"}
	})},
	{"IAM-14", "AWS::IAM::Role", "asks for no age of the second factor", byFactor, conditions(trust, less("NumericLessThan"))},
	{"IAM-14", "AWS::IAM::Role", "asks neither for a second factor nor for a permission set", anyPerson, conditions(trust, func(c map[string]any) {
		maps.DeleteFunc(c, func(operator string, _ any) bool { return operator != "StringLike" })
	})},
	{"IAM-14", "AWS::IAM::Role", "may be taken up with any permission set", anyPerson, conditions(trust, func(c map[string]any) {
		maps.DeleteFunc(c, func(operator string, _ any) bool { return operator != "StringLike" })
		c["ArnLike"] = map[string]any{"aws:PrincipalArn": "arn:aws:iam::333344445555:role/aws-reserved/sso.amazonaws.com/*"}
	})},
	{"IAM-14", "AWS::IAM::Role", "asks for no name", anyPerson, conditions(trust, less("StringLike"))},
	{"IAM-14", "AWS::IAM::Role", "is dropped", anyPerson, remove},
	{"IAM-14", "AWS::IAM::Role", "has another name", anyPerson, set("RoleName", "livechat-other")},
	{"IAM-14", "AWS::IAM::Role", "is assumed by people", aService, with(trust, "Principal", map[string]any{"AWS": "arn:aws:iam::111122223333:root"})},
	{"IAM-14", "AWS::IAM::Role", "cannot be given the name that it asks for", anyPerson, with(trust, "Action", "sts:AssumeRole")},
	{"IAM-14", "AWS::IAM::Role", "requires a tag that no session has", anyPerson, conditions(trust, func(c map[string]any) {
		c["StringEquals"] = map[string]any{"aws:PrincipalTag/team": "none"}
	})},
	{"IAM-15", "AWS::IAM::Role", "may do nothing of its duty", anyPerson, drop("ManagedPolicyArns")},
	{"IAM-15", "AWS::IAM::Role", "administers", roleNamed("reader", "security", "operator", "ci-diff", "ci-deploy"), set("ManagedPolicyArns", []any{"arn:aws:iam::aws:policy/AdministratorAccess"})},
	{"IAM-16", "AWS::IAM::Policy", "gives it in an office only", ofRole("Operator"), set(document+".Statement.0.Condition.IpAddress", map[string]any{"aws:SourceIp": "192.0.2.1/32"})},
	{"IAM-16", "AWS::IAM::Policy", "leaves a role out", ofRole("Operator"), edit(oneRoleLess)},
	{"IAM-16", "AWS::IAM::Policy", "gives its roles to the reader", nil, set("Roles", []any{map[string]any{"Ref": "ReaderF7BF189D"}})},
}

var pipelineMutations = []mutation{
	{"IAM-17", "AWS::IAM::Role", "is assumed from any branch", anyPipeline, conditions(trust, func(c map[string]any) {
		c["StringEquals"].(map[string]any)["token.actions.githubusercontent.com:sub"] = "repo:livechat-example/cloud:*"
	})},
	{"IAM-17", "AWS::IAM::Role", "is assumed from another repository", anyPipeline, conditions(trust, func(c map[string]any) {
		c["StringEquals"].(map[string]any)["token.actions.githubusercontent.com:sub"] = "repo:mallory/cloud:pull_request"
	})},
	{"IAM-17", "AWS::IAM::Role", "may be taken up from a repository of the same name", anyPipeline, conditions(trust, func(c map[string]any) {
		c["StringEquals"].(map[string]any)["token.actions.githubusercontent.com:sub"] = "repo:livechat-example@1/cloud@2:pull_request"
	})},
	{"IAM-17", "AWS::IAM::Role", "matches by pattern", anyPipeline, conditions(trust, moved("StringEquals", "StringLike"))},
	{"IAM-17", "AWS::IAM::Role", "is met where the token says nothing", anyPipeline, conditions(trust, moved("StringEquals", "StringEqualsIfExists"))},
	{"IAM-17", "AWS::IAM::Role", "asks for no audience", anyPipeline, conditions(trust, func(c map[string]any) {
		delete(c["StringEquals"].(map[string]any), "token.actions.githubusercontent.com:aud")
	})},
	{"IAM-17", "AWS::IAM::Role", "trusts another provider", anyPipeline, with(trust, "Principal", map[string]any{"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"})},
	{"IAM-17", "AWS::IAM::Role", "is dropped", anyPipeline, remove},
	{"IAM-17", "AWS::IAM::Role", "is assumed by a token", aService, with(trust, "Principal", map[string]any{"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"})},
	{"IAM-17", "AWS::IAM::Role", "asks for what no token says", anyPipeline, conditions(trust, func(c map[string]any) {
		c["StringLike"] = map[string]any{"token.actions.githubusercontent.com:ref": "none"}
	})},
	{"IAM-18", "AWS::IAM::Policy", "leaves a role out", ofRole("CIDiff", "CIDeploy"), edit(oneRoleLess)},
	{"IAM-19", "AWS::IAM::OIDCProvider", "is dropped", nil, remove},
	{"CDK-06", "AWS::IAM::OIDCProvider", "becomes SAML's", nil, func(body map[string]any) map[string]any { body["Type"] = "AWS::IAM::SAMLProvider"; return body }},
	{"IAM-19", "AWS::IAM::OIDCProvider", "is left by a creation that fails", nil, attribute("DeletionPolicy", "Retain")},
}

func replacedBy(typ string, properties map[string]any) func(map[string]any) map[string]any {
	return func(map[string]any) map[string]any { return map[string]any{"Type": typ, "Properties": properties} }
}

var countedMutations = []mutation{
	{"IAM-20", "AWS::IAM::Role", "is a person's, and has a policy more", anyPerson, gives("ec2:DescribeInstances", "*")},
	{"IAM-20", "AWS::IAM::Role", "is CI's, and has a policy more", anyPipeline, gives("ec2:DescribeInstances", "*")},
	{"IAM-20", "AWS::IAM::Role", "is a service's, and has a policy more", aService, gives("ec2:DescribeInstances", "*")},
	{"IAM-20", "AWS::IAM::Role", "is a service's, and has none", aService, drop("Policies")},
	{"IAM-20", "AWS::IAM::Role", "has an unknown name", anyPerson, set("RoleName", "livechat-other")},
	{"IAM-20", "AWS::IAM::Policy", "is gone", nil, remove},
	{"IAM-20", "AWS::IAM::Policy", "becomes a role", nil, replacedBy("AWS::IAM::Role", map[string]any{"RoleName": "livechat-other"})},
	{"IAM-20", "AWS::IAM::Policy", "becomes a managed policy", nil, replacedBy("AWS::IAM::ManagedPolicy", map[string]any{"Roles": []any{map[string]any{"Ref": "ReaderF7BF189D"}}})},
	{"IAM-20", "AWS::EC2::FlowLog", "leaves its role behind", nil, remove},
	{"IAM-20", "AWS::S3::Bucket", "leaves its role behind", replicated, drop("ReplicationConfiguration")},
	{"NET-15", "AWS::IAM::Role", "may do more in the same document", writesFlowLogs, addsToInline},
	{"STORE-18", "AWS::IAM::Role", "may do more in the same document", copies, addsToInline},
	{"STORE-20", "AWS::IAM::Role", "may do more in the same document", uploads, addsToInline},
	{"STORE-25", "AWS::IAM::Role", "may do more in the same document", scans, addsToInline},
}

func writesFlowLogs(r *template.Resource) bool {
	return aService(r) && !copies(r) && !scans(r) && !ofLambda(r) && !ofTask("")(r)
}

// addsToInline adds a statement to a role's own policy.
var addsToInline = edit(func(p map[string]any) {
	d := p["Policies"].([]any)[0].(map[string]any)["PolicyDocument"].(map[string]any)
	d["Statement"] = append(d["Statement"].([]any), allow(nil, "ec2:DescribeInstances", "*"))
})
