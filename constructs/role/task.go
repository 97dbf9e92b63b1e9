package role

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/policy"
)

// TaskProps are a role that the tasks of one service run as: what it is called, and what the service's code may do.
type TaskProps struct {
	Name    string // required: other regions and stores know it by its name
	Account string // required
	Region  string // required
	// Policy is what the service is there for. What starts a task (its image, its log) is the execution role's, not this one's.
	Policy []policy.Statement // required
}

// NewTask is a role that nobody takes up but ECS, for a task of this account and region: no person, no other service, and no task
// of another account whose owner knows the role's name ("Amazon ECS task IAM role", on aws:SourceArn and aws:SourceAccount).
//
// ECS names no cluster or service there, so which task has the role is said by who may pass it.
func NewTask(scope constructs.Construct, id string, p TaskProps) awsiam.Role {
	if p.Name == "" || p.Account == "" || p.Region == "" || len(p.Policy) == 0 {
		panic("role.TaskProps of " + id + ": Name, Account, Region and Policy are all required")
	}
	return awsiam.NewRole(scope, new(id), &awsiam.RoleProps{
		RoleName:           new(p.Name),
		Description:        new("Of the tasks " + p.Name),
		MaxSessionDuration: awscdk.Duration_Hours(new(1.0)),
		AssumedBy: awsiam.NewServicePrincipal(new("ecs-tasks.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{
				"StringEquals": map[string]any{"aws:SourceAccount": p.Account},
				"ArnLike":      map[string]any{"aws:SourceArn": "arn:aws:ecs:" + p.Region + ":" + p.Account + ":*"},
			},
		}),
		InlinePolicies: &map[string]awsiam.PolicyDocument{"task": policy.Document(p.Policy...)},
	})
}
