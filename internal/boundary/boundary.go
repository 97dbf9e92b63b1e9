// Package boundary lists what the permission boundary of the estate's roles allows and denies, for the two that write it down: the
// stacks, and the bootstrap, whose roles have a boundary of their own.
package boundary

// Services are what the estate is made of. A boundary grants nothing: what a role may do is this and its own policy.
var Services = []string{
	"acm", "acm-pca", "apigateway", "application-autoscaling", "backup", "bedrock", "cloudformation", "cloudfront",
	"cloudtrail", "cloudwatch", "cognito-idp", "config", "dynamodb", "ec2", "ecr", "ecs", "elasticache",
	"elasticloadbalancing", "events", "execute-api", "guardduty", "iam", "inspector2", "kms", "lambda", "logs",
	"network-firewall", "rds", "rds-db", "route53", "route53resolver", "s3", "secretsmanager", "securityhub",
	"servicediscovery", "shield", "signer", "sns", "sqs", "ssm", "sts", "tag", "wafv2", "xray", "access-analyzer",
}

// Global are the services whose one endpoint is in us-east-1 whatever the region of what they manage: no region binds them.
var Global = []string{"cloudfront", "iam", "route53", "shield", "sts"}

// The actions that a boundary denies.
var (
	// Identities are denied unless the role or user that they make or change has the boundary: those that IAM asks for
	// iam:PermissionsBoundary.
	Identities = []string{
		"iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary", "iam:UpdateAssumeRolePolicy",
		"iam:PutRolePolicy", "iam:PutUserPolicy", "iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:DeleteRolePolicy",
		"iam:DeleteUserPolicy", "iam:DetachRolePolicy", "iam:DetachUserPolicy",
	}
	// LongLived make or change identities that outlive a session, or take a boundary off; or they change who a principal is or may be
	// where IAM does not say whether it has the boundary: by its groups, by a policy that is attached to it, by its tags or name, and
	// by whose tokens the account believes.
	LongLived = []string{
		"iam:CreateUser", "iam:UpdateUser", "iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:CreateLoginProfile",
		"iam:UpdateLoginProfile", "iam:CreateServiceSpecificCredential", "iam:UpdateServiceSpecificCredential",
		"iam:ResetServiceSpecificCredential", "iam:UploadSSHPublicKey", "iam:UpdateSSHPublicKey",
		"iam:UploadSigningCertificate", "iam:UpdateSigningCertificate", "iam:EnableMFADevice", "iam:DeactivateMFADevice",
		"iam:AddUserToGroup", "iam:RemoveUserFromGroup", "iam:UpdateGroup", "iam:AttachGroupPolicy", "iam:DetachGroupPolicy",
		"iam:PutGroupPolicy", "iam:DeleteGroupPolicy",
		"iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary", "iam:CreatePolicyVersion",
		"iam:SetDefaultPolicyVersion", "iam:TagRole", "iam:UntagRole", "iam:TagUser", "iam:UntagUser",
		"iam:AddRoleToInstanceProfile",
		"iam:CreateOpenIDConnectProvider", "iam:AddClientIDToOpenIDConnectProvider",
		"iam:UpdateOpenIDConnectProviderThumbprint", "iam:CreateSAMLProvider", "iam:UpdateSAMLProvider",
		"iam:EnableOutboundWebIdentityFederation", "iam:EnableOrganizationsRootCredentialsManagement",
		"iam:EnableOrganizationsRootSessions", "iam:AcceptDelegationRequest", "iam:AssociateDelegationRequest",
		"iam:SendDelegationToken",
	}
	// Itself are denied on the boundary.
	Itself = []string{"iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion"}
	// Audit stop, narrow or empty what records and what detects, or hide what it found.
	Audit = []string{
		"cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors",
		"cloudtrail:PutInsightSelectors", "cloudtrail:StopEventDataStoreIngestion", "cloudtrail:DeleteEventDataStore",
		"cloudtrail:UpdateEventDataStore",
		"guardduty:DeleteDetector", "guardduty:UpdateDetector", "guardduty:UpdateMemberDetectors",
		"guardduty:StopMonitoringMembers", "guardduty:DeleteMembers", "guardduty:DisassociateMembers",
		"guardduty:DisassociateFromAdministratorAccount", "guardduty:DisassociateFromMasterAccount", "guardduty:CreateFilter",
		"guardduty:UpdateFilter", "guardduty:CreateIPSet", "guardduty:UpdateIPSet", "guardduty:CreateTrustedEntitySet",
		"guardduty:UpdateTrustedEntitySet", "guardduty:DeletePublishingDestination", "guardduty:UpdatePublishingDestination",
		"config:StopConfigurationRecorder", "config:DeleteConfigurationRecorder", "config:PutConfigurationRecorder",
		"config:DeleteServiceLinkedConfigurationRecorder", "config:DisassociateResourceTypes", "config:DeleteDeliveryChannel",
		"config:PutDeliveryChannel", "config:DeleteRetentionConfiguration", "config:PutRetentionConfiguration",
		"config:DeleteConfigRule",
		"securityhub:DisableSecurityHub", "securityhub:DisableSecurityHubV2", "securityhub:BatchDisableStandards",
		"securityhub:DisableImportFindingsForProduct", "securityhub:UpdateStandardsControl",
		"securityhub:UpdateSecurityControl", "securityhub:BatchUpdateStandardsControlAssociations",
		"securityhub:CreateAutomationRule", "securityhub:CreateAutomationRuleV2",
		"securityhub:DisassociateFromAdministratorAccount", "securityhub:DisassociateFromMasterAccount",
		"access-analyzer:DeleteAnalyzer", "access-analyzer:UpdateAnalyzer", "access-analyzer:CreateArchiveRule",
		"access-analyzer:UpdateArchiveRule",
		"inspector2:Disable", "inspector2:CreateFilter", "inspector2:UpdateFilter",
		"logs:DeleteLogGroup", "logs:PutLogGroupDeletionProtection", "logs:DeleteLogStream", "logs:PutRetentionPolicy",
		"logs:DeleteMetricFilter", "logs:DeleteSubscriptionFilter", "logs:DeleteDelivery", "logs:DeleteDeliverySource",
		"logs:DeleteDeliveryDestination", "logs:DeleteLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteDestination",
		"logs:DeleteResourcePolicy", "logs:DeleteAccountPolicy", "logs:PutTransformer",
		"cloudwatch:DeleteAlarms", "cloudwatch:DisableAlarmActions", "cloudwatch:PutAlarmMuteRule",
		"ec2:DeleteFlowLogs",
		"route53resolver:DeleteResolverQueryLogConfig", "route53resolver:DisassociateResolverQueryLogConfig",
		"network-firewall:UpdateLoggingConfiguration",
		"s3:PutBucketLogging",
	}
)

// Every is all actions of services, as IAM writes them.
func Every(services []string) []string {
	actions := make([]string, len(services))
	for i, s := range services {
		actions[i] = s + ":*"
	}
	return actions
}
