package main

import (
	"context"
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/stretchr/testify/assert"
)

// fake is EC2 with one security group and some prefix lists; it gives one rule, or list, a page.
type fake struct {
	name    string // the group's
	rules   []types.SecurityGroupRule
	sticks  bool // says that it revokes, and does not
	lists   []types.ManagedPrefixList
	revoked []string // in the order that they were
}

func (f *fake) DescribeSecurityGroups(_ context.Context, in *ec2.DescribeSecurityGroupsInput, _ ...func(*ec2.Options)) (*ec2.DescribeSecurityGroupsOutput, error) {
	return &ec2.DescribeSecurityGroupsOutput{SecurityGroups: []types.SecurityGroup{{GroupId: &in.GroupIds[0], GroupName: &f.name}}}, nil
}

func (f *fake) DescribeSecurityGroupRules(_ context.Context, in *ec2.DescribeSecurityGroupRulesInput, _ ...func(*ec2.Options)) (*ec2.DescribeSecurityGroupRulesOutput, error) {
	page, next := paged(f.rules, in.NextToken)
	return &ec2.DescribeSecurityGroupRulesOutput{SecurityGroupRules: page, NextToken: next}, nil
}

func (f *fake) DescribeManagedPrefixLists(_ context.Context, in *ec2.DescribeManagedPrefixListsInput, _ ...func(*ec2.Options)) (*ec2.DescribeManagedPrefixListsOutput, error) {
	page, next := paged(f.lists, in.NextToken)
	return &ec2.DescribeManagedPrefixListsOutput{PrefixLists: page, NextToken: next}, nil
}

func paged[T any](all []T, token *string) (page []T, next *string) {
	i := len(aws.ToString(token))
	if i+1 < len(all) {
		next = aws.String(aws.ToString(token) + "+")
	}
	return all[min(i, len(all)):min(i+1, len(all))], next
}

func (f *fake) RevokeSecurityGroupIngress(_ context.Context, in *ec2.RevokeSecurityGroupIngressInput, _ ...func(*ec2.Options)) (*ec2.RevokeSecurityGroupIngressOutput, error) {
	f.revoke(false, in.SecurityGroupRuleIds)
	return &ec2.RevokeSecurityGroupIngressOutput{}, nil
}

func (f *fake) RevokeSecurityGroupEgress(_ context.Context, in *ec2.RevokeSecurityGroupEgressInput, _ ...func(*ec2.Options)) (*ec2.RevokeSecurityGroupEgressOutput, error) {
	f.revoke(true, in.SecurityGroupRuleIds)
	return &ec2.RevokeSecurityGroupEgressOutput{}, nil
}

func (f *fake) revoke(egress bool, ids []string) {
	f.revoked = append(f.revoked, ids...)
	if !f.sticks {
		f.rules = slices.DeleteFunc(f.rules, func(r types.SecurityGroupRule) bool {
			return *r.IsEgress == egress && slices.Contains(ids, *r.SecurityGroupRuleId)
		})
	}
}

func rule(id string, egress bool) types.SecurityGroupRule {
	return types.SecurityGroupRule{SecurityGroupRuleId: &id, IsEgress: &egress}
}

func list(id, name, owner string) types.ManagedPrefixList {
	return types.ManagedPrefixList{PrefixListId: &id, PrefixListName: &name, OwnerId: &owner}
}

func TestTheDefaultGroupIsEmptiedAsOftenAsAsked(t *testing.T) {
	vpc := &fake{name: "default", rules: []types.SecurityGroupRule{rule("in", false), rule("in6", false), rule("out", true), rule("out6", true)}}
	for _, kind := range []cfn.RequestType{cfn.RequestCreate, cfn.RequestUpdate, cfn.RequestCreate} {
		response := ask(t, vpc, request(kind, "Custom::EmptyDefaultGroup", map[string]any{"GroupId": group}))
		assert.Equal(t, cfn.StatusSuccess, response.Status, response.Reason)
		assert.Equal(t, group, response.PhysicalResourceID)
		assert.Empty(t, vpc.rules)
	}
	assert.Equal(t, []string{"in", "in6", "out", "out6"}, vpc.revoked)
}

func TestAGroupThatIsSomebodysIsLeftAlone(t *testing.T) {
	vpc := &fake{name: "gate", rules: []types.SecurityGroupRule{rule("in", false)}}
	response := ask(t, vpc, request(cfn.RequestCreate, "Custom::EmptyDefaultGroup", map[string]any{"GroupId": group}))
	assert.Equal(t, cfn.StatusFailed, response.Status)
	assert.Contains(t, response.Reason, "is not the default group")
	assert.Empty(t, vpc.revoked)
}

func TestARuleThatStaysIsAFailure(t *testing.T) {
	vpc := &fake{name: "default", sticks: true, rules: []types.SecurityGroupRule{rule("in", false), rule("out", true)}}
	response := ask(t, vpc, request(cfn.RequestCreate, "Custom::EmptyDefaultGroup", map[string]any{"GroupId": group}))
	assert.Equal(t, cfn.StatusFailed, response.Status)
	assert.Contains(t, response.Reason, "still has 2 rules")
}

func TestThePrefixListIsTheOneOfAWS(t *testing.T) {
	const name = "com.amazonaws.eu-west-1.s3"
	find := func(lists ...types.ManagedPrefixList) *cfn.Response {
		return ask(t, &fake{lists: lists}, request(cfn.RequestCreate, "Custom::PrefixList", map[string]any{"Name": name}))
	}
	found := find(list("pl-theirs", name, "111122223333"), list("pl-other", "com.amazonaws.eu-west-1.s3express", "AWS"), list("pl-1", name, "AWS"))
	assert.Equal(t, cfn.StatusSuccess, found.Status, found.Reason)
	assert.Equal(t, "pl-1", found.PhysicalResourceID)
	assert.Equal(t, map[string]any{"PrefixListId": "pl-1"}, found.Data)

	assert.Contains(t, find().Reason, "there are 0 prefix lists of AWS named "+name)
	assert.Contains(t, find(list("pl-1", name, "AWS"), list("pl-2", name, "AWS")).Reason, "there are 2 prefix lists")
}

func TestOnlyTheListsOfS3AndDynamoDBAreFound(t *testing.T) {
	for _, name := range []string{"everywhere", "com.amazonaws.global.cloudfront.origin-facing", "com.amazonaws.eu-west-1.s3 ", "*"} {
		response := ask(t, &fake{}, request(cfn.RequestCreate, "Custom::PrefixList", map[string]any{"Name": name}))
		assert.Equal(t, cfn.StatusFailed, response.Status)
		assert.Contains(t, response.Reason, "is not com.amazonaws.REGION.s3")
	}
}
