package bucket

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/policy"
)

// NewArchive is a private bucket that nobody reads but one role, and out of which nobody removes anything before its time.
//
// LockDays is required; what is locked expires when the lock ends. Nobody is exempt from the refusal to remove: who must,
// changes the bucket's policy first, and that is seen. A legal hold is not refused; it keeps things longer.
func NewArchive(scope constructs.Construct, id string, p PrivateProps, reader string) awss3.Bucket {
	if p.LockDays <= 0 || reader == "" {
		panic("bucket.NewArchive " + id + ": LockDays and the ARN of the role that reads are required")
	}
	p.Lifecycle = []*awss3.LifecycleRule{{
		Id:                          new("expire"),
		Expiration:                  awscdk.Duration_Days(new(p.LockDays)),
		NoncurrentVersionExpiration: awscdk.Duration_Days(new(30.0)),
	}}
	bucket := NewPrivate(scope, id, p)
	bucket.AddToResourcePolicy(policy.Of(policy.Statement{
		Sid: "DenyReading", Deny: true, Principal: policy.Anyone,
		Actions:    []string{"s3:GetObject*"},
		Resources:  []string{objects(p.Name)},
		Conditions: policy.Conditions{"ArnNotEquals": {"aws:PrincipalArn": reader}},
	}))
	bucket.AddToResourcePolicy(policy.Of(policy.Statement{
		Sid: "DenyRemoving", Deny: true, Principal: policy.Anyone,
		Actions:   []string{"s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention", "s3:PutObjectRetention"},
		Resources: []string{objects(p.Name)},
	}))
	return bucket
}
