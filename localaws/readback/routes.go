package readback

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func routeTable(ctx context.Context, c clients, id string) (types.RouteTable, error) {
	found, err := c.ec2.DescribeRouteTables(ctx, &ec2.DescribeRouteTablesInput{RouteTableIds: []string{id}})
	if err != nil || len(found.RouteTables) != 1 {
		return types.RouteTable{}, orNotFound(err)
	}
	return found.RouteTables[0], nil
}

func readRouteTable(ctx context.Context, c clients, t target) (observed, error) {
	is, err := routeTable(ctx, c, t.PhysicalID)
	return observed{
		Properties: map[string]any{"VpcId": value(is.VpcId), "Tags": tagList(is.Tags, ec2Tag)},
		Attributes: map[string]any{"RouteTableId": t.PhysicalID},
	}, err
}

// readRoute finds a route by its destination. EC2 names a Gateway Load Balancer or firewall endpoint as a gateway.
func readRoute(ctx context.Context, c clients, t target) (observed, error) {
	table, err := routeTable(ctx, c, t.text("RouteTableId"))
	if err != nil {
		return observed{}, err
	}
	for _, r := range table.Routes {
		to := optional(map[string]any{
			"DestinationCidrBlock": value(r.DestinationCidrBlock), "DestinationIpv6CidrBlock": value(r.DestinationIpv6CidrBlock),
			"DestinationPrefixListId": value(r.DestinationPrefixListId),
		})
		if !slices.ContainsFunc([]string{"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"},
			func(property string) bool { return to[property] != nil && to[property] == t.Want[property] }) {
			continue
		}
		to["RouteTableId"] = value(table.RouteTableId)
		to["GatewayId"], to["NatGatewayId"] = value(r.GatewayId), value(r.NatGatewayId)
		to["EgressOnlyInternetGatewayId"], to["TransitGatewayId"] = value(r.EgressOnlyInternetGatewayId), value(r.TransitGatewayId)
		to["VpcPeeringConnectionId"], to["VpcEndpointId"] = value(r.VpcPeeringConnectionId), value(r.GatewayId)
		return observed{Properties: to}, nil
	}
	return observed{}, errNotFound
}

func readRouteTableAssociation(ctx context.Context, c clients, t target) (observed, error) {
	table, err := routeTable(ctx, c, t.text("RouteTableId"))
	if err != nil {
		return observed{}, err
	}
	for _, a := range table.Associations {
		if aws.ToString(a.RouteTableAssociationId) == t.PhysicalID {
			return observed{Properties: map[string]any{"RouteTableId": value(a.RouteTableId), "SubnetId": value(a.SubnetId)}}, nil
		}
	}
	return observed{}, errNotFound
}

func readSecurityGroup(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.ec2.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{GroupIds: []string{t.PhysicalID}})
	if err != nil || len(found.SecurityGroups) != 1 {
		return observed{}, orNotFound(err)
	}
	is := found.SecurityGroups[0]
	return observed{
		Properties: map[string]any{
			"GroupName": value(is.GroupName), "GroupDescription": value(is.Description), "VpcId": value(is.VpcId),
			"SecurityGroupIngress": rules(is.IpPermissions, "Source"), "SecurityGroupEgress": rules(is.IpPermissionsEgress, "Destination"),
			"Tags": tagList(is.Tags, ec2Tag),
		},
		Attributes: map[string]any{"GroupId": t.PhysicalID, "VpcId": aws.ToString(is.VpcId)},
	}, nil
}

// rules are permissions in the template's shape: one rule for each peer, which the side ("Source", "Destination") names.
func rules(permissions []types.IpPermission, side string) []any {
	list := []any{}
	for _, p := range permissions {
		add := func(peer string, id, description *string) {
			list = append(list, optional(map[string]any{
				"IpProtocol": value(p.IpProtocol), "FromPort": value(p.FromPort), "ToPort": value(p.ToPort),
				peer: value(id), "Description": value(description),
			}))
		}
		for _, r := range p.IpRanges {
			add("CidrIp", r.CidrIp, r.Description)
		}
		for _, r := range p.Ipv6Ranges {
			add("CidrIpv6", r.CidrIpv6, r.Description)
		}
		for _, r := range p.PrefixListIds {
			add(side+"PrefixListId", r.PrefixListId, r.Description)
		}
		for _, r := range p.UserIdGroupPairs {
			add(side+"SecurityGroupId", r.GroupId, r.Description)
		}
	}
	return list
}
