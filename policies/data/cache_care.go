package data

import (
	"regexp"
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// steadyNode is a node that has its whole core at all times: one of a t family slows down when it is used for long.
var steadyNode = regexp.MustCompile(`^cache\.[mr]\d+g\.\d*x?large$`)

var cachesFailOver = policies.Policy{
	ID: "CACHE-07", Title: "Every cache has a node in each zone, of which another takes over by itself when one is lost, on machines that do not tire",
	Source:    policies.MultiRegion,
	Component: policies.Database, STRIDE: "D", Severity: policies.High,
	Fix:   "build the cache with cache.New, in the subnets of two zones at least",
	Reads: []string{intent.CacheType, cacheSubnetsType, intent.SubnetType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for c := range e.All(intent.CacheType) {
			f.Examined(c)
			if !c.Get("AutomaticFailoverEnabled").True() || !c.Get("MultiAZEnabled").True() {
				f.Fail(c, "does not fail over to another zone by itself")
			}
			zones := map[string]bool{}
			for _, s := range cacheSubnets(e, c) {
				if s != nil {
					zones[s.Get("AvailabilityZone").Text()] = true
				}
			}
			if nodes, ok := c.Get("NumCacheClusters").Int(); !ok || nodes < 2 || nodes != len(zones) {
				f.Fail(c, "has %s nodes in %d zones", c.Get("NumCacheClusters"), len(zones))
			}
			if !c.Get("ClusterMode").Is("disabled") {
				f.Fail(c, "is cluster mode %s: its services know one name, and their keys are of one shard", c.Get("ClusterMode"))
			}
			if !steadyNode.MatchString(c.Get("CacheNodeType").Text()) {
				f.Fail(c, "runs on %s", c.Get("CacheNodeType"))
			}
		}
	},
}

var minorVersion = regexp.MustCompile(`^([89]|\d\d)\.\d+$`)

var cachesArePinned = policies.Policy{
	ID: "CACHE-08", Title: "Every cache is Valkey of a stated version, which changes with the template alone, under parameters of its own that let nothing be evicted",
	Source:    policies.Risk("Supply Chain Attacks (Dependencies, Images)", "Signed images, dependency scanning, SRI, version pinning."),
	Component: policies.Database, STRIDE: "TD", Severity: policies.Medium,
	Fix:   "build the cache with cache.New; a new version is one in constructs/cache/cache.go",
	Reads: []string{intent.CacheType, cacheParametersType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for c := range e.All(intent.CacheType) {
			f.Examined(c)
			version := c.Get("EngineVersion").Text()
			if !c.Get("Engine").Is("valkey") || !minorVersion.MatchString(version) || !c.Get("AutoMinorVersionUpgrade").False() {
				f.Fail(c, "is %s %s, and not Valkey of one version until the template says another", c.Get("Engine"), c.Get("EngineVersion"))
			}
			major, _, _ := strings.Cut(version, ".")
			p := e.Find(c.Get("CacheParameterGroupName"), cacheParametersType)
			if p == nil || p.Stack != c.Stack || !p.Get("CacheParameterGroupFamily").Is("valkey"+major) {
				f.Fail(c, "runs under parameters that are not its stack's, or not of its version")
				continue
			}
			// A revocation or a quota that is forgotten under pressure is an attacker's to bring about.
			if set := p.Get("Properties"); !set.Get("maxmemory-policy").Is("noeviction") || set.Len() != 1 {
				f.Fail(p, "sets %s, and not that nothing is evicted, alone", set)
			}
		}
	},
}

var cachesAreRecorded = policies.Policy{
	ID: "CACHE-09", Title: "Every cache delivers its slow log and its engine's log, as JSON, each into an encrypted log group of its own that is kept and that log delivery was let into before",
	Source:    policies.Answer(policies.AuditLogs, "all critical actions (authentication, data access, configuration changes) are logged"),
	Component: policies.Database, STRIDE: "TR", Severity: policies.Medium,
	Fix:   "build the cache with cache.New, whose logs go into groups of logs.NewDelivery",
	Reads: []string{intent.CacheType, intent.LogGroupType, intent.LogPolicyType, "AWS::KMS::Key"},
	Check: func(e *template.Estate, f *policies.Findings) {
		writers := map[*template.Resource]int{}
		for c := range e.All(intent.CacheType) {
			f.Examined(c)
			missing := []string{"slow-log", "engine-log"}
			for _, to := range c.Get("LogDeliveryConfigurations").List() {
				i := slices.Index(missing, to.Get("LogType").Text())
				if i < 0 {
					f.Fail(c, "delivers %s, which nobody asks for, or delivers it twice", to.Get("LogType"))
					continue
				}
				missing = slices.Delete(missing, i, i+1)
				checkCacheLog(e, f, c, to, writers)
			}
			if len(missing) > 0 {
				f.Fail(c, "does not deliver %v", missing)
			}
		}
	},
}

func checkCacheLog(e *template.Estate, f *policies.Findings, c *template.Resource, to template.Value, writers map[*template.Resource]int) {
	group := e.Find(to.Get("DestinationDetails.CloudWatchLogsDetails.LogGroup"), intent.LogGroupType)
	plain := to.Len() == 4 && to.Get("DestinationDetails").Len() == 1 && to.Get("DestinationDetails.CloudWatchLogsDetails").Len() == 1
	if !to.Get("DestinationType").Is("cloudwatch-logs") || !to.Get("LogFormat").Is("json") || !plain || group == nil || group.Stack != c.Stack {
		f.Fail(c, "delivers %s as %s to %s, and not as JSON into a log group of its stack", to.Get("LogType"), to.Get("LogFormat"), to.Get("DestinationDetails"))
		return
	}
	if writers[group]++; writers[group] > 1 {
		f.Fail(c, "delivers two logs into %s", group)
	}
	if e.Find(group.Get("KmsKeyId"), "AWS::KMS::Key") == nil || !intent.Retained(group) {
		f.Fail(group, "holds a cache's log, and is encrypted with no key of the estate, or goes with its stack")
	}
	for p := range e.All(intent.LogPolicyType) {
		if intent.AdmitsDelivery(p, group) && slices.Contains(c.DependsOn(), p.ID) {
			return
		}
	}
	f.Fail(c, "is not made after a policy that lets log delivery write to %s", group)
}

// Windows of the day and of the week, in UTC.
var (
	daily  = regexp.MustCompile(`^\d\d:\d\d-\d\d:\d\d$`)
	weekly = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d-(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d$`)
)

// cacheSnapshotDays is how long a cache's snapshots are kept. It holds nothing that must survive, and they hold people's sessions.
const cacheSnapshotDays = "1"

var cachesAreShortlyKept = policies.Policy{
	ID: "CACHE-10", Title: "Every cache has a snapshot of its last day and none older but the last of all, which is taken when it goes, and is worked on at stated hours",
	Source:    policies.RecoveryTests,
	Component: policies.Database, STRIDE: "ID", Severity: policies.Medium,
	Fix:   "build the cache with cache.New",
	Reads: []string{intent.CacheType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for c := range e.All(intent.CacheType) {
			f.Examined(c)
			if !c.Get("SnapshotRetentionLimit").Is(cacheSnapshotDays) {
				f.Fail(c, "keeps a snapshot for %s days, not for %s", c.Get("SnapshotRetentionLimit"), cacheSnapshotDays)
			}
			if c.DeletionPolicy() != "Snapshot" || c.UpdateReplacePolicy() != "Snapshot" {
				f.Fail(c, "goes without a last snapshot")
			}
			if !daily.MatchString(c.Get("SnapshotWindow").Text()) || !weekly.MatchString(c.Get("PreferredMaintenanceWindow").Text()) {
				f.Fail(c, "is worked on at hours that are left to AWS: %s, %s", c.Get("SnapshotWindow"), c.Get("PreferredMaintenanceWindow"))
			}
		}
	},
}
