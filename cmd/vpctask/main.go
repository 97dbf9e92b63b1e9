// Vpctask does, for a region's network stack, the two things of a VPC that CloudFormation has no resource for: it empties
// the default security group, and finds the prefix list of an AWS service.
//
// It is a Lambda that CloudFormation calls for each custom resource of the stack.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"livechat.example/cloud/internal/customresource"
)

func main() {
	h := handler{connect: func(ctx context.Context) (network, error) {
		cfg, err := config.LoadDefaultConfig(ctx, config.WithRetryer(customresource.Patient("UnauthorizedOperation")))
		if err != nil {
			return nil, err
		}
		return ec2.NewFromConfig(cfg), nil
	}}
	lambda.Start(customresource.New("vpctask", h.do).Handle)
}
