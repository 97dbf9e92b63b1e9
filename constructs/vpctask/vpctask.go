// Package vpctask holds what CloudFormation cannot say of a VPC, done at the deploy by a Lambda of ours (cmd/vpctask).
package vpctask

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/function"
	"livechat.example/cloud/constructs/policy"
)

// Props are the function's name and code, and the one group that it may change.
type Props struct {
	Name    string        // required
	Code    function.Code // required
	Key     awskms.IKey   // required: of the function's log
	Account string        // required
	Region  string        // required
	// DefaultGroup is the id of the VPC's default security group.
	DefaultGroup *string // required
}

// Task is the function, ready to be asked.
type Task struct {
	scope    constructs.Construct
	function function.Function
	region   string
	group    *string
}

// The function has two minutes, most of them for a role whose permissions have not reached EC2 yet. The stack waits longer, so
// that it hears what failed; it waits no longer than that if nothing is heard.
const (
	seconds        = 120
	serviceSeconds = 300
)

// New is a function with which nobody changes any security group but the VPC's default one, and that one only by taking its rules.
func New(scope constructs.Construct, id string, p Props) Task {
	if p.DefaultGroup == nil {
		panic("vpctask.Props of " + id + ": DefaultGroup is required")
	}
	return Task{scope: scope, region: p.Region, group: p.DefaultGroup, function: function.New(scope, id, function.Props{
		Name: p.Name, Description: "Empties the VPC's default security group and finds AWS's prefix lists, at the deploy",
		Code: p.Code, Key: p.Key, Account: p.Account, Region: p.Region, Seconds: seconds, MemoryMB: 128,
		Policy: []policy.Statement{
			// None of these three can be given on one thing alone (Service Authorization Reference, Amazon EC2).
			{Actions: []string{"ec2:DescribeManagedPrefixLists", "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups"}},
			{Actions: []string{"ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"},
				Resources: []string{fmt.Sprintf("arn:aws:ec2:%s:%s:security-group/%s", p.Region, p.Account, *p.DefaultGroup)}},
		},
	})}
}

// EmptyDefaultGroup leaves the VPC's default security group, in which everything is that names no group, without a rule.
func (t Task) EmptyDefaultGroup(id string) {
	t.ask(id, "Custom::EmptyDefaultGroup", map[string]any{"GroupId": t.group})
}

// PrefixList is the id of the list of a service's addresses in the region: "s3" or "dynamodb".
func (t Task) PrefixList(id, service string) *string {
	return t.ask(id, "Custom::PrefixList", map[string]any{"Name": "com.amazonaws." + t.region + "." + service}).Ref()
}

// ask is a custom resource that the function makes. It comes after the function, and so after its role.
func (t Task) ask(id, kind string, properties map[string]any) awscdk.CfnResource {
	properties["ServiceToken"] = t.function.ARN
	properties["ServiceTimeout"] = serviceSeconds
	return awscdk.NewCfnResource(t.scope, new(id), &awscdk.CfnResourceProps{Type: new(kind), Properties: &properties})
}
