package role

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// HumanProps are a role for people: what it is called, what it is for and what it may do.
type HumanProps struct {
	Name        string // required
	Description string // required
	Account     string // required
	// Managed are AWS's own policies, by name and path.
	Managed []string
	// Assumes are the roles, by ARN, that the bearer may go on to.
	Assumes []string
}

// NewHuman is a role that nobody takes up without a second factor given within the hour and without leaving a name.
//
// Who in the account may try is the business of its identity provider; the source identity stays in every event.
func NewHuman(scope constructs.Construct, id string, p HumanProps) awsiam.Role {
	if p.Name == "" || p.Description == "" || p.Account == "" {
		panic("role.HumanProps of " + id + ": Name, Description and Account are all required")
	}
	human := awsiam.NewAccountPrincipal(new(p.Account)).WithConditions(&map[string]any{
		"Bool":            map[string]any{"aws:MultiFactorAuthPresent": "true"},
		"NumericLessThan": map[string]any{"aws:MultiFactorAuthAge": "3600"},
		"StringLike":      map[string]any{"sts:SourceIdentity": "?*"},
	})
	role := awsiam.NewRole(scope, new(id), &awsiam.RoleProps{
		RoleName:           new(p.Name),
		Description:        new(p.Description),
		MaxSessionDuration: awscdk.Duration_Hours(new(1.0)),
		AssumedBy:          human,
	})
	role.AssumeRolePolicy().AddStatements(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{human}, Actions: jsii.Strings("sts:SetSourceIdentity"),
	}))
	for _, name := range p.Managed {
		role.AddManagedPolicy(awsiam.ManagedPolicy_FromAwsManagedPolicyName(new(name)))
	}
	// The session's source identity goes on with it, so the caller must be allowed to set it at the next role as well.
	mayAssume(role, p.Assumes, "sts:AssumeRole", "sts:SetSourceIdentity")
	return role
}

// mayAssume lets a role go on to others, by the actions that its sessions need for it.
func mayAssume(role awsiam.Role, arns []string, actions ...string) {
	if len(arns) == 0 {
		return
	}
	role.AddToPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: new("GoOn"), Actions: jsii.Strings(actions...), Resources: jsii.Strings(arns...),
	}))
}
