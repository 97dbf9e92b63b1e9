// Rotator makes a secret's next value the current one: a Lambda that Secrets Manager calls four times a rotation ("Rotation by Lambda
// function"). Which kind of secret it is, and so what a value is and whom to tell, its name says.
//
// Each step may be called again, and a rotation that was broken off between two of them is taken up by the next: a password that the server
// has is always one of a labelled version. No value is ever logged.
package main

import (
	"context"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

func main() {
	// The one who reads the environment is a test: the estate's functions have none (FN-01).
	ca := os.Getenv("ROTATOR_CA")
	lambda.Start(func(ctx context.Context, e event) error {
		cfg, err := config.LoadDefaultConfig(ctx)
		if err != nil {
			return err
		}
		return rotator{vault: secretsmanager.NewFromConfig(cfg), ca: ca}.handle(ctx, e)
	})
}
