// Package registry holds the partner registry: the table of partners' records and revocations, who may read and write it, and the
// records themselves.
package registry

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/constructs-go/constructs/v10"
)

// The table's keys, and the index of the partners' records: of all kinds of item only those have the attribute kind.
// internal/registry says what lies under them.
const (
	partition = "pk"
	sort      = "sk"
	kind      = "kind"
	retention = "retentionDays"
	expires   = "expires"
	partners  = "partners"
)

// recoveryDays is how far back the table can be restored to any second: the most that DynamoDB keeps.
const recoveryDays = 35

// newTable is one table in every region, each replica under its own region's key, that nobody deletes by a slip and that goes back to
// any second of 35 days.
//
// Capacity has no ceiling: to throttle the authorizer is to close every door at once, and revocations are written in bursts.
func newTable(scope constructs.Construct, id string, p Props) awsdynamodb.CfnGlobalTable {
	replicas := make([]any, len(p.Regions))
	for i, region := range p.Regions {
		replicas[i] = &awsdynamodb.CfnGlobalTable_ReplicaSpecificationProperty{
			Region: new(region),
			// An alias's ARN is taken ("To specify a key, use its key ID, Amazon Resource Name (ARN), alias name, or alias ARN": AWS::DynamoDB::GlobalTable
			// ReplicaSSESpecification), so that no region has to hand its key's id to another.
			SseSpecification: &awsdynamodb.CfnGlobalTable_ReplicaSSESpecificationProperty{
				KmsMasterKeyId: new(fmt.Sprintf("arn:aws:kms:%s:%s:alias/%s", region, p.Account, p.KeyAlias)),
			},
			PointInTimeRecoverySpecification: &awsdynamodb.CfnGlobalTable_PointInTimeRecoverySpecificationProperty{
				PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: new(float64(recoveryDays)),
			},
			DeletionProtectionEnabled: true,
			// A stack's tags do not reach a replica in another region.
			Tags: tags(p.Tags),
		}
	}
	table := awsdynamodb.NewCfnGlobalTable(scope, new(id), &awsdynamodb.CfnGlobalTableProps{
		TableName:               new(p.Table),
		AttributeDefinitions:    []any{attribute(kind), attribute(partition), attribute(sort)},
		KeySchema:               []any{hash(partition), ranged(sort)},
		GlobalSecondaryIndexes:  []any{index()},
		BillingMode:             new("PAY_PER_REQUEST"),
		StreamSpecification:     &awsdynamodb.CfnGlobalTable_StreamSpecificationProperty{StreamViewType: new("NEW_AND_OLD_IMAGES")}, // replication reads it
		SseSpecification:        &awsdynamodb.CfnGlobalTable_SSESpecificationProperty{SseEnabled: true, SseType: new("KMS")},
		TimeToLiveSpecification: &awsdynamodb.CfnGlobalTable_TimeToLiveSpecificationProperty{AttributeName: new(expires), Enabled: true},
		Replicas:                replicas,
	})
	table.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE, nil)
	return table
}

// index is how the worker learns every partner and how long his data is kept, without a scan.
func index() *awsdynamodb.CfnGlobalTable_GlobalSecondaryIndexProperty {
	included := []*string{new(retention)}
	return &awsdynamodb.CfnGlobalTable_GlobalSecondaryIndexProperty{
		IndexName:  new(partners),
		KeySchema:  []any{hash(kind), ranged(partition)},
		Projection: &awsdynamodb.CfnGlobalTable_ProjectionProperty{ProjectionType: new("INCLUDE"), NonKeyAttributes: &included},
	}
}

func attribute(name string) *awsdynamodb.CfnGlobalTable_AttributeDefinitionProperty {
	return &awsdynamodb.CfnGlobalTable_AttributeDefinitionProperty{AttributeName: new(name), AttributeType: new("S")}
}

func hash(name string) *awsdynamodb.CfnGlobalTable_KeySchemaProperty {
	return &awsdynamodb.CfnGlobalTable_KeySchemaProperty{AttributeName: new(name), KeyType: new("HASH")}
}

func ranged(name string) *awsdynamodb.CfnGlobalTable_KeySchemaProperty {
	return &awsdynamodb.CfnGlobalTable_KeySchemaProperty{AttributeName: new(name), KeyType: new("RANGE")}
}
