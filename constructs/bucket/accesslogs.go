package bucket

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
)

// accessLogDays is how long an access log is kept: a year and a month, so that a yearly review finds a whole year.
const accessLogDays = 400

// NewAccessLogs is where nobody but AWS's log delivery writes who read what.
//
// It has no key of ours and no lock: load balancers write to SSE-S3 only, and a bucket with a default retention is refused
// as a target of access logs (DEPLOY-TRAPS §12). It does not log into itself.
func NewAccessLogs(scope constructs.Construct, id, name string) awss3.Bucket {
	props := hardened(name, []*awss3.LifecycleRule{{
		Id:                          new("expire"),
		Expiration:                  awscdk.Duration_Days(new(float64(accessLogDays))),
		NoncurrentVersionExpiration: awscdk.Duration_Days(new(30.0)),
	}})
	props.Encryption = awss3.BucketEncryption_S3_MANAGED
	return keepPolicy(awss3.NewBucket(scope, new(id), props))
}
