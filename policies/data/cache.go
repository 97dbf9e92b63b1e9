package data

import (
	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
)

var cachePolicies = []policies.Policy{everyRegionHasOneCache, cachesAreEncrypted, cachesSpeakTLS, cachesAreWithinReach,
	cacheUsersAreServices, cacheUsersDoTheirWork, cachesFailOver, cachesArePinned, cachesAreRecorded, cachesAreShortlyKept}

const (
	cacheSubnetsType    = "AWS::ElastiCache::SubnetGroup"
	cacheParametersType = "AWS::ElastiCache::ParameterGroup"
	cacheUserType       = "AWS::ElastiCache::User"
	cacheUsersType      = "AWS::ElastiCache::UserGroup"
)

// cacheNamed is the name of a region's cache and of its users' group. IAM's policies name both.
var cacheNamed = named("livechat-<environment>-cache")

var everyRegionHasOneCache = policies.Policy{
	ID: "CACHE-01", Title: "Every region has one cache",
	Source:    policies.Risk("Public Exposure of Services", "to reduce attack surface."),
	Component: policies.Database, STRIDE: "TID", Severity: policies.High,
	Fix: "make the cache with cache.New, once, in the region's data stack",
	Count: []expect.Census{expect.One(intent.CacheType), expect.One(cacheSubnetsType), expect.One(cacheParametersType),
		expect.One(cacheUsersType)},
	Expect: expect.Shapes{
		intent.CacheType: {"ReplicationGroupId": cacheNamed, "ReplicationGroupDescription": expect.Any},
	},
}

var cachesAreEncrypted = policies.Policy{
	ID: "CACHE-02", Title: "The cache and its snapshots are encrypted with the region's cache key",
	Source:    policies.DataLeakage,
	Component: policies.Database, STRIDE: "I", Severity: policies.High,
	Fix:    "give cache.New the key of class cache",
	Expect: expect.Shapes{intent.CacheType: {"AtRestEncryptionEnabled": expect.True, "KmsKeyId": expect.KeyOf("cache")}},
}

// An AuthToken, the password that all clients share, is refused by CDK-06.
var cachesSpeakTLS = policies.Policy{
	ID: "CACHE-03", Title: "The cache accepts only TLS, also between its nodes",
	Source:    policies.Answer("Are we saving any historical chat data?", "Encrypt data at rest and in transit."),
	Component: policies.Database, STRIDE: "STI", Severity: policies.High,
	Fix: "build the cache with cache.New",
	Expect: expect.Shapes{intent.CacheType: {
		"TransitEncryptionEnabled": expect.True,
		"TransitEncryptionMode":    nearly(expect.Is("required"), "preferred"),
	}},
}

var cachesAreWithinReach = policies.Policy{
	ID: "CACHE-04", Title: "The cache lies in its region's data tier, in Valkey's security group only",
	Source:    policies.DataLeakage,
	Component: policies.Database, STRIDE: "STI", Severity: policies.High,
	Fix: "give cache.New the VPC of its region, and the group that segment.New made for valkey",
	Expect: expect.Shapes{
		intent.CacheType: {
			"CacheSubnetGroupName": expect.Own(cacheSubnetsType), "SecurityGroupIds": groupOf("valkey"), "Port": expect.Is(flowPort("valkey")),
		},
		cacheSubnetsType: {"SubnetIds": dataSubnets, "Description": expect.Any},
	},
}
