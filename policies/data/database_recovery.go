package data

import (
	"regexp"
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// recoveryDays is the longest that Aurora and DynamoDB retain what they can be restored to. A purged row can be found for as long.
const recoveryDays = 35

var databaseIsBackedUp = policies.Policy{
	ID: "DB-08", Title: "Every cluster can be restored to any time in the last 35 days, and to none before",
	Source:    policies.Answer("Are we saving any historical chat data?", "Regularly purge data as per policy."),
	Component: policies.Database, STRIDE: "TID", Severity: policies.High,
	Fix: "build the region's cluster with database.New",
	Expect: expect.Shapes{intent.ClusterType: {
		"BackupRetentionPeriod": expect.Is(recoveryDays), "CopyTagsToSnapshot": expect.True.Because("tags say whose a snapshot is"),
	}},
}

// CDK-09 holds that the global database is retained.
var databaseCannotBeDeleted = policies.Policy{
	ID: "DB-09", Title: "The database is protected from deletion, and its stack retains it",
	Source:    policies.ManagementPlane,
	Component: policies.Database, STRIDE: "TD", Severity: policies.High,
	Fix: "build the region's cluster with database.New",
	Expect: expect.Shapes{
		globalType:         {"DeletionProtection": expect.True},
		intent.ClusterType: retained(expect.Shape{"DeletionProtection": expect.True}),
		instanceType:       retained(expect.Shape{}),
	},
}

// largeClass is a class that a global database takes: memory-optimized, never burstable ("Configuration requirements of an Amazon
// Aurora global database").
var largeClass = regexp.MustCompile(`^db\.[rx][0-9][a-z0-9]*\.[0-9a-z]+$`)

// dataZone is a zone of the region's data tier.
var dataZone = expect.Want{
	Text: "a zone of the region's data tier", Reads: []string{intent.SubnetType}, Breaks: []any{"eu-west-1z"},
	Holds: func(at expect.At, v template.Value) bool {
		return slices.Contains(dataZones(at.Estate, at.Stack().Region), v.Text())
	},
}

func dataZones(e *template.Estate, region string) []string {
	var zones []string
	for _, s := range intent.SubnetsOf(e, region, "data") {
		zones = append(zones, s.Get("AvailabilityZone").Text())
	}
	return zones
}

var databaseHasInstances = policies.Policy{
	ID: "DB-11", Title: "Every cluster has an instance in each zone of its data tier, which can take over",
	Source:    policies.MultiRegion,
	Component: policies.Database, STRIDE: "D", Severity: policies.High,
	Fix: "build the region's cluster with database.New, which makes an instance for each subnet",
	Expect: expect.Shapes{instanceType: {
		"DBClusterIdentifier":     expect.Own(intent.ClusterType),
		"AvailabilityZone":        dataZone,
		"DBInstanceClass":         expect.Matches(largeClass, "memory-optimized", "db.t4g.large", "db.serverless"),
		"AutoMinorVersionUpgrade": expect.False.Because("an instance that upgrades leaves the global database"),
	}},
	Reads: []string{intent.ClusterType, instanceType, intent.SubnetType},
	Check: func(e *template.Estate, f *policies.Findings) {
		zones, class := map[*template.Resource][]string{}, ""
		for i := range e.All(instanceType) {
			c := e.Find(i.Get("DBClusterIdentifier"), intent.ClusterType)
			zones[c] = append(zones[c], i.Get("AvailabilityZone").Text())
			is := i.Get("DBInstanceClass").Text()
			if class == "" {
				class = is
			}
			if is != class {
				f.Fail(i, "DBInstanceClass is %s, must be %s, the others' class: a smaller one cannot take over", is, class)
			}
		}
		for c := range e.All(intent.ClusterType) {
			f.Examined(c)
			tier := dataZones(e, c.Stack.Region)
			if len(tier) < 2 {
				f.Fail(c, "has a data tier in zones %v, must have two", tier)
			}
			for _, zone := range tier {
				if !slices.Contains(zones[c], zone) {
					f.Fail(c, "has no instance in %s, must have one", zone)
				}
			}
		}
	},
}

// A region that does not write needs no way to the network of the region that does, before and after a switchover.
var secondariesForwardWrites = policies.Policy{
	ID: "DB-12", Title: "Every cluster forwards writes to the cluster that writes",
	Source:    policies.MultiRegion,
	Component: policies.Database, STRIDE: "D", Severity: policies.High,
	Fix:    "build the region's cluster with database.New",
	Expect: expect.Shapes{intent.ClusterType: {"EnableGlobalWriteForwarding": expect.True.Because("its region could only read")}},
}
