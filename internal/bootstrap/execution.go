package bootstrap

import (
	"slices"

	"livechat.example/cloud/internal/boundary"
	"livechat.example/cloud/internal/names"
)

// whole are the services that hold only configuration, and those whose few actions on data refusedData denies: CloudFormation makes,
// changes and deletes there what the stacks say.
var whole = []string{"access-analyzer", "acm", "acm-pca", "apigateway", "application-autoscaling", "backup", "cloudfront", "cloudtrail",
	"cloudwatch", "config", "ecs", "elasticache", "elasticloadbalancing", "events", "guardduty", "inspector2", "network-firewall", "rds",
	"route53", "route53resolver", "securityhub", "servicediscovery", "shield", "sns", "sqs", "wafv2"}

// parts are, of the other services, the actions on configuration that name nothing, or what has no name of ours. Those on what has
// one are in named.
var parts = map[string][]string{
	"backup-storage": {"MountCapsule"},
	"bedrock":        {"*Guardrail*", "ListTagsForResource", "TagResource", "UntagResource"},
	"cloudformation": {"ListExports"},
	"cognito-idp": {"*UserPool*", "*ResourceServer*", "*IdentityProvider*", "CreateGroup", "DeleteGroup", "GetGroup", "UpdateGroup",
		"*LogDeliveryConfiguration", "*ManagedLoginBranding*", "*RiskConfiguration", "*UICustomization", "*WebACL*",
		"ListTagsForResource", "TagResource", "UntagResource"},
	"dynamodb": {"ListTables"},
	// Networks, not machines.
	"ec2": {"Describe*", "CreateTags", "DeleteTags", "*Vpc", "*VpcAttribute", "*VpcBlockPublicAccess*", "*VpcCidrBlock", "*VpcEndpoint",
		"*VpcEndpoints", "*VpcTenancy", "*Address", "*FlowLogs", "*InternetGateway", "*ManagedPrefixList*", "*NatGateway*", "*NetworkAcl",
		"*NetworkAclAssociation", "*NetworkAclEntry", "*NetworkInterface", "*Route", "*RouteTable", "*RouteTableAssociation",
		"*SecurityGroup", "*SecurityGroupEgress", "*SecurityGroupIngress", "*SecurityGroupRule*", "*SecurityGroupsForVpc",
		"*Subnet", "*SubnetAttribute", "*SubnetCidrBlock"},
	"ecr": {"*Registry*", "*ReplicationConfiguration", "*SigningConfiguration"},
	"iam": {"Get*", "List*"},
	// Every key is retained, so CloudFormation deletes none and disables none.
	"kms": {"CreateKey", "CreateAlias", "UpdateAlias", "DeleteAlias", "PutKeyPolicy", "EnableKey", "EnableKeyRotation", "ReplicateKey",
		"UpdateKeyDescription", "Describe*", "Get*", "List*", "TagResource", "UntagResource"},
	"lambda": {"*CodeSigningConfig*", "*EventSourceMapping*", "List*"},
	// Log groups and what leads to them, not what stands in them.
	"logs": {"*AccountPolic*", "*DataProtectionPolicy", "*Deliver*", "*IndexPolic*", "*KmsKey", "*LogGroup*", "*MetricFilter*",
		"*QueryDefinition*", "*ResourcePolic*", "*RetentionPolicy", "*SubscriptionFilter*", "*Tag*"},
	"s3":             {"ListAllMyBuckets"},
	"secretsmanager": {"GetRandomPassword", "ListSecrets"},
	"signer":         {"*ProfilePermission*", "*SigningProfile*", "ListTagsForResource", "TagResource", "UntagResource"},
	"ssm":            {"*Document*", "AddTagsToResource", "ListTagsForResource", "RemoveTagsFromResource"},
}

// unneeded are the estate's services that CloudFormation makes nothing of: data planes, and what needs no resource.
var unneeded = []string{"execute-api", "rds-db", "sts", "tag", "xray"}

// named are the statements on what has a name that begins as everything of the environment does.
func (p Props) named() []statement {
	name, generated := names.Prefix(p.Environment)+"-*", p.Environment+"-*"
	identities := func(kind string) []any { return []any{ofIAM(kind + "/" + name), ofIAM(kind + "/" + generated)} }
	return []statement{
		{Sid: "Roles", Resource: identities("role"), Action: []string{"iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy",
			"iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole",
			"iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription"}},
		{Sid: "Policies", Resource: identities("policy"), Action: []string{"iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy",
			"iam:DeletePolicyVersion", "iam:TagPolicy", "iam:UntagPolicy"}},
		// Services tell iam:PassedToService or do not ("AWS services that support iam:PassedToService"): one that tells is held to it.
		{Sid: "HandOn", Resource: identities("role"), Action: []string{"iam:PassRole"},
			Condition: conditions{"StringEqualsIfExists": {"iam:PassedToService": passedTo}}},
		{Sid: "ServiceLinkedRoles", Resource: ofIAM("role/aws-service-role/*"), Action: []string{"iam:CreateServiceLinkedRole"}},
		{Sid: "GitHub", Resource: ofIAM("oidc-provider/token.actions.githubusercontent.com"), Action: []string{"iam:*OpenIDConnectProvider*"}},
		{Sid: "Functions", Resource: []any{here("lambda", "function:"+name), here("lambda", "function:"+generated)}, Action: []string{"lambda:*"}},
		// Buckets are retained with their policies: neither is deleted.
		{Sid: "Buckets", Resource: sub("arn:${AWS::Partition}:s3:::" + names.Prefix(p.Environment) + "-${AWS::AccountId}-${AWS::Region}-*"), Action: []string{"s3:CreateBucket", "s3:GetBucket*", "s3:Get*Configuration",
			"s3:PutBucket*", "s3:Put*Configuration", "s3:ListTagsForResource", "s3:TagResource", "s3:UntagResource"}},
		{Sid: "Repositories", Resource: here("ecr", "repository/"+names.Prefix(p.Environment)+"*"), Action: []string{"ecr:*LifecyclePolicy", "ecr:*Repository",
			"ecr:*RepositoryPolicy", "ecr:DescribeRepositories", "ecr:PutImageScanningConfiguration", "ecr:PutImageTagMutability",
			"ecr:ListTagsForResource", "ecr:TagResource", "ecr:UntagResource"}},
		{Sid: "Secrets", Resource: here("secretsmanager", "secret:"+names.Prefix(p.Environment)+"/*"), Action: []string{"secretsmanager:*ResourcePolicy",
			"secretsmanager:CancelRotateSecret", "secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret",
			"secretsmanager:RemoveRegionsFromReplication", "secretsmanager:ReplicateSecretToRegions", "secretsmanager:RestoreSecret",
			"secretsmanager:RotateSecret", "secretsmanager:TagResource", "secretsmanager:UntagResource", "secretsmanager:UpdateSecret"}},
		// The one secret whose value a template takes: the database is made with it.
		{Sid: "MasterPassword", Resource: here("secretsmanager", "secret:"+names.MasterSecret(p.Environment)+"-??????"), Action: []string{"secretsmanager:GetSecretValue"}},
		// A replica is filled in the name of who makes it, for which DynamoDB wants the rights to items ("DynamoDB global tables and IAM").
		{Sid: "Tables", Resource: at("dynamodb", "table/"+name), Action: []string{"dynamodb:*ResourcePolicy", "dynamodb:*Table", "dynamodb:*TableReplica",
			"dynamodb:*TableReplicaAutoScaling", "dynamodb:*KinesisStreamingDestination", "dynamodb:Describe*", "dynamodb:ListTagsOfResource", "dynamodb:TagResource",
			"dynamodb:UntagResource", "dynamodb:UpdateContinuousBackups", "dynamodb:UpdateContributorInsights", "dynamodb:UpdateTimeToLive",
			"dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"}},
		{Sid: "OutputsOfOtherStacks", Resource: at("cloudformation", "stack/"+p.Environment+"-*/*"), Action: []string{"cloudformation:DescribeStacks"}},
		{Sid: "Assets", Resource: sub("${StagingBucket.Arn}/*"), Action: []string{"s3:GetObject", "s3:GetObjectVersion"}},
		bootstrapVersion,
		// A store is made with its key, and the store's service uses it or has a grant of it.
		{Sid: "KeysThroughServices", Resource: at("kms", "key/*"), Action: []string{"kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*",
			"kms:ReEncrypt*", "kms:RetireGrant", "kms:RevokeGrant"}, Condition: conditions{"StringLike": {"kms:ViaService": "*.amazonaws.com"}}},
	}
}

// passedTo are the services that act by roles of the estate, now and as docs/DESIGN.md says.
var passedTo = []string{"apigateway.amazonaws.com", "backup.amazonaws.com", "cloudtrail.amazonaws.com", "config.amazonaws.com",
	"delivery.logs.amazonaws.com", "ecs.amazonaws.com", "ecs-tasks.amazonaws.com", "events.amazonaws.com", "lambda.amazonaws.com", "logs.amazonaws.com",
	"malware-protection-plan.guardduty.amazonaws.com", "monitoring.rds.amazonaws.com", "s3.amazonaws.com", "scheduler.amazonaws.com",
	"shield.amazonaws.com", "ssm.amazonaws.com", "vpc-flow-logs.amazonaws.com"}

// refusedData are the actions on data of the services that are allowed whole: what reads it, takes it out, gives it away, or runs
// something that no stack says.
var refusedData = []string{"acm:ExportCertificate", "backup:DeleteRecoveryPoint", "backup:StartRestoreJob", "ecs:ExecuteCommand", "ecs:RunTask", "ecs:StartTask",
	"elasticache:Connect", "elasticache:CopySnapshot", "elasticache:*ServerlessCacheSnapshot", "events:PutEvents",
	"rds:DownloadCompleteDBLogFile", "rds:DownloadDBLogFilePortion", "rds:ModifyDB*SnapshotAttribute", "rds:StartExportTask", "sns:Publish",
	"sqs:PurgeQueue", "sqs:ReceiveMessage", "sqs:SendMessage"}

// configuration is what CloudFormation may do everywhere: a policy of its own, since a role's inline policies have 10,240 characters.
func configuration() object {
	actions := boundary.Every(whole)
	for service, some := range parts {
		for _, action := range some {
			actions = append(actions, service+":"+action)
		}
	}
	slices.Sort(actions)
	return document(statement{Sid: "Configuration", Action: actions, Resource: all})
}

// execution is what CloudFormation may do with what is the environment's by its name, and what it may not do at all.
func (p Props) execution() object {
	return document(slices.Concat(p.named(), []statement{{Sid: "Data", Effect: deny, Action: refusedData, Resource: all}}, p.refusals())...)
}
