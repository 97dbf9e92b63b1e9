package identity

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// boundaryServices are what the estate is made of: no role can use a service that is not here, such as organizations or sso.
// To add one is a decision of those who review this file.
var boundaryServices = strings.Fields(`acm acm-pca apigateway application-autoscaling backup bedrock cloudformation cloudfront
	cloudtrail cloudwatch cognito-idp config dynamodb ec2 ecr ecs elasticache elasticloadbalancing events execute-api guardduty
	iam inspector2 kms lambda logs network-firewall rds rds-db route53 route53resolver s3 secretsmanager securityhub
	servicediscovery shield signer sns sqs ssm sts tag wafv2 xray access-analyzer`)

// unregional are the services whose only endpoint is in us-east-1 ("Global services" in "AWS Fault Isolation Boundaries").
var unregional = []string{"cloudfront:*", "iam:*", "route53:*", "shield:*", "sts:*"}

// What the boundary denies: identities without it, long-lived ones, changing it, and blinding the audit. The first two are the actions
// that change who a principal is or may be, of those that the table of IAM's actions gives the levels "Permissions management", "Write"
// and "Tagging" ("Actions, resources, and condition keys for AWS Identity and Access Management", Service Authorization Reference).
// They leave out what only removes a principal or its credentials, what makes something that nothing uses yet, and certificates.
var (
	// makesIdentities are the actions that, by the table, send iam:PermissionsBoundary.
	makesIdentities = strings.Fields(`
		iam:CreateRole iam:PutRolePermissionsBoundary iam:PutUserPermissionsBoundary iam:UpdateAssumeRolePolicy
		iam:PutRolePolicy iam:PutUserPolicy iam:AttachRolePolicy iam:AttachUserPolicy iam:DeleteRolePolicy
		iam:DeleteUserPolicy iam:DetachRolePolicy iam:DetachUserPolicy`)
	leavesTheBoundary = strings.Fields(`
		iam:CreateUser iam:UpdateUser iam:CreateAccessKey iam:UpdateAccessKey iam:CreateLoginProfile iam:UpdateLoginProfile
		iam:CreateServiceSpecificCredential iam:UpdateServiceSpecificCredential iam:ResetServiceSpecificCredential
		iam:UploadSSHPublicKey iam:UpdateSSHPublicKey iam:UploadSigningCertificate iam:UpdateSigningCertificate
		iam:EnableMFADevice iam:DeactivateMFADevice iam:AddUserToGroup iam:RemoveUserFromGroup iam:UpdateGroup
		iam:AttachGroupPolicy iam:DetachGroupPolicy iam:PutGroupPolicy iam:DeleteGroupPolicy iam:DeleteRolePermissionsBoundary
		iam:DeleteUserPermissionsBoundary iam:CreatePolicyVersion iam:SetDefaultPolicyVersion iam:TagRole iam:UntagRole
		iam:TagUser iam:UntagUser iam:AddRoleToInstanceProfile iam:CreateOpenIDConnectProvider
		iam:AddClientIDToOpenIDConnectProvider iam:UpdateOpenIDConnectProviderThumbprint iam:CreateSAMLProvider
		iam:UpdateSAMLProvider iam:EnableOutboundWebIdentityFederation iam:EnableOrganizationsRootCredentialsManagement
		iam:EnableOrganizationsRootSessions iam:AcceptDelegationRequest iam:AssociateDelegationRequest iam:SendDelegationToken`)
	changesTheBoundary = strings.Fields(`iam:CreatePolicyVersion iam:DeletePolicy iam:DeletePolicyVersion iam:SetDefaultPolicyVersion`)

	// blindsTheAudit are, of the actions that write, those that stop, narrow or empty what records and what detects, or hide what it
	// found (the tables of "Actions, resources, and condition keys" of these services, Service Authorization Reference).
	blindsTheAudit = strings.Fields(`
		cloudtrail:StopLogging cloudtrail:DeleteTrail cloudtrail:UpdateTrail cloudtrail:PutEventSelectors
		cloudtrail:PutInsightSelectors cloudtrail:StopEventDataStoreIngestion cloudtrail:DeleteEventDataStore
		cloudtrail:UpdateEventDataStore guardduty:DeleteDetector guardduty:UpdateDetector guardduty:UpdateMemberDetectors
		guardduty:StopMonitoringMembers guardduty:DeleteMembers guardduty:DisassociateMembers
		guardduty:DisassociateFromAdministratorAccount guardduty:DisassociateFromMasterAccount guardduty:CreateFilter
		guardduty:UpdateFilter guardduty:CreateIPSet guardduty:UpdateIPSet guardduty:CreateTrustedEntitySet
		guardduty:UpdateTrustedEntitySet guardduty:DeletePublishingDestination guardduty:UpdatePublishingDestination
		config:StopConfigurationRecorder config:DeleteConfigurationRecorder config:PutConfigurationRecorder
		config:DeleteServiceLinkedConfigurationRecorder config:DisassociateResourceTypes config:DeleteDeliveryChannel
		config:PutDeliveryChannel config:DeleteRetentionConfiguration config:PutRetentionConfiguration config:DeleteConfigRule
		securityhub:DisableSecurityHub securityhub:DisableSecurityHubV2 securityhub:BatchDisableStandards
		securityhub:DisableImportFindingsForProduct securityhub:UpdateStandardsControl securityhub:UpdateSecurityControl
		securityhub:BatchUpdateStandardsControlAssociations securityhub:CreateAutomationRule
		securityhub:CreateAutomationRuleV2 securityhub:DisassociateFromAdministratorAccount
		securityhub:DisassociateFromMasterAccount access-analyzer:DeleteAnalyzer access-analyzer:UpdateAnalyzer
		access-analyzer:CreateArchiveRule access-analyzer:UpdateArchiveRule inspector2:Disable inspector2:CreateFilter
		inspector2:UpdateFilter logs:DeleteLogGroup logs:PutLogGroupDeletionProtection logs:DeleteLogStream
		logs:PutRetentionPolicy logs:DeleteMetricFilter logs:DeleteSubscriptionFilter logs:DeleteDelivery
		logs:DeleteDeliverySource logs:DeleteDeliveryDestination logs:DeleteLogDelivery logs:UpdateLogDelivery
		logs:DeleteDestination logs:DeleteResourcePolicy logs:DeleteAccountPolicy logs:PutTransformer cloudwatch:DeleteAlarms
		cloudwatch:DisableAlarmActions cloudwatch:PutAlarmMuteRule ec2:DeleteFlowLogs
		route53resolver:DeleteResolverQueryLogConfig route53resolver:DisassociateResolverQueryLogConfig
		network-firewall:UpdateLoggingConfiguration s3:PutBucketLogging`)
)

var boundaryBounds = policies.Policy{
	ID: "IAM-12", Title: "The boundary allows the estate's services in its regions, and denies the ways around it",
	Source:    policies.ManagementPlane,
	Component: policies.Management, STRIDE: "TRE", Severity: policies.High,
	Fix: "leave role.NewBoundary as it is; a service more is stated in policies/identity/boundary.go too",
	Expect: expect.Shapes{managedPolicyType: {
		"ManagedPolicyName": expect.Intended("boundary"),
		"Path":              expect.Is("/"),
		"Description":       expect.Any.OrAbsent(),
		"PolicyDocument":    expect.Document("what bounds every role", boundaryStatements),
	}},
	Check: func(e *template.Estate, f *policies.Findings) {
		home := intent.IdentityStack(e, f, "which regions the boundary allows")
		if home == nil {
			return
		}
		if regions := home.Intent().Get("boundaryRegions"); !intent.SameList(intent.Texts(regions), boundaryRegions(home)) {
			f.FailStack(home, "boundaryRegions is %s, must be %v", regions, boundaryRegions(home))
		}
	},
}

// boundaryRegions returns the estate's regions, and that of the services that have no other.
func boundaryRegions(home *template.Stack) []string {
	return slices.Compact(slices.Sorted(slices.Values(append(intent.RegionsOf(home), "us-east-1"))))
}

func boundaryStatements(at expect.At) []template.Statement {
	boundary, bootstrap, everything := at.Resource.Attribute(""), intent.QualifierOf(at.Stack()), []string{"*"}
	var allowed []string
	for _, service := range boundaryServices {
		allowed = append(allowed, service+":*")
	}
	denied := func(actions, on []string, only ...template.Condition) template.Statement {
		return template.Statement{Effect: "Deny", Actions: actions, Resources: on, Conditions: only}
	}
	return []template.Statement{
		{Actions: allowed, Resources: everything},
		{Effect: "Deny", NotActions: unregional, Resources: everything, Conditions: []template.Condition{
			intent.When("StringNotEquals", "aws:RequestedRegion", boundaryRegions(at.Stack())...)}},
		denied(makesIdentities, everything, intent.When("StringNotEquals", "iam:PermissionsBoundary", boundary)),
		denied(leavesTheBoundary, everything),
		denied(changesTheBoundary, []string{boundary}),
		// Sessions go on to the bootstrap's roles, and CloudFormation is given one of them.
		{Effect: "Deny", NotActions: []string{"iam:Get*", "iam:List*", "iam:PassRole", "sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"},
			Resources: []string{intent.IAMARN(at.Stack(), "role/cdk-"+bootstrap+"-*"), intent.IAMARN(at.Stack(), "policy/cdk-"+bootstrap+"-*")}},
		denied(blindsTheAudit, everything),
	}
}
