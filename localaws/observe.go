package localaws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"

	"livechat.example/cloud/internal/names"
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

// toolkits are the bootstrap's stacks, one in each region.
func (c *Cloud) toolkits() []assembly.Stack {
	var all []assembly.Stack
	for _, region := range names.DeployedTo(c.bootstrap.Regions) {
		all = append(all, assembly.Stack{Name: c.bootstrap.Stack(), Account: c.bootstrap.Account, Region: region})
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
		d, err := c.deployed(ctx, s, c.Shipped[s.Name])
		if err != nil {
			return nil, err
		}
		for _, stub := range c.Stubs {
			if stub.Stack == s.Name {
				d.Stubbed[stub.LogicalID] = stub.Type
			}
		}
		all = append(all, d)
	}
	return all, nil
}

// Bootstrapped describes the bootstrap's stack of every region in the same way.
func (c *Cloud) Bootstrapped(ctx context.Context) ([]readback.Stack, error) {
	text, err := c.bootstrap.Template()
	if err != nil {
		return nil, err
	}
	var template map[string]any
	if err := json.Unmarshal(text, &template); err != nil {
		return nil, err
	}
	var all []readback.Stack
	for _, s := range c.toolkits() {
		d, err := c.deployed(ctx, s, template)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

func (c *Cloud) deployed(ctx context.Context, s assembly.Stack, shipped map[string]any) (readback.Stack, error) {
	d := readback.Stack{
		Name: s.Name, Region: s.Region, Account: s.Account, Tags: s.Tags, Shipped: shipped,
		Parameters: map[string]string{}, Outputs: map[string]string{}, Exports: map[string]string{}, Stubbed: map[string]string{},
	}
	found, err := c.describe(ctx, s)
	if err != nil {
		return d, err
	}
	if found == nil {
		return d, fmt.Errorf("stack %s is not in %s", s.Name, s.Region)
	}
	for _, p := range found.Parameters {
		d.Parameters[aws.ToString(p.ParameterKey)] = aws.ToString(p.ParameterValue)
	}
	for _, o := range found.Outputs {
		d.Outputs[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
		if o.ExportName != nil {
			d.Exports[*o.ExportName] = aws.ToString(o.OutputValue)
		}
	}
	d.Resources, err = c.resources(ctx, s)
	return d, err
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

// ReadBack reads every resource that came up through the AWS SDK, the bootstrap's first, and compares it with the template that ships.
func (c *Cloud) ReadBack(ctx context.Context) (readback.Report, error) {
	bootstrapped, err := c.Bootstrapped(ctx)
	if err != nil {
		return readback.Report{}, err
	}
	stacks, err := c.Deployed(ctx)
	if err != nil {
		return readback.Report{}, err
	}
	return c.compare(ctx, append(bootstrapped, stacks...))
}

func (c *Cloud) compare(ctx context.Context, stacks []readback.Stack) (readback.Report, error) {
	return readback.Compare(ctx, c.emulator.endpoint, stacks)
}
