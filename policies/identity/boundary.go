package identity

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var boundaryPolicies = []policies.Policy{boundaryDenies, boundaryAllowsTheEstate}

// boundaryServices are what the estate is made of: a service that is not here, organizations and sso before all, is beyond
// every role of it. To add one is a decision of those who review this file.
var boundaryServices = strings.Fields(`acm acm-pca apigateway application-autoscaling backup bedrock cloudformation cloudfront
	cloudtrail cloudwatch cognito-idp config dynamodb ec2 ecr ecs elasticache elasticloadbalancing events execute-api guardduty
	iam inspector2 kms lambda logs network-firewall rds rds-db route53 route53resolver s3 secretsmanager securityhub
	servicediscovery shield signer sns sqs ssm sts tag wafv2 xray access-analyzer`)

// unregional are the services whose only endpoint is in us-east-1 ("Global services" in "AWS Fault Isolation Boundaries").
var unregional = []string{"cloudfront:*", "iam:*", "route53:*", "shield:*", "sts:*"}

// mustDeny is a Deny that the boundary cannot be without: on everything or on itself, under no condition or exactly one.
type mustDeny struct {
	what      string
	actions   string
	itself    bool
	condition string // a key under StringNotEquals whose value is the boundary's ARN
}

var boundaryMustDeny = []mustDeny{
	{what: "identities without the boundary", condition: "iam:PermissionsBoundary", actions: `iam:CreateRole
		iam:PutRolePermissionsBoundary iam:PutRolePolicy iam:AttachRolePolicy iam:DeleteRolePolicy iam:DetachRolePolicy`},
	{what: "long-lived identities and leaving the boundary", actions: `iam:CreateUser iam:CreateAccessKey iam:CreateLoginProfile
		iam:UpdateLoginProfile iam:DeleteRolePermissionsBoundary iam:DeleteUserPermissionsBoundary`},
	{what: "changing the boundary", itself: true, actions: `iam:CreatePolicyVersion iam:DeletePolicy iam:DeletePolicyVersion
		iam:SetDefaultPolicyVersion`},
	{what: "blinding the audit", actions: `cloudtrail:StopLogging cloudtrail:DeleteTrail cloudtrail:PutEventSelectors
		guardduty:DeleteDetector guardduty:StopMonitoringMembers config:DeleteConfigurationRecorder
		config:StopConfigurationRecorder config:DeleteDeliveryChannel ec2:DeleteFlowLogs securityhub:DisableSecurityHub
		access-analyzer:DeleteAnalyzer`},
}

var boundaryDenies = policies.Policy{
	ID: "IAM-12", Title: "The boundary denies making identities without it, changing it, blinding the audit, and every other region",
	Source:    policies.ManagementPlane,
	Component: policies.Management, STRIDE: "TRE", Severity: policies.High,
	Fix:   "leave role.NewBoundary as it is",
	Reads: []string{"AWS::IAM::ManagedPolicy"},
	Check: func(e *template.Estate, f *policies.Findings) {
		b := theBoundary(e, f)
		if b == nil {
			return
		}
		f.Examined(b)
		statements := b.Statements()
		for _, must := range boundaryMustDeny {
			for _, action := range strings.Fields(must.actions) {
				if !slices.ContainsFunc(statements, func(s template.Statement) bool { return must.metBy(s, action, b) }) {
					f.Fail(b, "does not deny %s: %s", must.what, action)
				}
			}
		}
		if !slices.ContainsFunc(statements, deniesOtherRegions) {
			f.Fail(b, "does not deny all but the estate's regions")
		}
	},
}

// theBoundary is the policy that the intent names; without one, that is a finding.
func theBoundary(e *template.Estate, f *policies.Findings) *template.Resource {
	home := intent.IdentityStack(e, f, "which boundary there is")
	if home == nil {
		return nil
	}
	name := home.Intent().Get("boundary").Text()
	for _, r := range home.Resources() {
		if r.Type == "AWS::IAM::ManagedPolicy" && r.Get("ManagedPolicyName").Is(name) && (r.Get("Path").Missing() || r.Get("Path").Is("/")) {
			return r
		}
	}
	f.FailStack(home, "has no managed policy %q, the boundary", name)
	return nil
}

func (m mustDeny) metBy(s template.Statement, action string, boundary *template.Resource) bool {
	itself := boundary.Attribute("")
	on := []string{"*"}
	if m.itself {
		on = []string{itself}
	}
	holds := s.Denies(action) && slices.Equal(s.Resources, on)
	if m.condition == "" {
		return holds && len(s.Conditions) == 0
	}
	return holds && len(s.Conditions) == 1 && slices.Equal(s.Condition("StringNotEquals", m.condition), []string{itself})
}

func deniesOtherRegions(s template.Statement) bool {
	regions := intent.Texts(s.Resource.Stack.Intent().Get("boundaryRegions"))
	return s.Effect == "Deny" && slices.Equal(s.Resources, []string{"*"}) && len(s.NotActions) > 0 &&
		!slices.ContainsFunc(s.NotActions, func(a string) bool { return !slices.Contains(unregional, a) }) &&
		len(s.Conditions) == 1 && intent.SameList(s.Condition("StringNotEquals", "aws:RequestedRegion"), regions)
}

var boundaryAllowsTheEstate = policies.Policy{
	ID: "IAM-13", Title: "The boundary allows all of the estate's services and regions, and no others, and is attached to nobody",
	Source:    policies.LeastPrivilege,
	Component: policies.Management, STRIDE: "E", Severity: policies.High,
	Fix:   "leave role.NewBoundary as it is; a service more is stated in policies/identity/boundary.go too",
	Reads: []string{"AWS::IAM::ManagedPolicy", "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"},
	Check: func(e *template.Estate, f *policies.Findings) {
		b := theBoundary(e, f)
		if b == nil {
			return
		}
		f.Examined(b)
		meant := b.Stack.Intent()
		if want := append(intent.Texts(meant.Get("regions")), "us-east-1"); !intent.SameList(slices.Compact(slices.Sorted(slices.Values(want))), intent.Texts(meant.Get("boundaryRegions"))) {
			f.FailStack(b.Stack, "the boundary's regions are %s, the estate's %s", meant.Get("boundaryRegions"), meant.Get("regions"))
		}
		allowed := map[string]bool{}
		for _, s := range b.Statements() {
			for _, action := range s.Actions {
				service, all := strings.CutSuffix(action, ":*")
				service, _, _ = strings.Cut(service, ":")
				if s.Effect == "Allow" && !slices.Contains(boundaryServices, service) {
					f.Fail(b, "%s: allows %s, which is none of the estate's services", intent.StatementName(s), action)
				}
				whole := all && intent.IsReadable(s) && len(s.Conditions) == 0 && slices.Equal(s.Resources, []string{"*"})
				allowed[service] = allowed[service] || s.Effect == "Allow" && whole
			}
			if s.Effect == "Deny" && !mustBeDenied(s, b) {
				f.Fail(b, "%s: denies what nobody asked for, and roles may need", intent.StatementName(s))
			}
			if held := e.Holders(s); s.Index == 0 && len(held) > 0 {
				f.Fail(b, "it is attached to %v, whom it should bound", held)
			}
		}
		if lacks := slices.DeleteFunc(slices.Clone(boundaryServices), func(s string) bool { return allowed[s] }); len(lacks) > 0 {
			f.Fail(b, "does not allow all of %v: a role that needs them can do nothing", lacks)
		}
	},
}

// mustBeDenied says that a Deny is one that the boundary cannot be without, and speaks of no action more.
func mustBeDenied(s template.Statement, boundary *template.Resource) bool {
	return deniesOtherRegions(s) || slices.ContainsFunc(boundaryMustDeny, func(must mustDeny) bool {
		stated := strings.Fields(must.actions)
		return len(s.Actions) > 0 && !slices.ContainsFunc(s.Actions, func(action string) bool {
			return !slices.Contains(stated, action) || !must.metBy(s, action, boundary)
		})
	})
}
