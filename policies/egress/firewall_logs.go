package egress

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var firewallsAreRecorded = policies.Policy{
	ID: "NET-21", Title: "Every firewall records what it dropped and every connection, in log groups of the estate that log delivery was let into before",
	Source:    policies.NetworkRow,
	Component: policies.Network, STRIDE: "TR", Severity: policies.High,
	Fix:   "let firewall.New record it, in groups of logs.NewDelivery",
	Reads: []string{intent.FirewallType, intent.FirewallLogType, intent.LogGroupType, "AWS::KMS::Key", intent.LogPolicyType, intent.VPCType},
	Check: func(e *template.Estate, f *policies.Findings) {
		has := map[*template.Resource]int{}
		for l := range e.All(intent.FirewallLogType) {
			f.Examined(l)
			firewall := e.Find(l.Get("FirewallArn"), intent.FirewallType)
			has[firewall]++
			if firewall == nil || !l.Get("FirewallArn").Is(firewall.Attribute("")) {
				f.Fail(l, "records a firewall that cannot be known")
			}
			checkFirewallLog(e, f, l)
		}
		for w := range e.All(intent.FirewallType) {
			f.Examined(w)
			if has[w] != 1 {
				f.Fail(w, "is recorded by %d configurations, not by one", has[w])
			}
		}
		for vpc := range e.All(intent.VPCType) {
			f.Examined(vpc) // where there is no way out there is nothing to record
		}
	},
}

func checkFirewallLog(e *template.Estate, f *policies.Findings, l *template.Resource) {
	f.AllowOnly(l, "FirewallArn", "LoggingConfiguration")
	missing := []string{"ALERT", "FLOW"}
	for _, to := range l.Get("LoggingConfiguration.LogDestinationConfigs").List() {
		i := slices.Index(missing, to.Get("LogType").Text())
		if i < 0 {
			f.Fail(l, "records %s, which nobody asks for, or asks for twice", to.Get("LogType"))
			continue
		}
		missing = slices.Delete(missing, i, i+1)
		checkDestination(e, f, l, to)
	}
	if len(missing) > 0 {
		f.Fail(l, "does not record %v", missing)
	}
}

func checkDestination(e *template.Estate, f *policies.Findings, l *template.Resource, to template.Value) {
	group := e.Find(to.Get("LogDestination.logGroup"), intent.LogGroupType)
	switch {
	case !to.Get("LogDestinationType").Is("CloudWatchLogs") || len(intent.UnexpectedKeys(to.Get("LogDestination"), "logGroup")) > 0 || group == nil || group.Stack != l.Stack:
		f.Fail(l, "writes %s to %s, which is no log group of its stack", to.Get("LogType"), to.Get("LogDestination"))
		return
	case e.Find(group.Get("KmsKeyId"), "AWS::KMS::Key") == nil:
		f.Fail(group, "holds a firewall's log, and is encrypted with no key of the estate")
	}
	for p := range e.All(intent.LogPolicyType) {
		if intent.AdmitsDelivery(p, group) && slices.Contains(l.DependsOn(), p.ID) {
			return
		}
	}
	f.Fail(l, "is not made after a policy that lets log delivery write to %s", group)
}
