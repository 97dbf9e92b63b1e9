package readback

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	topics "github.com/aws/aws-sdk-go-v2/service/sns/types"
)

func readAlarm(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.cloudwatch.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{t.PhysicalID}})
	if err != nil || len(found.MetricAlarms) != 1 {
		return observed{}, orNotFound(err)
	}
	is := found.MetricAlarms[0]
	tags, err := c.cloudwatch.ListTagsForResource(ctx, &cloudwatch.ListTagsForResourceInput{ResourceARN: is.AlarmArn})
	if err != nil {
		return observed{}, err
	}
	dimensions := []any{}
	for _, d := range is.Dimensions {
		dimensions = append(dimensions, map[string]any{"Name": value(d.Name), "Value": value(d.Value)})
	}
	return observed{
		Properties: map[string]any{
			"AlarmName": value(is.AlarmName), "AlarmDescription": value(is.AlarmDescription), "Namespace": value(is.Namespace),
			"MetricName": value(is.MetricName), "Dimensions": dimensions, "Statistic": string(is.Statistic), "Period": value(is.Period),
			"EvaluationPeriods": value(is.EvaluationPeriods), "ComparisonOperator": string(is.ComparisonOperator),
			"Threshold": value(is.Threshold), "TreatMissingData": value(is.TreatMissingData),
			"AlarmActions": is.AlarmActions, "OKActions": is.OKActions, "ActionsEnabled": value(is.ActionsEnabled),
			"Tags": tagList(tags.Tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value }),
		},
		Attributes: map[string]any{"Arn": aws.ToString(is.AlarmArn)},
	}, nil
}

func readTopic(ctx context.Context, c clients, t target) (observed, error) {
	is, err := c.sns.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	tags, err := c.sns.ListTagsForResource(ctx, &sns.ListTagsForResourceInput{ResourceArn: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	return observed{
		Properties: optional(map[string]any{
			"TopicName": lastOf(t.PhysicalID), "KmsMasterKeyId": is.Attributes["KmsMasterKeyId"],
			"Tags": tagList(tags.Tags, func(t topics.Tag) (*string, *string) { return t.Key, t.Value }),
		}),
		Attributes: map[string]any{"TopicArn": t.PhysicalID, "TopicName": lastOf(t.PhysicalID)},
	}, nil
}

// readTopicPolicy asks the topic that the template names for its policy.
func readTopicPolicy(ctx context.Context, c clients, t target) (observed, error) {
	named, _ := t.Want["Topics"].([]any)
	if len(named) != 1 {
		return observed{}, errNotFound
	}
	is, err := c.sns.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: aws.String(text(named[0]))})
	if err != nil {
		return observed{}, err
	}
	return observed{Properties: map[string]any{"Topics": []any{is.Attributes["TopicArn"]}, "PolicyDocument": is.Attributes["Policy"]}}, nil
}

// readSubscription asks the topic, whose ARN the subscription's begins with, for whom it tells.
func readSubscription(ctx context.Context, c clients, t target) (observed, error) {
	topic := t.PhysicalID[:max(0, strings.LastIndex(t.PhysicalID, ":"))]
	found, err := c.sns.ListSubscriptionsByTopic(ctx, &sns.ListSubscriptionsByTopicInput{TopicArn: &topic})
	if err != nil {
		return observed{}, err
	}
	for _, s := range found.Subscriptions {
		if aws.ToString(s.SubscriptionArn) == t.PhysicalID {
			return observed{Properties: map[string]any{"TopicArn": value(s.TopicArn), "Protocol": value(s.Protocol), "Endpoint": value(s.Endpoint)}}, nil
		}
	}
	return observed{}, errNotFound
}
