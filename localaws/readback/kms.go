package readback

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

func readKey(ctx context.Context, c clients, t target) (observed, error) {
	key, err := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	if key.KeyMetadata.KeyState == types.KeyStatePendingDeletion {
		return observed{}, errNotFound // it only waits to be gone
	}
	rotation, err := c.kms.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	policy, err := c.kms.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &t.PhysicalID, PolicyName: aws.String("default")})
	if err != nil {
		return observed{}, err
	}
	tags, err := c.kms.ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	is := key.KeyMetadata
	return observed{
		Properties: map[string]any{
			"Description": value(is.Description), "Enabled": is.Enabled, "KeySpec": string(is.KeySpec), "KeyUsage": string(is.KeyUsage),
			"MultiRegion": value(is.MultiRegion), "Origin": string(is.Origin), "KeyPolicy": value(policy.Policy),
			"EnableKeyRotation": rotation.KeyRotationEnabled, "RotationPeriodInDays": value(rotation.RotationPeriodInDays),
			"Tags": tagList(tags.Tags, func(t types.Tag) (*string, *string) { return t.TagKey, t.TagValue }),
		},
		Attributes: map[string]any{"Arn": aws.ToString(is.Arn), "KeyId": aws.ToString(is.KeyId)},
	}, nil
}

// readAlias asks for the key behind the alias, and names it as the template does: by ARN or by id.
func readAlias(ctx context.Context, c clients, t target) (observed, error) {
	key, err := c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	behind := aws.ToString(key.KeyMetadata.KeyId)
	if strings.HasPrefix(t.text("TargetKeyId"), "arn:") {
		behind = aws.ToString(key.KeyMetadata.Arn)
	}
	return observed{Properties: map[string]any{"AliasName": t.PhysicalID, "TargetKeyId": behind}}, nil
}
