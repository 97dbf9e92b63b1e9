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
	// PermissionSet is that of IAM Identity Center whose bearers assume the role. Without one, IAM users assume it with a second factor.
	PermissionSet string
	// Managed are AWS's own policies, by name and path.
	Managed []string
	// Assumes are the roles, by ARN, that the bearer may go on to.
	Assumes []string
}

// NewHuman is a role that people take up by their permission set, or with a second factor given within the hour, and never without
// leaving a name: the source identity stays in every event.
//
// A session of Identity Center shows no second factor, which is its provider's business ("AWS global condition context keys",
// aws:MultiFactorAuthPresent). Who else in the account may try is that of the account's identities.
func NewHuman(scope constructs.Construct, id string, p HumanProps) awsiam.Role {
	if p.Name == "" || p.Description == "" || p.Account == "" {
		panic("role.HumanProps of " + id + ": Name, Description and Account are all required")
	}
	conditions := map[string]any{
		"Bool":            map[string]any{"aws:MultiFactorAuthPresent": "true"},
		"NumericLessThan": map[string]any{"aws:MultiFactorAuthAge": "3600"},
		"StringLike":      map[string]any{"sts:SourceIdentity": "?*"},
	}
	if p.PermissionSet != "" {
		conditions = map[string]any{
			"ArnLike":    map[string]any{"aws:PrincipalArn": permissionSetRoles(p.Account, p.PermissionSet)},
			"StringLike": map[string]any{"sts:SourceIdentity": "?*"},
		}
	}
	human := awsiam.NewAccountPrincipal(new(p.Account)).WithConditions(&conditions)
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

// permissionSetRoles are the roles that IAM Identity Center makes of a permission set, with a suffix that changes when it is assigned anew.
// Its own region is in the path unless that is us-east-1 ("Referencing permission sets in resource policies", IAM Identity Center User
// Guide).
func permissionSetRoles(account, set string) []string {
	reserved, name := "arn:aws:iam::"+account+":role/aws-reserved/sso.amazonaws.com/", "AWSReservedSSO_"+set+"_*"
	return []string{reserved + name, reserved + "*/" + name}
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
