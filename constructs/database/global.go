package database

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/constructs-go/constructs/v10"
)

// newGlobal is what the clusters of all regions are members of. Which of them writes is its to say, and changes by a switchover,
// of which CloudFormation learns nothing.
//
// Its version is the one that it was created with, for good: a minor upgrade is of the clusters alone ("ModifyGlobalCluster doesn't
// support minor version upgrades for Aurora global databases"), and a major one is a person's. It is not made from the primary's cluster
// (SourceDBClusterIdentifier), for which it would state no version: that cluster would have to be there before, and one that is no
// member yet cannot be told to forward writes after a switchover ("CreateDBCluster", EnableGlobalWriteForwarding).
func newGlobal(scope constructs.Construct, id, identifier, created string) awsrds.CfnGlobalCluster {
	global := awsrds.NewCfnGlobalCluster(scope, new(id), &awsrds.CfnGlobalClusterProps{
		GlobalClusterIdentifier: new(identifier),
		Engine:                  new(engine),
		EngineVersion:           new(created),
		StorageEncrypted:        true,
		DeletionProtection:      true,
	})
	global.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil)
	return global
}
