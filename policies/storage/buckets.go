// Package storage holds the buckets: who reads and writes them, how long they keep what, and where it is copied to.
package storage

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var Policies = []policies.Policy{
	bucketsBlockPublicAccess, bucketsAreVersioned, bucketsAreEncrypted, bucketsShareNoKey, bucketsAreIntended,
	bucketsHaveNoOtherWay, bucketsAreKept,
	bucketsRefusePlainHTTP, bucketsAdmitOnlyServices, bucketsRefuseOtherAccounts, bucketsRefuseOtherKeys,
	bucketsAreLogged, releasesAreImmutable,
	knowledgeExpires, uploadsEnd, nothingElseExpires, knowledgeIsReplicated, replicationRoleCan,
	uploaderIsTheDashboards, uploaderOnlyUploads, uploadsAreBounded, knowledgeIsReadInTheVPC, onlyCleanIsRead,
	knowledgeIsScanned, scannerOnlyScans, archiveIsLocked, archiveIsSealed, originsAreOurs, nothingElseIsRefused,
}

var bucketsBlockPublicAccess = policies.Policy{
	ID: "STORE-01", Title: "Every bucket blocks public access in all four ways and knows no ACLs",
	Source:    policies.DataLeakage,
	Component: policies.Buckets, STRIDE: "TI", Severity: policies.High,
	Fix:   "build the bucket with bucket.NewPrivate",
	Reads: []string{"AWS::S3::Bucket"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			for _, way := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
				if !b.Get("PublicAccessBlockConfiguration", way).True() {
					f.Fail(b, "%s is not on", way)
				}
			}
			if rules := b.Get("OwnershipControls", "Rules"); rules.Len() != 1 || !rules.Get("0", "ObjectOwnership").Is("BucketOwnerEnforced") {
				f.Fail(b, "an ACL can give access: object ownership is not BucketOwnerEnforced")
			}
		}
	},
}

var bucketsAreVersioned = policies.Policy{
	ID: "STORE-02", Title: "Every bucket keeps what is overwritten or deleted as a version",
	Source:    policies.BucketRow,
	Component: policies.Buckets, STRIDE: "TD", Severity: policies.Medium,
	Fix:   "build the bucket with bucket.NewPrivate",
	Reads: []string{"AWS::S3::Bucket"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			if !b.Get("VersioningConfiguration", "Status").Is("Enabled") {
				f.Fail(b, "versioning is not enabled")
			}
		}
	},
}

var bucketsAreEncrypted = policies.Policy{
	ID: "STORE-03", Title: "Every bucket encrypts under the key of its class and region, only the access logs under S3's own, and none under a writer's",
	Source:    policies.DataLeakage,
	Component: policies.Buckets, STRIDE: "I", Severity: policies.High,
	Fix:   "give bucket.NewPrivate the key of the class that bucketKeys names",
	Reads: []string{"AWS::S3::Bucket", "AWS::KMS::Key", "AWS::KMS::Alias"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			rules := b.Get("BucketEncryption", "ServerSideEncryptionConfiguration")
			algorithm := rules.Get("0", "ServerSideEncryptionByDefault", "SSEAlgorithm")
			if !slices.Equal(intent.Texts(rules.Get("0", "BlockedEncryptionTypes", "EncryptionType")), []string{"SSE-C"}) {
				f.Fail(b, "takes objects under a key that the writer keeps to himself")
			}
			meant := e.Find(b.Value(b.Stack.Intent().Get("bucketKeys", bucketClass(b)).Text()))
			switch {
			case rules.Len() != 1:
				f.Fail(b, "default encryption is not one rule")
			case isAccessLogs(b):
				if !algorithm.Is("AES256") || intent.BucketKey(e, b) != nil {
					f.Fail(b, "load balancers can deliver access logs under SSE-S3 only, not under %s", algorithm)
				}
			case !algorithm.Is("aws:kms"):
				f.Fail(b, "what is stored is encrypted by %s, not under a KMS key", algorithm)
			case meant == nil || intent.BucketKey(e, b) != meant:
				f.Fail(b, "the key is not the one that bucketKeys of the intent names")
			case !rules.Get("0", "BucketKeyEnabled").True():
				f.Fail(b, "the bucket key is off: every object is a call of KMS, which throttles")
			}
		}
	},
}

var bucketsShareNoKey = policies.Policy{
	ID: "STORE-04", Title: "No two buckets share a key",
	Source:    policies.BucketRow,
	Component: policies.Buckets, STRIDE: "I", Severity: policies.Medium,
	Fix:   "give each bucket the key of a class of its own",
	Reads: []string{"AWS::S3::Bucket", "AWS::KMS::Key", "AWS::KMS::Alias"},
	Check: func(e *template.Estate, f *policies.Findings) {
		first := map[*template.Resource]*template.Resource{}
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			k := intent.BucketKey(e, b)
			if other := first[k]; k != nil && other != nil {
				f.Fail(b, "shares its key with %s", other)
			}
			first[k] = b
		}
	},
}

var bucketsAreIntended = policies.Policy{
	ID: "STORE-05", Title: "The buckets are those that were meant, in every region and by their names",
	Source:    policies.Risk("Public Exposure of Services", "to reduce attack surface."),
	Component: policies.Buckets, STRIDE: "SI", Severity: policies.Medium,
	Fix:   "name the bucket in the intent of its stack, or take it out",
	Reads: []string{"AWS::S3::Bucket"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range intent.StacksStating(e, f, "buckets") {
			f.ExaminedStack(s)
			for class, name := range s.Intent().Get("buckets").Map() {
				if bucketOf(s, class) == nil {
					f.FailStack(s, "has not one bucket for %s, named %s", class, name)
				}
			}
		}
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			if bucketClass(b) == "" {
				f.Fail(b, "no intent names this bucket: %s", b.Get("BucketName"))
			}
		}
	},
}

// bucketProperties are those that the policies of this catalogue look at.
var bucketProperties = []string{"BucketEncryption", "BucketName", "CorsConfiguration", "LifecycleConfiguration", "LoggingConfiguration",
	"NotificationConfiguration", "ObjectLockConfiguration", "ObjectLockEnabled", "OwnershipControls", "PublicAccessBlockConfiguration", "ReplicationConfiguration", "Tags", "VersioningConfiguration"}

var bucketsHaveNoOtherWay = policies.Policy{
	ID: "STORE-06", Title: "No bucket has a website, an inventory, an access point or any other way out that no policy judges",
	Source:    policies.Risk("Public Exposure of Services", "Restrict public endpoints"),
	Component: policies.Buckets, STRIDE: "TI", Severity: policies.High,
	Fix:   "take the property or resource out, or add a policy that judges it",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range f.Each(e) {
			switch {
			case r.Type == "AWS::S3::Bucket":
				f.Examined(r)
				for _, property := range intent.UnexpectedKeys(r.Properties(), bucketProperties...) {
					f.Fail(r, "%s is a way that no policy judges", property)
				}
			case strings.HasPrefix(r.Type, "AWS::S3") && r.Type != "AWS::S3::BucketPolicy":
				f.Fail(r, "%s is a way to objects that no policy judges", r.Type)
			}
		}
	},
}

var bucketsAreKept = policies.Policy{
	ID: "STORE-07", Title: "Every bucket stays when its stack loses or replaces it",
	Source:    policies.RecoveryTests,
	Component: policies.Buckets, STRIDE: "TD", Severity: policies.Medium,
	Fix:   "build the bucket with bucket.NewPrivate",
	Reads: []string{"AWS::S3::Bucket"},
	Check: func(e *template.Estate, f *policies.Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Examined(b)
			if !intent.Retained(b) {
				f.Fail(b, "is not retained on deletion and on replacement")
			}
		}
	},
}

// bucketClass is what the intent of its stack calls a bucket, "" if it does not name it.
func bucketClass(b *template.Resource) string {
	for class, name := range b.Stack.Intent().Get("buckets").Map() {
		if t := name.Text(); t != "" && b.Get("BucketName").Is(t) {
			return class
		}
	}
	return ""
}

// bucketOf is a stack's one bucket of a class, or nil.
func bucketOf(s *template.Stack, class string) *template.Resource {
	var found *template.Resource
	for _, r := range s.Resources() {
		if r.Type == "AWS::S3::Bucket" && class != "" && bucketClass(r) == class {
			if found != nil {
				return nil
			}
			found = r
		}
	}
	return found
}

// isAccessLogs says that a bucket is the one where its region's access logs go.
func isAccessLogs(b *template.Resource) bool {
	class := bucketClass(b)
	return class != "" && b.Stack.Intent().Get("accessLogs").Is(class)
}
