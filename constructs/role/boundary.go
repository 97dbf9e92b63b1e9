// Package role holds the identities: the boundary that all of them carry, the humans' roles, CI's and the services'.
package role

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/policy"
	"livechat.example/cloud/internal/boundary"
)

// BoundaryProps are the boundary's own name, the regions that its bearers may act in, and the bootstrap that they do not change.
type BoundaryProps struct {
	Name      string   // required
	Account   string   // required
	Regions   []string // required
	Qualifier string   // required: it begins the names of the bootstrap's roles and policies
}

// NewBoundary is what no role of the estate exceeds, whatever it is granted: it makes no identity without the boundary,
// does not change the boundary or the bootstrap, does not blind the audit, and acts only in the estate's regions.
func NewBoundary(scope constructs.Construct, id string, p BoundaryProps) awsiam.ManagedPolicy {
	if p.Name == "" || p.Account == "" || len(p.Regions) == 0 || p.Qualifier == "" {
		panic(fmt.Sprintf("role.BoundaryProps: Name, Account, Regions and Qualifier are all required: %+v", p))
	}
	itself := ARN(p.Account, p.Name)
	return awsiam.NewManagedPolicy(scope, new(id), &awsiam.ManagedPolicyProps{
		ManagedPolicyName: new(p.Name),
		Description:       new("What no role of the live-chat estate exceeds"),
		Document: policy.Document(
			policy.Statement{Sid: "TheEstatesServices", Actions: boundary.Every(boundary.Services)},
			policy.Statement{Sid: "OtherRegions", Deny: true, NotActions: boundary.Every(boundary.Global),
				Conditions: policy.Conditions{"StringNotEquals": {"aws:RequestedRegion": p.Regions}}},
			policy.Statement{Sid: "IdentitiesWithoutTheBoundary", Deny: true,
				Actions:    boundary.Identities,
				Conditions: policy.Conditions{"StringNotEquals": {"iam:PermissionsBoundary": itself}}},
			policy.Statement{Sid: "LongLivedIdentities", Deny: true, Actions: boundary.LongLived},
			policy.Statement{Sid: "TheBoundaryItself", Deny: true, Actions: boundary.Itself, Resources: []string{itself}},
			// Sessions go on to the bootstrap's roles, and CloudFormation is given one of them.
			policy.Statement{Sid: "TheBootstrap", Deny: true,
				NotActions: []string{"iam:Get*", "iam:List*", "iam:PassRole", "sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"},
				Resources:  []string{ARN(p.Account, "cdk-"+p.Qualifier+"-*"), "arn:aws:iam::" + p.Account + ":role/cdk-" + p.Qualifier + "-*"}},
			policy.Statement{Sid: "TheAudit", Deny: true, Actions: boundary.Audit},
		),
	})
}

// ARN is that of a managed policy of the account.
func ARN(account, policy string) string { return "arn:aws:iam::" + account + ":policy/" + policy }
