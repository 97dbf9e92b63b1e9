package localaws

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"livechat.example/cloud/localaws/assembly"
	"livechat.example/cloud/localaws/readback"
)

// noticesWhatIsChangedBehindItsBack weakens a key and a bucket of every stack through the services' own APIs, which
// CloudFormation does not see, and expects the read-back to name exactly those, and then nothing once they are mended.
func (l life) noticesWhatIsChangedBehindItsBack() {
	var want []string
	for _, s := range l.deployed() {
		want = append(want, l.weaken(s, true)...)
	}
	report, err := l.cloud.ReadBack(l.ctx)
	l.must(err)
	var got []string
	for _, d := range report.Differences {
		got = append(got, d.Stack+" "+d.LogicalID+" "+d.Property)
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) == 0 || !slices.Equal(got, want) {
		l.Errorf("noticed %v, want %v", got, want)
	}
	for _, s := range l.deployed() {
		l.weaken(s, false)
	}
	l.isAsItShips()
	l.readsBucketsInTheTemplatesShape()
}

// weaken stops a key's rotation and opens a bucket, or mends both, and names the properties that this changes.
func (l life) weaken(s readback.Stack, open bool) (changed []string) {
	shipped := assembly.Stack{Template: s.Shipped}
	if key := firstOf(shipped, "AWS::KMS::Key"); key != "" {
		id, client := s.Resources[key].PhysicalID, kms.NewFromConfig(l.cloud.Config(s.Region))
		if open {
			_, err := client.DisableKeyRotation(l.ctx, &kms.DisableKeyRotationInput{KeyId: &id})
			l.must(err)
			changed = append(changed, s.Name+" "+key+" EnableKeyRotation")
		} else {
			period := properties(s.Shipped, key)["RotationPeriodInDays"]
			var days int32
			_, err := fmt.Sscan(fmt.Sprint(period), &days)
			l.must(err)
			_, err = client.EnableKeyRotation(l.ctx, &kms.EnableKeyRotationInput{KeyId: &id, RotationPeriodInDays: &days})
			l.must(err)
		}
	}
	if bucket := firstOf(shipped, "AWS::S3::Bucket"); bucket != "" {
		name := s.Resources[bucket].PhysicalID
		_, err := l.s3(s.Region).PutPublicAccessBlock(l.ctx, &s3.PutPublicAccessBlockInput{
			Bucket: &name, PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
				BlockPublicAcls: aws.Bool(true), IgnorePublicAcls: aws.Bool(true),
				BlockPublicPolicy: aws.Bool(!open), RestrictPublicBuckets: aws.Bool(true),
			},
		})
		l.must(err)
		if open {
			changed = append(changed, s.Name+" "+bucket+" PublicAccessBlockConfiguration")
		}
	}
	return changed
}

// readsBucketsInTheTemplatesShape sets, through S3, what the emulator's CloudFormation ignores, so that the readers of
// those properties are right on the day that their exceptions go.
func (l life) readsBucketsInTheTemplatesShape() {
	for _, s := range l.deployed() {
		bucket := firstOf(assembly.Stack{Template: s.Shipped}, "AWS::S3::Bucket")
		if bucket == "" {
			continue
		}
		l.configure(s.Region, s.Resources[bucket].PhysicalID)
		got, err := l.cloud.Observe(l.ctx, s, bucket)
		l.must(err)
		for property, want := range configured {
			if !reflect.DeepEqual(got[property], want) {
				l.Errorf("%s reads back\n%v, want\n%v", property, got[property], want)
			}
		}
	}
}

// configured is what configure sets, in the shape of AWS::S3::Bucket.
var configured = map[string]any{
	"BucketEncryption": map[string]any{"ServerSideEncryptionConfiguration": []any{map[string]any{
		"BucketKeyEnabled":              true,
		"ServerSideEncryptionByDefault": map[string]any{"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/any"},
	}}},
	"LifecycleConfiguration": map[string]any{"Rules": []any{map[string]any{
		"Id": "purge", "Status": "Enabled", "Prefix": "30/", "ExpirationInDays": int32(30),
		"NoncurrentVersionExpiration":    map[string]any{"NoncurrentDays": int32(7)},
		"AbortIncompleteMultipartUpload": map[string]any{"DaysAfterInitiation": int32(1)},
	}}},
	"Tags": []any{map[string]any{"Key": "tier", "Value": "data"}},
}

func (l life) configure(region, bucket string) {
	l.Helper()
	client := l.s3(region)
	_, err := client.PutBucketEncryption(l.ctx, &s3.PutBucketEncryptionInput{
		Bucket: &bucket, ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{
			Rules: []types.ServerSideEncryptionRule{{
				BucketKeyEnabled: aws.Bool(true),
				ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{
					SSEAlgorithm: types.ServerSideEncryptionAwsKms, KMSMasterKeyID: aws.String("alias/any"),
				},
			}},
		},
	})
	l.must(err)
	_, err = client.PutBucketLifecycleConfiguration(l.ctx, &s3.PutBucketLifecycleConfigurationInput{
		Bucket: &bucket, LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: []types.LifecycleRule{{
			ID: aws.String("purge"), Status: types.ExpirationStatusEnabled,
			Filter:                         &types.LifecycleRuleFilter{Prefix: aws.String("30/")},
			Expiration:                     &types.LifecycleExpiration{Days: aws.Int32(30)},
			NoncurrentVersionExpiration:    &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(7)},
			AbortIncompleteMultipartUpload: &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: aws.Int32(1)},
		}}},
	})
	l.must(err)
	_, err = client.PutBucketTagging(l.ctx, &s3.PutBucketTaggingInput{
		Bucket: &bucket, Tagging: &types.Tagging{TagSet: []types.Tag{{Key: aws.String("tier"), Value: aws.String("data")}}},
	})
	l.must(err)
}
