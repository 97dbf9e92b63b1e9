package localaws

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"

	"livechat.example/cloud/localaws/assembly"
	"livechat.example/cloud/localaws/readback"
)

// Status is the state of a stack as CloudFormation words it, "" for a stack that is not there.
func (c *Cloud) Status(ctx context.Context, s assembly.Stack) (string, error) {
	found, err := c.describe(ctx, s)
	if err != nil || found == nil {
		return "", err
	}
	return string(found.StackStatus), nil
}

// toolkits are the bootstrap stacks, one for each environment.
func (c *Cloud) toolkits() []assembly.Stack {
	var all []assembly.Stack
	for _, e := range c.Environments() {
		all = append(all, assembly.Stack{Name: "CDKToolkit", Account: e.Account, Region: e.Region})
	}
	return all
}

// settled counts the stacks that have come to rest after a creation or an update that succeeded.
func (c *Cloud) settled(ctx context.Context, stacks []assembly.Stack) (int, error) {
	n := 0
	for _, s := range stacks {
		status, err := c.Status(ctx, s)
		if err != nil {
			return n, err
		}
		if status == string(types.StackStatusCreateComplete) || status == string(types.StackStatusUpdateComplete) {
			n++
		}
	}
	return n, nil
}

// Unprotect gives up a stack's termination protection, as an operator must before deleting it.
func (c *Cloud) Unprotect(ctx context.Context, s assembly.Stack) error {
	_, err := c.formation(s.Region).UpdateTerminationProtection(ctx, &cloudformation.UpdateTerminationProtectionInput{
		StackName: &s.Name, EnableTerminationProtection: aws.Bool(false),
	})
	return err
}

// Deployed describes every stack as CloudFormation has it, in the assembly's order. A stack that is not there is an error.
func (c *Cloud) Deployed(ctx context.Context) ([]readback.Stack, error) {
	var all []readback.Stack
	for _, s := range c.Stacks {
		found, err := c.describe(ctx, s)
		if err != nil {
			return nil, err
		}
		if found == nil {
			return nil, fmt.Errorf("stack %s is not in %s", s.Name, s.Region)
		}
		d := readback.Stack{
			Name: s.Name, Region: s.Region, Account: s.Account, Tags: s.Tags,
			Shipped: c.Shipped[s.Name], Outputs: map[string]string{}, Exports: map[string]string{}, Stubbed: map[string]string{},
		}
		for _, o := range found.Outputs {
			d.Outputs[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
			if o.ExportName != nil {
				d.Exports[*o.ExportName] = aws.ToString(o.OutputValue)
			}
		}
		for _, stub := range c.Stubs {
			if stub.Stack == s.Name {
				d.Stubbed[stub.LogicalID] = stub.Type
			}
		}
		if d.Resources, err = c.resources(ctx, s); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// resources lists what a stack has made. ListStackResources pages, where DescribeStackResources stops at a hundred.
func (c *Cloud) resources(ctx context.Context, s assembly.Stack) (map[string]readback.Resource, error) {
	made := map[string]readback.Resource{}
	pages := cloudformation.NewListStackResourcesPaginator(c.formation(s.Region),
		&cloudformation.ListStackResourcesInput{StackName: &s.Name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, r := range page.StackResourceSummaries {
			made[aws.ToString(r.LogicalResourceId)] = readback.Resource{
				Type: aws.ToString(r.ResourceType), PhysicalID: aws.ToString(r.PhysicalResourceId), Status: string(r.ResourceStatus),
			}
		}
	}
	return made, nil
}

// describe is the stack, or nil if it does not exist.
func (c *Cloud) describe(ctx context.Context, s assembly.Stack) (*types.Stack, error) {
	out, err := c.formation(s.Region).DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &s.Name})
	var refused smithy.APIError
	if errors.As(err, &refused) && refused.ErrorCode() == "ValidationError" && strings.Contains(refused.ErrorMessage(), "does not exist") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &out.Stacks[0], nil
}

func (c *Cloud) formation(region string) *cloudformation.Client {
	return cloudformation.NewFromConfig(c.Config(region))
}

// Observe reads a resource of a stack that Deployed described. It is nil if the resource is gone.
func (c *Cloud) Observe(ctx context.Context, s readback.Stack, logicalID string) (map[string]any, error) {
	return readback.Observe(ctx, c.emulator.endpoint, s, logicalID)
}

// Config is what to make a client of the AWS SDK with, for a service of this cloud in a region.
func (c *Cloud) Config(region string) aws.Config { return readback.Config(c.emulator.endpoint, region) }

// ReadBack reads every resource that came up through the AWS SDK and compares it with the template that ships.
func (c *Cloud) ReadBack(ctx context.Context) (readback.Report, error) {
	stacks, err := c.Deployed(ctx)
	if err != nil {
		return readback.Report{}, err
	}
	return readback.Compare(ctx, c.emulator.endpoint, stacks)
}
