package data

import (
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// longestTTL is for how many seconds a client may go on writing to what a switchover made a reader.
const longestTTL = 60

var databaseHasAName = policies.Policy{
	ID: "DB-13", Title: "The services of every region find the database by a private name of their region: the writer in the primary, the readers, which forward writes, elsewhere",
	Source:    policies.RecoveryTests,
	Component: policies.Database, STRIDE: "SD", Severity: policies.High,
	Fix:   "give the region its name with database.NewName",
	Reads: []string{zoneType, recordType, intent.ClusterType, intent.VPCType},
	Check: func(e *template.Estate, f *policies.Findings) {
		zones, names := map[string]int{}, map[*template.Resource]int{}
		for z := range e.All(zoneType) {
			f.Examined(z)
			zones[z.Stack.Region]++
			checkPrivateZone(e, f, z)
		}
		for r := range e.All(recordType) {
			f.Examined(r)
			names[e.Find(r.Get("HostedZoneId"), zoneType)]++
			checkRecord(e, f, r)
		}
		for region := range intent.DeclaredRegions(e) {
			if n := zones[region]; n != 1 {
				f.FailEstate("%s has %d private zones, not one", region, n)
			}
		}
		for z := range e.All(zoneType) {
			if n := names[z]; n != 1 {
				f.Fail(z, "has %d records, not the database's alone", n)
			}
		}
	},
}

// zoneName is that of an environment's private zone.
func zoneName(s *template.Stack) string { return globalID(s) + ".internal" }

// called says that a DNS name is meant, with its last dot or without.
func called(v template.Value, name string) bool { return strings.TrimSuffix(v.Text(), ".") == name }

func checkPrivateZone(e *template.Estate, f *policies.Findings, z *template.Resource) {
	f.AllowOnly(z, "Name", "VPCs")
	if !called(z.Get("Name"), zoneName(z.Stack)) {
		f.Fail(z, "is named %s, not %s", z.Get("Name"), zoneName(z.Stack))
	}
	if z.Get("VPCs").Len() != 1 {
		f.Fail(z, "is known in %d VPCs, not in that of its region alone: without one it is public", z.Get("VPCs").Len())
		return
	}
	vpc := e.Find(z.Get("VPCs", "0", "VPCId"), intent.VPCType)
	switch {
	case vpc == nil || vpc.Stack.Region != z.Stack.Region || !z.Get("VPCs", "0", "VPCRegion").Is(z.Stack.Region):
		f.Fail(z, "is known in %s, which is not the VPC of its region", z.Get("VPCs", "0"))
	case !vpc.Stack.Intent().Get("privateZone").Is(zoneName(z.Stack)):
		f.Fail(z, "is not the zone that the DNS firewall of its VPC resolves, %s", vpc.Stack.Intent().Get("privateZone"))
	}
}

func checkRecord(e *template.Estate, f *policies.Findings, r *template.Resource) {
	f.AllowOnly(r, "HostedZoneId", "Name", "ResourceRecords", "TTL", "Type")
	if z := e.Find(r.Get("HostedZoneId"), zoneType); z == nil || z.Stack != r.Stack {
		f.Fail(r, "is in %s, which is no zone of its stack", r.Get("HostedZoneId"))
	}
	if !called(r.Get("Name"), "database."+zoneName(r.Stack)) || !r.Get("Type").Is("CNAME") {
		f.Fail(r, "is %s %s, not the alias of the database", r.Get("Type"), r.Get("Name"))
	}
	if ttl, ok := r.Get("TTL").Int(); !ok || ttl < 1 || ttl > longestTTL {
		f.Fail(r, "is remembered for %s seconds, and a switchover needs it to be at most %d", r.Get("TTL"), longestTTL)
	}
	endpoint := "ReadEndpoint.Address"
	if inPrimary(r.Stack) {
		endpoint = "Endpoint.Address"
	}
	leads := intent.Texts(r.Get("ResourceRecords"))
	for c := range e.All(intent.ClusterType) {
		if c.Stack == r.Stack && len(leads) == 1 && leads[0] != "" && leads[0] == c.Attribute(endpoint) {
			return
		}
	}
	f.Fail(r, "leads to %v, not to %s of its region's cluster", leads, endpoint)
}
