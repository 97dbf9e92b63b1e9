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

// Delivery is a stack's groups that nobody writes to but AWS's log delivery, on behalf of this account: Network Firewall's,
// Route 53 Resolver's and ElastiCache's logs come that way.
//
// An account has ten such policies a region ("CloudWatch Logs quotas"), so all of a stack's groups share one.
type Delivery struct {
	scope  constructs.Construct
	id     string
	props  DeliveryProps
	policy awslogs.CfnResourcePolicy
	groups []string // ARNs
}

// NewDelivery is a stack's policy of log delivery. It is made with the first group that is asked of it, and admits those alone.
func NewDelivery(scope constructs.Construct, id string, p DeliveryProps) *Delivery {
	if p.Key == nil || p.Name == "" || p.Account == "" || p.Region == "" {
		panic("logs.DeliveryProps of " + id + ": Key, Name, Account and Region are all required")
	}
	return &Delivery{scope: scope, id: id, props: p}
}

// Group is a group that log delivery may write to. What has logs delivered there must depend on Policy.
func (d *Delivery) Group(id string) awslogs.LogGroup {
	group := NewGroup(d.scope, id, GroupProps{Key: d.props.Key})
	d.groups = append(d.groups, *group.LogGroupArn()) // ends in :*, so it is of the group's streams
	if text := d.document(); d.policy == nil {
		d.policy = awslogs.NewCfnResourcePolicy(d.scope, new(d.id), &awslogs.CfnResourcePolicyProps{
			PolicyName: new(d.props.Name), PolicyDocument: new(text),
		})
	} else {
		d.policy.SetPolicyDocument(new(text))
	}
	return group
}

// Policy is what lets the delivery in, once there is a group: without it the service refuses to begin, or writes a policy
// of its own.
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
