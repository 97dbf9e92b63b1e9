package policies

import (
	"slices"

	"livechat.example/cloud/policies/template"
)

var firewallsAreRecorded = Policy{
	ID: "NET-21", Title: "Every firewall records what it dropped and every connection, in log groups of the estate that log delivery was let into before",
	Source:    networkRow,
	Component: Network, STRIDE: "TR", Severity: High,
	Fix:   "let firewall.New record it, in groups of logs.NewDelivery",
	Reads: []string{firewallType, firewallLogType, logGroupType, "AWS::KMS::Key", logPolicyType, vpcType},
	Check: func(e *template.Estate, f *Findings) {
		has := map[*template.Resource]int{}
		for l := range e.All(firewallLogType) {
			f.Saw(l)
			firewall := e.Find(l.Get("FirewallArn"), firewallType)
			has[firewall]++
			if firewall == nil || !l.Get("FirewallArn").Is(firewall.Attribute("")) {
				f.Fail(l, "records a firewall that cannot be known")
			}
			checkFirewallLog(e, f, l)
		}
		for w := range e.All(firewallType) {
			f.Saw(w)
			if has[w] != 1 {
				f.Fail(w, "is recorded by %d configurations, not by one", has[w])
			}
		}
		for vpc := range e.All(vpcType) {
			f.Saw(vpc) // where there is no way out there is nothing to record
		}
	},
}

func checkFirewallLog(e *template.Estate, f *Findings, l *template.Resource) {
	allowOnly(f, l, "FirewallArn", "LoggingConfiguration")
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

func checkDestination(e *template.Estate, f *Findings, l *template.Resource, to template.Value) {
	group := e.Find(to.Get("LogDestination.logGroup"), logGroupType)
	switch {
	case !to.Get("LogDestinationType").Is("CloudWatchLogs") || len(beyond(to.Get("LogDestination"), "logGroup")) > 0 || group == nil || group.Stack != l.Stack:
		f.Fail(l, "writes %s to %s, which is no log group of its stack", to.Get("LogType"), to.Get("LogDestination"))
		return
	case e.Find(group.Get("KmsKeyId"), "AWS::KMS::Key") == nil:
		f.Fail(group, "holds a firewall's log, and is encrypted with no key of the estate")
	}
	for p := range e.All(logPolicyType) {
		if admitsDelivery(p, group) && slices.Contains(l.DependsOn(), p.ID) {
			return
		}
	}
	f.Fail(l, "is not made after a policy that lets log delivery write to %s", group)
}
