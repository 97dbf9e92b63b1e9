// Package role holds the identities: the boundary that all of them carry, the humans' roles, CI's and the services'.
package role

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/policy"
)

// BoundaryProps are the boundary's own name and the regions that its bearers may act in.
type BoundaryProps struct {
	Name    string   // required
	Account string   // required
	Regions []string // required
}

// services are what the estate is made of. A boundary grants nothing: what a role may do is this and its own policy.
var services = []string{
	"acm", "acm-pca", "apigateway", "application-autoscaling", "backup", "bedrock", "cloudformation", "cloudfront",
	"cloudtrail", "cloudwatch", "cognito-idp", "config", "dynamodb", "ec2", "ecr", "ecs", "elasticache",
	"elasticloadbalancing", "events", "execute-api", "guardduty", "iam", "inspector2", "kms", "lambda", "logs",
	"network-firewall", "rds", "rds-db", "route53", "route53resolver", "s3", "secretsmanager", "securityhub",
	"servicediscovery", "shield", "signer", "sns", "sqs", "ssm", "sts", "tag", "wafv2", "xray", "access-analyzer",
}

// global are the services whose one endpoint is in us-east-1 whatever the region of what they manage: no region binds them.
var global = []string{"cloudfront", "iam", "route53", "shield", "sts"}

// NewBoundary is what no role of the estate exceeds, whatever it is granted: it makes no identity without the boundary,
// does not change the boundary, does not blind the audit, and acts only in the estate's regions.
func NewBoundary(scope constructs.Construct, id string, p BoundaryProps) awsiam.ManagedPolicy {
	if p.Name == "" || p.Account == "" || len(p.Regions) == 0 {
		panic(fmt.Sprintf("role.BoundaryProps: Name, Account and Regions are all required: %+v", p))
	}
	boundary := ARN(p.Account, p.Name)
	return awsiam.NewManagedPolicy(scope, new(id), &awsiam.ManagedPolicyProps{
		ManagedPolicyName: new(p.Name),
		Description:       new("What no role of the live-chat estate exceeds"),
		Document: policy.Document(
			policy.Statement{Sid: "TheEstatesServices", Actions: every(services)},
			policy.Statement{Sid: "OtherRegions", Deny: true, NotActions: every(global),
				Conditions: policy.Conditions{"StringNotEquals": {"aws:RequestedRegion": p.Regions}}},
			policy.Statement{Sid: "IdentitiesWithoutTheBoundary", Deny: true,
				Actions: []string{"iam:CreateRole", "iam:PutRolePermissionsBoundary",
					"iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:DeleteRolePolicy", "iam:DetachRolePolicy"},
				Conditions: policy.Conditions{"StringNotEquals": {"iam:PermissionsBoundary": boundary}}},
			policy.Statement{Sid: "LongLivedIdentities", Deny: true,
				Actions: []string{"iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile",
					"iam:UpdateLoginProfile", "iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"}},
			policy.Statement{Sid: "TheBoundaryItself", Deny: true,
				Actions:   []string{"iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion"},
				Resources: []string{boundary}},
			policy.Statement{Sid: "TheAudit", Deny: true,
				Actions: []string{"cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:PutEventSelectors",
					"guardduty:DeleteDetector", "guardduty:StopMonitoringMembers", "config:DeleteConfigurationRecorder",
					"config:StopConfigurationRecorder", "config:DeleteDeliveryChannel", "ec2:DeleteFlowLogs",
					"securityhub:DisableSecurityHub", "access-analyzer:DeleteAnalyzer"}},
		),
	})
}

func every(services []string) []string {
	actions := make([]string, len(services))
	for i, s := range services {
		actions[i] = s + ":*"
	}
	return actions
}

// ARN is that of a managed policy of the account.
func ARN(account, policy string) string { return "arn:aws:iam::" + account + ":policy/" + policy }
