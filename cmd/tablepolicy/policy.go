package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"livechat.example/cloud/internal/customresource"
)

// tables is what is asked of DynamoDB.
type tables interface {
	PutResourcePolicy(context.Context, *dynamodb.PutResourcePolicyInput, ...func(*dynamodb.Options)) (*dynamodb.PutResourcePolicyOutput, error)
}

type writer struct {
	connect func(ctx context.Context, region string) (tables, error)
}

var tableARN = regexp.MustCompile(`^arn:aws[a-z-]*:dynamodb:([a-z0-9-]+):[0-9]{12}:table/[A-Za-z0-9_.-]+$`)

// do gives a table the policy that the request says. The physical id is the table's ARN.
func (w writer) do(ctx context.Context, event cfn.Event) (string, map[string]any, error) {
	if event.RequestType == cfn.RequestDelete {
		return "", nil, nil // the table outlives the stack, and its policy outlives it too
	}
	if event.ResourceType != "Custom::TablePolicy" {
		return "", nil, fmt.Errorf("tablepolicy knows no %s", event.ResourceType)
	}
	said, err := customresource.Properties(event, "Table", "Policy")
	if err != nil {
		return "", nil, err
	}
	table, err := customresource.Text(event, "Table")
	if err != nil {
		return "", nil, err
	}
	at := tableARN.FindStringSubmatch(table)
	if at == nil {
		return "", nil, fmt.Errorf("%q is no table's ARN", table)
	}
	policy, ok := said["Policy"].(map[string]any)
	if statements, _ := policy["Statement"].([]any); !ok || len(statements) == 0 {
		return "", nil, fmt.Errorf("a %s needs a Policy of statements", event.ResourceType)
	}
	document, err := json.Marshal(policy)
	if err != nil {
		return "", nil, err
	}
	t, err := w.connect(ctx, at[1])
	if err != nil {
		return "", nil, err
	}
	if _, err := t.PutResourcePolicy(ctx, &dynamodb.PutResourcePolicyInput{ResourceArn: &table, Policy: aws.String(string(document))}); err != nil {
		return "", nil, err
	}
	return table, nil, nil
}
