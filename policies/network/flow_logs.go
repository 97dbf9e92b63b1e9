package network

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// flowLogFields are the fields of version 2 of the flow log's record, and those that show who was behind a NAT gateway
// or an endpoint, and which way it went ("Flow log records" of the VPC guide).
var flowLogFields = []string{
	"version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes",
	"start", "end", "action", "log-status", "pkt-srcaddr", "pkt-dstaddr", "flow-direction",
}

var everyVPCHasAFlowLog = policies.Policy{
	ID: "NET-14", Title: "Every VPC has one flow log: of all traffic, each minute, to a log group of the estate",
	Source:    policies.Incident("Enable and monitor CloudTrail, VPC flow logs, and GuardDuty."),
	Component: policies.Network, STRIDE: "TID", Severity: policies.High,
	Fix:   "record the VPC with network.NewFlowLog, and only there",
	Count: []expect.Census{expect.One(intent.FlowLogType, "ResourceId").Per(intent.VPCType)},
	Expect: expect.Shapes{intent.FlowLogType: {
		"ResourceId":             expect.Own(intent.VPCType),
		"ResourceType":           expect.Is("VPC"),
		"TrafficType":            expect.Is("ALL"),
		"MaxAggregationInterval": expect.Is(60),
		"LogDestinationType":     expect.Is("cloud-watch-logs"),
		"LogGroupName":           expect.Own(intent.LogGroupType),
		"LogFormat": {Text: "a record with " + strings.Join(flowLogFields, ", "), Breaks: []any{"${version} ${account-id} ${srcaddr} ${dstaddr} ${action}"},
			Holds: func(_ expect.At, v template.Value) bool {
				recorded := strings.Fields(v.Text())
				return !slices.ContainsFunc(flowLogFields, func(field string) bool { return !slices.Contains(recorded, "${"+field+"}") })
			}},
	}},
}

var flowLogRolesOnlyWrite = policies.Policy{
	ID: "NET-15", Title: "A flow log's role trusts only the account's flow logs, and may only write that flow log",
	Source:    policies.LeastPrivilege,
	Component: policies.Network, STRIDE: "TRE", Severity: policies.High,
	Fix: "let network.NewFlowLog make the role",
	Expect: expect.Shapes{intent.FlowLogType: {"DeliverLogsPermissionArn": expect.Equals("the ARN of a role of the estate", func(at expect.At) string {
		if role := at.Estate.Find(at.Resource.Get("DeliverLogsPermissionArn"), intent.RoleType); role != nil {
			return role.Attribute("Arn")
		}
		return ""
	}, intent.RoleType)}},
	Reads: []string{intent.LogGroupType, intent.RoleType, "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for l := range e.All(intent.FlowLogType) {
			role := e.Find(l.Get("DeliverLogsPermissionArn"), intent.RoleType)
			if role == nil {
				continue // its shape reports it
			}
			flowLogRole(e, l).Judge(e, slices.Values([]*template.Resource{role}), func(fault expect.Fault) { f.Fail(role, "%s", fault.Message) })
			for p := range e.All("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy") {
				for _, s := range p.Statements() {
					if slices.Contains(e.Holders(s), role) {
						f.Fail(role, "has a statement of %s, must have its own policy only", p)
					}
				}
			}
			if managed := role.Get("ManagedPolicyArns"); !managed.Missing() {
				f.Fail(role, "ManagedPolicyArns is %s, must be absent", managed)
			}
		}
	},
}

// flowLogRole returns what the role of a flow log must look like.
func flowLogRole(e *template.Estate, l *template.Resource) expect.Shapes {
	in, group := l.Stack, e.Find(l.Get("LogGroupName"), intent.LogGroupType)
	trust := expect.Document("what flow logs of this account and region need", func(expect.At) []template.Statement {
		return []template.Statement{{
			Actions: []string{"sts:AssumeRole"}, Principals: map[string][]string{"Service": {"vpc-flow-logs.amazonaws.com"}},
			Conditions: []template.Condition{
				intent.When("StringEquals", "aws:SourceAccount", in.Account),
				intent.When("ArnLike", "aws:SourceArn", "arn:"+in.Partition()+":ec2:"+in.Region+":"+in.Account+":vpc-flow-log/*"),
			},
		}}
	})
	write := expect.Document("what writing the flow log needs", func(expect.At) []template.Statement {
		statements := []template.Statement{{Actions: []string{"logs:DescribeLogGroups"}, Resources: []string{intent.LogGroupARN(l, "*")}}}
		if group != nil {
			onGroup := []string{"logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"}
			statements = append(statements, template.Statement{Actions: onGroup, Resources: []string{group.Attribute("Arn")}})
		}
		return statements
	})
	return expect.Shapes{intent.RoleType: {
		"AssumeRolePolicyDocument": trust,
		"Policies":                 expect.List(expect.Object(expect.Shape{"PolicyName": expect.Any, "PolicyDocument": write})),
	}}
}
