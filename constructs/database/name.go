package database

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/constructs-go/constructs/v10"
)

// nameTTL is for how many seconds a name may be remembered: as long as RDS has its own remembered, since a switchover repoints it.
const nameTTL = "5"

// NameProps are a region's private zone and the cluster that it names.
type NameProps struct {
	Zone    string  // required
	VPC     *string // required: its id
	Region  string  // required
	Cluster Cluster // required
}

// NewName is the name by which the services of a region, and nobody else, find the database: a switchover changes where it leads, and
// no service.
func NewName(scope constructs.Construct, id string, p NameProps) {
	if p.Zone == "" || p.VPC == nil || p.Region == "" || p.Cluster.Endpoint == nil {
		panic(fmt.Sprintf("database.NameProps of %s: Zone, VPC, Region and Cluster are all required: %+v", id, p))
	}
	zone := awsroute53.NewCfnHostedZone(scope, new(id+"Zone"), &awsroute53.CfnHostedZoneProps{
		Name: new(p.Zone),
		Vpcs: []any{&awsroute53.CfnHostedZone_VPCProperty{VpcId: p.VPC, VpcRegion: new(p.Region)}},
	})
	zone.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE, nil)
	awsroute53.NewCfnRecordSet(scope, new(id), &awsroute53.CfnRecordSetProps{
		HostedZoneId:    zone.Ref(),
		Name:            new("database." + p.Zone),
		Type:            new("CNAME"),
		Ttl:             new(nameTTL),
		ResourceRecords: &[]*string{p.Cluster.Endpoint},
	})
}
