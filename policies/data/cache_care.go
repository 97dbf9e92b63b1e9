package data

import (
	"regexp"
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// fullNode is a node that has its whole core at all times: a burstable one (t) slows down when it is used for long.
var fullNode = regexp.MustCompile(`^cache\.[mr]\d+g\.\d*x?large$`)

// aNodePerZone is as many nodes as the region's data tier has zones.
var aNodePerZone = expect.Want{
	Text: "the number of the data tier's zones, two at least", Reads: []string{intent.SubnetType}, Breaks: []any{1},
	Holds: func(at expect.At, v template.Value) bool {
		zones := dataZones(at.Estate, at.Stack().Region)
		slices.Sort(zones)
		nodes, ok := v.Int()
		return ok && nodes >= 2 && nodes == len(slices.Compact(zones))
	},
}

var cachesFailOver = policies.Policy{
	ID: "CACHE-07", Title: "The cache has a node in each zone, and another takes over when one is lost",
	Source:    policies.MultiRegion,
	Component: policies.Database, STRIDE: "D", Severity: policies.High,
	Fix: "build the cache with cache.New, in the subnets of two zones at least",
	Expect: expect.Shapes{intent.CacheType: {
		"AutomaticFailoverEnabled": expect.True, "MultiAZEnabled": expect.True, "NumCacheClusters": aNodePerZone,
		"ClusterMode":   expect.Is("disabled").Because("services know one host, and their keys are in one shard"),
		"CacheNodeType": expect.Matches(fullNode, "a node that is not burstable", "cache.t4g.medium"),
	}},
}

var cachesArePinned = policies.Policy{
	ID: "CACHE-08", Title: "The cache is Valkey of a pinned version that evicts nothing",
	Source:    policies.Risk("Supply Chain Attacks (Dependencies, Images)", "Signed images, dependency scanning, SRI, version pinning."),
	Component: policies.Database, STRIDE: "TD", Severity: policies.Medium,
	Fix: "build the cache with cache.New; a new version is one in constructs/cache/cache.go",
	Expect: expect.Shapes{
		intent.CacheType: {
			"Engine":                  expect.Is("valkey"),
			"EngineVersion":           expect.Matches(regexp.MustCompile(`^([89]|\d\d)\.\d+$`), "a version to its minor, of major 8 or later", "8", "7.2"),
			"AutoMinorVersionUpgrade": expect.False,
			"CacheParameterGroupName": expect.Own(cacheParametersType),
		},
		cacheParametersType: {
			"CacheParameterGroupFamily": ofVersion("valkey", intent.CacheType), "Description": expect.Any,
			"Properties": expect.Object(expect.Shape{
				"maxmemory-policy": expect.Is("noeviction").Because("an attacker could fill the cache until it forgets a revocation or a quota"),
			}),
		},
	},
}

// cacheLog is the delivery of one of a cache's logs, as JSON.
func cacheLog(kind string) expect.Want {
	return expect.Object(expect.Shape{
		"LogType": expect.Is(kind), "LogFormat": expect.Is("json"), "DestinationType": expect.Is("cloudwatch-logs"),
		"DestinationDetails": expect.Object(expect.Shape{
			"CloudWatchLogsDetails": expect.Object(expect.Shape{"LogGroup": expect.Own(intent.LogGroupType)}),
		}),
	})
}

// ElastiCache refuses to deliver to a group that does not admit log delivery yet.
var cachesAreRecorded = policies.Policy{
	ID: "CACHE-09", Title: "The cache delivers its slow log and its engine's log, each to a log group of its own",
	Source:    policies.Answer(policies.AuditLogs, "all critical actions (authentication, data access, configuration changes) are logged"),
	Component: policies.Database, STRIDE: "TR", Severity: policies.Medium,
	Fix:    "build the cache with cache.New, whose logs go into groups of logs.NewDelivery",
	Expect: expect.Shapes{intent.CacheType: {"LogDeliveryConfigurations": expect.List(cacheLog("slow-log"), cacheLog("engine-log"))}},
	Reads:  []string{intent.CacheType, intent.LogGroupType, intent.LogPolicyType},
	Check: func(e *template.Estate, f *policies.Findings) {
		taken := map[*template.Resource]bool{}
		for c := range e.All(intent.CacheType) {
			for _, to := range c.Get("LogDeliveryConfigurations").List() {
				group := e.Find(to.Get("DestinationDetails.CloudWatchLogsDetails.LogGroup"), intent.LogGroupType)
				switch {
				case group == nil:
				case taken[group]:
					f.Fail(c, "delivers its %s to %s, must deliver one log to a group", to.Get("LogType"), group)
				case !waitsFor(e, c, func(r *template.Resource) bool {
					return r.Type == intent.LogPolicyType && intent.AdmitsDelivery(r, group)
				}):
					f.Fail(c, "DependsOn is %v, must have the policy that admits log delivery to %s", c.DependsOn(), group)
				}
				taken[group] = true
			}
		}
	},
}

// Windows of the day and of the week, in UTC.
var (
	daily  = regexp.MustCompile(`^\d\d:\d\d-\d\d:\d\d$`)
	weekly = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d-(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d$`)
)

var cachesAreShortlyKept = policies.Policy{
	ID: "CACHE-10", Title: "The cache has a snapshot of its last day, and a last one when it is deleted",
	Source:    policies.RecoveryTests,
	Component: policies.Database, STRIDE: "ID", Severity: policies.Medium,
	Fix: "build the cache with cache.New",
	Expect: expect.Shapes{intent.CacheType: {
		"SnapshotRetentionLimit":     nearly(expect.Is(1).Because("nothing in it must survive, and it holds people's sessions"), 0, 35),
		"SnapshotWindow":             expect.Matches(daily, "a stated hour", "sun:03:00-sun:04:00"),
		"PreferredMaintenanceWindow": expect.Matches(weekly, "a stated hour of the week", "04:30-06:00"),
		"DeletionPolicy":             expect.Is("Snapshot"),
		"UpdateReplacePolicy":        expect.Is("Snapshot"),
	}},
}
