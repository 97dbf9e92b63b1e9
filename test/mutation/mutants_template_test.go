package mutation

import "slices"

// becomes changes a resource's type.
func becomes(typ string) func(map[string]any) map[string]any {
	return func(body map[string]any) map[string]any {
		body["Type"] = typ
		return body
	}
}

// attribute sets or, with nil, drops the attributes other than the properties.
func attribute(name string, value any) func(map[string]any) map[string]any {
	return func(body map[string]any) map[string]any {
		if body[name] = value; value == nil {
			delete(body, name)
		}
		return body
	}
}

var templateMutations = slices.Concat([]mutation{
	{"CDK-01", "AWS::S3::Bucket", "loses what is in a property", nil, set("LifecycleConfiguration", map[string]any{})},
	{"CDK-01", "AWS::KMS::Key", "has an empty list", nil, set("Tags", []any{})},
	{"CDK-01", "AWS::IAM::Role", "has conditions without any", nil, set("AssumeRolePolicyDocument.Statement.0.Condition", map[string]any{})},
	{"CDK-02", "AWS::S3::Bucket", "names a property in lower case", nil, set("versioningConfiguration", map[string]any{"Status": "Enabled"})},
	{"CDK-02", "AWS::EC2::FlowLog", "names an option in lower case", nil, set("DestinationOptions", map[string]any{"fileFormat": "parquet"})},
	{"CDK-02", "AWS::KMS::Key", "says effect in lower case", nil, set("KeyPolicy.Statement.0.effect", "Allow")},
	{"CDK-03", "AWS::EC2::Subnet", "lies in a dummy zone", nil, set("AvailabilityZone", "dummy1a")},
	{"CDK-03", "AWS::EC2::Subnet", "lies in a zone that the account decides", nil, set("AvailabilityZone", map[string]any{"Fn::Select": []any{0, map[string]any{"Fn::GetAZs": ""}}})},
	{"CDK-03", "AWS::EC2::Subnet", "lies in a VPC that was not found", nil, set("VpcId", "vpc-12345")},
	{"CDK-05", "AWS::S3::Bucket", "has a name that cannot be resolved", nil, set("BucketName", map[string]any{"Ref": "Nothing"})},
	{"CDK-05", "AWS::KMS::Key", "has a description from an export that does not exist", nil, set("Description", map[string]any{"Fn::ImportValue": "absent"})},
	{"CDK-05", "AWS::EC2::Route", "goes to nothing", nil, set("NatGatewayId", map[string]any{"Ref": "Nothing"})},
	{"CDK-05", "AWS::EC2::VPC", "is dropped, and all that refers to it hangs", nil, remove},
	{"CDK-06", "AWS::EC2::EIP", "becomes a queue", nil, becomes("AWS::SQS::Queue")},
	{"CDK-06", "AWS::S3::BucketPolicy", "becomes a custom resource", nil, becomes("Custom::S3AutoDeleteObjects")},
	{"CDK-07", "AWS::S3::Bucket", "is chosen at the deploy", nil, set("BucketName", map[string]any{"Fn::If": []any{"Production", "a", "b"}})},
	{"CDK-07", "AWS::S3::Bucket", "is there only on a condition", nil, attribute("Condition", "Production")},
	{"CDK-07", "AWS::KMS::Key", "includes a stored text", nil, set("KeyPolicy", map[string]any{"Fn::Transform": map[string]any{"Name": "AWS::Include"}})},
	{"CDK-08", "AWS::S3::Bucket", "is tagged with an access key", nil, set("Tags", []any{map[string]any{"Key": "owner", "Value": "AKIAIOSFODNN7EXAMPLE"}})},
	{"CDK-08", "AWS::KMS::Key", "holds a secret in its description", nil, set("Description", "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")},
	{"CDK-08", "AWS::IAM::Role", "has a private key", nil, set("Description", "-----BEGIN PRIVATE KEY-----")},
	{"CDK-08", "AWS::Logs::LogGroup", "is named by a secret", nil, set("LogGroupName", "{{resolve:secretsmanager:x}}")},
	{"CDK-08", "AWS::EC2::VPC", "has a password", nil, set("AdminPassword", "hunter2")},
}, lost("AWS::KMS::Key", "AWS::S3::Bucket", "AWS::Logs::LogGroup"),
	blocked("AWS::Logs::LogGroup", aSecret, aTable, aZone), rolledBack("AWS::KMS::Key", "AWS::S3::Bucket"))

// lost returns the ways to lose what a resource of each type holds.
func lost(types ...string) []mutation {
	var all []mutation
	for _, typ := range types {
		for _, policy := range []string{"DeletionPolicy", "UpdateReplacePolicy"} {
			all = append(all,
				mutation{"CDK-09", typ, "drops its " + policy, nil, attribute(policy, nil)},
				mutation{"CDK-09", typ, "deletes by its " + policy, nil, attribute(policy, "Delete")},
				mutation{"CDK-09", typ, "asks for a snapshot by its " + policy, nil, attribute(policy, "Snapshot")})
		}
	}
	return all
}

// blocked are what a failed creation leaves of each type, so that the next finds the name taken.
func blocked(types ...string) []mutation {
	var all []mutation
	for _, typ := range types {
		all = append(all, mutation{"CDK-09", typ, "is left by a creation that fails", ofNoPartner, attribute("DeletionPolicy", "Retain")})
	}
	return all
}

// rolledBack are what a rollback of the creation takes of each type, though others may use it already.
func rolledBack(types ...string) []mutation {
	var all []mutation
	for _, typ := range types {
		all = append(all, mutation{"CDK-09", typ, "goes with a creation that fails", nil, attribute("DeletionPolicy", "RetainExceptOnCreate")})
	}
	return all
}
