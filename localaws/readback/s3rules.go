package readback

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

// unset is S3's way to say that a bucket has no such configuration.
func unset(err error) bool {
	var refused smithy.APIError
	return errors.As(err, &refused) && strings.HasSuffix(refused.ErrorCode(), "NotFoundError")
}

func readObjectLock(ctx context.Context, c *s3.Client, bucket string) (map[string]any, error) {
	got, err := c.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: &bucket})
	if err != nil || got.ObjectLockConfiguration == nil {
		return nil, err
	}
	is := got.ObjectLockConfiguration
	properties := map[string]any{"ObjectLockEnabled": is.ObjectLockEnabled == types.ObjectLockEnabledEnabled}
	if is.Rule != nil && is.Rule.DefaultRetention != nil {
		keep := is.Rule.DefaultRetention
		properties["ObjectLockConfiguration"] = map[string]any{
			"ObjectLockEnabled": string(is.ObjectLockEnabled),
			"Rule": map[string]any{"DefaultRetention": optional(map[string]any{
				"Mode": string(keep.Mode), "Days": value(keep.Days), "Years": value(keep.Years),
			})},
		}
	}
	return properties, nil
}

func readLifecycle(ctx context.Context, c *s3.Client, bucket string) (map[string]any, error) {
	got, err := c.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: &bucket})
	if err != nil {
		return nil, err
	}
	rules := []any{}
	for _, r := range got.Rules {
		rules = append(rules, lifecycleRule(r))
	}
	return map[string]any{"LifecycleConfiguration": map[string]any{"Rules": rules}}, nil
}

func lifecycleRule(r types.LifecycleRule) map[string]any {
	rule := map[string]any{"Id": value(r.ID), "Status": string(r.Status)}
	if r.Filter != nil {
		rule["Prefix"] = value(r.Filter.Prefix)
		tags := []types.Tag{}
		if r.Filter.Tag != nil {
			tags = append(tags, *r.Filter.Tag)
		}
		if and := r.Filter.And; and != nil {
			rule["Prefix"], tags = value(and.Prefix), append(tags, and.Tags...)
		}
		if len(tags) > 0 {
			rule["TagFilters"] = tagList(tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
		}
	}
	if e := r.Expiration; e != nil {
		rule["ExpirationInDays"], rule["ExpiredObjectDeleteMarker"] = value(e.Days), value(e.ExpiredObjectDeleteMarker)
	}
	if e := r.NoncurrentVersionExpiration; e != nil {
		rule["NoncurrentVersionExpiration"] = optional(map[string]any{
			"NoncurrentDays": value(e.NoncurrentDays), "NewerNoncurrentVersions": value(e.NewerNoncurrentVersions),
		})
	}
	if a := r.AbortIncompleteMultipartUpload; a != nil {
		rule["AbortIncompleteMultipartUpload"] = map[string]any{"DaysAfterInitiation": value(a.DaysAfterInitiation)}
	}
	var moves []any
	for _, move := range r.Transitions {
		moves = append(moves, optional(map[string]any{"StorageClass": string(move.StorageClass), "TransitionInDays": value(move.Days)}))
	}
	if moves != nil {
		rule["Transitions"] = moves
	}
	return optional(rule)
}

func readReplication(ctx context.Context, c *s3.Client, bucket string) (map[string]any, error) {
	got, err := c.GetBucketReplication(ctx, &s3.GetBucketReplicationInput{Bucket: &bucket})
	if err != nil {
		return nil, err
	}
	rules := []any{}
	for _, r := range got.ReplicationConfiguration.Rules {
		rules = append(rules, replicationRule(r))
	}
	return map[string]any{"ReplicationConfiguration": map[string]any{
		"Role": aws.ToString(got.ReplicationConfiguration.Role), "Rules": rules,
	}}, nil
}

func replicationRule(r types.ReplicationRule) map[string]any {
	rule := map[string]any{"Id": value(r.ID), "Status": string(r.Status), "Priority": value(r.Priority)}
	if r.Filter != nil {
		rule["Filter"] = optional(map[string]any{"Prefix": value(r.Filter.Prefix)})
	}
	if m := r.DeleteMarkerReplication; m != nil {
		rule["DeleteMarkerReplication"] = map[string]any{"Status": string(m.Status)}
	}
	if s := r.SourceSelectionCriteria; s != nil && s.SseKmsEncryptedObjects != nil {
		rule["SourceSelectionCriteria"] = map[string]any{
			"SseKmsEncryptedObjects": map[string]any{"Status": string(s.SseKmsEncryptedObjects.Status)},
		}
	}
	if d := r.Destination; d != nil {
		to := map[string]any{"Bucket": value(d.Bucket), "Account": value(d.Account), "StorageClass": string(d.StorageClass)}
		if d.EncryptionConfiguration != nil {
			to["EncryptionConfiguration"] = map[string]any{"ReplicaKmsKeyID": value(d.EncryptionConfiguration.ReplicaKmsKeyID)}
		}
		if d.Metrics != nil {
			to["Metrics"] = map[string]any{"Status": string(d.Metrics.Status)}
		}
		rule["Destination"] = optional(to)
	}
	return optional(rule)
}
