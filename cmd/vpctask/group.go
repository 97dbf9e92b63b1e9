package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// emptyDefaultGroup takes every rule out of a VPC's default security group, which whatever names no group of its own is in. The group
// itself cannot be deleted.
func emptyDefaultGroup(ctx context.Context, n network, group string) (string, map[string]any, error) {
	if err := isDefault(ctx, n, group); err != nil {
		return "", nil, err
	}
	ingress, egress, err := rulesOf(ctx, n, group)
	if err != nil {
		return "", nil, err
	}
	if len(ingress) > 0 {
		_, err := n.RevokeSecurityGroupIngress(ctx, &ec2.RevokeSecurityGroupIngressInput{GroupId: &group, SecurityGroupRuleIds: ingress})
		if err != nil {
			return "", nil, err
		}
	}
	if len(egress) > 0 {
		_, err := n.RevokeSecurityGroupEgress(ctx, &ec2.RevokeSecurityGroupEgressInput{GroupId: &group, SecurityGroupRuleIds: egress})
		if err != nil {
			return "", nil, err
		}
	}
	// "describe the security group to verify that the rules were removed" (RevokeSecurityGroupEgress of the EC2 API reference)
	ingress, egress, err = rulesOf(ctx, n, group)
	if left := len(ingress) + len(egress); err == nil && left > 0 {
		err = fmt.Errorf("%s still has %d rules", group, left)
	}
	if err != nil {
		return "", nil, err
	}
	return group, nil, nil
}

// isDefault refuses any group but a VPC's default one: another's rules are somebody's.
func isDefault(ctx context.Context, n network, group string) error {
	found, err := n.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{GroupIds: []string{group}})
	if err != nil {
		return err
	}
	if len(found.SecurityGroups) != 1 || aws.ToString(found.SecurityGroups[0].GroupId) != group ||
		aws.ToString(found.SecurityGroups[0].GroupName) != "default" {
		return fmt.Errorf("%s is not the default group of a VPC", group)
	}
	return nil
}

func rulesOf(ctx context.Context, n network, group string) (ingress, egress []string, err error) {
	pages := ec2.NewDescribeSecurityGroupRulesPaginator(n, &ec2.DescribeSecurityGroupRulesInput{
		Filters: []types.Filter{{Name: aws.String("group-id"), Values: []string{group}}},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range page.SecurityGroupRules {
			if aws.ToBool(r.IsEgress) {
				egress = append(egress, aws.ToString(r.SecurityGroupRuleId))
			} else {
				ingress = append(ingress, aws.ToString(r.SecurityGroupRuleId))
			}
		}
	}
	return ingress, egress, nil
}
