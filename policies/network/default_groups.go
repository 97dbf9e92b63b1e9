package network

import (
	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var defaultGroupsAreEmptied = policies.Policy{
	ID: "NET-37", Title: "Every VPC's default security group is emptied, so that what names no group reaches nothing",
	Source:    policies.NetworkRow,
	Component: policies.Network, STRIDE: "TIE", Severity: policies.High,
	Fix:   "empty it with vpctask's EmptyDefaultGroup, once for each VPC",
	Reads: []string{intent.VPCType, intent.EmptyGroupType},
	Check: func(e *template.Estate, f *policies.Findings) {
		times := map[*template.Resource]int{}
		for c := range e.All(intent.EmptyGroupType) {
			f.Examined(c)
			vpc := intent.EmptiedVPC(e, c)
			times[vpc]++
			if vpc == nil {
				f.Fail(c, "empties %s, which is not the default group of its stack's VPC", c.Get("GroupId"))
			}
		}
		for v := range e.All(intent.VPCType) {
			f.Examined(v)
			if times[v] != 1 {
				f.Fail(v, "its default group is emptied %d times, not once", times[v])
			}
		}
	},
}
