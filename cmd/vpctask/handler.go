package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

// network is what is asked of EC2.
type network interface {
	ec2.DescribeSecurityGroupsAPIClient
	ec2.DescribeSecurityGroupRulesAPIClient
	ec2.DescribeManagedPrefixListsAPIClient
	RevokeSecurityGroupIngress(context.Context, *ec2.RevokeSecurityGroupIngressInput, ...func(*ec2.Options)) (*ec2.RevokeSecurityGroupIngressOutput, error)
	RevokeSecurityGroupEgress(context.Context, *ec2.RevokeSecurityGroupEgressInput, ...func(*ec2.Options)) (*ec2.RevokeSecurityGroupEgressOutput, error)
}

type handler struct {
	connect func(context.Context) (network, error)
	client  *http.Client
	pause   time.Duration // between two attempts to answer
}

// task is a kind of custom resource: the one property that it takes, and what makes it so. It returns the physical id, which
// is that of the thing it is about and so stays the same over updates, and the attributes.
type task struct {
	property string
	do       func(ctx context.Context, n network, value string) (id string, data map[string]any, err error)
}

var tasks = map[string]task{
	"Custom::EmptyDefaultGroup": {"GroupId", emptyDefaultGroup},
	"Custom::PrefixList":        {"Name", findPrefixList},
}

// reserve is what is kept of the invocation's time to answer in.
const reserve = 20 * time.Second

// handle does what is asked and answers. It returns an error only where the answer could not be delivered: Lambda then tries
// the whole request again, which changes nothing that is done already.
func (h handler) handle(ctx context.Context, event cfn.Event) error {
	response := cfn.NewResponse(&event)
	response.Status = cfn.StatusSuccess
	var err error
	response.PhysicalResourceID, response.Data, err = h.perform(ctx, event)
	if err != nil {
		response.Status, response.Reason = cfn.StatusFailed, err.Error()
	}
	if response.PhysicalResourceID == "" {
		response.PhysicalResourceID = fallback(event)
	}
	log.Printf("%s %s %s: %s %s %s", event.RequestType, event.ResourceType, event.LogicalResourceID,
		response.Status, response.PhysicalResourceID, response.Reason)
	return h.answer(ctx, event.ResponseURL, response)
}

// fallback is the physical id of what has none of its own: that which it has already, since a new one would have
// CloudFormation delete the old.
func fallback(event cfn.Event) string {
	if event.PhysicalResourceID != "" {
		return event.PhysicalResourceID
	}
	return event.LogicalResourceID + "-" + event.RequestID
}

func (h handler) perform(ctx context.Context, event cfn.Event) (id string, data map[string]any, err error) {
	defer func() {
		if r := recover(); r != nil {
			id, data, err = "", nil, fmt.Errorf("vpctask is at fault: %v", r)
		}
	}()
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-reserve))
		defer cancel()
	}
	// A group stays emptied, a list is AWS's: nothing is undone. Even what could never be made is deleted, so that a failed
	// creation can be rolled back.
	if event.RequestType == cfn.RequestDelete {
		return event.PhysicalResourceID, nil, nil
	}
	t, value, err := understood(event)
	if err != nil {
		return "", nil, err
	}
	n, err := h.connect(ctx)
	if err != nil {
		return "", nil, err
	}
	return t.do(ctx, n, value)
}

// understood is the task that a request is for and the value of its property. A request that says more is refused: it may
// mean something else.
func understood(event cfn.Event) (task, string, error) {
	t, known := tasks[event.ResourceType]
	if !known {
		return t, "", fmt.Errorf("vpctask knows no %s", event.ResourceType)
	}
	if event.RequestType != cfn.RequestCreate && event.RequestType != cfn.RequestUpdate {
		return t, "", fmt.Errorf("vpctask knows no request %q", event.RequestType)
	}
	for name := range event.ResourceProperties {
		if !slices.Contains([]string{"ServiceToken", "ServiceTimeout", t.property}, name) {
			return t, "", fmt.Errorf("a %s has no property %s", event.ResourceType, name)
		}
	}
	value, ok := event.ResourceProperties[t.property].(string)
	if !ok || value == "" {
		return t, "", fmt.Errorf("a %s needs the text %s", event.ResourceType, t.property)
	}
	return t, value, nil
}
