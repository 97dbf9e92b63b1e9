package logs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/policy"
)

// DeliveryProps are the account and region whose services deliver, and the key and the policy's name.
type DeliveryProps struct {
	Key     awskms.IKey // required: of the groups
	Name    string      // required: of the policy, unlike any other in the account and region
	Account string      // required
	Region  string      // required
}

// Delivery is a region's groups that nobody writes to but AWS's log delivery, on behalf of this account: Network Firewall's
// and Route 53 Resolver's logs come that way.
//
// An account has ten such policies a region ("CloudWatch Logs quotas"), so all of a region's groups share one.
type Delivery struct {
	scope  constructs.Construct
	props  DeliveryProps
	policy awslogs.CfnResourcePolicy
	groups []string // ARNs
}

// NewDelivery begins a region's policy of log delivery. It admits the groups that are asked of it, one at the least.
func NewDelivery(scope constructs.Construct, id string, p DeliveryProps) *Delivery {
	if p.Key == nil || p.Name == "" || p.Account == "" || p.Region == "" {
		panic("logs.DeliveryProps of " + id + ": Key, Name, Account and Region are all required")
	}
	d := &Delivery{scope: scope, props: p}
	d.policy = awslogs.NewCfnResourcePolicy(scope, new(id), &awslogs.CfnResourcePolicyProps{
		PolicyName: new(p.Name), PolicyDocument: new(d.document()),
	})
	return d
}

// Group is a group that log delivery may write to. What has logs delivered there comes after Policy.
func (d *Delivery) Group(id string) awslogs.LogGroup {
	group := NewGroup(d.scope, id, GroupProps{Key: d.props.Key})
	d.groups = append(d.groups, *group.LogGroupArn()) // ends in :*, so it is of the group's streams
	d.policy.SetPolicyDocument(new(d.document()))
	return group
}

// Policy is what lets the delivery in: without it the service refuses to begin, or writes a policy of its own.
func (d *Delivery) Policy() awslogs.CfnResourcePolicy { return d.policy }

// document is the one of "Logs sent to CloudWatch Logs" in "Enable logging from AWS services".
func (d *Delivery) document() string {
	return policy.JSON(policy.Statement{
		Sid:       "LogDelivery",
		Principal: policy.Service("delivery.logs"),
		Actions:   []string{"logs:CreateLogStream", "logs:PutLogEvents"},
		Resources: d.groups,
		Conditions: policy.Conditions{
			"StringEquals": {"aws:SourceAccount": d.props.Account},
			"ArnLike":      {"aws:SourceArn": "arn:aws:logs:" + d.props.Region + ":" + d.props.Account + ":*"},
		},
	})
}
