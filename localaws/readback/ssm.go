package readback

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

func readParameter(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.ssm.GetParameter(ctx, &ssm.GetParameterInput{Name: &t.PhysicalID})
	if err != nil {
		return observed{}, err
	}
	properties := map[string]any{"Name": value(found.Parameter.Name), "Type": string(found.Parameter.Type), "Value": value(found.Parameter.Value)}
	named := "Name"
	described, err := c.ssm.DescribeParameters(ctx, &ssm.DescribeParametersInput{
		ParameterFilters: []types.ParameterStringFilter{{Key: &named, Values: []string{t.PhysicalID}}},
	})
	if err != nil {
		return observed{}, err
	}
	for _, p := range described.Parameters {
		properties["Description"] = value(p.Description)
	}
	return observed{Properties: properties}, nil
}
