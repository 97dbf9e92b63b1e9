package main

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/internal/customresource"
)

const table = "arn:aws:dynamodb:us-east-1:111122223333:table/livechat-dev-registry"

// fake is DynamoDB of every region.
type fake struct {
	region   string            // that was last connected to
	policies map[string]string // by table
	err      error
}

func (f *fake) PutResourcePolicy(_ context.Context, in *dynamodb.PutResourcePolicyInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutResourcePolicyOutput, error) {
	if f.err != nil {
		return nil, f.err
	}
	f.policies[*in.ResourceArn] = *in.Policy
	return &dynamodb.PutResourcePolicyOutput{}, nil
}

func ask(t *testing.T, f *fake, event cfn.Event) *cfn.Response {
	t.Helper()
	f.policies = map[string]string{}
	w := writer{connect: func(_ context.Context, region string) (tables, error) { f.region = region; return f, nil }}
	return customresource.New("tablepolicy", w.do).Respond(t.Context(), event)
}

func request(kind cfn.RequestType) cfn.Event {
	return cfn.Event{RequestType: kind, ResourceType: "Custom::TablePolicy", RequestID: "r1", StackID: "s1", LogicalResourceID: "It",
		ResourceProperties: map[string]any{
			"ServiceToken": "arn", "ServiceTimeout": "300", "Table": table,
			"Policy": map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Deny", "Principal": map[string]any{"AWS": "*"}}}},
		}}
}

func TestATableHasThePolicyInItsOwnRegion(t *testing.T) {
	for _, kind := range []cfn.RequestType{cfn.RequestCreate, cfn.RequestUpdate} {
		f := &fake{}
		response := ask(t, f, request(kind))
		assert.Equal(t, cfn.StatusSuccess, response.Status, response.Reason)
		assert.Equal(t, table, response.PhysicalResourceID)
		assert.Equal(t, "us-east-1", f.region)
		assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": {"AWS": "*"}}]}`, f.policies[table])
	}
}

func TestThePolicyOutlivesItsResource(t *testing.T) {
	f, event := &fake{}, request(cfn.RequestDelete)
	event.PhysicalResourceID = table
	response := ask(t, f, event)
	assert.Equal(t, cfn.StatusSuccess, response.Status)
	assert.Equal(t, table, response.PhysicalResourceID)
	assert.Empty(t, f.region)
}

func TestWhatIsNotUnderstoodIsRefusedAndNothingIsDone(t *testing.T) {
	change := func(name string, value any) cfn.Event {
		event := request(cfn.RequestCreate)
		event.ResourceProperties[name] = value
		return event
	}
	another := request(cfn.RequestCreate)
	another.ResourceType = "Custom::Partner"
	for says, event := range map[string]cfn.Event{
		"knows no Custom::Partner": another,
		"has no property Region":   change("Region", "us-east-1"),
		"needs the text Table":     change("Table", nil),
		"is no table's ARN":        change("Table", "livechat-dev-registry"),
		`x" is no table's ARN`:     change("Table", table+"/index/x"),
		"needs a Policy":           change("Policy", "{}"),
		"a Policy of statements":   change("Policy", map[string]any{"Statement": []any{}}),
	} {
		f := &fake{}
		response := ask(t, f, event)
		assert.Equal(t, cfn.StatusFailed, response.Status)
		assert.Contains(t, response.Reason, says)
		assert.Empty(t, f.policies)
	}
}

func TestARefusalIsAFailure(t *testing.T) {
	response := ask(t, &fake{err: errors.New("AccessDeniedException")}, request(cfn.RequestCreate))
	assert.Equal(t, cfn.StatusFailed, response.Status)
	assert.Contains(t, response.Reason, "AccessDeniedException")
}
