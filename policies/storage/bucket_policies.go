package storage

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// A bucket's policy is exactly what its class asks for:
//
//	every bucket     refusalsOfAll
//	access logs        and deliveries
//	data               and refusalsOfData
//	  releases           and refusalOfOverwriting
//	  knowledge          and refusalsOfKnowledge
//	  archive            and refusalsOfArchive
//
// A Deny more could lock out a principal that needs access; an Allow more admits one. Identities of the account have their access
// by their own policies.

// refusalsOfAll holds every caller to TLS 1.2 or later.
func refusalsOfAll(b *template.Resource) []template.Statement {
	return []template.Statement{
		deny(whole(b), "s3:*").under(intent.When("Bool", "aws:SecureTransport", "false")),
		deny(whole(b), "s3:*").under(intent.When("NumericLessThan", "s3:TlsVersion", "1.2")),
	}
}

// refusalsOfData keeps out identities of other accounts, whatever an Allow may come to say, and objects that ask for another key
// or encryption than the bucket's. An object that asks for none gets the bucket's.
func refusalsOfData(e *template.Estate, b *template.Resource) []template.Statement {
	const algorithm, key = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
	return append(refusalsOfAll(b),
		deny(whole(b), "s3:*").under(
			intent.When("StringNotEquals", "aws:PrincipalAccount", b.Stack.Account), intent.When("BoolIfExists", "aws:PrincipalIsAWSService", "false")),
		deny(objects(b), "s3:PutObject").under(intent.When("StringNotEquals", key, keyOf(e, b)), intent.When("Null", key, "false")),
		deny(objects(b), "s3:PutObject").under(intent.When("StringNotEquals", algorithm, "aws:kms"), intent.When("Null", algorithm, "false")),
	)
}

var bucketsRefusePlainHTTP = policies.Policy{
	ID: "STORE-08", Title: "Every bucket has one policy, as long as it lives, which refuses callers before TLS 1.2",
	Source:    policies.Answer("Are we saving any historical chat data?", "Encrypt data at rest and in transit."),
	Component: policies.Buckets, STRIDE: "TI", Severity: policies.High,
	Fix:   "build the bucket with bucket.NewPrivate",
	Count: []expect.Census{expect.One(policyType, "Bucket").Per(bucketType)},
	Expect: expect.Shapes{policyType: {
		"Bucket":              expect.Own(bucketType),
		"DeletionPolicy":      retained,
		"UpdateReplacePolicy": retained,
	}},
	Check: func(e *template.Estate, f *policies.Findings) {
		for p := range e.All(policyType) {
			b := bucketOf(e, p)
			if b == nil {
				continue
			}
			for _, refusal := range refusalsOfAll(b) {
				if !slices.ContainsFunc(p.Statements(), func(s template.Statement) bool { return expect.Same(refusal, s) }) {
					f.Fail(p, "PolicyDocument lacks statement %s, must have it in every bucket's policy", expect.Write(refusal))
				}
			}
		}
	},
}

var retained = expect.Is("Retain").Because("a bucket without its policy answers everything that an identity may ask")

var accessLogsTakeDelivery = policies.Policy{
	ID: "STORE-09", Title: "The access-log bucket admits S3's log delivery for the region's buckets, and no one else",
	Source:    policies.LeastPrivilege,
	Component: policies.Buckets, STRIDE: "STI", Severity: policies.High,
	Fix:   "build the bucket with bucket.NewAccessLogs",
	Where: isAccessLogs,
	Expect: expect.Shapes{
		bucketType: {"BucketEncryption": encryption(expect.Shape{"ServerSideEncryptionByDefault": expect.Object(expect.Shape{
			"SSEAlgorithm": expect.Is("AES256").Because("load balancers deliver access logs under S3's own key only"),
		})})},
		policyType: {"PolicyDocument": document("what access logs refuse, and delivery for each bucket of the region", deliveries)},
	},
}

// deliveries admits S3's log delivery on behalf of each bucket of the region, below that bucket's name.
func deliveries(e *template.Estate, b *template.Resource) []template.Statement {
	list := refusalsOfAll(b)
	for source := range e.All(bucketType) {
		if source.Stack.Region == b.Stack.Region && isData(source) {
			list = append(list, template.Statement{
				Actions: []string{"s3:PutObject"}, Resources: []string{b.Attribute("Arn") + "/" + logPrefix(source) + "*"},
				Principals: map[string][]string{"Service": {"logging.s3.amazonaws.com"}},
				Conditions: []template.Condition{
					intent.When("ArnLike", "aws:SourceArn", source.Attribute("Arn")), intent.When("StringEquals", "aws:SourceAccount", b.Stack.Account),
				},
			})
		}
	}
	return list
}

var dataRefusesOthers = policies.Policy{
	ID: "STORE-10", Title: "A bucket of data refuses other accounts and other keys, and its policy admits no one",
	Source:    policies.BucketRow,
	Component: policies.Buckets, STRIDE: "STI", Severity: policies.High,
	Fix: "build the bucket with bucket.NewPrivate",
	Where: func(r *template.Resource) bool {
		return isData(r) && !isImmutable(r) && !isKnowledge(r) && !isArchive(r)
	},
	Expect: expect.Shapes{policyType: {"PolicyDocument": document("what a bucket of data refuses", refusalsOfData)}},
}

var releasesAreImmutable = policies.Policy{
	ID: "STORE-13", Title: "A released object can be neither overwritten nor removed while it is locked",
	Source:    policies.Answer("How are we ensuring integrity and versioning of our SDK artifacts?", "CDN and S3 enforce immutability for released versions."),
	Component: policies.Buckets, STRIDE: "T", Severity: policies.High,
	Fix:   "build the bucket with bucket.NewReleased",
	Where: isImmutable,
	Expect: expect.Shapes{
		bucketType: lockedFor(expect.Want{
			Text:   "at least the intent's days",
			Breaks: []any{func(at expect.At) any { return immutableDays(at.Resource) - 1 }},
			Holds: func(at expect.At, v template.Value) bool {
				n, ok := v.Int()
				return ok && n >= immutableDays(at.Resource)
			},
		}),
		policyType: {"PolicyDocument": document("what a bucket of releases refuses", func(e *template.Estate, b *template.Resource) []template.Statement {
			return append(refusalsOfData(e, b), refusalOfOverwriting(b))
		})},
	},
}

// immutableDays returns for how many days the intent locks what is in a bucket, a day at least.
func immutableDays(b *template.Resource) int {
	n, _ := b.Stack.Intent().Get("immutable", class(b)).Int()
	return max(n, 1)
}

// lockedFor states the Object Lock that keeps what is written for so many days, if the writer does not say otherwise.
func lockedFor(days expect.Want) expect.Shape {
	return expect.Shape{
		"ObjectLockEnabled": expect.True,
		"ObjectLockConfiguration": expect.Object(expect.Shape{
			"ObjectLockEnabled": expect.Is("Enabled"),
			"Rule": expect.Object(expect.Shape{"DefaultRetention": expect.Object(expect.Shape{
				"Mode": expect.OneOf("GOVERNANCE", "COMPLIANCE"), "Days": days,
			})}),
		}),
	}
}

// refusalOfOverwriting refuses a write that does not say If-None-Match: it would put a new version over what was released.
func refusalOfOverwriting(b *template.Resource) template.Statement {
	return deny(objects(b), "s3:PutObject").under(
		intent.When("Null", "s3:if-none-match", "true"), intent.When("Bool", "s3:ObjectCreationOperation", "true"))
}

// archiveDays is how long at least a record of the audit is immutable: a year, and the month in which one looks back at it.
const archiveDays = 400

var archiveIsLocked = policies.Policy{
	ID: "STORE-26", Title: "A record in the archive is locked for 400 days from when it is written",
	Source:    policies.Answer(policies.AuditLogs, "Store logs in immutable storage."),
	Component: policies.Buckets, STRIDE: "TR", Severity: policies.High,
	Fix:    "build the bucket with bucket.NewArchive",
	Where:  isArchive,
	Expect: expect.Shapes{bucketType: lockedFor(expect.AtLeast(archiveDays))},
}

var archiveIsSealed = policies.Policy{
	ID: "STORE-27", Title: "Only the security role reads the archive, and no one removes from it or shortens its lock",
	Source:    policies.Answer(policies.AuditLogs, "Restrict log access to security personnel."),
	Component: policies.Buckets, STRIDE: "TRI", Severity: policies.High,
	Fix:    "build the bucket with bucket.NewArchive",
	Where:  isArchive,
	Expect: expect.Shapes{policyType: {"PolicyDocument": document("what the archive refuses", refusalsOfArchive)}},
}

func refusalsOfArchive(e *template.Estate, b *template.Resource) []template.Statement {
	return append(refusalsOfData(e, b),
		deny(objects(b), "s3:GetObject*").under(intent.When("ArnNotEquals", caller, intent.RoleARN(b.Stack, "security"))),
		deny(objects(b), "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention", "s3:PutObjectRetention").under(),
	)
}

const (
	caller = "aws:PrincipalArn"
	// uploadMillis is how old a signature of an upload may be: a quarter of an hour, in milliseconds.
	uploadMillis = "900000"
	// validationObject is what GuardDuty puts to see that it can ("Create or update IAM role policy").
	validationObject = "malware-protection-resource-validation-object"
	scanStatus       = "s3:ExistingObjectTag/GuardDutyMalwareScanStatus"
)

var knowledgeIsGuarded = policies.Policy{
	ID: "STORE-21", Title: "Knowledge takes only fresh uploads into a class, and is read only clean and in the VPC",
	Source:    policies.Answer(uploadQuestion, "Expire pre-signed URLs quickly and audit all uploads."),
	Component: policies.Buckets, STRIDE: "STID", Severity: policies.High,
	Fix:    "build the bucket with bucket.NewKnowledge",
	Where:  isKnowledge,
	Expect: expect.Shapes{policyType: {"PolicyDocument": document("what knowledge refuses", refusalsOfKnowledge)}},
}

// refusalsOfKnowledge bounds three things.
//   - An upload lies below a retention class and a partner, outside the primary nowhere. Its signature is of the last quarter of an
//     hour; the age of a signature of version 2 is always 0. It brings no tag, which might say that it is clean.
//   - An object is read through the S3 endpoint of the region's VPC. The scanner and the role that copies are exempt.
//   - It is read once it was found clean, and only the scanner, which is exempt, says what was.
func refusalsOfKnowledge(e *template.Estate, b *template.Resource) []template.Statement {
	const put = "s3:PutObject"
	scanner, exempt := scannersOf(e, b), scannersOf(e, b)
	if copies := e.Find(b.Get("ReplicationConfiguration", "Role"), intent.RoleType); copies != nil {
		exempt = append(exempt, copies.Attribute("Arn"))
	}
	outside := deny(nil, put).under()
	outside.NotResources = []string{b.Attribute("Arn") + "/" + validationObject}
	if takesUploads(b) {
		for prefix := range b.Stack.Intent().Get("knowledge", "retention").Map() {
			outside.NotResources = append(outside.NotResources, b.Attribute("Arn")+"/"+prefix+"*/*")
		}
	}
	return append(refusalsOfData(e, b),
		outside,
		deny(objects(b), put).under(intent.When("NumericGreaterThan", "s3:signatureAge", uploadMillis)),
		deny(objects(b), put).under(intent.When("StringEquals", "s3:signatureversion", "AWS")),
		deny(objects(b), put).under(intent.When("Null", "s3:RequestObjectTagKeys", "false")),
		deny(objects(b), "s3:GetObject*").under(
			intent.When("StringNotEquals", "aws:SourceVpce", s3Endpoint(e, b.Stack.Region)), intent.When("ArnNotEquals", caller, exempt...)),
		deny(objects(b), "s3:GetObject", "s3:GetObjectVersion").under(
			intent.When("StringNotEquals", scanStatus, "NO_THREATS_FOUND"), intent.When("ArnNotEquals", caller, scanner...)),
		deny(objects(b), "s3:PutObjectTagging", "s3:PutObjectVersionTagging", "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging").under(
			intent.When("ArnNotEquals", caller, scanner...)),
	)
}

// s3Endpoint returns the id of the S3 endpoint of a region's VPC, "" if there is none.
func s3Endpoint(e *template.Estate, region string) string {
	id := ""
	for p := range e.All(intent.EndpointType) {
		if p.Stack.Region == region && intent.EndpointMeant(p).Service == "s3" {
			id = p.Attribute("")
		}
	}
	return id
}

// document wants of a bucket's policy the statements that its class asks for.
func document(text string, of func(*template.Estate, *template.Resource) []template.Statement) expect.Want {
	return expect.Document(text, func(at expect.At) []template.Statement {
		if b := bucketOf(at.Estate, at.Resource); b != nil {
			return of(at.Estate, b)
		}
		return nil // STORE-08
	}, bucketType, intent.KeyType, intent.AliasType, intent.EndpointType, intent.ScanType, intent.RoleType)
}

// bucketOf returns the bucket of a policy, or nil.
func bucketOf(e *template.Estate, policy *template.Resource) *template.Resource {
	return e.Find(policy.Get("Bucket"), bucketType)
}

func objects(b *template.Resource) []string { return []string{b.Attribute("Arn") + "/*"} }
func whole(b *template.Resource) []string   { return append(objects(b), b.Attribute("Arn")) }

// keyOf returns the ARN of the key that a bucket encrypts with, "" if that is no key of this estate.
func keyOf(e *template.Estate, b *template.Resource) string {
	if k := intent.BucketKey(e, b); k != nil {
		return k.Attribute("Arn")
	}
	return ""
}
