// Package database holds Aurora PostgreSQL as a global database: one cluster a region, of which one writes.
package database

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"livechat.example/cloud/constructs/logs"
	"livechat.example/cloud/constructs/network"
)

// What every member of a global database has in common, to the digit: RDS refuses a secondary of another version. The schema's
// tests run on the same major (internal/postgrestest).
const (
	engine  = "aurora-postgresql"
	version = "17.7"
	port    = 5432
)

// backupDays is how far back a cluster can be restored: the most that Aurora takes, so a row that is purged is gone from
// the backups that long after.
const backupDays = 35

// insightDays is how long Performance Insights keeps what it saw: what is free of charge.
const insightDays = 7

// Props are what a region's cluster is of, and where it lies.
type Props struct {
	Global  string          // required: the identifier of the global database
	Name    string          // required: the cluster's own, in lower case
	Class   string          // required: of the instances; a burstable one (t) cannot join a global database
	Subnets []network.Zonal // required: an instance in each, of two zones at least
	Group   *string         // required: the security group
	Key     awskms.IKey     // required: of what is stored
	LogsKey awskms.IKey     // required: of the log
	// Master makes the cluster the one that writes, and the global database with it. A secondary has none: it takes its users
	// from the primary, and RDS refuses one that comes with a password.
	Master *Master
}

// Master is whom the primary's first database is made for.
type Master struct {
	Database string // required
	User     string // required
	Secret   string // required: the name of his secret in the primary's region, JSON with the key password
}

// Cluster is a region's database.
type Cluster struct {
	Identifier string
	ResourceID *string // by which rds-db:connect names the cluster
	// Endpoint is where a service of the region reads and writes: the writer in the primary. In a secondary it is the readers',
	// which forward what is written; the cluster's own answers nobody there.
	Endpoint *string
}

// New is a region's cluster, which nobody reaches from outside its group, reads without its key, changes without a trace, or deletes
// by a slip. The primary's must be there, with its writer, before a secondary's.
//
// It is made of L1 constructs: the library's cluster knows no global database, and always brings credentials along.
func New(scope constructs.Construct, id string, p Props) Cluster {
	if p.Global == "" || p.Name == "" || p.Class == "" || p.Group == nil || p.Key == nil || p.LogsKey == nil || len(p.Subnets) < 2 {
		panic(fmt.Sprintf("database.Props of %s: Global, Name, Class, Group, Key, LogsKey and two Subnets are required: %+v", id, p))
	}
	if p.Master != nil && (p.Master.Database == "" || p.Master.User == "" || p.Master.Secret == "") {
		panic(fmt.Sprintf("database.Props of %s: Master's Database, User and Secret are all required: %+v", id, *p.Master))
	}
	// RDS would make the group itself, unencrypted and for ever, with the first line that it writes.
	log := logs.NewGroup(scope, id+"Log", logs.GroupProps{Key: p.LogsKey, Name: "/aws/rds/cluster/" + p.Name + "/postgresql"})
	cluster := awsrds.NewCfnDBCluster(scope, new(id), p.cluster(scope, id))
	cluster.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil)
	cluster.AddResourceDependency(log.Node().DefaultChild().(awslogs.CfnLogGroup), nil)
	endpoint := cluster.AttrReadEndpointAddress()
	if p.Master != nil {
		cluster.AddResourceDependency(newGlobal(scope, "Global"+id, p.Global), nil)
		endpoint = cluster.AttrEndpointAddress()
	}
	network.AcknowledgeZones(scope)
	for _, z := range p.Subnets {
		p.instance(scope, id, z.Zone, cluster)
	}
	return Cluster{Identifier: p.Name, ResourceID: cluster.AttrDbClusterResourceId(), Endpoint: endpoint}
}

func (p Props) cluster(scope constructs.Construct, id string) *awsrds.CfnDBClusterProps {
	props := &awsrds.CfnDBClusterProps{
		DbClusterIdentifier:             new(p.Name),
		GlobalClusterIdentifier:         new(p.Global),
		Engine:                          new(engine),
		EngineVersion:                   new(version),
		Port:                            new(float64(port)), // CloudFormation's default is MySQL's
		StorageEncrypted:                true,
		KmsKeyId:                        p.Key.KeyArn(),
		EnableIamDatabaseAuthentication: true,
		// In the primary it does nothing until a switchover makes it a secondary.
		EnableGlobalWriteForwarding: true,
		EnableCloudwatchLogsExports: jsii.Strings("postgresql"),
		BackupRetentionPeriod:       new(float64(backupDays)),
		CopyTagsToSnapshot:          true,
		DeletionProtection:          true,
		DbClusterParameterGroupName: newParameters(scope, id+"Parameters"),
		DbSubnetGroupName:           p.subnets(scope, id+"Subnets"),
		VpcSecurityGroupIds:         &[]any{p.Group},
	}
	if m := p.Master; m != nil {
		props.DatabaseName = new(m.Database)
		props.MasterUsername = new(m.User)
		// Not RDS's own managed password, which no member of a global database can have. The template holds the secret's name;
		// CloudFormation alone sees the password.
		props.MasterUserPassword = new("{{resolve:secretsmanager:" + m.Secret + ":SecretString:password}}")
	}
	return props
}

// subnets are kept as long as the cluster, which cannot do without.
func (p Props) subnets(scope constructs.Construct, id string) *string {
	var ids []any
	for _, z := range p.Subnets {
		ids = append(ids, z.SubnetID)
	}
	group := awsrds.NewCfnDBSubnetGroup(scope, new(id), &awsrds.CfnDBSubnetGroupProps{
		DbSubnetGroupDescription: new("livechat " + p.Name), SubnetIds: &ids,
	})
	group.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil)
	return group.Ref()
}

// instance is one of a cluster's, in a zone. It names no parameter group of its own, with which it could take back what the cluster's
// says: RDS's default, which nobody can change, says nothing.
func (p Props) instance(scope constructs.Construct, id, zone string, cluster awsrds.CfnDBCluster) {
	awsrds.NewCfnDBInstance(scope, new(id+strings.ToUpper(zone[len(zone)-1:])), &awsrds.CfnDBInstanceProps{
		DbClusterIdentifier:                cluster.Ref(),
		Engine:                             new(engine),
		EngineVersion:                      new(version),
		DbInstanceClass:                    new(p.Class),
		AvailabilityZone:                   new(zone),
		PubliclyAccessible:                 false,
		AutoMinorVersionUpgrade:            false, // a member that upgraded alone would fall out of the global database
		EnablePerformanceInsights:          true,
		PerformanceInsightsKmsKeyId:        p.Key.KeyArn(),
		PerformanceInsightsRetentionPeriod: new(float64(insightDays)),
	}).ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil)
}
