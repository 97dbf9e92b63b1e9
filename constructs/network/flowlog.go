package network

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/logs"
	"livechat.example/cloud/constructs/policy"
	"livechat.example/cloud/constructs/role"
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
	role := role.NewService(scope, id+"Role", role.ServiceProps{
		Description: "Writes the VPC's flow log",
		Service:     "vpc-flow-logs",
		Account:     p.Account,
		Source:      "arn:aws:ec2:" + p.Region + ":" + p.Account + ":vpc-flow-log/*",
		Policy: []policy.Statement{
			{Actions: []string{"logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"},
				Resources: []string{*group.LogGroupArn()}},
			{Actions: []string{"logs:DescribeLogGroups"},
				Resources: []string{"arn:aws:logs:" + p.Region + ":" + p.Account + ":log-group:*"}},
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
