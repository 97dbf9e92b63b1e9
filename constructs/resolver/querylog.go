package resolver

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53resolver"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/logs"
	"livechat.example/cloud/constructs/network"
)

// QueryLogProps are the VPC whose queries are recorded, and what delivers the record.
type QueryLogProps struct {
	VPC      network.VPC    // required
	Delivery *logs.Delivery // required
}

// NewQueryLog is the record of every name that was asked for, which nobody's question is left out of: with its answer, the address
// that asked, and what the DNS firewall did about it.
func NewQueryLog(scope constructs.Construct, id string, p QueryLogProps) {
	if p.VPC.ID == nil || p.Delivery == nil {
		panic(fmt.Sprintf("resolver.QueryLogProps of %s: VPC and Delivery are both required: %+v", id, p))
	}
	config := awsroute53resolver.NewCfnResolverQueryLoggingConfig(scope, new(id), &awsroute53resolver.CfnResolverQueryLoggingConfigProps{
		DestinationArn: p.Delivery.Group(id + "Group").LogGroupArn(),
	})
	config.AddResourceDependency(p.Delivery.Policy(), nil)
	awsroute53resolver.NewCfnResolverQueryLoggingConfigAssociation(scope, new(id+"Associated"),
		&awsroute53resolver.CfnResolverQueryLoggingConfigAssociationProps{ResolverQueryLogConfigId: config.Ref(), ResourceId: p.VPC.ID})
}
