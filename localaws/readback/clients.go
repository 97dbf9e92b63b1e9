package readback

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/elasticache"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// clients are the services of one region.
type clients struct {
	region      string
	dynamodb    *dynamodb.Client
	cloudwatch  *cloudwatch.Client
	ec2         *ec2.Client
	ecr         *ecr.Client
	elasticache *elasticache.Client
	events      *eventbridge.Client
	iam         *iam.Client
	kms         *kms.Client
	lambda      *lambda.Client
	logs        *cloudwatchlogs.Client
	rds         *rds.Client
	route53     *route53.Client
	s3          *s3.Client
	secrets     *secretsmanager.Client
	sns         *sns.Client
	ssm         *ssm.Client
}

func newClients(endpoint, region string) clients {
	config := Config(endpoint, region)
	return clients{
		region:   region,
		dynamodb: dynamodb.NewFromConfig(config),
		ec2:      ec2.NewFromConfig(config),
		ecr:      ecr.NewFromConfig(config),
		elasticache: elasticache.NewFromConfig(config, func(o *elasticache.Options) {
			o.HTTPClient = &http.Client{Transport: ampersands{&http.Transport{Proxy: nil}}}
		}),
		iam:        iam.NewFromConfig(config),
		kms:        kms.NewFromConfig(config),
		lambda:     lambda.NewFromConfig(config),
		logs:       cloudwatchlogs.NewFromConfig(config),
		rds:        rds.NewFromConfig(config),
		route53:    route53.NewFromConfig(config),
		s3:         s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = true }),
		cloudwatch: cloudwatch.NewFromConfig(config),
		events:     eventbridge.NewFromConfig(config),
		secrets:    secretsmanager.NewFromConfig(config),
		sns:        sns.NewFromConfig(config),
		ssm:        ssm.NewFromConfig(config),
	}
}

// value is what a pointer of the SDK points to, or nil, so that what a service does not say reads back as nothing.
func value[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// optional is an object without the members that a service does not say.
func optional(members map[string]any) map[string]any {
	maps.DeleteFunc(members, func(_ string, v any) bool { return v == nil || v == "" })
	return members
}

// tagList is a service's tags in the template's shape, without those that AWS itself puts on.
func tagList[T any](tags []T, pair func(T) (key, value *string)) []any {
	list := []any{}
	for _, t := range tags {
		key, value := pair(t)
		if !strings.HasPrefix(aws.ToString(key), "aws:") {
			list = append(list, map[string]any{"Key": aws.ToString(key), "Value": aws.ToString(value)})
		}
	}
	return list
}

// tagMap is tagList for the services that keep tags as a map.
func tagMap(tags map[string]string) []any {
	return tagList(slices.Sorted(maps.Keys(tags)), func(k string) (*string, *string) { return &k, aws.String(tags[k]) })
}

// unescaped is a policy document as IAM hands it out, URL-encoded.
func unescaped(document *string) any {
	plain, err := url.QueryUnescape(aws.ToString(document))
	if err != nil {
		return aws.ToString(document)
	}
	return plain
}
