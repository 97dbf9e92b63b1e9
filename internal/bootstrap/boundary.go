package bootstrap

import (
	"slices"

	"livechat.example/cloud/internal/boundary"
	"livechat.example/cloud/internal/names"
)

// limits is the boundary of the bootstrap's own roles. It cannot be the estate's, which a stack makes later, which denies changing
// itself though CloudFormation keeps it up to date, and which denies what CloudFormation needs of the audit.
func (p Props) limits() object {
	services := boundary.Every(append(slices.Clone(boundary.Services), "backup-storage"))
	return document(append([]statement{
		{Sid: "TheEstatesServices", Action: services, Resource: all},
		// What CloudFormation acts by does not have this: it allows none of them, and the CLI takes a template of 50 KiB.
		{Sid: "LongLivedIdentities", Effect: deny, Action: without(boundary.LongLived, maintained), Resource: all},
	}, p.refusals()...)...)
}

// audited are the actions of boundary.Audit that CloudFormation needs to make, change or replace what watches, or will need when its
// stacks come: it does not stop or delete the rest.
var audited = []string{
	"cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors", "cloudtrail:PutInsightSelectors", "guardduty:UpdateDetector",
	"config:PutConfigurationRecorder", "config:PutDeliveryChannel", "config:DeleteConfigRule", "logs:DeleteLogGroup",
	"logs:PutLogGroupDeletionProtection", "logs:PutRetentionPolicy", "logs:DeleteMetricFilter",
	"logs:DeleteSubscriptionFilter", "logs:DeleteDelivery", "logs:DeleteDeliverySource", "logs:DeleteDeliveryDestination",
	"logs:DeleteLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteResourcePolicy", "cloudwatch:DeleteAlarms",
	"ec2:DeleteFlowLogs", "route53resolver:DeleteResolverQueryLogConfig",
	"route53resolver:DisassociateResolverQueryLogConfig", "network-firewall:UpdateLoggingConfiguration",
	"s3:PutBucketLogging",
}

// maintained are the actions of boundary.LongLived that CloudFormation needs for GitHub's provider, the tags of roles and the boundary.
// Its policy allows them on what has the environment's name, and on that provider, alone.
var maintained = []string{"iam:AddClientIDToOpenIDConnectProvider", "iam:CreateOpenIDConnectProvider", "iam:CreatePolicyVersion",
	"iam:TagRole", "iam:UntagRole", "iam:UpdateOpenIDConnectProviderThumbprint"}

// without are the actions that are not excepted.
func without(actions, excepted []string) []string {
	return slices.DeleteFunc(slices.Clone(actions), func(action string) bool { return slices.Contains(excepted, action) })
}

// refusals are what the bootstrap's roles may not do, whatever they are granted: their boundary has them, and the policy that
// CloudFormation acts by.
func (p Props) refusals() []statement {
	estates := ofIAM("policy/" + names.Boundary(p.Environment))
	return []statement{
		{Sid: "OtherRegions", Effect: deny, NotAction: boundary.Every(boundary.Global), Resource: all,
			Condition: conditions{"StringNotEquals": {"aws:RequestedRegion": names.DeployedTo(p.Regions)}}},
		{Sid: "IdentitiesWithoutTheBoundary", Effect: deny, Action: boundary.Identities, Resource: all,
			Condition: conditions{"StringNotEquals": {"iam:PermissionsBoundary": estates}}},
		// The identity stack makes the boundary and changes it.
		{Sid: "TheEstatesBoundary", Effect: deny, Action: boundary.Itself, Resource: estates,
			Condition: conditions{"ArnNotEquals": {"aws:PrincipalArn": ofIAM("role/cdk-${Qualifier}-cfn-exec-role-${AWS::AccountId}-" + names.GlobalRegion)}}},
		{Sid: "TheBootstrap", Effect: deny, NotAction: []string{"iam:Get*", "iam:List*", "iam:PassRole"},
			Resource: []any{ofIAM("role/cdk-${Qualifier}-*"), ofIAM("policy/cdk-${Qualifier}-*")}},
		{Sid: "TheBootstrapsKey", Effect: deny, Action: []string{"kms:*Alias", "kms:CreateGrant", "kms:Disable*", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"}, Resource: at("kms", "key/*"),
			Condition: conditions{"ForAnyValue:StringLike": {"kms:ResourceAliases": sub("alias/cdk-${Qualifier}-*")}}},
		{Sid: "TheAudit", Effect: deny, Action: without(boundary.Audit, audited), Resource: all},
	}
}
