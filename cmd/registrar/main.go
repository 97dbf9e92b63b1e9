// Registrar writes the partners' records into the registry: what config says of a partner is what the registry says, and of a partner
// whom config no longer has it says nothing.
//
// It is a Lambda that CloudFormation calls for each Custom::Partner.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"livechat.example/cloud/internal/customresource"
)

func main() {
	r := registrar{connect: func(ctx context.Context) (table, error) {
		cfg, err := config.LoadDefaultConfig(ctx, config.WithRetryer(customresource.Patient("AccessDeniedException")))
		if err != nil {
			return nil, err
		}
		return dynamodb.NewFromConfig(cfg), nil
	}}
	lambda.Start(customresource.New("registrar", r.do).Handle)
}
