package network

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
)

// Blocking says who blocks the account's VPCs of a region from the internet: an account has one such setting a region.
type Blocking string

// The ways.
const (
	BlockCreate   Blocking = "create"   // the stack does
	BlockExisting Blocking = "existing" // somebody else does, now or later: the VPC has its exclusions ready
	BlockOff      Blocking = "off"      // nobody does
)

// NewBlockPublicAccess is a block between the internet and every VPC of the account and region that nobody gets past by a
// route or a gateway of his own, except where this VPC meets the internet on purpose: both ways in the public tier, outwards
// where the NAT gateways are. It works at the internet gateway, so what lies behind a NAT gateway needs no exclusion.
//
// The exclusions are made before it blocks. It stays when it leaves the template: otherwise the change from create to
// existing, or the end of one environment, would open the whole account.
func NewBlockPublicAccess(scope constructs.Construct, id string, v VPC, by Blocking) {
	switch by {
	case BlockCreate, BlockExisting:
	case BlockOff:
		return
	default:
		panic("network.NewBlockPublicAccess: " + string(by) + ` is none of "create", "existing" and "off"`)
	}
	excluded := v.exclude(scope, Public, "allow-bidirectional")
	if v.NAT {
		excluded = append(excluded, v.exclude(scope, Egress, "allow-egress")...)
	}
	if by == BlockExisting {
		return
	}
	block := awsec2.NewCfnVPCBlockPublicAccessOptions(scope, new(id), &awsec2.CfnVPCBlockPublicAccessOptionsProps{
		InternetGatewayBlockMode: new("block-bidirectional"),
	})
	block.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil)
	for _, e := range excluded {
		block.AddResourceDependency(e, nil)
	}
}

// exclude lets a tier's subnets go on meeting the internet.
func (v VPC) exclude(scope constructs.Construct, t Tier, mode string) []awsec2.CfnVPCBlockPublicAccessExclusion {
	var all []awsec2.CfnVPCBlockPublicAccessExclusion
	for _, z := range v.Subnets[t] {
		label := "excluded-" + string(t) + "-" + z.Zone
		all = append(all, awsec2.NewCfnVPCBlockPublicAccessExclusion(scope, id(t, "Excluded"+letter(z.Zone)),
			&awsec2.CfnVPCBlockPublicAccessExclusionProps{SubnetId: z.SubnetID, InternetGatewayExclusionMode: new(mode), Tags: name(label)}))
	}
	return all
}
