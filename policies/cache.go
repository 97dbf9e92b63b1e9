package policies

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

var cachePolicies = []Policy{everyRegionHasOneCache, cachesAreEncrypted, cachesSpeakTLS, cachesAreWithinReach,
	cacheUsersAreServices, cacheUsersDoTheirWork, cachesFailOver, cachesArePinned, cachesAreRecorded, cachesAreShortlyKept}

const (
	cacheType           = "AWS::ElastiCache::ReplicationGroup"
	cacheSubnetsType    = "AWS::ElastiCache::SubnetGroup"
	cacheParametersType = "AWS::ElastiCache::ParameterGroup"
	cacheUserType       = "AWS::ElastiCache::User"
	cacheUsersType      = "AWS::ElastiCache::UserGroup"
)

// cacheProperties are, by type, those that the policies of a cache look at.
var cacheProperties = map[string][]string{
	cacheType: {"AtRestEncryptionEnabled", "AutoMinorVersionUpgrade", "AutomaticFailoverEnabled", "CacheNodeType", "CacheParameterGroupName",
		"CacheSubnetGroupName", "ClusterMode", "Engine", "EngineVersion", "KmsKeyId", "LogDeliveryConfigurations", "MultiAZEnabled",
		"NumCacheClusters", "Port", "PreferredMaintenanceWindow", "ReplicationGroupDescription", "ReplicationGroupId", "SecurityGroupIds",
		"SnapshotRetentionLimit", "SnapshotWindow", "TransitEncryptionEnabled", "TransitEncryptionMode", "UserGroupIds"},
	cacheSubnetsType:    {"Description", "SubnetIds"},
	cacheParametersType: {"CacheParameterGroupFamily", "Description", "Properties"},
	cacheUserType:       {"AccessString", "AuthenticationMode", "Engine", "UserId", "UserName"},
	cacheUsersType:      {"Engine", "UserGroupId", "UserIds"},
}

var everyRegionHasOneCache = Policy{
	ID: "CACHE-01", Title: "Every region has one cache with what belongs to it, by its name, and there is nothing else of ElastiCache: no serverless cache, no cluster of its own, no datastore over regions, no property that no policy judges",
	Source:    risk("Public Exposure of Services", "to reduce attack surface."),
	Component: Database, STRIDE: "TID", Severity: High,
	Fix:   "make the cache with cache.New, once, in the region's data stack",
	Reads: []string{Every},
	Check: func(e *template.Estate, f *Findings) {
		for r := range f.Each(e) {
			if !strings.HasPrefix(r.Type, "AWS::ElastiCache::") {
				continue
			}
			if known := cacheProperties[r.Type]; known == nil || r.Stack.Layer != "data" {
				f.Fail(r, "an %s is none of a region's cache", r.Type)
			} else {
				allowOnly(f, r, known...)
			}
		}
		for _, s := range e.Stacks() {
			if s.Layer == "data" {
				f.SawStack(s)
				checkCacheParts(f, s)
			}
		}
	},
}

// checkCacheParts counts what a region's cache is made of.
func checkCacheParts(f *Findings, s *template.Stack) {
	has := map[string]int{}
	for _, r := range s.Resources() {
		has[r.Type]++
		if r.Type == cacheType && !r.Get("ReplicationGroupId").Is(cacheName(s)) {
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

var cachesAreEncrypted = Policy{
	ID: "CACHE-02", Title: "Every cache is encrypted on disk, with its snapshots, under the key of class cache of its region",
	Source:    risk("Data Leakage from S3 or RDS", nobodyLeaks),
	Component: Database, STRIDE: "I", Severity: High,
	Fix:   "give cache.New the key of class cache",
	Reads: []string{cacheType, "AWS::KMS::Key", "AWS::KMS::Alias"},
	Check: func(e *template.Estate, f *Findings) {
		for c := range e.All(cacheType) {
			f.Saw(c)
			if !c.Get("AtRestEncryptionEnabled").True() {
				f.Fail(c, "is not encrypted on disk")
			}
			if k := e.Find(c.Get("KmsKeyId"), "AWS::KMS::Key"); k == nil || k != classKey(e, c.Stack.Region, "cache") || !c.Get("KmsKeyId").Is(k.Attribute("Arn")) {
				f.Fail(c, "its key is %s, not the one of class cache in %s", c.Get("KmsKeyId"), c.Stack.Region)
			}
		}
	},
}

var cachesSpeakTLS = Policy{
	ID: "CACHE-03", Title: "No cache answers without TLS, between its nodes included, nor to a password that all clients share",
	Source:    answer("Are we saving any historical chat data?", "Encrypt data at rest and in transit."),
	Component: Database, STRIDE: "STI", Severity: High,
	Fix:   "build the cache with cache.New",
	Reads: []string{cacheType},
	Check: func(e *template.Estate, f *Findings) {
		for c := range e.All(cacheType) {
			f.Saw(c)
			if !c.Get("TransitEncryptionEnabled").True() || !c.Get("TransitEncryptionMode").Is("required") {
				f.Fail(c, "answers without TLS")
			}
			if !c.Get("AuthToken").Missing() {
				f.Fail(c, "takes one password for everybody, which keeps its users out")
			}
		}
	},
}

var cachesAreWithinReach = Policy{
	ID: "CACHE-04", Title: "Every cache lies in all of the data tier's subnets and in no other, behind the group of valkey alone, on the port that the flows name",
	Source:    risk("Data Leakage from S3 or RDS", nobodyLeaks),
	Component: Database, STRIDE: "STI", Severity: High,
	Fix:   "give cache.New the VPC of its region, and the group that segment.New made for valkey",
	Reads: []string{cacheType, cacheSubnetsType, subnetType, groupType, vpcType},
	Check: func(e *template.Estate, f *Findings) {
		groups := groupsByID(e)
		for c := range e.All(cacheType) {
			f.Saw(c)
			in := cacheSubnets(e, c)
			if want := subnetsOf(e, c.Stack.Region, "data"); len(want) == 0 || !sameMembers(in, want) {
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
		in = append(in, e.Find(id, subnetType))
	}
	return in
}

// sameMembers says that a list has each of the others once, and nothing else.
func sameMembers(list, others []*template.Resource) bool {
	return len(list) == len(others) && !slices.ContainsFunc(others, func(r *template.Resource) bool { return !slices.Contains(list, r) })
}

// isGroupOf says that a group is a party's, in the VPC of some subnets.
func isGroupOf(e *template.Estate, group *template.Resource, party string, subnets []*template.Resource) bool {
	if group == nil || partyOf(group) != party {
		return false
	}
	return !slices.ContainsFunc(subnets, func(s *template.Resource) bool {
		return s == nil || vpcOf(e, s) == nil || vpcOf(e, s) != vpcOf(e, group)
	})
}

// flowPort is the one port that flows reach a party on.
func flowPort(party string) string {
	for _, f := range flows {
		if f.to == party {
			return fmt.Sprint(f.port)
		}
	}
	return ""
}
