package main

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/internal/customresource"
	"livechat.example/cloud/internal/registry"
)

// fake is a table with items by their keys, which judges the two conditions that the registrar writes.
type fake struct {
	name  string
	items map[string]registry.Item
	err   error
}

func tableOf(items ...registry.Item) *fake {
	f := &fake{name: "livechat-dev-registry", items: map[string]registry.Item{}}
	for _, i := range items {
		f.items[at(i)] = i
	}
	return f
}

func at(item registry.Item) string {
	return valueOf(item, registry.PartitionKey) + " " + valueOf(item, registry.SortKey)
}

func valueOf(item registry.Item, name string) string {
	s, ok := item[name].(*types.AttributeValueMemberS)
	if !ok {
		return ""
	}
	return s.Value
}

func (f *fake) fails(table *string, allowed bool) error {
	switch {
	case f.err != nil:
		return f.err
	case *table != f.name:
		return &types.ResourceNotFoundException{}
	case !allowed:
		return &types.ConditionalCheckFailedException{}
	}
	return nil
}

func (f *fake) PutItem(_ context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	old, there := f.items[at(in.Item)]
	if err := f.fails(in.TableName, !there || valueOf(old, registry.Kind) == registry.KindPartner); err != nil {
		return nil, err
	}
	f.items[at(in.Item)] = in.Item
	return &dynamodb.PutItemOutput{}, nil
}

func (f *fake) DeleteItem(_ context.Context, in *dynamodb.DeleteItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error) {
	resource := valueOf(registry.Item(in.ExpressionAttributeValues), ":resource")
	if err := f.fails(in.TableName, valueOf(f.items[at(in.Key)], registry.Resource) == resource); err != nil {
		return nil, err
	}
	delete(f.items, at(in.Key))
	return &dynamodb.DeleteItemOutput{}, nil
}

func ask(t *testing.T, f *fake, event cfn.Event) *cfn.Response {
	t.Helper()
	r := registrar{connect: func(context.Context) (table, error) { return f, nil }}
	return customresource.New("registrar", r.do).Respond(t.Context(), event)
}

func request(kind cfn.RequestType, partner string) cfn.Event {
	event := cfn.Event{RequestType: kind, ResourceType: "Custom::Partner", RequestID: "r1", StackID: "s1", LogicalResourceID: "It",
		ResourceProperties: map[string]any{
			"ServiceToken": "arn", "ServiceTimeout": "300", "Table": "livechat-dev-registry", "Partner": partner,
			"Record": map[string]any{
				"Name": "Somebody", "Tier": "standard", "Residency": "eu", "Contact": "a@b.example", "CommonName": partner,
				"SDKDomains": []any{"www.b.example"}, "RequestsPerSecond": "5", "Burst": "10", "RequestsPerMonth": "1000", "RetentionDays": "30",
				"ReviewedOn": "2026-11-03", "SigningSecretName": "livechat-dev/partner/" + partner + "/signing",
			},
		}}
	if kind != cfn.RequestCreate {
		event.PhysicalResourceID = partner
	}
	return event
}

func TestARecordIsWhatConfigSaysAsOftenAsAsked(t *testing.T) {
	f := tableOf()
	for range 2 {
		response := ask(t, f, request(cfn.RequestCreate, "acme"))
		assert.Equal(t, cfn.StatusSuccess, response.Status, response.Reason)
		assert.Equal(t, "acme", response.PhysicalResourceID)
	}
	changed := request(cfn.RequestUpdate, "acme")
	changed.ResourceProperties["Record"].(map[string]any)["RetentionDays"] = "90"
	response := ask(t, f, changed)
	assert.Equal(t, cfn.StatusSuccess, response.Status, response.Reason)
	assert.Len(t, f.items, 1)
	assert.Equal(t, &types.AttributeValueMemberN{Value: "90"}, f.items["partner#acme record"]["retentionDays"])
}

func TestRemovingAPartnerRemovesHisRecordAndNoOther(t *testing.T) {
	f := tableOf()
	ask(t, f, request(cfn.RequestCreate, "acme"))
	ask(t, f, request(cfn.RequestCreate, "fjord"))
	for range 2 {
		response := ask(t, f, request(cfn.RequestDelete, "acme"))
		assert.Equal(t, cfn.StatusSuccess, response.Status, response.Reason)
		assert.Equal(t, "acme", response.PhysicalResourceID)
	}
	assert.Len(t, f.items, 1)
	assert.Contains(t, f.items, "partner#fjord record")
}

// Another id of the partner's, or another logical id of the resource, makes the new record first and removes the old one then.
func TestWhatIsReplacedTakesNothingOfItsSuccessorWithIt(t *testing.T) {
	f := tableOf()
	ask(t, f, request(cfn.RequestCreate, "acme"))
	assert.Equal(t, "acme2", ask(t, f, request(cfn.RequestUpdate, "acme2")).PhysicalResourceID)
	ask(t, f, request(cfn.RequestDelete, "acme"))
	assert.Len(t, f.items, 1)
	assert.Contains(t, f.items, "partner#acme2 record")

	renamed := request(cfn.RequestCreate, "acme2")
	renamed.LogicalResourceID = "Renamed"
	ask(t, f, renamed)
	response := ask(t, f, request(cfn.RequestDelete, "acme2"))
	assert.Equal(t, cfn.StatusSuccess, response.Status, response.Reason)
	assert.Contains(t, f.items, "partner#acme2 record")
}

func TestWhatIsNoRecordIsNotTouched(t *testing.T) {
	other := registry.RecordOf("acme").Attributes()
	f := tableOf(other)
	response := ask(t, f, request(cfn.RequestCreate, "acme"))
	assert.Equal(t, cfn.StatusFailed, response.Status)
	assert.Equal(t, cfn.StatusSuccess, ask(t, f, request(cfn.RequestDelete, "acme")).Status)
	assert.Equal(t, map[string]registry.Item{"partner#acme record": other}, f.items)
}

func TestWhatIsNotUnderstoodIsRefusedAndNothingIsDone(t *testing.T) {
	change := func(name string, value any) cfn.Event {
		event := request(cfn.RequestCreate, "acme")
		event.ResourceProperties[name] = value
		return event
	}
	another := request(cfn.RequestCreate, "acme")
	another.ResourceType = "Custom::Revocation"
	for says, event := range map[string]cfn.Event{
		"knows no Custom::Revocation": another,
		"has no property Key":         change("Key", "revoked#acme"),
		"needs the text Table":        change("Table", ""),
		"needs the text Partner":      change("Partner", nil),
		"needs the Record":            change("Record", "{}"),
		"is no partner's id":          change("Partner", "revoked#acme"),
		"needs the text Name":         change("Record", map[string]any{}),
	} {
		f := tableOf()
		response := ask(t, f, event)
		assert.Equal(t, cfn.StatusFailed, response.Status)
		assert.Contains(t, response.Reason, says)
		assert.Empty(t, f.items)
	}
}

func TestWhatCouldNeverBeMadeIsRemoved(t *testing.T) {
	another := request(cfn.RequestDelete, "acme")
	another.ResourceType = "Custom::Revocation"
	nothing := request(cfn.RequestDelete, "acme")
	nothing.ResourceProperties = map[string]any{}
	nowhere := request(cfn.RequestDelete, "acme")
	nowhere.ResourceProperties["Table"] = "gone"
	for _, event := range []cfn.Event{another, nothing, nowhere} {
		assert.Equal(t, cfn.StatusSuccess, ask(t, tableOf(), event).Status)
	}
}

func TestARefusalIsAFailure(t *testing.T) {
	f := tableOf()
	f.err = errors.New("AccessDeniedException")
	for _, kind := range []cfn.RequestType{cfn.RequestCreate, cfn.RequestUpdate, cfn.RequestDelete} {
		assert.Equal(t, cfn.StatusFailed, ask(t, f, request(kind, "acme")).Status)
	}
}
