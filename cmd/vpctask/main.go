// Vpctask does, for a region's network stack, the two things of a VPC that CloudFormation has no resource for: it empties
// the default security group, and finds the prefix list of an AWS service.
//
// It is a Lambda that CloudFormation calls for each custom resource of the stack. What happened is told to the URL in the
// request, always: a stack that hears nothing waits for as long as the resource's ServiceTimeout.
package main

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

func main() {
	h := handler{
		connect: func(ctx context.Context) (network, error) {
			cfg, err := config.LoadDefaultConfig(ctx, config.WithRetryer(patient))
			if err != nil {
				return nil, err
			}
			return ec2.NewFromConfig(cfg), nil
		},
		client: &http.Client{Timeout: answerTimeout},
		pause:  time.Second,
	}
	lambda.Start(h.handle)
}

// patient waits for what the role was just given: IAM is eventually consistent, and the first call comes a few seconds after
// the policy ("Changes that I make are not always immediately visible" of the IAM guide). Ten tries are within half a minute.
func patient() aws.Retryer {
	standard := retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts, o.MaxBackoff = 10, 4*time.Second
	})
	return retry.AddWithErrorCodes(standard, "UnauthorizedOperation")
}
