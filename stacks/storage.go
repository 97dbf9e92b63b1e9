package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"

	"livechat.example/cloud/config"
	"livechat.example/cloud/constructs/bucket"
	"livechat.example/cloud/constructs/key"
)

// The buckets of a region. Partners' data and our own assets never share one, nor a key.
const (
	accessLogs = "access-logs"
	knowledge  = "knowledge"
	spa        = "spa"
	sdk        = "sdk"
)

const (
	replacedSPADays = 90  // a deployment can be taken back for as long
	lockedSDKDays   = 365 // a released version is immutable for as long
)

// Storage is what must outlive any deployment.
type Storage struct {
	Stack      awscdk.Stack
	AccessLogs awss3.Bucket
	Knowledge  awss3.Bucket // partners' FAQ and knowledge, a prefix per retention class and partner
	SPA        awss3.Bucket // the dashboard's pages
	SDK        awss3.Bucket // released versions of the SDK
}

// NewStorage is a region's buckets. The primary's knowledge is copied to the others, which must exist before it.
func NewStorage(app awscdk.App, env config.Environment, region config.Region, keys Keys) Storage {
	replicas := knowledgeReplicas(env, region)
	stack := newStack(app, env, region, "storage", storageIntent(env, region, replicas))
	logs := bucket.NewAccessLogs(stack, "AccessLogs", bucketName(env, region, accessLogs))
	private := func(name string, class key.Class) bucket.PrivateProps {
		return bucket.PrivateProps{Name: bucketName(env, region, name), Account: env.Account, Key: keys.Of[class], Logs: logs}
	}
	forKnowledge, forSPA, forSDK := private(knowledge, key.Knowledge), private(spa, key.SPA), private(sdk, key.SDK)
	forKnowledge.Lifecycle = bucket.Retention(config.RetentionClasses)
	forSPA.Lifecycle = bucket.Replaced(replacedSPADays)
	forSDK.LockDays = lockedSDKDays
	s := Storage{
		Stack:      stack,
		AccessLogs: logs,
		Knowledge:  bucket.NewPrivate(stack, "Knowledge", forKnowledge),
		SPA:        bucket.NewPrivate(stack, "SPA", forSPA),
		SDK:        bucket.NewReleased(stack, "SDK", forSDK),
	}
	if len(replicas) > 0 {
		bucket.Replicate(stack, "KnowledgeReplication", bucket.ReplicateProps{
			Bucket: s.Knowledge, Name: forKnowledge.Name, Key: forKnowledge.Key,
			Account: env.Account, Region: region.Name, To: replicas,
		})
	}
	return s
}

// knowledgeReplicas are where a region's knowledge is copied to: from the primary, which alone takes uploads, to all others.
func knowledgeReplicas(env config.Environment, region config.Region) []bucket.Replica {
	if region.Name != env.Primary().Name {
		return nil
	}
	var to []bucket.Replica
	for _, r := range env.Secondaries() {
		to = append(to, bucket.Replica{
			Region: r.Name, BucketName: bucketName(env, r, knowledge), KeyAlias: "alias/" + keyAlias(env, key.Knowledge),
		})
	}
	return to
}

func storageIntent(env config.Environment, region config.Region, replicas []bucket.Replica) intent {
	buckets := map[string]any{accessLogs: bucketName(env, region, accessLogs)}
	keys := map[string]any{}
	for name, class := range map[string]key.Class{knowledge: key.Knowledge, spa: key.SPA, sdk: key.SDK} {
		buckets[name] = bucketName(env, region, name)
		keys[name] = "alias/" + keyAlias(env, class)
	}
	var copies []any
	for _, r := range replicas {
		copies = append(copies, map[string]any{"region": r.Region, "bucket": r.BucketName, "key": r.KeyAlias})
	}
	retention := map[string]any{}
	for _, days := range config.RetentionClasses {
		retention[bucket.RetentionPrefix(days)] = days
	}
	return intent{
		"buckets": buckets, "bucketKeys": keys, "accessLogs": accessLogs, "immutable": map[string]any{sdk: lockedSDKDays},
		"knowledge": map[string]any{"bucket": knowledge, "retention": retention, "replicas": copies},
	}
}
