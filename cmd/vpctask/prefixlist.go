package main

import (
	"context"
	"fmt"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// serviceList is the name of a list that AWS keeps of a service's addresses in a region ("AWS-managed prefix lists" of the VPC guide).
var serviceList = regexp.MustCompile(`^com\.amazonaws\.[a-z0-9-]+\.(s3|dynamodb)$`)

// findPrefixList finds the one list of that name which is AWS's own; its id differs by region.
func findPrefixList(ctx context.Context, n network, name string) (string, map[string]any, error) {
	if !serviceList.MatchString(name) {
		return "", nil, fmt.Errorf("%q is not com.amazonaws.REGION.s3 or .dynamodb", name)
	}
	var ids []string
	pages := ec2.NewDescribeManagedPrefixListsPaginator(n, &ec2.DescribeManagedPrefixListsInput{
		Filters: []types.Filter{
			{Name: aws.String("prefix-list-name"), Values: []string{name}},
			{Name: aws.String("owner-id"), Values: []string{"AWS"}},
		},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", nil, err
		}
		for _, l := range page.PrefixLists {
			if aws.ToString(l.PrefixListName) == name && aws.ToString(l.OwnerId) == "AWS" {
				ids = append(ids, aws.ToString(l.PrefixListId))
			}
		}
	}
	if len(ids) != 1 {
		return "", nil, fmt.Errorf("there are %d prefix lists of AWS named %s, not one", len(ids), name)
	}
	return ids[0], map[string]any{"PrefixListId": ids[0]}, nil
}
