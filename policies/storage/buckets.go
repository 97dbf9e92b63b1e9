// Package storage holds the buckets: who reads and writes them, how long they keep what, and where it is copied to.
package storage

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// Policies are all of this room.
var Policies = []policies.Policy{
	bucketsBlockPublicAccess, bucketsAreVersioned, dataIsEncrypted, bucketsShareNoKey, bucketsAreIntended, bucketsAreLogged,
	bucketsRefusePlainHTTP, accessLogsTakeDelivery, dataRefusesOthers, releasesAreImmutable, knowledgeIsGuarded, archiveIsLocked, archiveIsSealed,
	knowledgeExpires, uploadsEnd, nothingElseExpires, knowledgeIsReplicated, replicationRoleCan,
	uploaderIsTheDashboards, uploaderOnlyUploads, originsAreOurs, knowledgeIsScanned, scannerOnlyScans,
}

const (
	bucketType = "AWS::S3::Bucket"
	policyType = "AWS::S3::BucketPolicy"
)

var enabled = expect.Object(expect.Shape{"Status": expect.Is("Enabled")})

var bucketsBlockPublicAccess = policies.Policy{
	ID: "STORE-01", Title: "Every bucket blocks public access in all four ways and has no ACLs",
	Source:    policies.DataLeakage,
	Component: policies.Buckets, STRIDE: "TI", Severity: policies.High,
	Fix: "build the bucket with bucket.NewPrivate",
	Expect: expect.Shapes{bucketType: {
		"PublicAccessBlockConfiguration": expect.Object(expect.Shape{
			"BlockPublicAcls": expect.True, "BlockPublicPolicy": expect.True, "IgnorePublicAcls": expect.True, "RestrictPublicBuckets": expect.True,
		}),
		"OwnershipControls": expect.Object(expect.Shape{"Rules": expect.List(expect.Object(expect.Shape{
			"ObjectOwnership": expect.Is("BucketOwnerEnforced").Because("otherwise an ACL can give access"),
		}))}),
	}},
}

var bucketsAreVersioned = policies.Policy{
	ID: "STORE-02", Title: "Every bucket keeps what is overwritten or deleted as a version",
	Source:    policies.BucketRow,
	Component: policies.Buckets, STRIDE: "TD", Severity: policies.Medium,
	Fix:    "build the bucket with bucket.NewPrivate",
	Expect: expect.Shapes{bucketType: {"VersioningConfiguration": enabled}},
}

var dataIsEncrypted = policies.Policy{
	ID: "STORE-03", Title: "Every bucket of data encrypts with the key of its class, and accepts no writer's key",
	Source:    policies.DataLeakage,
	Component: policies.Buckets, STRIDE: "I", Severity: policies.High,
	Fix:   "give bucket.NewPrivate the key of the class that bucketKeys names",
	Where: isData,
	Expect: expect.Shapes{bucketType: {"BucketEncryption": encryption(expect.Shape{
		"BucketKeyEnabled": expect.True.Because("otherwise each object is a call of KMS, which throttles"),
		"ServerSideEncryptionByDefault": expect.Object(expect.Shape{
			"SSEAlgorithm": expect.Is("aws:kms"), "KMSMasterKeyID": keyOfTheClass,
		}),
	})}},
}

// encryption returns what a bucket's encryption must be: one rule, with these entries, that refuses keys which a writer keeps.
func encryption(rule expect.Shape) expect.Want {
	rule["BlockedEncryptionTypes"] = expect.Object(expect.Shape{
		"EncryptionType": expect.List(expect.Is("SSE-C").Because("only the writer has such a key")),
	})
	return expect.Object(expect.Shape{"ServerSideEncryptionConfiguration": expect.List(expect.Object(rule))})
}

// keyOfTheClass is the key that the intent's bucketKeys names for the bucket's class.
var keyOfTheClass = expect.Want{
	Text: "the key that the intent's bucketKeys names for the bucket", Reads: []string{intent.KeyType, intent.AliasType},
	Breaks: []any{"alias/aws/s3", "arn:aws:kms:eu-west-1:999999999999:key/00000000-0000-0000-0000-000000000000", func(at expect.At) any {
		for other, alias := range at.Stack().Intent().Get("bucketKeys").Map() {
			if other != class(at.Resource) {
				return alias.Any()
			}
		}
		return "alias/other"
	}},
	Holds: func(at expect.At, v template.Value) bool {
		meant := at.Resource.Value(at.Stack().Intent().Get("bucketKeys", class(at.Resource)).Text())
		k := at.Estate.Find(meant)
		return k != nil && k.Type == intent.KeyType && at.Estate.Find(v) == k
	},
}

var bucketsShareNoKey = policies.Policy{
	ID: "STORE-04", Title: "No two buckets share a key",
	Source:    policies.BucketRow,
	Component: policies.Buckets, STRIDE: "I", Severity: policies.Medium,
	Fix:   "give each bucket the key of a class of its own",
	Reads: []string{bucketType, intent.KeyType, intent.AliasType},
	Check: func(e *template.Estate, f *policies.Findings) {
		first := map[*template.Resource]*template.Resource{}
		for b := range e.All(bucketType) {
			f.Examined(b)
			k := intent.BucketKey(e, b)
			if other := first[k]; k != nil && other != nil {
				f.Fail(b, "shares its key with %s", other)
			}
			first[k] = b
		}
	},
}

// bucketsAreIntended also holds that the classes which the intent has a use for are among its buckets.
var bucketsAreIntended = policies.Policy{
	ID: "STORE-05", Title: "The buckets are those that the intent names, one of each class in every region",
	Source:    policies.Risk("Public Exposure of Services", "to reduce attack surface."),
	Component: policies.Buckets, STRIDE: "SI", Severity: policies.Medium,
	Fix: "name the bucket in the intent of its stack, or take it out",
	Expect: expect.Shapes{bucketType: {"BucketName": {
		Text: "a name that the intent of its stack gives a bucket", Breaks: []any{"other"},
		Holds: func(at expect.At, _ template.Value) bool { return class(at.Resource) != "" },
	}}},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, what := range []string{"buckets", "accessLogs", "archive", "immutable", "knowledge"} {
			for _, s := range intent.StacksStating(e, f, what) {
				for _, class := range classesOf(s, what) {
					if n := len(bucketsOf(s, class)); what == "buckets" && n != 1 {
						f.FailStack(s, "has %d buckets of class %s, must have 1", n, class)
					} else if s.Intent().Get("buckets", class).Missing() {
						f.FailStack(s, "the intent's %s is %q, must be a class of its buckets", what, class)
					}
				}
			}
		}
	},
}

// classesOf returns the classes of buckets that an entry of the intent names.
func classesOf(s *template.Stack, what string) []string {
	switch v := s.Intent().Get(what); what {
	case "buckets", "immutable":
		return v.Keys()
	case "knowledge":
		return []string{v.Get("bucket").Text()}
	default:
		return []string{v.Text()}
	}
}

var bucketsAreLogged = policies.Policy{
	ID: "STORE-12", Title: "Every access to a bucket of data is logged into the region's access-log bucket",
	Source:    policies.Answer("Do we have audit logs to protect ourselves", "all critical actions (authentication, data access, configuration changes) are logged"),
	Component: policies.Buckets, STRIDE: "I", Severity: policies.Medium,
	Fix:   "give bucket.NewPrivate the access-log bucket of its region",
	Where: isData,
	Expect: expect.Shapes{bucketType: {"LoggingConfiguration": expect.Object(expect.Shape{
		"DestinationBucketName": {
			Text: "the region's access-log bucket", Reads: []string{bucketType},
			Breaks: []any{"other", func(at expect.At) any { return at.Resource.Get("BucketName").Text() }},
			Holds: func(at expect.At, v template.Value) bool {
				target := at.Estate.Find(v, bucketType)
				return target != nil && isAccessLogs(target) && target.Stack.Region == at.Stack().Region
			},
		},
		"LogFilePrefix": expect.Equals("the bucket's name and a slash", func(at expect.At) string { return logPrefix(at.Resource) }),
	})}},
}

// logPrefix returns where a bucket's access log goes in the access-log bucket.
func logPrefix(b *template.Resource) string { return b.Get("BucketName").Text() + "/" }

// class returns what the intent of its stack calls a bucket, or the bucket of a policy; "" if it does not name it.
func class(r *template.Resource) string {
	name := r.Get("BucketName")
	if r.Type == policyType {
		name = r.Get("Bucket")
	}
	for class, meant := range r.Stack.Intent().Get("buckets").Map() {
		if t := meant.Text(); t != "" && name.Is(t) {
			return class
		}
	}
	return ""
}

// bucketsOf returns a stack's buckets of a class.
func bucketsOf(s *template.Stack, of string) []*template.Resource {
	return slices.DeleteFunc(s.Resources(), func(r *template.Resource) bool { return r.Type != bucketType || of == "" || class(r) != of })
}

// knowledgeOf returns a stack's bucket of knowledge, or nil.
func knowledgeOf(s *template.Stack) *template.Resource {
	if list := bucketsOf(s, s.Intent().Get("knowledge", "bucket").Text()); len(list) == 1 {
		return list[0]
	}
	return nil
}

// What follows reports whether a bucket, or the bucket of a policy, is of a class that the intent has a use for.

func isAccessLogs(r *template.Resource) bool { return isOf(r, "accessLogs") }
func isArchive(r *template.Resource) bool    { return isOf(r, "archive") }
func isKnowledge(r *template.Resource) bool  { return isOf(r, "knowledge", "bucket") }
func isData(r *template.Resource) bool       { return !isAccessLogs(r) }

func isOf(r *template.Resource, path ...string) bool {
	c := class(r)
	return c != "" && r.Stack.Intent().Get(path...).Is(c)
}

func isImmutable(r *template.Resource) bool {
	c := class(r)
	return c != "" && !r.Stack.Intent().Get("immutable", c).Missing()
}

// takesUploads reports whether a bucket is the knowledge of the primary, where partners upload to.
func takesUploads(r *template.Resource) bool { return isKnowledge(r) && intent.InPrimary(r.Stack) }
