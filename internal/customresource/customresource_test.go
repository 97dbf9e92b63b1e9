package customresource

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

// doing is a handler whose work is a function.
func doing(do func(context.Context, cfn.Event) (string, map[string]any, error)) Handler {
	return Handler{Program: "task", Do: do, client: &http.Client{Timeout: time.Second}, pause: time.Millisecond}
}

// ask has the handler do a request, and returns the one answer.
func ask(t *testing.T, h Handler, event cfn.Event) cfn.Response {
	t.Helper()
	c := listen(t)
	event.ResponseURL = c.URL + "/stack?signature=signed"
	require.NoError(t, h.Handle(t.Context(), event))
	require.Len(t, c.told, 1)
	return c.told[0]
}

func request(kind cfn.RequestType) cfn.Event {
	return cfn.Event{RequestType: kind, ResourceType: "Custom::Thing", RequestID: "r1", StackID: "s1", LogicalResourceID: "It",
		ResourceProperties: map[string]any{"ServiceToken": "arn:aws:lambda:eu-west-1:111122223333:function:task", "ServiceTimeout": "300"}}
}

func done(context.Context, cfn.Event) (string, map[string]any, error) {
	return "thing", map[string]any{"A": "b"}, nil
}

func fails(err error) Handler {
	return doing(func(context.Context, cfn.Event) (string, map[string]any, error) { return "", nil, err })
}

func TestWhatWasDoneIsAnswered(t *testing.T) {
	event := request(cfn.RequestCreate)
	response := ask(t, doing(done), event)
	assert.Equal(t, cfn.Response{Status: cfn.StatusSuccess, PhysicalResourceID: "thing", Data: map[string]any{"A": "b"},
		RequestID: "r1", StackID: "s1", LogicalResourceID: "It"}, response)
}

func TestAFailureIsAnsweredWithItsReasonAndKeepsThePhysicalID(t *testing.T) {
	event := request(cfn.RequestUpdate)
	event.PhysicalResourceID = "thing"
	response := ask(t, fails(errors.New("no region")), event)
	assert.Equal(t, cfn.StatusFailed, response.Status)
	assert.Equal(t, "no region", response.Reason)
	assert.Equal(t, "thing", response.PhysicalResourceID)

	assert.Equal(t, "It-r1", ask(t, fails(errors.New("no region")), request(cfn.RequestCreate)).PhysicalResourceID)
}

func TestAnUnknownRequestIsRefused(t *testing.T) {
	response := ask(t, doing(done), request("Replace"))
	assert.Equal(t, cfn.StatusFailed, response.Status)
	assert.Contains(t, response.Reason, `task knows no request "Replace"`)
}

func TestAPanicIsAnswered(t *testing.T) {
	response := ask(t, doing(func(context.Context, cfn.Event) (string, map[string]any, error) { panic("out of range") }), request(cfn.RequestCreate))
	assert.Equal(t, cfn.StatusFailed, response.Status)
	assert.Contains(t, response.Reason, "task is at fault: out of range")
}

func TestWhatTakesTooLongIsAnsweredInTime(t *testing.T) {
	c := listen(t)
	ctx, cancel := context.WithTimeout(t.Context(), reserve+50*time.Millisecond)
	defer cancel()
	event := request(cfn.RequestCreate)
	event.ResponseURL = c.URL
	hangs := doing(func(ctx context.Context, _ cfn.Event) (string, map[string]any, error) {
		<-ctx.Done()
		return "", nil, ctx.Err()
	})
	require.NoError(t, hangs.Handle(ctx, event))
	require.Len(t, c.told, 1)
	assert.Contains(t, c.told[0].Reason, context.DeadlineExceeded.Error())
}

func TestAnAnswerIsTriedAgainAndItsURLIsToldToNobody(t *testing.T) {
	c := listen(t)
	event := request(cfn.RequestDelete)
	event.ResponseURL = c.URL + "/stack?signature=signed"
	c.refuses = answerAttempts - 1
	require.NoError(t, doing(done).Handle(t.Context(), event))
	require.Len(t, c.told, 1)

	c.refuses = answerAttempts
	err := doing(done).Handle(t.Context(), event)
	require.ErrorContains(t, err, "503")
	c.Close()
	gone := doing(done).Handle(t.Context(), event)
	require.Error(t, gone)
	event.ResponseURL = "://signature=signed"
	broken := doing(done).Handle(t.Context(), event)
	require.Error(t, broken)
	for _, told := range []error{err, gone, broken} {
		assert.NotContains(t, told.Error(), "signed")
	}
}

func TestALongReasonIsCut(t *testing.T) {
	assert.Len(t, ask(t, fails(errors.New(strings.Repeat("x", 10_000))), request(cfn.RequestCreate)).Reason, longestReason)
}

func TestWhatIsSaidBeyondTheKnownIsRefused(t *testing.T) {
	event := request(cfn.RequestCreate)
	event.ResourceProperties["Name"] = "a"
	said, err := Properties(event, "Name", "Other")
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"Name": "a"}, said)
	_, err = Properties(event, "Other")
	require.EqualError(t, err, "a Custom::Thing has no property Name")

	text, err := Text(event, "Name")
	require.NoError(t, err)
	assert.Equal(t, "a", text)
	_, err = Text(event, "Other")
	require.EqualError(t, err, "a Custom::Thing needs the text Other")
}
