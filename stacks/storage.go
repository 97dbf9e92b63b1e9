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
	archive    = "archive"
)

// bucketKeys are the classes that the buckets' keys are of. The access logs have none (see bucket.NewAccessLogs).
var bucketKeys = map[string]key.Class{knowledge: key.Knowledge, spa: key.SPA, sdk: key.SDK, archive: key.Archive}

// The roles that storage names: its own, one of a service, which takes that up, and one of people's.
const (
	upload    = "upload"
	dashboard = "dashboard"
	security  = "security"
)

const (
	replacedSPADays = 90  // a deployment can be taken back for as long
	lockedSDKDays   = 365 // a released version is immutable for as long
	archivedDays    = 400 // a record is immutable for as long, and then gone: a year and a month, as logs are kept
)

// Storage is what must outlive any deployment.
type Storage struct {
	Stack      awscdk.Stack
	AccessLogs awss3.Bucket
	Knowledge  awss3.Bucket // partners' FAQ and knowledge, a prefix per retention class and partner
	SPA        awss3.Bucket // the dashboard's pages
	SDK        awss3.Bucket // released versions of the SDK
	Archive    awss3.Bucket // the audit's records, in the region that they are of
}

// NewStorage is a region's buckets. The primary's knowledge takes partners' uploads and is copied to the others, which must exist before it.
func NewStorage(app awscdk.App, env config.Environment, region config.Region, keys Keys, network Network) Storage {
	replicas := knowledgeReplicas(env, region)
	stack := newStack(app, env, region, "storage", storageIntent(env, region, replicas))
	logs := bucket.NewAccessLogs(stack, "AccessLogs", bucketName(env, region, accessLogs))
	private := func(name string) bucket.PrivateProps {
		return bucket.PrivateProps{Name: bucketName(env, region, name), Account: env.Account, Key: keys.Of[bucketKeys[name]], Logs: logs}
	}
	forSPA, forSDK, forArchive := private(spa), private(sdk), private(archive)
	forSPA.Lifecycle = bucket.Replaced(replacedSPADays)
	forSDK.LockDays, forArchive.LockDays = lockedSDKDays, archivedDays
	forKnowledge := bucket.KnowledgeProps{
		PrivateProps: private(knowledge), Region: region.Name, Endpoint: network.Endpoints.S3, To: replicas,
	}
	forKnowledge.Lifecycle = bucket.Retention(config.RetentionClasses)
	if takesUploads(env, region) {
		forKnowledge.Classes, forKnowledge.Origin = config.RetentionClasses, adminOrigin(env)
		bucket.NewUploader(stack, "Uploader", bucket.UploaderProps{
			Name: roleName(env, upload), Account: env.Account, Region: region.Name, Bucket: forKnowledge.Name, Key: forKnowledge.Key,
			Classes: config.RetentionClasses, By: dashboards(env),
		})
	}
	return Storage{
		Stack:      stack,
		AccessLogs: logs,
		Knowledge:  bucket.NewKnowledge(stack, "Knowledge", forKnowledge),
		SPA:        bucket.NewPrivate(stack, "SPA", forSPA),
		SDK:        bucket.NewReleased(stack, "SDK", forSDK),
		Archive:    bucket.NewArchive(stack, "Archive", forArchive, roleARN(env, roleName(env, security))),
	}
}

// dashboards are the roles of every region's dashboard: who is nearest to a partner's admin signs, wherever the bucket is.
func dashboards(env config.Environment) []string {
	var arns []string
	for _, r := range env.Regions {
		arns = append(arns, roleARN(env, serviceRole(env, r, dashboard)))
	}
	return arns
}

// takesUploads says that a region is the one that partners upload to.
func takesUploads(env config.Environment, region config.Region) bool {
	return region.Name == env.Primary().Name
}

// knowledgeReplicas are where a region's knowledge is copied to: from the primary, which alone takes uploads, to all others.
func knowledgeReplicas(env config.Environment, region config.Region) []bucket.Replica {
	if !takesUploads(env, region) {
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
	for name, class := range bucketKeys {
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
	share := intent{
		"buckets": buckets, "bucketKeys": keys, "accessLogs": accessLogs, "immutable": map[string]any{sdk: lockedSDKDays},
		"knowledge": map[string]any{"bucket": knowledge, "retention": retention, "replicas": copies},
		"archive":   archive,
	}
	if takesUploads(env, region) {
		share["uploads"] = map[string]any{"origin": adminOrigin(env)}
	}
	return share
}
