// Secretage says how old the values of secrets are: a Lambda that a schedule calls, for the alarms on what nobody replaced and on what
// stopped being rotated. It reads dates and no value.
package main

import (
	"context"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

func main() {
	lambda.Start(func(ctx context.Context, q question) error {
		cfg, err := config.LoadDefaultConfig(ctx)
		if err != nil {
			return err
		}
		return teller{secretsmanager.NewFromConfig(cfg), cloudwatch.NewFromConfig(cfg), time.Now}.tell(ctx, q)
	})
}
