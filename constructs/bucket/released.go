package bucket

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/policy"
)

// NewReleased is a private bucket in which nobody overwrites or removes what has once been released.
//
// LockDays is required. A write must say If-None-Match; the calls of a multipart upload that cannot say it create no
// object yet and are exempt ("Enforce conditional writes on Amazon S3 buckets").
func NewReleased(scope constructs.Construct, id string, p PrivateProps) awss3.Bucket {
	if p.LockDays <= 0 {
		panic("bucket.NewReleased " + id + ": LockDays is required; what is released must stay for a while")
	}
	bucket := NewPrivate(scope, id, p)
	bucket.AddToResourcePolicy(policy.Of(policy.Statement{
		Sid: "DenyOverwriting", Deny: true, Principal: policy.Anyone,
		Actions:   []string{"s3:PutObject"},
		Resources: []string{objects(p.Name)},
		Conditions: policy.Conditions{
			"Null": {"s3:if-none-match": "true"},
			"Bool": {"s3:ObjectCreationOperation": "true"},
		},
	}))
	return bucket
}
