package function

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"livechat.example/cloud/constructs/policy"
)

func (n Network) config() any {
	if n.Group == nil {
		return nil
	}
	groups := []*string{n.Group}
	return &awslambda.CfnFunction_VpcConfigProperty{SubnetIds: &n.Subnets, SecurityGroupIds: &groups, Ipv6AllowedForDualStack: jsii.Bool(false)}
}

// interfaces lets Lambda make the interfaces by which a function lies in a VPC, which it does as the function's role, and keeps the
// function's own code from it ("Giving Lambda functions access to resources in an Amazon VPC", required permissions and the
// condition key lambda:SourceFunctionArn; AWSLambdaVPCAccessExecutionRole, version 3).
func (p Props) interfaces() []policy.Statement {
	if p.Network.Group == nil {
		return nil
	}
	actions := []string{"ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
		"ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"}
	return []policy.Statement{{Actions: actions}, {
		Deny: true, Actions: actions,
		Conditions: policy.Conditions{"ArnEquals": {"lambda:SourceFunctionArn": p.arn()}},
	}}
}
