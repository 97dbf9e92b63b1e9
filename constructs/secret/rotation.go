package secret

import (
	"crypto/sha256"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
)

// Schedule is when a secret is rotated.
//
// It is an expression in cron, and no interval: a deploy that changes an interval may rotate ("AWS::SecretsManager::RotationSchedule RotationRules").
type Schedule struct {
	expression string
	window     string // in which Secrets Manager chooses the moment
}

// Fortnightly is on the 1st and the 15th: never more than 17 days apart.
var Fortnightly = Schedule{"cron(0 3 1,15 * ? *)", "3h"}

// EveryOtherMonth is a day in every other month, never more than 62 days apart: one of 1,120 hours by name, so that neither all
// partners have a new key in the same hour nor all rotations are called at once.
func EveryOtherMonth(name string) Schedule {
	sum := sha256.Sum256([]byte(name))
	month, day, hour := 1+int(sum[0])%2, 1+int(sum[1])%28, int(sum[2])%20
	return Schedule{fmt.Sprintf("cron(0 %d %d %d/2 ? *)", hour, day, month), "4h"}
}

// Rotate has a function give the secret a new value by a schedule, and never because of a deploy. It waits for the permission by which Secrets
// Manager calls the function, unless that is in another stack.
func (s Secret) Rotate(scope constructs.Construct, id string, function *string, when Schedule, permission awscdk.CfnResource) {
	if function == nil || when.expression == "" {
		panic("secret.Rotate of " + id + ": a function and a Schedule are required")
	}
	schedule := awssecretsmanager.NewCfnRotationSchedule(scope, new(id), &awssecretsmanager.CfnRotationScheduleProps{
		SecretId: s.ARN, RotationLambdaArn: function, RotateImmediatelyOnUpdate: false,
		RotationRules: &awssecretsmanager.CfnRotationSchedule_RotationRulesProperty{
			ScheduleExpression: new(when.expression), Duration: new(when.window),
		},
	})
	if permission != nil {
		schedule.AddResourceDependency(permission, new("the permission to call the function"))
	}
}
