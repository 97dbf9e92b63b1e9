package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"livechat.example/cloud/internal/customresource"
)

// network is what is asked of EC2.
type network interface {
	ec2.DescribeSecurityGroupsAPIClient
	ec2.DescribeSecurityGroupRulesAPIClient
	ec2.DescribeManagedPrefixListsAPIClient
	RevokeSecurityGroupIngress(context.Context, *ec2.RevokeSecurityGroupIngressInput, ...func(*ec2.Options)) (*ec2.RevokeSecurityGroupIngressOutput, error)
	RevokeSecurityGroupEgress(context.Context, *ec2.RevokeSecurityGroupEgressInput, ...func(*ec2.Options)) (*ec2.RevokeSecurityGroupEgressOutput, error)
}

// handler makes the custom resources of a VPC.
type handler struct {
	connect func(context.Context) (network, error)
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

func (h handler) do(ctx context.Context, event cfn.Event) (id string, data map[string]any, err error) {
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

// understood is the task that a request is for and the value of its property.
func understood(event cfn.Event) (task, string, error) {
	t, known := tasks[event.ResourceType]
	if !known {
		return t, "", fmt.Errorf("vpctask knows no %s", event.ResourceType)
	}
	if _, err := customresource.Properties(event, t.property); err != nil {
		return t, "", err
	}
	value, err := customresource.Text(event, t.property)
	return t, value, err
}
