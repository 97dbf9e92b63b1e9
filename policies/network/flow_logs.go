package network

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
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
	ID: "NET-14", Title: "Every VPC has one flow log, of all its traffic, minute by minute, to an encrypted log group of the estate",
	Source:    policies.Incident("Enable and monitor CloudTrail, VPC flow logs, and GuardDuty."),
	Component: policies.Network, STRIDE: "TID", Severity: policies.High,
	Fix:   "record the VPC with network.NewFlowLog, and only there",
	Reads: []string{intent.VPCType, intent.FlowLogType, intent.LogGroupType, "AWS::KMS::Key"},
	Check: func(e *template.Estate, f *policies.Findings) {
		has := map[*template.Resource]int{}
		for l := range e.All(intent.FlowLogType) {
			f.Examined(l)
			has[e.Find(l.Get("ResourceId"), intent.VPCType)]++
			checkFlowLog(e, f, l)
		}
		for v := range e.All(intent.VPCType) {
			f.Examined(v)
			if has[v] != 1 {
				f.Fail(v, "has %d flow logs, not one", has[v])
			}
		}
	},
}

func checkFlowLog(e *template.Estate, f *policies.Findings, l *template.Resource) {
	f.AllowOnly(l, "DeliverLogsPermissionArn", "LogDestinationType", "LogFormat", "LogGroupName", "MaxAggregationInterval",
		"ResourceId", "ResourceType", "Tags", "TrafficType")
	for property, value := range map[string]string{
		"LogDestinationType": "cloud-watch-logs", "MaxAggregationInterval": "60", "ResourceType": "VPC", "TrafficType": "ALL",
	} {
		if !l.Get(property).Is(value) {
			f.Fail(l, "%s is %s, not %s", property, l.Get(property), value)
		}
	}
	if e.Find(l.Get("ResourceId"), intent.VPCType) == nil {
		f.Fail(l, "records something that is no VPC of the estate")
	}
	fields := strings.Fields(l.Get("LogFormat").Text())
	for _, field := range flowLogFields {
		if !slices.Contains(fields, "${"+field+"}") {
			f.Fail(l, "its records leave out %s", field)
		}
	}
	group := e.Find(l.Get("LogGroupName"), intent.LogGroupType)
	if group == nil || group.Stack.Region != l.Stack.Region || group.Stack.Account != l.Stack.Account {
		f.Fail(l, "writes to no log group of the estate in its region")
	} else if e.Find(group.Get("KmsKeyId"), "AWS::KMS::Key") == nil {
		f.Fail(group, "holds a flow log, and is encrypted with no key of the estate")
	}
}

var flowLogRolesDoTheirJobOnly = policies.Policy{
	ID: "NET-15", Title: "A flow log is written by a role that trusts only this account's flow logs and may write to that log group, no more and no less",
	Source:    policies.LeastPrivilege,
	Component: policies.Network, STRIDE: "TRE", Severity: policies.High,
	Fix:   "let network.NewFlowLog make the role",
	Reads: []string{intent.FlowLogType, intent.LogGroupType, intent.RoleType, "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"},
	Check: func(e *template.Estate, f *policies.Findings) {
		more := map[*template.Resource][]template.Statement{}
		for p := range e.All("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy") {
			for _, s := range p.Statements() {
				for _, h := range e.Holders(s) {
					more[h] = append(more[h], s)
				}
			}
		}
		for l := range e.All(intent.FlowLogType) {
			f.Examined(l)
			role := e.Find(l.Get("DeliverLogsPermissionArn"), intent.RoleType)
			if role == nil || !l.Get("DeliverLogsPermissionArn").Is(role.Attribute("Arn")) {
				f.Fail(l, "is written by no role of the estate")
				continue
			}
			f.Examined(role)
			checkFlowLogRole(e, f, l, role, more[role])
		}
	},
}

func checkFlowLogRole(e *template.Estate, f *policies.Findings, l, role *template.Resource, more []template.Statement) {
	if !role.Get("ManagedPolicyArns").Missing() || len(more) > 0 {
		f.Fail(role, "has more policies than its own")
	}
	trusts := 0
	may := map[string]bool{}
	group := e.Find(l.Get("LogGroupName"), intent.LogGroupType)
	for _, s := range role.Statements() {
		if s.Kind.Has(template.Trust) {
			trusts++
			if !trustsFlowLogs(s, l.Stack) {
				f.Fail(role, "trusts more, or less, than the flow logs of this account and region")
			}
		} else if !writesTo(s, group, l.Stack, may) {
			f.Fail(role, "statement %d of %s is not needed to write the flow log", s.Index, s.Path)
		}
	}
	if trusts == 0 {
		f.Fail(role, "trusts nobody")
	}
	for _, action := range append([]string{"logs:DescribeLogGroups"}, onGroup...) {
		if !may[action] {
			f.Fail(role, "may not %s", action)
		}
	}
}

// trustsFlowLogs says that a statement lets the flow logs of a stack's account and region assume the role, and nobody else.
func trustsFlowLogs(s template.Statement, in *template.Stack) bool {
	arn := "arn:" + in.Partition() + ":ec2:" + in.Region + ":" + in.Account + ":vpc-flow-log/*"
	account, source := s.Condition("StringEquals", "aws:SourceAccount"), s.Condition("ArnLike", "aws:SourceArn")
	return s.Unknown == "" && s.Effect == "Allow" && slices.Equal(s.Actions, []string{"sts:AssumeRole"}) &&
		len(s.Principals) == 1 && len(s.NotPrincipals) == 0 && slices.Equal(s.Principals["Service"], []string{"vpc-flow-logs.amazonaws.com"}) &&
		len(s.Conditions) == 2 && slices.Equal(account, []string{in.Account}) && slices.Equal(source, []string{arn})
}

// onGroup are the actions that the role needs on its log group.
var onGroup = []string{"logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"}

// writesTo says that a statement allows nothing but what a flow log's role needs, and notes what that is.
func writesTo(s template.Statement, group *template.Resource, in *template.Stack, may map[string]bool) bool {
	if s.Unknown != "" || s.Effect != "Allow" || len(s.Conditions)+len(s.NotActions)+len(s.NotResources) > 0 || group == nil {
		return false
	}
	groups := []string{"*", "arn:" + in.Partition() + ":logs:" + in.Region + ":" + in.Account + ":log-group:*"}
	own := []string{group.Attribute("Arn"), group.Attribute("Arn") + ":*"}
	for _, action := range s.Actions {
		allowed := groups
		if slices.Contains(onGroup, action) {
			allowed = own
		} else if action != "logs:DescribeLogGroups" {
			return false
		}
		if slices.ContainsFunc(s.Resources, func(r string) bool { return !slices.Contains(allowed, r) }) {
			return false
		}
		may[action] = may[action] || len(s.Resources) > 0
	}
	return true
}
