package egress

import (
	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
)

// firewallsAreRecorded leaves to LOG-01 that the groups are encrypted, and to LOG-05 that log delivery may write to them.
var firewallsAreRecorded = policies.Policy{
	ID: "NET-21", Title: "Every firewall records what it dropped and every connection in log groups of its stack",
	Source:    policies.NetworkRow,
	Component: policies.Network, STRIDE: "TR", Severity: policies.High,
	Fix:         "let firewall.New record it, in groups of logs.NewDelivery",
	MayBeAbsent: noWayOut,
	Count:       []expect.Census{expect.One(intent.FirewallLogType, "FirewallArn").Per(intent.FirewallType)},
	Expect: expect.Shapes{intent.FirewallLogType: {
		"FirewallArn": expect.Attribute(intent.FirewallType, ""),
		"LoggingConfiguration": expect.Object(expect.Shape{
			"LogDestinationConfigs": expect.List(toGroup("ALERT"), toGroup("FLOW"))}),
		"DependsOn": afterDelivery,
	}},
}

// afterDelivery is waiting until log delivery may write: before that, AWS refuses the record.
var afterDelivery = expect.After(intent.LogPolicyType)

func toGroup(records string) expect.Want {
	return expect.Object(expect.Shape{
		"LogType": expect.Is(records), "LogDestinationType": expect.Is("CloudWatchLogs"),
		"LogDestination": expect.Object(expect.Shape{"logGroup": expect.Own(intent.LogGroupType)}),
	})
}

// everyVPCHasAQueryLog leaves to LOG-01 and CDK-09 that the group is encrypted and retained, and to LOG-05 that log delivery may
// write to it.
var everyVPCHasAQueryLog = policies.Policy{
	ID: "NET-26", Title: "Every name that is asked for in a VPC is recorded in a log group of its stack",
	Source:    policies.NetworkRow,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix: "record the VPC's queries with resolver.NewQueryLog",
	Count: []expect.Census{
		expect.One(intent.QueryLogOfType, "ResourceId").Per(intent.VPCType),
		expect.One(intent.QueryLogOfType, "ResolverQueryLogConfigId").Per(intent.QueryLogType),
	},
	Expect: expect.Shapes{
		intent.QueryLogOfType: {
			"ResolverQueryLogConfigId": expect.Own(intent.QueryLogType),
			"ResourceId":               expect.Own(intent.VPCType),
		},
		intent.QueryLogType: {"DestinationArn": expect.Attribute(intent.LogGroupType, "Arn"), "DependsOn": afterDelivery},
	},
}
