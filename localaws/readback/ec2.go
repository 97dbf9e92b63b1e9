package readback

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func ec2Tag(t types.Tag) (*string, *string) { return t.Key, t.Value }

func readVPC(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.ec2.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{VpcIds: []string{t.PhysicalID}})
	if err != nil {
		return observed{}, err
	}
	hostnames, err := c.ec2.DescribeVpcAttribute(ctx, &ec2.DescribeVpcAttributeInput{VpcId: &t.PhysicalID, Attribute: types.VpcAttributeNameEnableDnsHostnames})
	if err != nil {
		return observed{}, err
	}
	support, err := c.ec2.DescribeVpcAttribute(ctx, &ec2.DescribeVpcAttributeInput{VpcId: &t.PhysicalID, Attribute: types.VpcAttributeNameEnableDnsSupport})
	if err != nil {
		return observed{}, err
	}
	group, err := c.ec2.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{Filters: []types.Filter{
		{Name: aws.String("vpc-id"), Values: []string{t.PhysicalID}}, {Name: aws.String("group-name"), Values: []string{"default"}},
	}})
	if err != nil || len(group.SecurityGroups) != 1 || len(found.Vpcs) != 1 {
		return observed{}, orNotFound(err)
	}
	is := found.Vpcs[0]
	return observed{
		Properties: map[string]any{
			"CidrBlock": value(is.CidrBlock), "InstanceTenancy": string(is.InstanceTenancy), "Tags": tagList(is.Tags, ec2Tag),
			"EnableDnsHostnames": value(hostnames.EnableDnsHostnames.Value), "EnableDnsSupport": value(support.EnableDnsSupport.Value),
		},
		Attributes: map[string]any{
			"VpcId": t.PhysicalID, "CidrBlock": aws.ToString(is.CidrBlock), "DefaultSecurityGroup": aws.ToString(group.SecurityGroups[0].GroupId),
		},
	}, nil
}

func readSubnet(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.ec2.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{SubnetIds: []string{t.PhysicalID}})
	if err != nil || len(found.Subnets) != 1 {
		return observed{}, orNotFound(err)
	}
	is := found.Subnets[0]
	return observed{
		Properties: map[string]any{
			"VpcId": value(is.VpcId), "CidrBlock": value(is.CidrBlock), "AvailabilityZone": value(is.AvailabilityZone),
			"MapPublicIpOnLaunch": value(is.MapPublicIpOnLaunch), "Tags": tagList(is.Tags, ec2Tag),
		},
		Attributes: map[string]any{"SubnetId": t.PhysicalID, "AvailabilityZone": aws.ToString(is.AvailabilityZone), "CidrBlock": aws.ToString(is.CidrBlock)},
	}, nil
}

func readInternetGateway(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.ec2.DescribeInternetGateways(ctx, &ec2.DescribeInternetGatewaysInput{InternetGatewayIds: []string{t.PhysicalID}})
	if err != nil || len(found.InternetGateways) != 1 {
		return observed{}, orNotFound(err)
	}
	return observed{
		Properties: map[string]any{"Tags": tagList(found.InternetGateways[0].Tags, ec2Tag)},
		Attributes: map[string]any{"InternetGatewayId": t.PhysicalID},
	}, nil
}

func readGatewayAttachment(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.ec2.DescribeInternetGateways(ctx, &ec2.DescribeInternetGatewaysInput{InternetGatewayIds: []string{t.text("InternetGatewayId")}})
	if err != nil || len(found.InternetGateways) != 1 || len(found.InternetGateways[0].Attachments) != 1 {
		return observed{}, orNotFound(err)
	}
	is := found.InternetGateways[0]
	return observed{Properties: map[string]any{"InternetGatewayId": value(is.InternetGatewayId), "VpcId": value(is.Attachments[0].VpcId)}}, nil
}

func readEndpoint(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.ec2.DescribeVpcEndpoints(ctx, &ec2.DescribeVpcEndpointsInput{VpcEndpointIds: []string{t.PhysicalID}})
	if err != nil || len(found.VpcEndpoints) != 1 {
		return observed{}, orNotFound(err)
	}
	is, groups := found.VpcEndpoints[0], []string{}
	for _, g := range is.Groups {
		groups = append(groups, aws.ToString(g.GroupId))
	}
	return observed{
		Properties: map[string]any{
			"VpcId": value(is.VpcId), "ServiceName": value(is.ServiceName), "VpcEndpointType": string(is.VpcEndpointType),
			"RouteTableIds": is.RouteTableIds, "SubnetIds": is.SubnetIds, "SecurityGroupIds": groups,
			"PrivateDnsEnabled": value(is.PrivateDnsEnabled), "PolicyDocument": value(is.PolicyDocument),
			"IpAddressType": string(is.IpAddressType), "Tags": tagList(is.Tags, ec2Tag),
		},
		Attributes: map[string]any{"Id": t.PhysicalID},
	}, nil
}

// orNotFound is the service's error, or that it listed nothing.
func orNotFound(err error) error {
	if err != nil {
		return err
	}
	return errNotFound
}
