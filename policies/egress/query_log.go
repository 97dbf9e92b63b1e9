package egress

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var everyVPCHasAQueryLog = policies.Policy{
	ID: "NET-26", Title: "Every name that is asked for in a VPC is recorded, with the answer, in an encrypted log group that is kept",
	Source:    policies.NetworkRow,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix:   "record the VPC's queries with resolver.NewQueryLog",
	Reads: []string{intent.VPCType, intent.QueryLogType, intent.QueryLogOfType, intent.LogGroupType, intent.LogPolicyType, "AWS::KMS::Key"},
	Check: func(e *template.Estate, f *policies.Findings) {
		has, serves := map[*template.Resource]int{}, map[*template.Resource]int{}
		for a := range e.All(intent.QueryLogOfType) {
			f.Examined(a)
			f.AllowOnly(a, "ResolverQueryLogConfigId", "ResourceId")
			vpc, log := e.Find(a.Get("ResourceId"), intent.VPCType), e.Find(a.Get("ResolverQueryLogConfigId"), intent.QueryLogType)
			if vpc == nil || log == nil || log.Stack != vpc.Stack {
				f.Fail(a, "joins a VPC with a record that is not of its stack, or cannot be known")
				continue
			}
			has[vpc]++
			serves[log]++
		}
		for v := range e.All(intent.VPCType) {
			f.Examined(v)
			if has[v] != 1 {
				f.Fail(v, "has %d records of its queries, not one", has[v])
			}
		}
		for l := range e.All(intent.QueryLogType) {
			f.Examined(l)
			if serves[l] != 1 {
				f.Fail(l, "is the record of %d VPCs, not of one", serves[l])
			}
			checkQueryLog(e, f, l)
		}
	},
}

func checkQueryLog(e *template.Estate, f *policies.Findings, l *template.Resource) {
	f.AllowOnly(l, "DestinationArn", "Name", "Tags")
	group := e.Find(l.Get("DestinationArn"), intent.LogGroupType)
	if group == nil || group.Stack != l.Stack || !l.Get("DestinationArn").Is(group.Attribute("Arn")) {
		f.Fail(l, "writes to %s, which is no log group of its stack", l.Get("DestinationArn"))
		return
	}
	if e.Find(group.Get("KmsKeyId"), "AWS::KMS::Key") == nil || !intent.Retained(group) {
		f.Fail(group, "holds a query log, and is encrypted with no key of the estate, or goes with its stack")
	}
	for p := range e.All(intent.LogPolicyType) {
		if intent.AdmitsDelivery(p, group) && slices.Contains(l.DependsOn(), p.ID) {
			return
		}
	}
	f.Fail(l, "is not made after a policy that lets log delivery write to %s", group)
}
