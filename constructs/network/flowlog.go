package network

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"livechat.example/cloud/constructs/logs"
)

// FlowLogProps are the network whose traffic is recorded, and the key of the record.
type FlowLogProps struct {
	VPC     VPC
	Key     awskms.IKey // required
	Account string      // required
	Region  string      // required
}

// flowLogFormat is the default format (version 2) with what an investigation asks next: the address behind a NAT
// gateway or endpoint, the direction, and the way taken. See "Flow log records" of the VPC guide.
const flowLogFormat = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} " +
	"${packets} ${bytes} ${start} ${end} ${action} ${log-status} ${vpc-id} ${subnet-id} ${tcp-flags} ${pkt-srcaddr} " +
	"${pkt-dstaddr} ${flow-direction} ${traffic-path}"

// NewFlowLog is the record of every connection, accepted or refused, that nobody's traffic is left out of.
func NewFlowLog(scope constructs.Construct, id string, p FlowLogProps) {
	group := logs.NewGroup(scope, id+"Group", logs.GroupProps{Key: p.Key})
	role := awsiam.NewRole(scope, new(id+"Role"), &awsiam.RoleProps{
		Description: new("Writes the VPC's flow log"),
		AssumedBy: awsiam.NewServicePrincipal(new("vpc-flow-logs.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{
				"StringEquals": map[string]any{"aws:SourceAccount": p.Account},
				"ArnLike":      map[string]any{"aws:SourceArn": "arn:aws:ec2:" + p.Region + ":" + p.Account + ":vpc-flow-log/*"},
			},
		}),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			"write": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &[]awsiam.PolicyStatement{
				awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
					Actions:   jsii.Strings("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"),
					Resources: &[]*string{group.LogGroupArn()},
				}),
				awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
					Actions:   jsii.Strings("logs:DescribeLogGroups"),
					Resources: jsii.Strings("arn:aws:logs:" + p.Region + ":" + p.Account + ":log-group:*"),
				}),
			}}),
		},
	})
	awsec2.NewCfnFlowLog(scope, new(id), &awsec2.CfnFlowLogProps{
		ResourceType:             new("VPC"),
		ResourceId:               p.VPC.ID,
		TrafficType:              new("ALL"),
		LogDestinationType:       new("cloud-watch-logs"),
		LogGroupName:             group.LogGroupName(),
		DeliverLogsPermissionArn: role.RoleArn(),
		MaxAggregationInterval:   new(60.0),
		LogFormat:                new(flowLogFormat),
		Tags:                     name(*scope.Node().Id()),
	})
}
