// Package logs holds what keeps a record.
package logs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
)

// GroupProps are the key that the group is encrypted with and, where a name is a contract, its name.
type GroupProps struct {
	Key  awskms.IKey // required
	Name string      // empty: generated, so that a failed first deployment can be tried again
}

// NewGroup is a log that nobody reads without its key and that outlives what wrote it: 400 days, so that a yearly
// review finds a whole year.
func NewGroup(scope constructs.Construct, id string, p GroupProps) awslogs.LogGroup {
	if p.Key == nil {
		panic("logs.GroupProps of " + id + ": Key is required")
	}
	props := &awslogs.LogGroupProps{
		EncryptionKey: p.Key,
		Retention:     awslogs.RetentionDays_THIRTEEN_MONTHS,
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
	}
	if p.Name != "" {
		props.LogGroupName = new(p.Name)
	}
	return awslogs.NewLogGroup(scope, new(id), props)
}
