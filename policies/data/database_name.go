package data

import (
	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// endpoint is the host where a region's services connect: in the primary the writer, elsewhere the readers, which forward writes.
func endpoint(at expect.At) string {
	attribute := "ReadEndpoint.Address"
	if intent.InPrimary(at.Stack()) {
		attribute = "Endpoint.Address"
	}
	for c := range at.Estate.All(intent.ClusterType) {
		if c.Stack == at.Stack() {
			return c.Attribute(attribute)
		}
	}
	return ""
}

var databaseHasAName = policies.Policy{
	ID: "DB-13", Title: "Every region's services find its cluster by a private name",
	Source:    policies.RecoveryTests,
	Component: policies.Database, STRIDE: "SD", Severity: policies.High,
	Fix:   "give the region its name with database.NewName",
	Count: []expect.Census{expect.One(zoneType), expect.One(recordType)},
	Expect: expect.Shapes{
		zoneType: {
			"Name": named("livechat-<environment>.internal"),
			"VPCs": expect.List(expect.Object(expect.Shape{
				"VPCId":     expect.Ref(intent.VPCType),
				"VPCRegion": named("<region>"),
			})).Because("a zone without a VPC is public"),
		},
		recordType: {
			"HostedZoneId":    expect.Own(zoneType),
			"Name":            named("database.livechat-<environment>.internal"),
			"Type":            expect.Is("CNAME"),
			"TTL":             expect.Between(1, 60).Because("after a switchover a client writes to a reader for so long"),
			"ResourceRecords": expect.List(expect.Equals("the writer in the primary, elsewhere the readers", endpoint, intent.ClusterType)),
		},
	},
	Reads: []string{zoneType, intent.VPCType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for z := range e.All(zoneType) {
			vpc := e.Find(z.Get("VPCs", "0", "VPCId"), intent.VPCType)
			if vpc == nil {
				continue
			}
			if resolved := vpc.Stack.Intent().Get("privateZone").Text(); !z.Get("Name").Is(resolved) {
				f.Fail(z, "Name is %s, must be %s, which the VPC's DNS firewall resolves", z.Get("Name"), resolved)
			}
		}
	},
}
