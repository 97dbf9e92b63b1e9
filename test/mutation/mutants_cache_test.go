package mutation

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

var cacheMutations = slices.Concat(cacheItselfMutations, cacheUserMutations, cacheOverreach())

const (
	aCache         = "AWS::ElastiCache::ReplicationGroup"
	aCacheUser     = "AWS::ElastiCache::User"
	slowLog        = "LogDeliveryConfigurations.0."
	engineLogGroup = "CacheEngineLog2DEC75C7"
	accessString   = "AccessString"
)

var cacheItselfMutations = []mutation{
	{"CACHE-05", aCacheUser, "vanishes", nil, remove},
	{"CDK-06", aCache, "turns into a serverless one", nil, become("AWS::ElastiCache::ServerlessCache")},
	{"CDK-06", aCache, "turns into a cluster that is not replicated", nil, become("AWS::ElastiCache::CacheCluster")},
	{"CDK-06", aCache, "turns into a datastore over regions", nil, become("AWS::ElastiCache::GlobalReplicationGroup")},
	{"CDK-06", aCacheUser, "turns into a group of addresses", nil, become("AWS::ElastiCache::SecurityGroupIngress")},
	{"CDK-06", aCache, "joins a datastore over regions", nil, set("GlobalReplicationGroupId", "theirs")},
	{"CDK-06", aCache, "begins with foreign data", nil, set("SnapshotArns", []any{"arn:aws:s3:::foreign/dump.rdb"})},
	{"CDK-06", aCache, "begins with another cache's data", nil, set("SnapshotName", "another")},
	{"CDK-06", aCache, "notifies a foreign topic", nil, set("NotificationTopicArn", "arn:aws:sns:eu-west-1:999999999999:theirs")},
	{"CDK-06", aCache, "speaks IPv6", nil, set("NetworkType", "dual_stack")},
	{"CDK-06", aCache, "puts data on a disk", nil, set("DataTieringEnabled", true)},

	{"CACHE-02", "AWS::KMS::Alias", "points the alias elsewhere", aliasOf("cache"), set("TargetKeyId", "alias/livechat-prod-database")},

	{"CDK-06", aCache, "takes one password for all", nil, set("AuthToken", "shared-by-all")},

	{"CACHE-04", subnet, "leaves the tier", tiered("data"), retag("data", "public")},
}

var cacheUserMutations = []mutation{
	{"CDK-06", aCacheUser, "needs no password by the older property", nil, set("NoPasswordRequired", true)},
	{"CDK-06", aCacheUser, "logs in by password too", nil, set("Passwords", []any{"shared-by-all"})},
	{"CACHE-05", aCacheUser, "logs in as the library would write it", nil, set("AuthenticationMode", map[string]any{"type": "iam"})},
	{"CACHE-05", aCacheUser, "is another service", userOf("gate"), edit(func(p map[string]any) {
		other := strings.TrimSuffix(p["UserId"].(string), "gate") + "worker"
		p["UserId"], p["UserName"] = other, other
	})},

	{"CACHE-06", aCacheUser, "may what the other service may", userOf("chat"), given("~quota:*")},
	{"CACHE-06", aCacheUser, "may write what it reads", userOf("chat"), given("~session:*")},
	{"CACHE-06", aCacheUser, "keeps the commands that it began with", nil, ungiven("-@all ")},
	{"CACHE-06", aCacheUser, "keeps the channels that it began with", nil, ungiven("resetchannels ")},
	{"CACHE-06", aCacheUser, "is off", nil, ungiven("on ")},
	{"CACHE-06", aCacheUser, "may what AWS thinks", nil, drop(accessString)},

	{"CACHE-09", aCache, "writes both logs to one group", nil, set(slowLog+"DestinationDetails.CloudWatchLogsDetails.LogGroup", ref(engineLogGroup))},
	{"CACHE-09", aCache, "is made before log delivery is let in", nil, without("DependsOn")},
	{"CACHE-09", logPolicy, "vanishes", ofLayer("data"), remove},
	{"LOG-05", aCache, "writes it where log delivery may not", nil, set(slowLog+"DestinationDetails.CloudWatchLogsDetails.LogGroup", ref(engineLogGroup))},

	{"CDK-09", aCache, "is deleted with its stack", nil, without("DeletionPolicy")},
	{"CDK-09", aCache, "is deleted when it is replaced", nil, without("UpdateReplacePolicy")},
}

// cacheOverreach returns words that no service needs, added to what a user may.
func cacheOverreach() []mutation {
	var all []mutation
	for _, word := range []string{
		"+@all", "allcommands", "~*", "allkeys", "%R~*", "&*", "allchannels", "nopass", ">shared-by-all",
		"+@dangerous", "+keys", "+scan", "+flushall", "+monitor", "+acl|setuser", "+client|kill", "+eval", "(~* +@all)",
	} {
		all = append(all, mutation{"CACHE-06", aCacheUser, "has " + word, nil, given(word)})
	}
	return all
}

// given adds to what a user may.
func given(more string) func(map[string]any) map[string]any {
	return edit(func(p map[string]any) { p[accessString] = p[accessString].(string) + " " + more })
}

// ungiven takes something out of what a user may.
func ungiven(less string) func(map[string]any) map[string]any {
	return edit(func(p map[string]any) { p[accessString] = strings.Replace(p[accessString].(string), less, "", 1) })
}

func userOf(name string) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return strings.HasSuffix(r.Get("UserName").Text(), "-"+name) }
}

func ofLayer(name string) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return r.Stack.Layer == name }
}
