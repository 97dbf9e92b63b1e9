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
	// Identities are denied unless the role that they make or change has the boundary.
	Identities = []string{"iam:CreateRole", "iam:PutRolePermissionsBoundary",
		"iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:DeleteRolePolicy", "iam:DetachRolePolicy"}
	// LongLived make identities that outlive a session, or take a boundary off.
	LongLived = []string{"iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile",
		"iam:UpdateLoginProfile", "iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"}
	// Itself are denied on the boundary.
	Itself = []string{"iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion"}
	// Audit blind those who watch.
	Audit = []string{"cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:PutEventSelectors",
		"guardduty:DeleteDetector", "guardduty:StopMonitoringMembers", "config:DeleteConfigurationRecorder",
		"config:StopConfigurationRecorder", "config:DeleteDeliveryChannel", "ec2:DeleteFlowLogs",
		"securityhub:DisableSecurityHub", "access-analyzer:DeleteAnalyzer"}
)

// Every is all actions of services, as IAM writes them.
func Every(services []string) []string {
	actions := make([]string, len(services))
	for i, s := range services {
		actions[i] = s + ":*"
	}
	return actions
}
