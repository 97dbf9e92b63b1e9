package data

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var cachePolicies = []policies.Policy{everyRegionHasOneCache, cachesAreEncrypted, cachesSpeakTLS, cachesAreWithinReach,
	cacheUsersAreServices, cacheUsersDoTheirWork, cachesFailOver, cachesArePinned, cachesAreRecorded, cachesAreShortlyKept}

const (
	cacheSubnetsType    = "AWS::ElastiCache::SubnetGroup"
	cacheParametersType = "AWS::ElastiCache::ParameterGroup"
	cacheUserType       = "AWS::ElastiCache::User"
	cacheUsersType      = "AWS::ElastiCache::UserGroup"
)

// cacheProperties are, by type, those that the policies of a cache look at.
var cacheProperties = map[string][]string{
	intent.CacheType: {"AtRestEncryptionEnabled", "AutoMinorVersionUpgrade", "AutomaticFailoverEnabled", "CacheNodeType", "CacheParameterGroupName",
		"CacheSubnetGroupName", "ClusterMode", "Engine", "EngineVersion", "KmsKeyId", "LogDeliveryConfigurations", "MultiAZEnabled",
		"NumCacheClusters", "Port", "PreferredMaintenanceWindow", "ReplicationGroupDescription", "ReplicationGroupId", "SecurityGroupIds",
		"SnapshotRetentionLimit", "SnapshotWindow", "TransitEncryptionEnabled", "TransitEncryptionMode", "UserGroupIds"},
	cacheSubnetsType:    {"Description", "SubnetIds"},
	cacheParametersType: {"CacheParameterGroupFamily", "Description", "Properties"},
	cacheUserType:       {"AccessString", "AuthenticationMode", "Engine", "UserId", "UserName"},
	cacheUsersType:      {"Engine", "UserGroupId", "UserIds"},
}

var everyRegionHasOneCache = policies.Policy{
	ID: "CACHE-01", Title: "Every region has one cache with what belongs to it, by its name, and there is nothing else of ElastiCache: no serverless cache, no cluster of its own, no datastore over regions, no property that no policy judges",
	Source:    policies.Risk("Public Exposure of Services", "to reduce attack surface."),
	Component: policies.Database, STRIDE: "TID", Severity: policies.High,
	Fix:   "make the cache with cache.New, once, in the region's data stack",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range f.Each(e) {
			if !strings.HasPrefix(r.Type, "AWS::ElastiCache::") {
				continue
			}
			if known := cacheProperties[r.Type]; known == nil || r.Stack.Layer != "data" {
				f.Fail(r, "an %s is none of a region's cache", r.Type)
			} else {
				f.AllowOnly(r, known...)
			}
		}
		for _, s := range e.Stacks() {
			if s.Layer == "data" {
				f.ExaminedStack(s)
				checkCacheParts(f, s)
			}
		}
	},
}

// checkCacheParts counts what a region's cache is made of.
func checkCacheParts(f *policies.Findings, s *template.Stack) {
	has := map[string]int{}
	for _, r := range s.Resources() {
		has[r.Type]++
		if r.Type == intent.CacheType && !r.Get("ReplicationGroupId").Is(cacheName(s)) {
			f.Fail(r, "is named %s and not %s, by which roles are let in", r.Get("ReplicationGroupId"), cacheName(s))
		}
	}
	for _, typ := range slices.Sorted(maps.Keys(cacheProperties)) {
		want := 1
		if typ == cacheUserType {
			want = len(cacheServices())
		}
		if has[typ] != want {
			f.FailStack(s, "has %d of %s, not %d", has[typ], typ, want)
		}
	}
}

// cacheName is what a region's cache is called, and begins what its users are called: IAM's policies name both.
func cacheName(s *template.Stack) string { return "livechat-" + s.Environment + "-cache" }

func cacheUserName(s *template.Stack, service string) string {
	return "livechat-" + s.Environment + "-" + service
}

var cachesAreEncrypted = policies.Policy{
	ID: "CACHE-02", Title: "Every cache is encrypted on disk, with its snapshots, under the key of class cache of its region",
	Source:    policies.DataLeakage,
	Component: policies.Database, STRIDE: "I", Severity: policies.High,
	Fix:   "give cache.New the key of class cache",
	Reads: []string{intent.CacheType, "AWS::KMS::Key", "AWS::KMS::Alias"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for c := range e.All(intent.CacheType) {
			f.Examined(c)
			if !c.Get("AtRestEncryptionEnabled").True() {
				f.Fail(c, "is not encrypted on disk")
			}
			if k := e.Find(c.Get("KmsKeyId"), "AWS::KMS::Key"); k == nil || k != intent.ClassKey(e, c.Stack.Region, "cache") || !c.Get("KmsKeyId").Is(k.Attribute("Arn")) {
				f.Fail(c, "its key is %s, not the one of class cache in %s", c.Get("KmsKeyId"), c.Stack.Region)
			}
		}
	},
}

var cachesSpeakTLS = policies.Policy{
	ID: "CACHE-03", Title: "No cache answers without TLS, between its nodes included, nor to a password that all clients share",
	Source:    policies.Answer("Are we saving any historical chat data?", "Encrypt data at rest and in transit."),
	Component: policies.Database, STRIDE: "STI", Severity: policies.High,
	Fix:   "build the cache with cache.New",
	Reads: []string{intent.CacheType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for c := range e.All(intent.CacheType) {
			f.Examined(c)
			if !c.Get("TransitEncryptionEnabled").True() || !c.Get("TransitEncryptionMode").Is("required") {
				f.Fail(c, "answers without TLS")
			}
			if !c.Get("AuthToken").Missing() {
				f.Fail(c, "takes one password for everybody, which keeps its users out")
			}
		}
	},
}

var cachesAreWithinReach = policies.Policy{
	ID: "CACHE-04", Title: "Every cache lies in all of the data tier's subnets and in no other, behind the group of valkey alone, on the port that the flows name",
	Source:    policies.DataLeakage,
	Component: policies.Database, STRIDE: "STI", Severity: policies.High,
	Fix:   "give cache.New the VPC of its region, and the group that segment.New made for valkey",
	Reads: []string{intent.CacheType, cacheSubnetsType, intent.SubnetType, intent.GroupType, intent.VPCType},
	Check: func(e *template.Estate, f *policies.Findings) {
		groups := intent.GroupsByID(e)
		for c := range e.All(intent.CacheType) {
			f.Examined(c)
			in := cacheSubnets(e, c)
			if want := intent.SubnetsOf(e, c.Stack.Region, "data"); len(want) == 0 || !sameMembers(in, want) {
				f.Fail(c, "lies in %d subnets, and not in the %d of the data tier of %s alone", len(in), len(want), c.Stack.Region)
			}
			named := c.Get("SecurityGroupIds").List()
			if len(named) != 1 || !isGroupOf(e, groups[named[0].Text()], "valkey", in) {
				f.Fail(c, "is behind %s, and not behind the group of valkey alone", c.Get("SecurityGroupIds"))
			}
			if port := flowPort("valkey"); !c.Get("Port").Is(port) {
				f.Fail(c, "listens on %s, not on %s", c.Get("Port"), port)
			}
		}
	},
}

// cacheSubnets are those that a cache's nodes are put into; nil stands for one that cannot be known.
func cacheSubnets(e *template.Estate, c *template.Resource) []*template.Resource {
	group := e.Find(c.Get("CacheSubnetGroupName"), cacheSubnetsType)
	if group == nil {
		return nil
	}
	var in []*template.Resource
	for _, id := range group.Get("SubnetIds").List() {
		in = append(in, e.Find(id, intent.SubnetType))
	}
	return in
}

// sameMembers says that a list has each of the others once, and nothing else.
func sameMembers(list, others []*template.Resource) bool {
	return len(list) == len(others) && !slices.ContainsFunc(others, func(r *template.Resource) bool { return !slices.Contains(list, r) })
}

// isGroupOf says that a group is a party's, in the VPC of some subnets.
func isGroupOf(e *template.Estate, group *template.Resource, party string, subnets []*template.Resource) bool {
	if group == nil || intent.PartyOf(group) != party {
		return false
	}
	return !slices.ContainsFunc(subnets, func(s *template.Resource) bool {
		return s == nil || intent.VPCOf(e, s) == nil || intent.VPCOf(e, s) != intent.VPCOf(e, group)
	})
}

// flowPort is the one port that flows reach a party on.
func flowPort(party string) string {
	for _, f := range intent.Flows {
		if f.To == party {
			return fmt.Sprint(f.Port)
		}
	}
	return ""
}
