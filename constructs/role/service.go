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
	// Source is the ARN, or pattern, of the thing that the service acts for; the role is of no use to any other. Empty where the
	// service does not send it.
	Source string
	Policy []policy.Statement // required
}

// sends are the services that assume roles, with what each sends about the account that it acts for, by its own page. A condition on what is not
// sent is never met (policies/intent/callers.go names the pages, and what holds a service that sends nothing).
var sends = map[string]struct{ account, source bool }{
	"vpc-flow-logs":                     {account: true, source: true},
	"lambda":                            {account: true},
	"s3":                                {},
	"malware-protection-plan.guardduty": {},
}

// NewService is a role that no service takes up on behalf of another account, or for another thing than the one it is for, as far as
// the service says what it acts for.
func NewService(scope constructs.Construct, id string, p ServiceProps) awsiam.Role {
	sent, known := sends[p.Service]
	if p.Description == "" || !known || p.Account == "" || sent.source != (p.Source != "") || len(p.Policy) == 0 {
		panic("role.ServiceProps of " + id + ": Description, Service, Account, Policy, and Source where the service sends it, are all required")
	}
	conditions := map[string]any{}
	if sent.account {
		conditions["StringEquals"] = map[string]any{"aws:SourceAccount": p.Account}
	}
	if sent.source {
		conditions["ArnLike"] = map[string]any{"aws:SourceArn": p.Source}
	}
	props := &awsiam.RoleProps{
		Description:        new(p.Description),
		MaxSessionDuration: awscdk.Duration_Hours(new(1.0)),
		AssumedBy:          awsiam.NewServicePrincipal(new(p.Service+".amazonaws.com"), &awsiam.ServicePrincipalOpts{Conditions: &conditions}),
		InlinePolicies:     &map[string]awsiam.PolicyDocument{"task": policy.Document(p.Policy...)},
	}
	if p.Name != "" {
		props.RoleName = new(p.Name)
	}
	return awsiam.NewRole(scope, new(id), props)
}
