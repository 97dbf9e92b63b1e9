package bucket

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
)

// deletedDays is how long a deleted or replaced object can still be fetched back: the stated time by which
// versions outlive a retention period.
const deletedDays = 7

// RetentionPrefix is where the objects of a retention class lie; below it comes the partner.
func RetentionPrefix(days int) string { return fmt.Sprintf("retention-%dd/", days) }

// Retention expires each retention class's objects on time: one rule a class, however many partners share it.
func Retention(classes []int) []*awss3.LifecycleRule {
	rules := make([]*awss3.LifecycleRule, len(classes))
	for i, days := range classes {
		rules[i] = &awss3.LifecycleRule{
			Id:                          new(fmt.Sprintf("retention-%dd", days)),
			Prefix:                      new(RetentionPrefix(days)),
			Expiration:                  awscdk.Duration_Days(new(float64(days))),
			NoncurrentVersionExpiration: awscdk.Duration_Days(new(float64(deletedDays))),
		}
	}
	return rules
}

// Replaced expires what a newer version has replaced.
func Replaced(days float64) []*awss3.LifecycleRule {
	return []*awss3.LifecycleRule{{
		Id:                          new("replaced-versions"),
		NoncurrentVersionExpiration: awscdk.Duration_Days(new(days)),
	}}
}
