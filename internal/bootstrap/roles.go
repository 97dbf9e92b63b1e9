package bootstrap

import (
	"maps"
	"slices"

	"livechat.example/cloud/internal/names"
)

// roles narrows each role to who assumes it and what that one does with it, under a boundary that the same stack makes.
func (d *derivation) roles() {
	limits := d.properties("CdkBoostrapPermissionsBoundaryPolicy", "AWS::IAM::ManagedPolicy")
	limits["Description"] = "What no role of the bootstrap exceeds"
	limits["PolicyDocument"] = d.p.limits()

	publisher := d.role("FilePublishingRole", "file-publishing")
	image := d.role("ImagePublishingRole", "image-publishing")
	lookup := d.role("LookupRole", "lookup")
	deploy := d.role("DeploymentActionRole", "deploy")
	formation := d.role("CloudFormationExecutionRole", "")
	publisher["Description"], image["Description"] = "Puts what is deployed into the bucket", "Puts images into the repository"
	lookup["Description"], deploy["Description"] = "Sees what is deployed", "Tells CloudFormation to deploy a stack"
	formation["Description"] = "What CloudFormation acts as"

	d.properties("FilePublishingRoleDefaultPolicy", "AWS::IAM::Policy")["PolicyDocument"] = document(publishing...)
	d.properties("ImagePublishingRoleDefaultPolicy", "AWS::IAM::Policy") // the CLI's names its repository
	delete(lookup, "ManagedPolicyArns")
	lookup["Policies"] = []object{{"PolicyName": "LookupRolePolicy", "PolicyDocument": document(lookingUp...)}}
	delete(deploy, "ManagedPolicyArns")
	deploy["Policies"] = []object{{"PolicyName": "default", "PolicyDocument": document(d.p.deploying()...)}}
	d.section("Resources")["CloudFormationExecutionPolicy"] = object{"Type": "AWS::IAM::ManagedPolicy", "Properties": object{
		"ManagedPolicyName": sub("cdk-${Qualifier}-cfn-exec-policy-${AWS::AccountId}-${AWS::Region}"),
		"Description":       "What CloudFormation may do with the services of the estate", "PolicyDocument": configuration(),
	}}
	formation["ManagedPolicyArns"] = []object{{"Ref": "CloudFormationExecutionPolicy"}}
	formation["Policies"] = []object{{"PolicyName": "default", "PolicyDocument": d.p.execution()}}
}

// role puts the boundary on a role, and lets those assume it who need its kind. CloudFormation's is of no kind: its service assumes it.
func (d *derivation) role(id, kind string) object {
	role := d.properties(id, "AWS::IAM::Role")
	role["PermissionsBoundary"] = object{"Ref": "CdkBoostrapPermissionsBoundaryPolicy"}
	if kind != "" {
		role["AssumeRolePolicyDocument"] = document(d.p.trust(kind)...)
	}
	return role
}

// trust admits roles by aws:PrincipalArn: a principal must exist when a trust names it, and these come with the identity stack, after
// the bootstrap. Their own policies must allow it too. A session that has a source identity, as people's have, hands it on.
func (p Props) trust(kind string) []statement {
	if kind == "image-publishing" { // no role of ours assumes it, since the program has no image of its own
		kind = "deploy"
	}
	var roles []any
	for _, name := range slices.Sorted(maps.Keys(names.Deployers)) {
		if slices.Contains(names.Deployers[name], kind) {
			roles = append(roles, ofIAM("role/"+names.Role(p.Environment, name)))
		}
	}
	ours := conditions{"ArnEquals": {"aws:PrincipalArn": roles}}
	return []statement{
		// An external id is for those who act for others.
		{Sid: "Assume", Principal: account, Action: []string{"sts:AssumeRole"},
			Condition: conditions{"ArnEquals": ours["ArnEquals"], "Null": {"sts:ExternalId": "true"}}},
		{Sid: "Session", Principal: account, Action: []string{"sts:SetSourceIdentity", "sts:TagSession"}, Condition: ours},
	}
}

var (
	stagingBucket  = sub("${StagingBucket.Arn}")
	stagingObjects = sub("${StagingBucket.Arn}/*")
	stagingKey     = object{"Fn::GetAtt": []string{"FileAssetsBucketEncryptionKey", "Arn"}}

	bootstrapVersion = statement{Sid: "BootstrapVersion", Action: []string{"ssm:GetParameter", "ssm:GetParameters"},
		Resource: here("ssm", "parameter/cdk-bootstrap/${Qualifier}/version")}
	stacks = statement{Sid: "Stacks", Action: []string{"cloudformation:Describe*", "cloudformation:Get*", "cloudformation:List*",
		"cloudformation:ValidateTemplate"}, Resource: all}
)

// publishing is what the CLI calls to publish a file: it looks whose the bucket is, how it is encrypted and whether the object is
// there, and puts it, in parts if it is large.
var publishing = []statement{
	{Sid: "Bucket", Action: []string{"s3:GetBucketLocation", "s3:GetEncryptionConfiguration", "s3:ListBucket"}, Resource: stagingBucket},
	{Sid: "Objects", Action: []string{"s3:AbortMultipartUpload", "s3:PutObject"}, Resource: stagingObjects},
	{Sid: "Key", Action: []string{"kms:Decrypt", "kms:GenerateDataKey"}, Resource: stagingKey},
}

// lookingUp is what `cdk diff` reads: stacks, and the version of the bootstrap. Zones are configured and nothing else is looked up.
var lookingUp = []statement{stacks, bootstrapVersion, {
	// A pull request's own code runs beside this role: whoever grants it more grants no data.
	Sid: "NoData", Effect: deny, Resource: all,
	Action: []string{"athena:GetQueryResults*", "dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:GetRecords", "dynamodb:PartiQL*", "dynamodb:Query",
		"dynamodb:Scan", "kms:Decrypt", "lambda:GetFunction", "logs:FilterLogEvents", "logs:GetLogEvents", "logs:GetLogRecord", "logs:GetQueryResults",
		"logs:StartLiveTail", "logs:StartQuery", "rds:Download*", "s3:GetObject*", "secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue",
		"sqs:ReceiveMessage"},
}}

// deploying is what the CLI calls to deploy, compare and destroy the environment's stacks of the region, and no other stack: the
// bootstrap's least of all.
func (p Props) deploying() []statement {
	own := func(place string) object {
		return here("cloudformation", "stack/"+p.Environment+"-"+place+"-*/*")
	}
	return []statement{
		{Sid: "Deploy", Resource: []any{own("${AWS::Region}"), own("global")}, Action: []string{"cloudformation:ContinueUpdateRollback", "cloudformation:CreateChangeSet",
			"cloudformation:CreateStack", "cloudformation:DeleteChangeSet", "cloudformation:DeleteStack", "cloudformation:ExecuteChangeSet",
			"cloudformation:RollbackStack", "cloudformation:UpdateStack", "cloudformation:UpdateTerminationProtection"}},
		{Sid: "Refactor", Resource: all, Action: []string{"cloudformation:CreateStackRefactor", "cloudformation:ExecuteStackRefactor"}},
		stacks,
		{Sid: "HandOn", Resource: object{"Fn::GetAtt": []string{"CloudFormationExecutionRole", "Arn"}}, Action: []string{"iam:PassRole"},
			Condition: conditions{"StringEqualsIfExists": {"iam:PassedToService": "cloudformation.amazonaws.com"}}},
		// CloudFormation fetches a template in the name of who asks.
		{Sid: "Templates", Action: []string{"s3:GetObject"}, Resource: stagingObjects},
		{Sid: "Bucket", Action: []string{"s3:GetBucketLocation", "s3:ListBucket"}, Resource: stagingBucket},
		{Sid: "Key", Action: []string{"kms:Decrypt"}, Resource: stagingKey},
		bootstrapVersion,
	}
}
