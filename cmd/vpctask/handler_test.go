package main

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/internal/customresource"
)

const group = "sg-0123456789abcdef0"

// ask has the handler do a request, and returns the answer.
func ask(t *testing.T, n network, event cfn.Event) *cfn.Response {
	t.Helper()
	h := handler{connect: func(context.Context) (network, error) { return n, nil }}
	return customresource.New("vpctask", h.do).Respond(t.Context(), event)
}

func request(kind cfn.RequestType, resource string, properties map[string]any) cfn.Event {
	properties["ServiceToken"], properties["ServiceTimeout"] = "arn:aws:lambda:eu-west-1:111122223333:function:task", "300"
	return cfn.Event{
		RequestType: kind, ResourceType: resource, RequestID: "r1", StackID: "s1", LogicalResourceID: "It", ResourceProperties: properties,
	}
}

func TestWhatIsNotUnderstoodIsRefusedAndNothingIsDone(t *testing.T) {
	for says, event := range map[string]cfn.Event{
		"knows no Custom::AWS":       request(cfn.RequestCreate, "Custom::AWS", map[string]any{}),
		"has no property Region":     request(cfn.RequestCreate, "Custom::PrefixList", map[string]any{"Name": "com.amazonaws.eu-west-1.s3", "Region": "x"}),
		"needs the text Name":        request(cfn.RequestCreate, "Custom::PrefixList", map[string]any{}),
		"needs the text GroupId":     request(cfn.RequestUpdate, "Custom::EmptyDefaultGroup", map[string]any{"GroupId": []any{group}}),
		`knows no request "Replace"`: request("Replace", "Custom::EmptyDefaultGroup", map[string]any{"GroupId": group}),
	} {
		response := ask(t, nil, event)
		assert.Equal(t, cfn.StatusFailed, response.Status)
		assert.Contains(t, response.Reason, says)
		assert.Equal(t, "It-r1", response.PhysicalResourceID)
	}
}

// CloudFormation deletes what failed to be created, and what an update replaced.
func TestEveryDeletionSucceedsAndDoesNothing(t *testing.T) {
	for _, resource := range []string{"Custom::EmptyDefaultGroup", "Custom::PrefixList", "Custom::AWS"} {
		event := request(cfn.RequestDelete, resource, map[string]any{"Anything": 1})
		event.PhysicalResourceID = "It-r0"
		response := ask(t, nil, event)
		assert.Equal(t, cfn.StatusSuccess, response.Status)
		assert.Equal(t, "It-r0", response.PhysicalResourceID)
	}
}

func TestAFailedUpdateKeepsThePhysicalID(t *testing.T) {
	event := request(cfn.RequestUpdate, "Custom::PrefixList", map[string]any{"Name": "everywhere"})
	event.PhysicalResourceID = "pl-1"
	response := ask(t, &fake{}, event)
	assert.Equal(t, cfn.StatusFailed, response.Status)
	assert.Equal(t, "pl-1", response.PhysicalResourceID)
}

func TestNoConnectionIsAnswered(t *testing.T) {
	h := handler{connect: func(context.Context) (network, error) { return nil, errors.New("no region") }}
	response := customresource.New("vpctask", h.do).Respond(t.Context(),
		request(cfn.RequestCreate, "Custom::EmptyDefaultGroup", map[string]any{"GroupId": group}))
	assert.Equal(t, "no region", response.Reason)
}
