// Package endpoint holds the VPC endpoints: the only way from the network to AWS's services, and what may pass there.
package endpoint

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/network"
	"livechat.example/cloud/constructs/policy"
	"livechat.example/cloud/constructs/segment"
)

// Props are the network whose endpoints these are, and the groups that say who may connect to each.
type Props struct {
	VPC     network.VPC               // required
	Account string                    // required
	Region  string                    // required
	Groups  map[segment.Party]*string // required: the id of the group of each interface endpoint's party
}

// Endpoints are the ids of those that something else must name.
type Endpoints struct {
	S3 string // the gateway, by which alone data in buckets is read
}

// New is the way to AWS's services by which nobody reaches anything of another account, and nothing but what its services are used for.
func New(scope constructs.Construct, p Props) Endpoints {
	if p.Account == "" || p.Region == "" {
		panic(fmt.Sprintf("endpoint.Props: Account and Region are both required: %q, %q", p.Account, p.Region))
	}
	made := Endpoints{}
	for _, g := range gateways {
		id := newGateway(scope, p, g)
		if g.service == "s3" {
			made.S3 = id
		}
	}
	subnets := make([]any, 0, len(p.VPC.Subnets[network.App]))
	for _, z := range p.VPC.Subnets[network.App] {
		subnets = append(subnets, z.SubnetID)
	}
	for _, i := range interfaces {
		newInterface(scope, p, i, subnets)
	}
	return made
}

// newGateway routes what its tiers send to a service: it adds a route to each table that it is given, and to no other.
func newGateway(scope constructs.Construct, p Props, g gateway) string {
	var tables []any
	for _, tier := range g.tiers {
		for _, z := range p.VPC.Subnets[tier] {
			tables = append(tables, z.RouteTableID)
		}
	}
	return *awsec2.NewCfnVPCEndpoint(scope, new(g.id+"Endpoint"), &awsec2.CfnVPCEndpointProps{
		VpcId:           p.VPC.ID,
		VpcEndpointType: new("Gateway"),
		ServiceName:     serviceName(p, g.service),
		RouteTableIds:   &tables,
		PolicyDocument:  policy.OfEndpoint(g.admits(p)...),
		Tags:            name(g.service),
	}).Ref()
}

// newInterface puts an address of a service into each app subnet, behind the service's own group.
func newInterface(scope constructs.Construct, p Props, i interfaced, subnets []any) {
	group := p.Groups[i.party]
	if group == nil {
		panic(fmt.Sprintf("endpoint.Props: Groups has none for %s", i.party))
	}
	awsec2.NewCfnVPCEndpoint(scope, new(i.id+"Endpoint"), &awsec2.CfnVPCEndpointProps{
		VpcId:             p.VPC.ID,
		VpcEndpointType:   new("Interface"),
		ServiceName:       serviceName(p, i.service),
		SubnetIds:         &subnets,
		SecurityGroupIds:  &[]any{group},
		PrivateDnsEnabled: !i.publicNames,
		PolicyDocument:    policy.OfEndpoint(i.admits(p)...),
		Tags:              name(i.service),
	})
}

func serviceName(p Props, service string) *string {
	return new("com.amazonaws." + p.Region + "." + service)
}

func name(value string) *[]*awscdk.CfnTag {
	return &[]*awscdk.CfnTag{{Key: new("Name"), Value: new(value)}}
}
