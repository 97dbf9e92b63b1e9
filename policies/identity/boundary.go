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

// What the boundary denies: identities without it, long-lived ones, changing it, and blinding the audit.
var (
	makesIdentities = strings.Fields(`iam:CreateRole iam:PutRolePermissionsBoundary iam:PutRolePolicy iam:AttachRolePolicy
		iam:DeleteRolePolicy iam:DetachRolePolicy`)
	leavesTheBoundary = strings.Fields(`iam:CreateUser iam:CreateAccessKey iam:CreateLoginProfile iam:UpdateLoginProfile
		iam:DeleteRolePermissionsBoundary iam:DeleteUserPermissionsBoundary`)
	changesTheBoundary = strings.Fields(`iam:CreatePolicyVersion iam:DeletePolicy iam:DeletePolicyVersion iam:SetDefaultPolicyVersion`)
	blindsTheAudit     = strings.Fields(`cloudtrail:StopLogging cloudtrail:DeleteTrail cloudtrail:PutEventSelectors
		guardduty:DeleteDetector guardduty:StopMonitoringMembers config:DeleteConfigurationRecorder
		config:StopConfigurationRecorder config:DeleteDeliveryChannel ec2:DeleteFlowLogs securityhub:DisableSecurityHub
		access-analyzer:DeleteAnalyzer`)
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
	boundary, everything := at.Resource.Attribute(""), []string{"*"}
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
		denied(blindsTheAudit, everything),
	}
}
