package readback

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

func readRule(ctx context.Context, c clients, t target) (observed, error) {
	is, err := c.events.DescribeRule(ctx, &eventbridge.DescribeRuleInput{Name: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	found, err := c.events.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	tags, err := c.events.ListTagsForResource(ctx, &eventbridge.ListTagsForResourceInput{ResourceARN: is.Arn})
	if err != nil {
		return observed{}, err
	}
	targets := []any{}
	for _, target := range found.Targets {
		targets = append(targets, optional(map[string]any{"Id": value(target.Id), "Arn": value(target.Arn), "Input": value(target.Input)}))
	}
	return observed{
		Properties: optional(map[string]any{
			"ScheduleExpression": value(is.ScheduleExpression), "EventPattern": value(is.EventPattern), "State": string(is.State), "Targets": targets,
			"Tags": tagList(tags.Tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value }),
		}),
		Attributes: map[string]any{"Arn": aws.ToString(is.Arn)},
	}, nil
}

// readPermission finds the statement that CloudFormation has put into the function's policy.
func readPermission(ctx context.Context, c clients, t target) (observed, error) {
	function := t.text("FunctionName")
	if function == "" {
		return observed{}, errNotFound // it went with its function
	}
	found, err := c.lambda.GetPolicy(ctx, &lambda.GetPolicyInput{FunctionName: &function})
	if err != nil {
		return observed{}, err
	}
	statements, _ := object(parsed(aws.ToString(found.Policy)))["Statement"].([]any)
	for _, s := range statements {
		is := object(s)
		if is["Sid"] != t.PhysicalID {
			continue
		}
		properties := map[string]any{"Action": is["Action"], "FunctionName": is["Resource"], "Principal": object(is["Principal"])["Service"]}
		for _, keys := range object(is["Condition"]) {
			for key, v := range object(keys) {
				properties[strings.TrimPrefix(strings.TrimPrefix(key, "AWS:"), "aws:")] = v
			}
		}
		return observed{Properties: properties}, nil
	}
	return observed{}, errNotFound
}

// lastOf is the last part of an ARN.
func lastOf(arn string) string { return arn[strings.LastIndex(arn, ":")+1:] }
