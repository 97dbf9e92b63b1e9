package access

import (
	"strings"

	"livechat.example/cloud/policies/template"
)

// administrators are AWS's policies that allow everything.
var administrators = []string{"AdministratorAccess"}

// viewers are AWS's policies that are known as far as they concern what holds data or gives access: in these services
// they allow at most this, as each policy's page in the "AWS Managed Policy Reference Guide" has it. Whether they allow
// something of another service is not known.
var viewers = map[string][]string{
	"job-function/ViewOnlyAccess": {"dynamodb:Describe*", "dynamodb:Get*Policy", "dynamodb:GetAbacStatus", "dynamodb:List*",
		"ecr:Describe*", "ecr:ListImages", "elasticache:Describe*", "iam:GetAccountSummary", "iam:GetLoginProfile", "iam:List*",
		"kms:ListKeys", "kms:ListResourceTags", "lambda:Get*Policy", "lambda:GetProvisionedConcurrencyConfig", "lambda:List*",
		"logs:Describe*", "logs:GetTransformer", "logs:List*", "rds:Describe*", "s3:ListAllMyBuckets", "s3:ListBucket",
		"s3:ListMultiRegionAccessPoints", "sns:GetDataProtectionPolicy", "sns:GetSubscriptionAttributes", "sns:List*",
		"sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:List*", "ssm:ListAssociations", "ssm:ListDocuments"},
	"SecurityAudit": {"dynamodb:Describe*", "dynamodb:GetResourcePolicy", "dynamodb:List*", "ecr:BatchGetRepositoryScanningConfiguration",
		"ecr:Describe*", "ecr:GetLifecyclePolicy", "ecr:GetRegistry*", "ecr:GetRepositoryPolicy", "ecr:List*", "elasticache:Describe*",
		"elasticache:ListTagsForResource", "iam:Generate*", "iam:Get*", "iam:List*", "iam:Simulate*", "kms:Describe*", "kms:Get*", "kms:List*",
		"lambda:GetAccountSettings", "lambda:GetFunctionCodeSigningConfig", "lambda:GetFunctionConcurrency", "lambda:GetFunctionConfiguration",
		"lambda:GetFunctionEventInvokeConfig", "lambda:GetLayerVersionPolicy", "lambda:GetPolicy", "lambda:GetRuntimeManagementConfig",
		"lambda:List*", "logs:Describe*", "logs:GetLogDelivery", "logs:List*", "rds:Describe*", "rds:DownloadDBLogFilePortion",
		"rds:ListTagsForResource", "s3:DescribeJob", "s3:GetAcc*", "s3:GetAnalyticsConfiguration", "s3:GetBucket*", "s3:GetEncryptionConfiguration",
		"s3:GetInventoryConfiguration", "s3:GetLifecycleConfiguration", "s3:GetMetricsConfiguration", "s3:GetMultiRegion*", "s3:GetObjectAcl",
		"s3:GetObjectTagging", "s3:GetObjectVersionAcl", "s3:GetReplicationConfiguration", "s3:GetStorageLens*", "s3:List*",
		"secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy", "secretsmanager:ListSecret*", "sns:Get*Attributes", "sns:List*",
		"sqs:GetQueueAttributes", "sqs:List*", "ssm:Describe*", "ssm:GetAutomationExecution", "ssm:GetServiceSetting", "ssm:List*"},
}

// viewedServices are the services that viewers covers.
var viewedServices = []string{"dynamodb:*", "ecr:*", "elasticache:*", "iam:*", "kms:*", "lambda:*", "logs:*", "rds:*", "rds-db:*", "s3:*",
	"secretsmanager:*", "sns:*", "sqs:*", "ssm:*", "sts:*"}

// ofAWS returns the statements of a policy that AWS manages, for a role, and whether it is known.
func ofAWS(t *template.Resource, arn string) ([]*statement, bool) {
	_, name, is := strings.Cut(arn, ":iam::aws:policy/")
	if !is {
		return nil, false
	}
	write := func(s template.Statement) *statement {
		s.Resource, s.Kind, s.Version, s.Effect, s.Path = t, template.Identity, "2012-10-17", "Allow", "ManagedPolicyArns"
		s.Sid, s.Resources = name, []string{"*"}
		return &statement{Statement: s, role: "AWS's policy"}
	}
	for _, a := range administrators {
		if name == a {
			return []*statement{write(template.Statement{Actions: []string{"*"}})}, true
		}
	}
	actions, known := viewers[name]
	if !known {
		return nil, false
	}
	rest := write(template.Statement{Index: 1, NotActions: viewedServices, Unknown: "what AWS's policy " + name + " allows in other services is not known here"})
	rest.open.condition = true
	return []*statement{write(template.Statement{Actions: actions}), rest}, true
}
