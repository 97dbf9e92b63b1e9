package function

import (
	"encoding/json"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/constructs-go/constructs/v10"
)

// Every calls the function at intervals, always with the same input.
func (f Function) Every(scope constructs.Construct, id string, hours int, input any) {
	text, err := json.Marshal(input)
	if err != nil || hours < 2 { // EventBridge says "1 hour", and "2 hours"
		panic(fmt.Sprintf("function.Every of %s: hours is at least 2, input JSON: %d, %v", id, hours, err))
	}
	rule := awsevents.NewCfnRule(scope, new(id), &awsevents.CfnRuleProps{
		ScheduleExpression: new(fmt.Sprintf("rate(%d hours)", hours)), State: new("ENABLED"),
		Targets: []any{&awsevents.CfnRule_TargetProperty{Id: new("function"), Arn: f.ARN, Input: new(string(text))}},
	})
	f.CalledBy(scope, id+"Permission", CallerProps{Service: "events", Source: rule.AttrArn()})
}
