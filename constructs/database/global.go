package database

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/constructs-go/constructs/v10"
)

// newGlobal is what the clusters of all regions are members of. Which of them writes is its to say, and changes by a switchover,
// of which CloudFormation learns nothing.
func newGlobal(scope constructs.Construct, id, identifier string) awsrds.CfnGlobalCluster {
	global := awsrds.NewCfnGlobalCluster(scope, new(id), &awsrds.CfnGlobalClusterProps{
		GlobalClusterIdentifier: new(identifier),
		Engine:                  new(engine),
		EngineVersion:           new(version),
		StorageEncrypted:        true,
		DeletionProtection:      true,
	})
	global.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN, nil)
	return global
}
