package readback

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
)

func readRepository(ctx context.Context, c clients, t target) (observed, error) {
	found, err := c.ecr.DescribeRepositories(ctx, &ecr.DescribeRepositoriesInput{RepositoryNames: []string{t.PhysicalID}})
	if err != nil {
		return observed{}, err
	}
	is := found.Repositories[0]
	properties := map[string]any{"RepositoryName": value(is.RepositoryName), "ImageTagMutability": string(is.ImageTagMutability)}
	if is.ImageScanningConfiguration != nil {
		properties["ImageScanningConfiguration"] = map[string]any{"ScanOnPush": is.ImageScanningConfiguration.ScanOnPush}
	}
	policy, err := c.ecr.GetRepositoryPolicy(ctx, &ecr.GetRepositoryPolicyInput{RepositoryName: &t.PhysicalID})
	if err == nil {
		properties["RepositoryPolicyText"] = value(policy.PolicyText)
	} else if !missing(err) {
		return observed{}, err
	}
	lifecycle, err := c.ecr.GetLifecyclePolicy(ctx, &ecr.GetLifecyclePolicyInput{RepositoryName: &t.PhysicalID})
	if err == nil {
		properties["LifecyclePolicy"] = map[string]any{"LifecyclePolicyText": value(lifecycle.LifecyclePolicyText)}
	} else if !missing(err) {
		return observed{}, err
	}
	return observed{properties, map[string]any{"Arn": aws.ToString(is.RepositoryArn)}}, nil
}
