// Tablepolicy gives each replica of a global table its resource policy. CloudFormation can do that for the replica of the stack's own region alone:
// "The AWS::DynamoDB::GlobalTable resource doesn't support creating a replica and adding a resource-based policy to that replica in
// the same stack update in Regions other than the Region where you deploy the stack update" (DynamoDB guide, "Resource-based policy
// considerations").
//
// It is a Lambda that CloudFormation calls for each Custom::TablePolicy.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"livechat.example/cloud/internal/customresource"
)

func main() {
	w := writer{connect: func(ctx context.Context, region string) (tables, error) {
		cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(region),
			// A policy that was changed is in use for 15 seconds (the same page).
			config.WithRetryer(customresource.Patient("AccessDeniedException", "ResourceInUseException")))
		if err != nil {
			return nil, err
		}
		return dynamodb.NewFromConfig(cfg), nil
	}}
	lambda.Start(customresource.New("tablepolicy", w.do).Handle)
}
