package readback

import (
	"context"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// aspect reads one configuration of a bucket into the properties that state it.
type aspect func(ctx context.Context, c *s3.Client, bucket string) (map[string]any, error)

// aspects are a bucket's configurations: S3 has a call for each, which fails where there is none.
var aspects = []aspect{
	readVersioning, readEncryption, readPublicAccess, readOwnership, readLogging,
	readLifecycle, readReplication, readObjectLock, readCORS, readNotification, readBucketTags,
}

func readBucket(ctx context.Context, c clients, t target) (observed, error) {
	if _, err := c.s3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &t.PhysicalID}); err != nil {
		return observed{}, err
	}
	properties := map[string]any{"BucketName": t.PhysicalID, "Tags": []any{}}
	for _, read := range aspects {
		got, err := read(ctx, c.s3, t.PhysicalID)
		if err != nil && !missing(err) && !unset(err) {
			return observed{}, err
		}
		maps.Copy(properties, got)
	}
	return observed{
		Properties: properties,
		Attributes: map[string]any{
			"Arn": "arn:aws:s3:::" + t.PhysicalID, "DomainName": t.PhysicalID + ".s3.amazonaws.com",
			"RegionalDomainName": t.PhysicalID + ".s3." + c.region + ".amazonaws.com",
		},
	}, nil
}

func readBucketPolicy(ctx context.Context, c clients, t target) (observed, error) {
	bucket := t.text("Bucket")
	policy, err := c.s3.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &bucket})
	if err != nil {
		return observed{}, err
	}
	return observed{Properties: map[string]any{"Bucket": bucket, "PolicyDocument": value(policy.Policy)}}, nil
}

func readVersioning(ctx context.Context, c *s3.Client, bucket string) (map[string]any, error) {
	got, err := c.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &bucket})
	if err != nil || got.Status == "" {
		return nil, err
	}
	return map[string]any{"VersioningConfiguration": map[string]any{"Status": string(got.Status)}}, nil
}

func readEncryption(ctx context.Context, c *s3.Client, bucket string) (map[string]any, error) {
	got, err := c.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: &bucket})
	if err != nil {
		return nil, err
	}
	rules := []any{}
	for _, r := range got.ServerSideEncryptionConfiguration.Rules {
		rule := map[string]any{"BucketKeyEnabled": value(r.BucketKeyEnabled)}
		if by := r.ApplyServerSideEncryptionByDefault; by != nil {
			rule["ServerSideEncryptionByDefault"] = optional(map[string]any{
				"SSEAlgorithm": string(by.SSEAlgorithm), "KMSMasterKeyID": value(by.KMSMasterKeyID),
			})
		}
		rules = append(rules, optional(rule))
	}
	return map[string]any{"BucketEncryption": map[string]any{"ServerSideEncryptionConfiguration": rules}}, nil
}

func readPublicAccess(ctx context.Context, c *s3.Client, bucket string) (map[string]any, error) {
	got, err := c.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: &bucket})
	if err != nil {
		return nil, err
	}
	is := got.PublicAccessBlockConfiguration
	return map[string]any{"PublicAccessBlockConfiguration": optional(map[string]any{
		"BlockPublicAcls": value(is.BlockPublicAcls), "BlockPublicPolicy": value(is.BlockPublicPolicy),
		"IgnorePublicAcls": value(is.IgnorePublicAcls), "RestrictPublicBuckets": value(is.RestrictPublicBuckets),
	})}, nil
}

func readOwnership(ctx context.Context, c *s3.Client, bucket string) (map[string]any, error) {
	got, err := c.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: &bucket})
	if err != nil {
		return nil, err
	}
	rules := []any{}
	for _, r := range got.OwnershipControls.Rules {
		rules = append(rules, map[string]any{"ObjectOwnership": string(r.ObjectOwnership)})
	}
	return map[string]any{"OwnershipControls": map[string]any{"Rules": rules}}, nil
}

func readLogging(ctx context.Context, c *s3.Client, bucket string) (map[string]any, error) {
	got, err := c.GetBucketLogging(ctx, &s3.GetBucketLoggingInput{Bucket: &bucket})
	if err != nil || got.LoggingEnabled == nil {
		return nil, err
	}
	return map[string]any{"LoggingConfiguration": optional(map[string]any{
		"DestinationBucketName": value(got.LoggingEnabled.TargetBucket), "LogFilePrefix": value(got.LoggingEnabled.TargetPrefix),
	})}, nil
}

func readBucketTags(ctx context.Context, c *s3.Client, bucket string) (map[string]any, error) {
	got, err := c.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: &bucket})
	if err != nil {
		return nil, err
	}
	return map[string]any{"Tags": tagList(got.TagSet, func(t types.Tag) (*string, *string) { return t.Key, t.Value })}, nil
}

func readCORS(ctx context.Context, c *s3.Client, bucket string) (map[string]any, error) {
	got, err := c.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: &bucket})
	if err != nil {
		return nil, err
	}
	rules := []any{}
	for _, r := range got.CORSRules {
		rule := optional(map[string]any{"Id": value(r.ID), "MaxAge": value(r.MaxAgeSeconds)})
		for property, list := range map[string][]string{
			"AllowedHeaders": r.AllowedHeaders, "AllowedMethods": r.AllowedMethods,
			"AllowedOrigins": r.AllowedOrigins, "ExposedHeaders": r.ExposeHeaders,
		} {
			if len(list) > 0 {
				rule[property] = list
			}
		}
		rules = append(rules, rule)
	}
	return map[string]any{"CorsConfiguration": map[string]any{"CorsRules": rules}}, nil
}

func readNotification(ctx context.Context, c *s3.Client, bucket string) (map[string]any, error) {
	got, err := c.GetBucketNotificationConfiguration(ctx, &s3.GetBucketNotificationConfigurationInput{Bucket: aws.String(bucket)})
	if err != nil || got.EventBridgeConfiguration == nil {
		return nil, err
	}
	return map[string]any{"NotificationConfiguration": map[string]any{
		"EventBridgeConfiguration": map[string]any{"EventBridgeEnabled": true},
	}}, nil
}
