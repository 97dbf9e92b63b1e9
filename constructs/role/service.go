package role

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/policy"
)

// ServiceProps are a role that an AWS service takes up for one thing in this account.
type ServiceProps struct {
	Name        string // where it is a contract, since others name it; else it is generated
	Description string // required
	Service     string // required: its principal without ".amazonaws.com"
	Account     string // required
	// Source is the ARN, or pattern, of the thing that the service acts for; the role is of no use to any other.
	Source string             // required
	Policy []policy.Statement // required
}

// NewService is a role that no service takes up on behalf of another account, or for another thing than the one it is for.
func NewService(scope constructs.Construct, id string, p ServiceProps) awsiam.Role {
	if p.Description == "" || p.Service == "" || p.Account == "" || p.Source == "" || len(p.Policy) == 0 {
		panic("role.ServiceProps of " + id + ": Description, Service, Account, Source and Policy are all required")
	}
	props := &awsiam.RoleProps{
		Description:        new(p.Description),
		MaxSessionDuration: awscdk.Duration_Hours(new(1.0)),
		AssumedBy: awsiam.NewServicePrincipal(new(p.Service+".amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{
				"StringEquals": map[string]any{"aws:SourceAccount": p.Account},
				"ArnLike":      map[string]any{"aws:SourceArn": p.Source},
			},
		}),
		InlinePolicies: &map[string]awsiam.PolicyDocument{"task": policy.Document(p.Policy...)},
	}
	if p.Name != "" {
		props.RoleName = new(p.Name)
	}
	return awsiam.NewRole(scope, new(id), props)
}
