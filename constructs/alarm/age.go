package alarm

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"
)

// AgeProps are whose age it is, how old it may become, and what to do then.
type AgeProps struct {
	Name    string  // required: of the alarm
	Secret  string  // required: the name that its age is told under
	Days    float64 // required: how old it may become
	Runbook string  // required: what to do, as a file of this repository
	Topic   Topic   // required
}

// The metric, as cmd/secretage tells it.
const (
	namespace = "LiveChat/Secrets"
	metric    = "SecretAgeDays"
	dimension = "Secret"
)

// daySeconds is how long without a figure alarms: the age is told four times a day.
const daySeconds = 86_400

// NewAge is an alarm that nobody silences by having the age no longer told.
func NewAge(scope constructs.Construct, id string, p AgeProps) {
	if p.Name == "" || p.Secret == "" || p.Days == 0 || p.Runbook == "" || p.Topic.ARN == nil {
		panic(fmt.Sprintf("alarm.AgeProps of %s: all are required: %+v", id, p))
	}
	awscloudwatch.NewCfnAlarm(scope, new(id), &awscloudwatch.CfnAlarmProps{
		AlarmName:        new(p.Name),
		AlarmDescription: new(fmt.Sprintf("%s is older than %.0f days, or its age is not known. %s", p.Secret, p.Days, p.Runbook)),
		Namespace:        new(namespace), MetricName: new(metric),
		Dimensions: []any{&awscloudwatch.CfnAlarm_DimensionProperty{Name: new(dimension), Value: new(p.Secret)}},
		Statistic:  new("Maximum"), Period: new(float64(daySeconds)), EvaluationPeriods: new(1.0),
		ComparisonOperator: new("GreaterThanThreshold"), Threshold: new(p.Days),
		TreatMissingData: new("breaching"),
		AlarmActions:     &[]any{p.Topic.ARN},
		OkActions:        &[]any{p.Topic.ARN},
	})
}
