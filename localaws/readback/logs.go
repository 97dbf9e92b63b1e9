package readback

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
)

func readLogGroup(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	for _, g := range found.LogGroups {
		if aws.ToString(g.LogGroupName) != t.PhysicalID {
			continue
		}
		arn := strings.TrimSuffix(aws.ToString(g.Arn), ":*")
		tags, err := c.logs.ListTagsForResource(ctx, &cloudwatchlogs.ListTagsForResourceInput{ResourceArn: &arn})
		if err != nil {
			return observed{}, err
		}
		return observed{
			Properties: map[string]any{
				"LogGroupName": t.PhysicalID, "KmsKeyId": value(g.KmsKeyId), "RetentionInDays": value(g.RetentionInDays),
				"LogGroupClass": string(g.LogGroupClass), "DeletionProtectionEnabled": value(g.DeletionProtectionEnabled),
				"Tags": tagMap(tags.Tags),
			},
			Attributes: map[string]any{"Arn": arn + ":*"},
		}, nil
	}
	return observed{}, errNotFound
}

func readLogsPolicy(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.logs.DescribeResourcePolicies(ctx, &cloudwatchlogs.DescribeResourcePoliciesInput{})
	if err != nil {
		return observed{}, err
	}
	for _, p := range found.ResourcePolicies {
		if aws.ToString(p.PolicyName) == t.text("PolicyName") {
			return observed{Properties: map[string]any{"PolicyName": aws.ToString(p.PolicyName), "PolicyDocument": aws.ToString(p.PolicyDocument)}}, nil
		}
	}
	return observed{}, errNotFound
}
