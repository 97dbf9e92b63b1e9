package readback

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"livechat.example/cloud/internal/registry"
)

// readGlobalTable describes the replica of the stack's own region, the only one that the emulator has.
func readGlobalTable(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.dynamodb.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	ends, err := c.dynamodb.DescribeTimeToLive(ctx, &dynamodb.DescribeTimeToLiveInput{TableName: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	is := found.Table
	attributes, indexes := []any{}, []any{}
	for _, a := range is.AttributeDefinitions {
		attributes = append(attributes, map[string]any{"AttributeName": value(a.AttributeName), "AttributeType": string(a.AttributeType)})
	}
	for _, i := range is.GlobalSecondaryIndexes {
		index := map[string]any{"IndexName": value(i.IndexName), "KeySchema": keySchema(i.KeySchema)}
		if i.Projection != nil {
			index["Projection"] = map[string]any{"ProjectionType": string(i.Projection.ProjectionType), "NonKeyAttributes": i.Projection.NonKeyAttributes}
		}
		indexes = append(indexes, index)
	}
	properties := map[string]any{
		"TableName": value(is.TableName), "AttributeDefinitions": attributes, "KeySchema": keySchema(is.KeySchema), "GlobalSecondaryIndexes": indexes,
		"TimeToLiveSpecification": optional(map[string]any{
			"AttributeName": value(ends.TimeToLiveDescription.AttributeName), "Enabled": ends.TimeToLiveDescription.TimeToLiveStatus == types.TimeToLiveStatusEnabled,
		}),
	}
	if is.BillingModeSummary != nil {
		properties["BillingMode"] = string(is.BillingModeSummary.BillingMode)
	}
	if is.StreamSpecification != nil {
		properties["StreamSpecification"] = map[string]any{"StreamViewType": string(is.StreamSpecification.StreamViewType)}
	}
	if is.SSEDescription != nil {
		properties["SSESpecification"] = map[string]any{"SSEEnabled": is.SSEDescription.Status == types.SSEStatusEnabled, "SSEType": string(is.SSEDescription.SSEType)}
	}
	return observed{Properties: properties, Attributes: map[string]any{"Arn": aws.ToString(is.TableArn), "StreamArn": aws.ToString(is.LatestStreamArn)}}, nil
}

func keySchema(parts []types.KeySchemaElement) []any {
	list := []any{}
	for _, p := range parts {
		list = append(list, map[string]any{"AttributeName": value(p.AttributeName), "KeyType": string(p.KeyType)})
	}
	return list
}

func readTablePolicy(ctx context.Context, c clients, t target) (observed, error) {
	given, err := c.dynamodb.GetResourcePolicy(ctx, &dynamodb.GetResourcePolicyInput{ResourceArn: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	var document any
	err = json.Unmarshal([]byte(aws.ToString(given.Policy)), &document)
	return observed{Properties: map[string]any{"Table": t.PhysicalID, "Policy": document}}, err
}

// recordedAs is by an attribute of a record what the custom resource calls it.
var recordedAs = map[string]string{
	"name": "Name", "tier": "Tier", "residency": "Residency", "contact": "Contact", "commonName": "CommonName",
	"authoritySubject": "AuthoritySubject", "authoritySha256": "AuthoritySHA256", "allowedAddresses": "AllowedAddresses",
	"sdkDomains": "SDKDomains", "requestsPerSecond": "RequestsPerSecond", "burst": "Burst", "requestsPerMonth": "RequestsPerMonth",
	"retentionDays": "RetentionDays", "reviewedOn": "ReviewedOn", "signingSecret": "SigningSecretName",
}

// readPartner reads a partner's record out of the table that the template names.
func readPartner(ctx context.Context, c clients, t target) (observed, error) {
	table := t.text("Table")
	found, err := c.dynamodb.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &table, Key: registry.RecordOf(t.PhysicalID).Attributes(), ConsistentRead: aws.Bool(true),
	})
	if err != nil || found.Item == nil {
		return observed{}, orNotFound(err)
	}
	record := map[string]any{}
	for attribute, name := range recordedAs {
		if v := plainAttribute(found.Item[attribute]); v != nil {
			record[name] = v
		}
	}
	return observed{Properties: map[string]any{"Table": table, "Partner": plainAttribute(found.Item["partner"]), "Record": record}}, nil
}

// plainAttribute is an attribute as a template would write it; nil if there is none, or an empty list.
func plainAttribute(v types.AttributeValue) any {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		if n, err := strconv.Atoi(v.Value); err == nil {
			return n
		}
	case *types.AttributeValueMemberL:
		var list []any
		for _, x := range v.Value {
			list = append(list, plainAttribute(x))
		}
		if list != nil {
			return list
		}
	}
	return nil
}
