// Package cache holds the Valkey of a region: sessions, quotas, tickets and presence, none of which must survive.
package cache

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/logs"
	"livechat.example/cloud/constructs/network"
	"livechat.example/cloud/constructs/segment"
)

const (
	engine = "valkey"
	// version is a minor one: ElastiCache puts patches in by itself ("Version Management for ElastiCache").
	version = "8.2"
	family  = "valkey8" // "Engine specific parameters", Valkey 8.2
	port    = 6379
	// node has a whole core at all times, and room: nothing is evicted.
	node = "cache.r7g.large"
	// snapshotDays is the least there is: a snapshot is for looking at what happened, and holds people's sessions.
	snapshotDays = 1
	// In UTC, the same in every region, one after the other.
	snapshotWindow    = "03:00-04:00"
	maintenanceWindow = "sun:04:30-sun:06:00"
)

// Props are where the cache lies, what it is encrypted under, who logs its doings, and the names that other stacks compute.
type Props struct {
	VPC      network.VPC    // required
	Group    *string        // required: the id of the security group of [segment.Valkey]
	Key      awskms.IKey    // required: cannot be changed later without losing what is stored
	Delivery *logs.Delivery // required
	Account  string         // required
	Region   string         // required
	// Name is that of the replication group and of its users' group, and begins those of the others.
	Name string // required
	// Users are the names of the services' users: all that [Services] names, and no other.
	Users map[segment.Party]string // required
}

// Cache is a region's Valkey.
type Cache struct {
	Address *string // of the primary, whichever node that is
	Port    *string
	arn     string // begins the ARNs of what is ElastiCache's in the account and region
	name    string
	users   map[segment.Party]string
}

// Connect are the ARNs on which a service's role needs elasticache:Connect: both the cache's and its user's.
func (c Cache) Connect(service segment.Party) []string {
	user, known := c.users[service]
	if !known {
		panic(fmt.Sprintf("cache: %s has no user; cache.Services names those that have one", service))
	}
	return []string{c.arn + "replicationgroup:" + c.name, c.arn + "user:" + user}
}

// New is a cache that nobody reaches without TLS, a role of IAM's and a user that may do its own work and no more, that stays when
// a zone is lost, and that nobody reads off a disk without its key.
//
// Its nodes are one a zone, with no more than one shard: what it holds is small, and a client needs to know one name.
func New(scope constructs.Construct, p Props) Cache {
	if p.VPC.ID == nil || p.Group == nil || p.Key == nil || p.Delivery == nil || p.Account == "" || p.Region == "" || p.Name == "" {
		panic(fmt.Sprintf("cache.Props: VPC, Group, Key, Delivery, Account, Region and Name are all required: %+v", p))
	}
	subnets := p.VPC.Subnets[network.Data]
	ids := make([]any, len(subnets))
	for i, s := range subnets {
		ids[i] = s.SubnetID
	}
	group := awselasticache.NewCfnReplicationGroup(scope, new("Cache"), &awselasticache.CfnReplicationGroupProps{
		ReplicationGroupId: new(p.Name), ReplicationGroupDescription: new("Live chat: sessions, quotas and presence"),
		Engine: new(engine), EngineVersion: new(version), AutoMinorVersionUpgrade: false,
		CacheParameterGroupName: parameters(scope),

		CacheNodeType: new(node), ClusterMode: new("disabled"), NumCacheClusters: new(float64(len(subnets))),
		AutomaticFailoverEnabled: true, MultiAzEnabled: true,

		CacheSubnetGroupName: awselasticache.NewCfnSubnetGroup(scope, new("CacheSubnets"), &awselasticache.CfnSubnetGroupProps{
			Description: new("livechat data"), SubnetIds: &ids,
		}).Ref(),
		SecurityGroupIds: &[]*string{p.Group}, Port: new(float64(port)),

		AtRestEncryptionEnabled: true, KmsKeyId: p.Key.KeyArn(),
		TransitEncryptionEnabled: true, TransitEncryptionMode: new("required"),
		UserGroupIds: &[]*string{users(scope, p)},

		LogDeliveryConfigurations: []any{delivered(p, "CacheSlowLog", "slow-log"), delivered(p, "CacheEngineLog", "engine-log")},
		SnapshotRetentionLimit:    new(float64(snapshotDays)), SnapshotWindow: new(snapshotWindow),
		PreferredMaintenanceWindow: new(maintenanceWindow),
	})
	group.AddResourceDependency(p.Delivery.Policy(), nil)
	group.ApplyRemovalPolicy(awscdk.RemovalPolicy_SNAPSHOT, nil)
	return Cache{
		Address: group.AttrPrimaryEndPointAddress(), Port: group.AttrPrimaryEndPointPort(), name: p.Name, users: p.Users,
		arn: "arn:aws:elasticache:" + p.Region + ":" + p.Account + ":",
	}
}

// parameters are the group's own. Whatever the services write expires; a cache that is full refuses the next write rather than
// forget somebody's quota or a revocation.
func parameters(scope constructs.Construct) *string {
	return awselasticache.NewCfnParameterGroup(scope, new("CacheParameters"), &awselasticache.CfnParameterGroupProps{
		CacheParameterGroupFamily: new(family), Description: new("Live chat: nothing is evicted"),
		Properties: map[string]string{"maxmemory-policy": "noeviction"},
	}).Ref()
}

// delivered is a log that goes to a group of its own. ElastiCache leaves keys and values out of the commands that it names there
// ("Log delivery", "Contents of a slow log entry").
func delivered(p Props, id, kind string) *awselasticache.CfnReplicationGroup_LogDeliveryConfigurationRequestProperty {
	return &awselasticache.CfnReplicationGroup_LogDeliveryConfigurationRequestProperty{
		LogType: new(kind), LogFormat: new("json"), DestinationType: new("cloudwatch-logs"),
		DestinationDetails: &awselasticache.CfnReplicationGroup_DestinationDetailsProperty{
			CloudWatchLogsDetails: &awselasticache.CfnReplicationGroup_CloudWatchLogsDestinationDetailsProperty{
				LogGroup: p.Delivery.Group(id).LogGroupName(),
			},
		},
	}
}
