package network

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
)

// VPCProps are the address block and the zones it is divided over.
type VPCProps struct {
	CIDR  netip.Prefix // required, a /16
	Zones []string     // required, two to four
	// NAT gives the egress tier its gateways. Without them nothing in the VPC reaches the internet.
	NAT bool
	// Flows are all connections that cross between tiers, in the order of the NACLs' entries.
	Flows []Flow // required
}

// VPC is a network whose tiers have no way out but the one that their name stands for.
type VPC struct {
	ID *string
	// DefaultGroup is the id of the security group that AWS makes with the VPC.
	DefaultGroup *string
	CIDR         netip.Prefix
	NAT          bool // there are NAT gateways
	Subnets      map[Tier][]Zonal
}

// Zonal is a tier's subnet in one zone, with a route table of its own.
type Zonal struct {
	Zone         string
	CIDR         netip.Prefix
	SubnetID     *string
	RouteTableID *string
}

// NewVPC is a network in which no address is public by default and no tier shares its route table or NACL with another.
func NewVPC(scope constructs.Construct, id string, p VPCProps) VPC {
	if !p.CIDR.Addr().Is4() || p.CIDR.Bits() != 16 || len(p.Zones) < 2 || len(p.Flows) == 0 {
		panic(fmt.Sprintf("network.VPCProps: CIDR must be an IPv4 /16, Zones at least two, and Flows those of segment.TierFlows: %+v", p))
	}
	label := *scope.Node().Id()
	cfn := awsec2.NewCfnVPC(scope, new(id), &awsec2.CfnVPCProps{
		CidrBlock:          new(p.CIDR.String()),
		EnableDnsHostnames: true,
		EnableDnsSupport:   true,
		Tags:               name(label),
	})
	vpc := cfn.Ref()
	AcknowledgeZones(scope)
	v := VPC{ID: vpc, DefaultGroup: cfn.AttrDefaultSecurityGroup(), CIDR: p.CIDR, NAT: p.NAT, Subnets: map[Tier][]Zonal{}}
	for _, tier := range Tiers {
		v.Subnets[tier] = newTier(scope, vpc, p, tier)
	}
	v.waysOut(scope, label)
	return v
}

// AcknowledgeZones tells CDK's validator that what lies below a scope names its zones on purpose: zones that are looked up
// need credentials, and may be others tomorrow (DEPLOY-TRAPS §1).
func AcknowledgeZones(scope constructs.Construct) {
	awscdk.Validations_Of(scope).Acknowledge(&awscdk.Acknowledgment{
		Id: new("CloudFormation-Validate::W3010"), Reason: new("zones are named in the configuration, never looked up"),
	})
}

// newTier is a tier's subnets, each with its route table, and the one NACL that they share.
func newTier(scope constructs.Construct, vpc *string, p VPCProps, t Tier) []Zonal {
	acl := newACL(scope, vpc, p, t)
	zonal := make([]Zonal, len(p.Zones))
	for i, zone := range p.Zones {
		cidr := Subnet(p.CIDR, t, i)
		label := string(t) + "-" + zone
		subnet := awsec2.NewCfnSubnet(scope, id(t, "Subnet"+letter(zone)), &awsec2.CfnSubnetProps{
			VpcId: vpc, CidrBlock: new(cidr.String()), AvailabilityZone: new(zone),
			MapPublicIpOnLaunch: false, Tags: tags(t, label),
		}).Ref()
		table := awsec2.NewCfnRouteTable(scope, id(t, "Routes"+letter(zone)), &awsec2.CfnRouteTableProps{VpcId: vpc, Tags: tags(t, label)}).Ref()
		awsec2.NewCfnSubnetRouteTableAssociation(scope, id(t, "Routed"+letter(zone)), &awsec2.CfnSubnetRouteTableAssociationProps{
			SubnetId: subnet, RouteTableId: table,
		})
		awsec2.NewCfnSubnetNetworkAclAssociation(scope, id(t, "Guarded"+letter(zone)), &awsec2.CfnSubnetNetworkAclAssociationProps{
			SubnetId: subnet, NetworkAclId: acl,
		})
		zonal[i] = Zonal{Zone: zone, CIDR: cidr, SubnetID: subnet, RouteTableID: table}
	}
	return zonal
}

// waysOut routes public and egress to the internet, and firewall to the NAT gateway of its own zone.
func (v VPC) waysOut(scope constructs.Construct, label string) {
	gateway := awsec2.NewCfnInternetGateway(scope, new("Internet"), &awsec2.CfnInternetGatewayProps{Tags: name(label)}).Ref()
	attached := awsec2.NewCfnVPCGatewayAttachment(scope, new("InternetAttached"), &awsec2.CfnVPCGatewayAttachmentProps{
		VpcId: v.ID, InternetGatewayId: gateway,
	})
	for _, tier := range []Tier{Public, Egress} {
		for _, z := range v.Subnets[tier] {
			route(scope, tier, z, &awsec2.CfnRouteProps{GatewayId: gateway}).AddResourceDependency(attached, nil)
		}
	}
	if !v.NAT {
		return
	}
	for i, z := range v.Subnets[Egress] {
		address := awsec2.NewCfnEIP(scope, id(Egress, "Address"+letter(z.Zone)), &awsec2.CfnEIPProps{Domain: new("vpc"), Tags: name("nat-" + z.Zone)})
		address.AddResourceDependency(attached, nil)
		gateway := awsec2.NewCfnNatGateway(scope, id(Egress, "Nat"+letter(z.Zone)), &awsec2.CfnNatGatewayProps{
			SubnetId: z.SubnetID, AllocationId: address.AttrAllocationId(), Tags: name("nat-" + z.Zone),
		})
		route(scope, Firewall, v.Subnets[Firewall][i], &awsec2.CfnRouteProps{NatGatewayId: gateway.Ref()})
	}
}

// Inspect leads the llm tier's way out of the zone at an index through a firewall's endpoint there, and the answers too: a
// firewall that sees one direction alone drops the connection.
func (v VPC) Inspect(scope constructs.Construct, zone int, endpoint *string) {
	inside, egress := v.Subnets[LLM][zone], v.Subnets[Egress][zone]
	route(scope, LLM, inside, &awsec2.CfnRouteProps{VpcEndpointId: endpoint})
	awsec2.NewCfnRoute(scope, id(Egress, "Back"+letter(inside.Zone)), &awsec2.CfnRouteProps{
		RouteTableId: egress.RouteTableID, DestinationCidrBlock: new(inside.CIDR.String()), VpcEndpointId: endpoint,
	})
}

// route is a subnet's default route.
func route(scope constructs.Construct, t Tier, z Zonal, p *awsec2.CfnRouteProps) awsec2.CfnRoute {
	p.RouteTableId = z.RouteTableID
	p.DestinationCidrBlock = new("0.0.0.0/0")
	return awsec2.NewCfnRoute(scope, id(t, "Out"+letter(z.Zone)), p)
}

// id is a construct's: letters and digits alone, at the top of its stack, so that its logical id is the same text, and the
// same in every region.
func id(t Tier, what string) *string {
	return new(strings.ToUpper(string(t[:1])) + string(t[1:]) + what)
}

// letter is a zone's within its region.
func letter(zone string) string { return strings.ToUpper(zone[len(zone)-1:]) }

func name(value string) *[]*awscdk.CfnTag {
	return &[]*awscdk.CfnTag{{Key: new("Name"), Value: new(value)}}
}

func tags(t Tier, label string) *[]*awscdk.CfnTag {
	return &[]*awscdk.CfnTag{{Key: new("Name"), Value: new(label)}, {Key: new("livechat:tier"), Value: new(string(t))}}
}
