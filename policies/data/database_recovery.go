package data

import (
	"regexp"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// backupDays is how far back each cluster can be restored, and how long a row that was purged can still be found: the most
// that Aurora keeps.
const backupDays = "35"

var databaseIsBackedUp = policies.Policy{
	ID: "DB-08", Title: "Every cluster can be restored to any time of 35 days, which also bounds how long what was purged is kept, and its snapshots carry its tags",
	Source:    policies.Answer("Are we saving any historical chat data?", "Regularly purge data as per policy."),
	Component: policies.Database, STRIDE: "TID", Severity: policies.High,
	Fix:   "build the region's cluster with database.New",
	Reads: []string{intent.ClusterType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for c := range e.All(intent.ClusterType) {
			f.Examined(c)
			if days := c.Get("BackupRetentionPeriod"); !days.Is(backupDays) {
				f.Fail(c, "keeps backups for %s days, not %s", days, backupDays)
			}
			if !c.Get("CopyTagsToSnapshot").True() {
				f.Fail(c, "its snapshots do not say whose they are")
			}
		}
	},
}

var databaseCannotBeDeleted = policies.Policy{
	ID: "DB-09", Title: "Nobody deletes the database by a slip, in any environment: it is protected from deletion, and all of it stays when its stack loses it",
	Source:    policies.ManagementPlane,
	Component: policies.Database, STRIDE: "TD", Severity: policies.High,
	Fix:   "build the region's cluster with database.New",
	Reads: []string{globalType, intent.ClusterType, instanceType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range e.All(globalType, intent.ClusterType, instanceType) {
			f.Examined(r)
			if r.Type != instanceType && !r.Get("DeletionProtection").True() {
				f.Fail(r, "is not protected from deletion")
			}
			if !intent.Retained(r) {
				f.Fail(r, "is not retained on deletion and on replacement")
			}
		}
	},
}

// largeClass is a class that a global database takes: memory-optimized, never burstable ("Configuration requirements of an Amazon
// Aurora global database").
var largeClass = regexp.MustCompile(`^db\.[rx][0-9][a-z0-9]*\.[0-9a-z]+$`)

var databaseHasInstances = policies.Policy{
	ID: "DB-11", Title: "Every cluster has an instance in each zone of its data tier, two at least, all of one class that can take over, and none upgrades alone",
	Source:    policies.MultiRegion,
	Component: policies.Database, STRIDE: "D", Severity: policies.High,
	Fix:   "build the region's cluster with database.New, which makes an instance for each subnet",
	Reads: []string{intent.ClusterType, instanceType, intent.SubnetType, intent.VPCType},
	Check: func(e *template.Estate, f *policies.Findings) {
		zones, class := map[*template.Resource]map[string]int{}, ""
		for i := range e.All(instanceType) {
			f.Examined(i)
			checkInstance(f, i)
			if is := i.Get("DBInstanceClass").Text(); class == "" {
				class = is
			} else if is != class {
				f.Fail(i, "is of class %s, and another is of %s: it could not take over", is, class)
			}
			c := e.Find(i.Get("DBClusterIdentifier"), intent.ClusterType)
			if c == nil || c.Stack != i.Stack {
				f.Fail(i, "is of %s, which is no cluster of its stack", i.Get("DBClusterIdentifier"))
				continue
			}
			if zones[c] == nil {
				zones[c] = map[string]int{}
			}
			zones[c][i.Get("AvailabilityZone").Text()]++
		}
		for c := range e.All(intent.ClusterType) {
			f.Examined(c)
			checkZones(e, f, c, zones[c])
		}
	},
}

func checkInstance(f *policies.Findings, i *template.Resource) {
	checkVersion(f, i)
	if class := i.Get("DBInstanceClass"); !largeClass.MatchString(class.Text()) {
		f.Fail(i, "is of class %s, which cannot join a global database", class)
	}
	if !i.Get("AutoMinorVersionUpgrade").False() {
		f.Fail(i, "may upgrade alone, and fall out of the global database")
	}
}

// checkZones holds a cluster's instances, counted by zone, to the zones of its data tier.
func checkZones(e *template.Estate, f *policies.Findings, c *template.Resource, has map[string]int) {
	meant := map[string]bool{}
	for _, s := range intent.SubnetsOf(e, c.Stack.Region, "data") {
		zone := s.Get("AvailabilityZone").Text()
		meant[zone] = true
		if has[zone] == 0 {
			f.Fail(c, "has no instance in %s", zone)
		}
	}
	for zone := range has {
		if !meant[zone] {
			f.Fail(c, "has an instance in %q, where the data tier is not", zone)
		}
	}
	if len(has) < 2 {
		f.Fail(c, "has instances in %d zones, and two were needed", len(has))
	}
}

var secondariesForwardWrites = policies.Policy{
	ID: "DB-12", Title: "Every cluster forwards writes to the one that writes, now or after a switchover, so that no region needs a way to another's network",
	Source:    policies.MultiRegion,
	Component: policies.Database, STRIDE: "D", Severity: policies.High,
	Fix:   "build the region's cluster with database.New",
	Reads: []string{intent.ClusterType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for c := range e.All(intent.ClusterType) {
			f.Examined(c)
			if !c.Get("EnableGlobalWriteForwarding").True() {
				f.Fail(c, "does not forward writes: a region that does not write could only read")
			}
		}
	},
}
