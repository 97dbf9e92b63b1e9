// Package customresource is what the Lambdas share that CloudFormation calls for custom resources: a request is understood in full
// or refused, and what happened is always told to the URL in it. A stack that hears nothing waits for as long as the resource's
// ServiceTimeout.
package customresource

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// Handler answers the requests for custom resources.
type Handler struct {
	Program string // required: who is at fault where it panics
	// Do makes what a request asks for. It returns the physical id, which is that of the thing the resource is about and so stays the
	// same over updates ("" keeps the one it has), and the attributes.
	Do func(context.Context, cfn.Event) (id string, data map[string]any, err error) // required

	client *http.Client
	pause  time.Duration // between two attempts to answer
}

// New is a handler, ready for lambda.Start.
func New(program string, do func(context.Context, cfn.Event) (string, map[string]any, error)) Handler {
	return Handler{Program: program, Do: do, client: &http.Client{Timeout: answerTimeout}, pause: time.Second}
}

// reserve is what is kept of the invocation's time to answer in.
const reserve = 20 * time.Second

// Handle does what is asked and answers. It returns an error only where the answer could not be delivered: Lambda then tries
// the whole request again, which changes nothing that is done already.
func (h Handler) Handle(ctx context.Context, event cfn.Event) error {
	return h.answer(ctx, event.ResponseURL, h.Respond(ctx, event))
}

// Respond does what is asked and returns what is to be answered.
func (h Handler) Respond(ctx context.Context, event cfn.Event) *cfn.Response {
	response := cfn.NewResponse(&event)
	response.Status = cfn.StatusSuccess
	var err error
	response.PhysicalResourceID, response.Data, err = h.perform(ctx, event)
	if err != nil {
		response.Status, response.Reason = cfn.StatusFailed, err.Error()
	}
	if len(response.Reason) > longestReason {
		response.Reason = response.Reason[:longestReason]
	}
	if response.PhysicalResourceID == "" {
		response.PhysicalResourceID = fallback(event)
	}
	log.Printf("%s %s %s: %s %s %s", event.RequestType, event.ResourceType, event.LogicalResourceID,
		response.Status, response.PhysicalResourceID, response.Reason)
	return response
}

// fallback is the physical id of what has none of its own: that which it has already, since a new one would have
// CloudFormation delete the old.
func fallback(event cfn.Event) string {
	if event.PhysicalResourceID != "" {
		return event.PhysicalResourceID
	}
	return event.LogicalResourceID + "-" + event.RequestID
}

func (h Handler) perform(ctx context.Context, event cfn.Event) (id string, data map[string]any, err error) {
	defer func() {
		if r := recover(); r != nil {
			id, data, err = "", nil, fmt.Errorf("%s is at fault: %v", h.Program, r)
		}
	}()
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-reserve))
		defer cancel()
	}
	switch event.RequestType {
	case cfn.RequestCreate, cfn.RequestUpdate, cfn.RequestDelete:
		return h.Do(ctx, event)
	}
	return "", nil, fmt.Errorf("%s knows no request %q", h.Program, event.RequestType)
}

// Properties are what a request says of its resource, which must be no more than is known: what it says more may mean something else.
func Properties(event cfn.Event, known ...string) (map[string]any, error) {
	said := map[string]any{}
	for name, value := range event.ResourceProperties {
		switch {
		case name == "ServiceToken" || name == "ServiceTimeout": // CloudFormation's own
		case !slices.Contains(known, name):
			return nil, fmt.Errorf("a %s has no property %s", event.ResourceType, name)
		default:
			said[name] = value
		}
	}
	return said, nil
}

// Text is a property that must be a text, and say something.
func Text(event cfn.Event, name string) (string, error) {
	value, ok := event.ResourceProperties[name].(string)
	if !ok || value == "" {
		return "", fmt.Errorf("a %s needs the text %s", event.ResourceType, name)
	}
	return value, nil
}

// Patient waits for what the function's role was just given, by the codes with which the service refuses: IAM is eventually
// consistent, and the first call comes a few seconds after the policy ("Changes that I make are not always immediately visible" of
// the IAM guide). Ten tries are within half a minute.
func Patient(codes ...string) func() aws.Retryer {
	return func() aws.Retryer {
		standard := retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts, o.MaxBackoff = 10, 4*time.Second
		})
		return retry.AddWithErrorCodes(standard, codes...)
	}
}
