package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const group = "sg-0123456789abcdef0"

// cloudFormation is where a request's answer goes. It refuses the first few.
type cloudFormation struct {
	*httptest.Server
	refuses int
	told    []cfn.Response
}

func listen(t *testing.T) *cloudFormation {
	c := &cloudFormation{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.Equal(t, http.MethodPut, r.Method)
		assert.Empty(t, r.Header.Get("Content-Type"), "the URL is signed without one")
		if c.refuses--; c.refuses >= 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		var response cfn.Response
		assert.NoError(t, json.Unmarshal(body, &response))
		assert.Less(t, len(body), 4096)
		c.told = append(c.told, response)
	}))
	t.Cleanup(c.Close)
	return c
}

// ask has the handler do a request, and returns the one answer.
func ask(t *testing.T, n network, event cfn.Event) cfn.Response {
	t.Helper()
	c := listen(t)
	require.NoError(t, handlerOf(n, nil).handle(t.Context(), addressed(event, c)))
	require.Len(t, c.told, 1)
	response := c.told[0]
	assert.Equal(t, event.RequestID, response.RequestID)
	assert.Equal(t, event.StackID, response.StackID)
	assert.Equal(t, event.LogicalResourceID, response.LogicalResourceID)
	return response
}

func addressed(event cfn.Event, c *cloudFormation) cfn.Event {
	event.ResponseURL = c.URL + "/stack?signature=signed"
	return event
}

func handlerOf(n network, err error) handler {
	return handler{
		connect: func(context.Context) (network, error) { return n, err },
		client:  &http.Client{Timeout: time.Second},
		pause:   time.Millisecond,
	}
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

func TestAPanicIsAnswered(t *testing.T) {
	response := ask(t, nil, request(cfn.RequestCreate, "Custom::EmptyDefaultGroup", map[string]any{"GroupId": group}))
	assert.Equal(t, cfn.StatusFailed, response.Status)
	assert.Contains(t, response.Reason, "vpctask is at fault")
}

func TestNoConnectionIsAnswered(t *testing.T) {
	c := listen(t)
	event := request(cfn.RequestCreate, "Custom::EmptyDefaultGroup", map[string]any{"GroupId": group})
	require.NoError(t, handlerOf(nil, errors.New("no region")).handle(t.Context(), addressed(event, c)))
	require.Len(t, c.told, 1)
	assert.Equal(t, "no region", c.told[0].Reason)
}

func TestWhatTakesTooLongIsAnsweredInTime(t *testing.T) {
	c := listen(t)
	ctx, cancel := context.WithTimeout(t.Context(), reserve+50*time.Millisecond)
	defer cancel()
	event := request(cfn.RequestCreate, "Custom::EmptyDefaultGroup", map[string]any{"GroupId": group})
	require.NoError(t, handlerOf(&fake{hangs: true}, nil).handle(ctx, addressed(event, c)))
	require.Len(t, c.told, 1)
	assert.Contains(t, c.told[0].Reason, context.DeadlineExceeded.Error())
}

func TestAnAnswerIsTriedAgainAndItsURLIsToldToNobody(t *testing.T) {
	c := listen(t)
	event := addressed(request(cfn.RequestDelete, "Custom::PrefixList", map[string]any{}), c)
	c.refuses = answerAttempts - 1
	require.NoError(t, handlerOf(nil, nil).handle(t.Context(), event))
	require.Len(t, c.told, 1)

	c.refuses = answerAttempts
	err := handlerOf(nil, nil).handle(t.Context(), event)
	require.ErrorContains(t, err, "503")
	c.Close()
	gone := handlerOf(nil, nil).handle(t.Context(), event)
	require.Error(t, gone)
	event.ResponseURL = "://signature=signed"
	broken := handlerOf(nil, nil).handle(t.Context(), event)
	require.Error(t, broken)
	for _, told := range []error{err, gone, broken} {
		assert.NotContains(t, told.Error(), "signed")
	}
}

func TestALongReasonIsCut(t *testing.T) {
	c := listen(t)
	event := request(cfn.RequestCreate, "Custom::EmptyDefaultGroup", map[string]any{"GroupId": group})
	require.NoError(t, handlerOf(nil, errors.New(strings.Repeat("x", 10_000))).handle(t.Context(), addressed(event, c)))
	require.Len(t, c.told, 1)
	assert.Len(t, c.told[0].Reason, longestReason)
}
