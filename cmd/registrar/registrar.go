package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"livechat.example/cloud/internal/customresource"
	"livechat.example/cloud/internal/registry"
)

// table is what is asked of DynamoDB.
type table interface {
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
}

type registrar struct {
	connect func(context.Context) (table, error)
}

// do makes a partner's record what the request says. The physical id is the partner's: another partner is another resource.
func (r registrar) do(ctx context.Context, event cfn.Event) (string, map[string]any, error) {
	if event.ResourceType != "Custom::Partner" {
		if event.RequestType == cfn.RequestDelete {
			return "", nil, nil // it was never made
		}
		return "", nil, fmt.Errorf("registrar knows no %s", event.ResourceType)
	}
	if event.RequestType == cfn.RequestDelete {
		return "", nil, r.remove(ctx, event)
	}
	partner, err := understood(event)
	if err != nil {
		return "", nil, err
	}
	name, err := customresource.Text(event, "Table")
	if err != nil {
		return "", nil, err
	}
	t, err := r.connect(ctx)
	if err != nil {
		return "", nil, err
	}
	_, err = t.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &name, Item: partner.Item(resourceOf(event)),
		// Should anything else ever lie under the key, it stays.
		ConditionExpression:       aws.String("attribute_not_exists(#pk) OR #kind = :partner"),
		ExpressionAttributeNames:  map[string]string{"#kind": registry.Kind, "#pk": registry.PartitionKey},
		ExpressionAttributeValues: map[string]types.AttributeValue{":partner": &types.AttributeValueMemberS{Value: registry.KindPartner}},
	})
	if err != nil {
		return "", nil, err
	}
	return partner.ID, nil, nil
}

// understood is the record that a request asks for.
func understood(event cfn.Event) (registry.Partner, error) {
	said, err := customresource.Properties(event, "Table", "Partner", "Record")
	if err != nil {
		return registry.Partner{}, err
	}
	id, err := customresource.Text(event, "Partner")
	if err != nil {
		return registry.Partner{}, err
	}
	record, ok := said["Record"].(map[string]any)
	if !ok {
		return registry.Partner{}, fmt.Errorf("a %s needs the Record", event.ResourceType)
	}
	return registry.Decode(id, record)
}

// remove deletes the record that the resource made. One that another resource has made since (a partner's may be replaced by one of
// another logical id) is not touched, and what was never made is gone already: even a failed creation can be rolled back.
func (r registrar) remove(ctx context.Context, event cfn.Event) error {
	id, errID := customresource.Text(event, "Partner")
	name, errTable := customresource.Text(event, "Table")
	if errID != nil || errTable != nil {
		return nil
	}
	t, err := r.connect(ctx)
	if err != nil {
		return err
	}
	_, err = t.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: &name, Key: registry.RecordOf(id).Attributes(),
		ConditionExpression:       aws.String("#resource = :resource"),
		ExpressionAttributeNames:  map[string]string{"#resource": registry.Resource},
		ExpressionAttributeValues: map[string]types.AttributeValue{":resource": &types.AttributeValueMemberS{Value: resourceOf(event)}},
	})
	if errors.As(err, new(*types.ConditionalCheckFailedException)) || errors.As(err, new(*types.ResourceNotFoundException)) {
		return nil
	}
	return err
}

// resourceOf names a custom resource in all the world.
func resourceOf(event cfn.Event) string { return event.StackID + "/" + event.LogicalResourceID }
