package mutation

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

var cacheMutations = slices.Concat(cacheItselfMutations, cacheUserMutations, cacheCareMutations)

const (
	aCache          = "AWS::ElastiCache::ReplicationGroup"
	aCacheUser      = "AWS::ElastiCache::User"
	theCacheUsers   = "AWS::ElastiCache::UserGroup"
	cacheSubnets    = "AWS::ElastiCache::SubnetGroup"
	cacheParameters = "AWS::ElastiCache::ParameterGroup"
	slowLog         = "LogDeliveryConfigurations.0."
	slowLogGroup    = "CacheSlowLog1D8D543B"
	engineLogGroup  = "CacheEngineLog2DEC75C7"
	keyOfAnother    = "arn:aws:kms:eu-west-1:999999999999:key/00000000-0000-0000-0000-000000000000"
	accessString    = "AccessString"
)

var cacheItselfMutations = []mutation{
	{"CACHE-01", aCache, "vanishes", nil, remove},
	{"CACHE-01", aCacheUser, "vanishes", nil, remove},
	{"CACHE-01", theCacheUsers, "vanish", nil, remove},
	{"CACHE-01", cacheSubnets, "vanish", nil, remove},
	{"CACHE-01", cacheParameters, "vanish", nil, remove},
	{"CACHE-01", aCache, "turns into a serverless one", nil, become("AWS::ElastiCache::ServerlessCache")},
	{"CACHE-01", aCache, "turns into a cluster that is not replicated", nil, become("AWS::ElastiCache::CacheCluster")},
	{"CACHE-01", aCache, "turns into a datastore over regions", nil, become("AWS::ElastiCache::GlobalReplicationGroup")},
	{"CACHE-01", aCacheUser, "turns into a group of addresses", nil, become("AWS::ElastiCache::SecurityGroupIngress")},
	{"CACHE-01", aCache, "joins a datastore over regions", nil, set("GlobalReplicationGroupId", "theirs")},
	{"CACHE-01", aCache, "begins with somebody's data", nil, set("SnapshotArns", []any{"arn:aws:s3:::somebodys/dump.rdb"})},
	{"CACHE-01", aCache, "begins with another cache's data", nil, set("SnapshotName", "another")},
	{"CACHE-01", aCache, "tells somebody of its doings", nil, set("NotificationTopicArn", "arn:aws:sns:eu-west-1:999999999999:theirs")},
	{"CACHE-01", aCache, "speaks IPv6", nil, set("NetworkType", "dual_stack")},
	{"CACHE-01", aCache, "puts data on a disk", nil, set("DataTieringEnabled", true)},
	{"CACHE-01", aCache, "has another name", nil, set("ReplicationGroupId", "another")},
	{"CACHE-01", aCache, "has any name", nil, drop("ReplicationGroupId")},

	{"CACHE-02", aCache, "is not encrypted", nil, set("AtRestEncryptionEnabled", false)},
	{"CACHE-02", aCache, "is encrypted by default or not", nil, drop("AtRestEncryptionEnabled")},
	{"CACHE-02", aCache, "takes the key that AWS owns", nil, drop("KmsKeyId")},
	{"CACHE-02", aCache, "takes the key that AWS manages", nil, set("KmsKeyId", "alias/aws/elasticache")},
	{"CACHE-02", aCache, "takes another class's key", nil, set("KmsKeyId", "alias/livechat-prod-database")},
	{"CACHE-02", aCache, "takes another account's key", nil, set("KmsKeyId", keyOfAnother)},
	{"CACHE-02", "AWS::KMS::Alias", "points the alias elsewhere", aliasOf("cache"), set("TargetKeyId", "alias/livechat-prod-database")},

	{"CACHE-03", aCache, "answers in plain text", nil, set("TransitEncryptionEnabled", false)},
	{"CACHE-03", aCache, "answers in plain text by default", nil, drop("TransitEncryptionEnabled")},
	{"CACHE-03", aCache, "answers in plain text to who prefers it", nil, set("TransitEncryptionMode", "preferred")},
	{"CACHE-03", aCache, "does not say that TLS is required", nil, drop("TransitEncryptionMode")},
	{"CACHE-03", aCache, "takes one password for all", nil, set("AuthToken", "shared-by-everybody")},

	{"CACHE-04", aCache, "stands behind somebody's group", nil, set("SecurityGroupIds", []any{otherGroup})},
	{"CACHE-04", aCache, "stands behind a second group", nil, edit(func(p map[string]any) {
		p["SecurityGroupIds"] = append(p["SecurityGroupIds"].([]any), otherGroup)
	})},
	{"CACHE-04", aCache, "stands behind the VPC's default group", nil, drop("SecurityGroupIds")},
	{"CACHE-04", aCache, "listens elsewhere", nil, set("Port", 6380)},
	{"CACHE-04", aCache, "lies in the default VPC", nil, drop("CacheSubnetGroupName")},
	{"CACHE-04", aCache, "lies in subnets of nobody's", nil, set("CacheSubnetGroupName", "default")},
	{"CACHE-04", cacheSubnets, "lie outside", nil, set("SubnetIds.0", "subnet-0123456789abcdef0")},
	{"CACHE-04", cacheSubnets, "are more than the tier's", nil, edit(func(p map[string]any) {
		p["SubnetIds"] = append(p["SubnetIds"].([]any), "subnet-0123456789abcdef0")
	})},
	{"CACHE-04", subnet, "leaves the tier", tiered("data"), retag("data", "public")},
}

var cacheUserMutations = []mutation{
	{"CACHE-05", aCache, "has no users", nil, drop("UserGroupIds")},
	{"CACHE-05", aCache, "has somebody's users", nil, set("UserGroupIds", []any{"theirs"})},
	{"CACHE-05", aCache, "has more users", nil, edit(func(p map[string]any) { p["UserGroupIds"] = append(p["UserGroupIds"].([]any), "theirs") })},
	{"CACHE-05", theCacheUsers, "take in who needs no password", nil, set("Engine", "redis")},
	{"CACHE-05", theCacheUsers, "take in the default user", nil, edit(func(p map[string]any) { p["UserIds"] = append(p["UserIds"].([]any), "default") })},
	{"CACHE-05", theCacheUsers, "are the default user alone", nil, set("UserIds", []any{"default"})},
	{"CACHE-05", theCacheUsers, "lose a service", nil, edit(func(p map[string]any) { p["UserIds"] = p["UserIds"].([]any)[:1] })},
	{"CACHE-05", theCacheUsers, "have another name", nil, set("UserGroupId", "others")},
	{"CACHE-05", aCacheUser, "needs no password", nil, set("AuthenticationMode", map[string]any{"Type": "no-password-required"})},
	{"CACHE-05", aCacheUser, "needs no password by the older property", nil, set("NoPasswordRequired", true)},
	{"CACHE-05", aCacheUser, "logs in by password", nil, set("AuthenticationMode", map[string]any{"Type": "password", "Passwords": []any{"shared-by-everybody"}})},
	{"CACHE-05", aCacheUser, "logs in by password too", nil, set("Passwords", []any{"shared-by-everybody"})},
	{"CACHE-05", aCacheUser, "logs in as the library would write it", nil, set("AuthenticationMode", map[string]any{"type": "iam"})},
	{"CACHE-05", aCacheUser, "logs in by what is the default", nil, drop("AuthenticationMode")},
	{"CACHE-05", aCacheUser, "is the default user", nil, set("UserName", "default")},
	{"CACHE-05", aCacheUser, "is another service", userOf("gate"), edit(func(p map[string]any) {
		other := strings.TrimSuffix(p["UserId"].(string), "gate") + "worker"
		p["UserId"], p["UserName"] = other, other
	})},
	{"CACHE-05", aCacheUser, "has two names", nil, set("UserId", "another")},

	{"CACHE-06", aCacheUser, "may do everything", nil, given("+@all")},
	{"CACHE-06", aCacheUser, "may do everything by its other name", nil, given("allcommands")},
	{"CACHE-06", aCacheUser, "may touch every key", nil, given("~*")},
	{"CACHE-06", aCacheUser, "may touch every key by its other name", nil, given("allkeys")},
	{"CACHE-06", aCacheUser, "may read every key", nil, given("%R~*")},
	{"CACHE-06", aCacheUser, "may hear every channel", nil, given("&*")},
	{"CACHE-06", aCacheUser, "may hear every channel by its other name", nil, given("allchannels")},
	{"CACHE-06", aCacheUser, "needs no password", nil, given("nopass")},
	{"CACHE-06", aCacheUser, "has a password", nil, given(">shared-by-everybody")},
	{"CACHE-06", aCacheUser, "may do what is dangerous", nil, given("+@dangerous")},
	{"CACHE-06", aCacheUser, "may list all keys", nil, given("+keys")},
	{"CACHE-06", aCacheUser, "may go through all keys", nil, given("+scan")},
	{"CACHE-06", aCacheUser, "may empty the cache", nil, given("+flushall")},
	{"CACHE-06", aCacheUser, "may listen to everybody", nil, given("+monitor")},
	{"CACHE-06", aCacheUser, "may change who may what", nil, given("+acl|setuser")},
	{"CACHE-06", aCacheUser, "may end other connections", nil, given("+client|kill")},
	{"CACHE-06", aCacheUser, "may run scripts", nil, given("+eval")},
	{"CACHE-06", aCacheUser, "has a second set of rights", nil, given("(~* +@all)")},
	{"CACHE-06", aCacheUser, "may what the other service may", userOf("chat"), given("~quota:*")},
	{"CACHE-06", aCacheUser, "may write what it reads", userOf("chat"), given("~session:*")},
	{"CACHE-06", aCacheUser, "keeps the commands that it began with", nil, ungiven("-@all ")},
	{"CACHE-06", aCacheUser, "keeps the channels that it began with", nil, ungiven("resetchannels ")},
	{"CACHE-06", aCacheUser, "is off", nil, ungiven("on ")},
	{"CACHE-06", aCacheUser, "may what AWS thinks", nil, drop(accessString)},
}

var cacheCareMutations = []mutation{
	{"CACHE-07", aCache, "has one node", nil, set("NumCacheClusters", 1)},
	{"CACHE-07", aCache, "has as many nodes as there are by default", nil, drop("NumCacheClusters")},
	{"CACHE-07", aCache, "does not fail over", nil, set("AutomaticFailoverEnabled", false)},
	{"CACHE-07", aCache, "fails over within a zone", nil, set("MultiAZEnabled", false)},
	{"CACHE-07", aCache, "runs on what tires", nil, set("CacheNodeType", "cache.t4g.medium")},
	{"CACHE-07", aCache, "is sharded", nil, set("ClusterMode", "enabled")},
	{"CACHE-07", cacheSubnets, "are in one zone", nil, edit(func(p map[string]any) { p["SubnetIds"] = p["SubnetIds"].([]any)[:1] })},

	{"CACHE-08", aCache, "is another engine", nil, set("Engine", "redis")},
	{"CACHE-08", aCache, "is of whatever version is newest", nil, drop("EngineVersion")},
	{"CACHE-08", aCache, "is of an old version", nil, set("EngineVersion", "7.2")},
	{"CACHE-08", aCache, "changes its version by itself", nil, set("AutoMinorVersionUpgrade", true)},
	{"CACHE-08", aCache, "changes its version by default", nil, drop("AutoMinorVersionUpgrade")},
	{"CACHE-08", aCache, "runs under AWS's parameters", nil, drop("CacheParameterGroupName")},
	{"CACHE-08", aCache, "runs under parameters that others may change", nil, set("CacheParameterGroupName", "default.valkey8")},
	{"CACHE-08", cacheParameters, "forget what was used least", nil, set("Properties.maxmemory-policy", "allkeys-lru")},
	{"CACHE-08", cacheParameters, "forget by default", nil, drop("Properties")},
	{"CACHE-08", cacheParameters, "publish what happens to keys", nil, set("Properties.notify-keyspace-events", "KEA")},
	{"CACHE-08", cacheParameters, "are of another version", nil, set("CacheParameterGroupFamily", "valkey7")},

	{"CACHE-09", aCache, "tells nothing", nil, drop("LogDeliveryConfigurations")},
	{"CACHE-09", aCache, "tells one thing", nil, edit(func(p map[string]any) {
		p["LogDeliveryConfigurations"] = p["LogDeliveryConfigurations"].([]any)[:1]
	})},
	{"CACHE-09", aCache, "tells it as text", nil, set(slowLog+"LogFormat", "text")},
	{"CACHE-09", aCache, "tells it to a stream", nil, set(slowLog+"DestinationType", "kinesis-firehose")},
	{"CACHE-09", aCache, "tells it to somebody", nil, set(slowLog+"DestinationDetails.CloudWatchLogsDetails.LogGroup", "theirs")},
	{"CACHE-09", aCache, "tells both to one group", nil, set(slowLog+"DestinationDetails.CloudWatchLogsDetails.LogGroup", ref(engineLogGroup))},
	{"CACHE-09", aCache, "is made before log delivery is let in", nil, without("DependsOn")},
	{"CACHE-09", aLogGroup, "goes with its stack", logicalID(slowLogGroup), without("DeletionPolicy")},
	{"CACHE-09", aLogGroup, "is not encrypted", logicalID(slowLogGroup), drop("KmsKeyId")},
	{"CACHE-09", logPolicy, "vanishes", ofLayer("data"), remove},
	{"LOG-05", aCache, "tells it where log delivery may not", nil, set(slowLog+"DestinationDetails.CloudWatchLogsDetails.LogGroup", ref(engineLogGroup))},

	{"CACHE-10", aCache, "has no snapshots", nil, set("SnapshotRetentionLimit", 0)},
	{"CACHE-10", aCache, "keeps its snapshots for a month", nil, set("SnapshotRetentionLimit", 35)},
	{"CACHE-10", aCache, "has no snapshots by default", nil, drop("SnapshotRetentionLimit")},
	{"CACHE-10", aCache, "goes with its stack", nil, without("DeletionPolicy")},
	{"CACHE-10", aCache, "goes when it is replaced", nil, without("UpdateReplacePolicy")},
	{"CACHE-10", aCache, "is worked on at any time", nil, drop("PreferredMaintenanceWindow")},
	{"CDK-09", aCache, "goes with its stack", nil, without("DeletionPolicy")},
	{"CDK-09", aCache, "goes when it is replaced", nil, without("UpdateReplacePolicy")},
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

func logicalID(id string) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return r.ID == id }
}

func ofLayer(name string) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return r.Stack.Layer == name }
}
