// Package bucket holds the S3 buckets: each with a key, a policy and a lifecycle of its own.
package bucket

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/policy"
)

// PrivateProps are what a private bucket cannot do without, and how long it keeps what is in it.
type PrivateProps struct {
	Name    string        // required, worldwide
	Account string        // required
	Key     awskms.IKey   // required
	Logs    awss3.IBucket // required
	// Lifecycle is added to what every bucket does: end unfinished uploads after a day.
	Lifecycle []*awss3.LifecycleRule
	// LockDays makes what is written immutable for that many days: GOVERNANCE, which who may bypass it can lift (DEPLOY-TRAPS §12).
	LockDays float64
}

// NewPrivate is a bucket that nobody reads over plain HTTP, from another account, without its key, or without leaving a trace.
func NewPrivate(scope constructs.Construct, id string, p PrivateProps) awss3.Bucket {
	if p.Name == "" || p.Account == "" || p.Key == nil || p.Logs == nil {
		panic(fmt.Sprintf("bucket.PrivateProps of %s: Name, Account, Key and Logs are all required", id))
	}
	props := hardened(p.Name, p.Lifecycle)
	props.Encryption = awss3.BucketEncryption_KMS
	props.EncryptionKey = p.Key
	props.BucketKeyEnabled = new(true)
	props.ServerAccessLogsBucket = p.Logs
	props.ServerAccessLogsPrefix = new(p.Name + "/")
	if p.LockDays > 0 {
		props.ObjectLockEnabled = new(true)
		props.ObjectLockDefaultRetention = awss3.ObjectLockRetention_Governance(awscdk.Duration_Days(new(p.LockDays)))
	}
	bucket := awss3.NewBucket(scope, new(id), props)
	bucket.AddToResourcePolicy(policy.Of(otherAccounts(p.Name, p.Account)))
	bucket.AddToResourcePolicy(policy.Of(asksOtherThan("DenyOtherKeys", p.Name, "s3:x-amz-server-side-encryption-aws-kms-key-id", *p.Key.KeyArn())))
	bucket.AddToResourcePolicy(policy.Of(asksOtherThan("DenyOtherEncryption", p.Name, "s3:x-amz-server-side-encryption", "aws:kms")))
	return keepPolicy(bucket)
}

// hardened is what every bucket is, the one for logs included.
func hardened(name string, lifecycle []*awss3.LifecycleRule) *awss3.BucketProps {
	rules := append([]*awss3.LifecycleRule{{
		Id:                                  new("unfinished-uploads"),
		AbortIncompleteMultipartUploadAfter: awscdk.Duration_Days(new(1.0)),
		ExpiredObjectDeleteMarker:           new(true),
	}}, lifecycle...)
	return &awss3.BucketProps{
		BucketName:        new(name),
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		// Nobody writes under a key that he keeps to himself ("Blocking or unblocking SSE-C for a general purpose bucket").
		BlockedEncryptionTypes: &[]awss3.BlockedEncryptionType{awss3.BlockedEncryptionType_SSE_C()},
		ObjectOwnership:        awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		EnforceSSL:             new(true),
		MinimumTLSVersion:      new(1.2),
		Versioned:              new(true),
		LifecycleRules:         &rules,
		RemovalPolicy:          awscdk.RemovalPolicy_RETAIN,
	}
}

// keepPolicy keeps a bucket's policy for as long as the bucket: a bucket outlives its stack, and must not answer plain HTTP then.
func keepPolicy(bucket awss3.Bucket) awss3.Bucket {
	bucket.Policy().ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN)
	return bucket
}

// otherAccounts refuses every identity of another account, whatever an Allow may come to say. AWS's own services, which
// act without an account of theirs, are let through to the statements that name them (DEPLOY-TRAPS §12).
func otherAccounts(bucket, account string) policy.Statement {
	return policy.Statement{
		Sid: "DenyOtherAccounts", Deny: true, Principal: policy.Anyone,
		Actions:   []string{"s3:*"},
		Resources: []string{arn(bucket), objects(bucket)},
		Conditions: policy.Conditions{
			"StringNotEquals": {"aws:PrincipalAccount": account},
			"BoolIfExists":    {"aws:PrincipalIsAWSService": "false"},
		},
	}
}

// asksOtherThan refuses an object whose writer asks for another key or encryption than the bucket's: its readers would be
// other than the bucket's. One that asks for none gets the bucket's; a negated operator is true where its key is absent,
// hence the Null. A key that the writer brings along (SSE-C) is asked for otherwise: the bucket blocks it, see hardened.
func asksOtherThan(sid, bucket, asked, want string) policy.Statement {
	return policy.Statement{
		Sid: sid, Deny: true, Principal: policy.Anyone,
		Actions:    []string{"s3:PutObject"},
		Resources:  []string{objects(bucket)},
		Conditions: policy.Conditions{"StringNotEquals": {asked: want}, "Null": {asked: "false"}},
	}
}

func arn(bucket string) string     { return "arn:aws:s3:::" + bucket }
func objects(bucket string) string { return arn(bucket) + "/*" }
