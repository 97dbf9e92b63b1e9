package bucket

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"livechat.example/cloud/constructs/policy"
)

// uploadMillis is how old, in milliseconds, an upload's signature may be, a quarter of an hour: as long as S3 leaves a request that is signed in its headers.
const uploadMillis = "900000"

// scanStatus is the tag that GuardDuty gives to what it has scanned, and clean the value that lets it be read ("Using tag-based
// access control (TBAC) with Malware Protection for S3").
const (
	scanStatus = "GuardDutyMalwareScanStatus"
	clean      = "NO_THREATS_FOUND"
)

// KnowledgeProps are a private bucket, and the ways into it and out of it.
type KnowledgeProps struct {
	PrivateProps
	Region   string // required
	Endpoint string // required: the id of the region's own endpoint of S3
	// Classes are the retention classes, in days, that uploads go to. None: nobody but replication puts anything.
	Classes []int
	// Origin is the one whose pages may upload, https://…; none: no page may.
	Origin string
	To     []Replica
}

// NewKnowledge is a private bucket out of which nobody reads but from inside the VPC, and nothing but what was scanned and found clean;
// and into which nobody puts anything but below a retention class's prefix, by a signature of this quarter of an hour.
//
// Who may administer the bucket can change its policy, which leaves a trace; no person is exempt from it.
func NewKnowledge(scope constructs.Construct, id string, p KnowledgeProps) awss3.Bucket {
	if p.Region == "" || p.Endpoint == "" || (p.Origin == "") != (len(p.Classes) == 0) {
		panic("bucket.KnowledgeProps of " + id + ": Region and Endpoint are required, and Origin if there are Classes to upload to")
	}
	bucket := NewPrivate(scope, id, p.PrivateProps)
	exempt := []string{Scan(scope, id+"Scan", ScanProps{Bucket: bucket, Name: p.Name, Key: p.Key, Account: p.Account, Region: p.Region})}
	if len(p.To) > 0 {
		exempt = append(exempt, Replicate(scope, id+"Replication", ReplicateProps{
			Bucket: bucket, Name: p.Name, Key: p.Key, Account: p.Account, Region: p.Region, To: p.To,
		}))
	}
	for _, s := range append(putting(p), reading(p, exempt)...) {
		bucket.AddToResourcePolicy(policy.Of(s))
	}
	if p.Origin != "" {
		// A page signs nothing: it puts what the dashboard's service signed, headers included.
		bucket.AddCorsRule(&awss3.CorsRule{
			AllowedOrigins: jsii.Strings(p.Origin),
			AllowedMethods: &[]awss3.HttpMethods{awss3.HttpMethods_PUT},
			AllowedHeaders: jsii.Strings("content-type", "x-amz-checksum-sha256"),
			MaxAge:         new(600.0),
		})
	}
	return bucket
}

// putting are the refusals of objects: outside the retention classes, by a signature that is older or cannot tell its age, and with tags.
func putting(p KnowledgeProps) []policy.Statement {
	// GuardDuty puts one object where it was told to scan, to see that it can.
	into := []string{arn(p.Name) + "/" + validationObject}
	for _, days := range p.Classes {
		into = append(into, arn(p.Name)+"/"+RetentionPrefix(days)+"*/*")
	}
	refusing := func(sid string, conditions policy.Conditions) policy.Statement {
		return policy.Statement{Sid: sid, Deny: true, Principal: policy.Anyone, Actions: []string{"s3:PutObject"},
			Resources: []string{objects(p.Name)}, Conditions: conditions}
	}
	return []policy.Statement{
		{Sid: "DenyOutsideTheClasses", Deny: true, Principal: policy.Anyone, Actions: []string{"s3:PutObject"}, NotResources: into},
		refusing("DenyOldSignatures", policy.Conditions{"NumericGreaterThan": {"s3:signatureAge": uploadMillis}}),
		// The age of a signature of version 2 is always 0 ("Amazon S3 Signature Version 4 Authentication Specific Policy Keys").
		refusing("DenyAgelessSignatures", policy.Conditions{"StringEquals": {"s3:signatureversion": "AWS"}}),
		// A tag is a verdict of the scanner's, or takes the room of one: an object has ten.
		refusing("DenyTaggedObjects", policy.Conditions{"Null": {"s3:RequestObjectTagKeys": "false"}}),
	}
}

// reading are the refusals to read. Replication reads by actions of its own, which the first refusal means too, and S3 calls them
// from outside the VPC by the role; so does GuardDuty by the scanner's, the first that is exempt.
func reading(p KnowledgeProps, exempt []string) []policy.Statement {
	const who = "aws:PrincipalArn"
	scanner := exempt[0]
	refusing := func(sid string, actions []string, conditions policy.Conditions) policy.Statement {
		return policy.Statement{Sid: sid, Deny: true, Principal: policy.Anyone, Actions: actions,
			Resources: []string{objects(p.Name)}, Conditions: conditions}
	}
	return []policy.Statement{
		refusing("DenyReadingOutsideTheVPC", []string{"s3:GetObject*"}, policy.Conditions{
			"StringNotEquals": {"aws:SourceVpce": p.Endpoint}, "ArnNotEquals": {who: exempt},
		}),
		refusing("DenyReadingUnlessClean", []string{"s3:GetObject", "s3:GetObjectVersion"}, policy.Conditions{
			"StringNotEquals": {"s3:ExistingObjectTag/" + scanStatus: clean}, "ArnNotEquals": {who: scanner},
		}),
		refusing("DenyTagging", []string{"s3:PutObjectTagging", "s3:PutObjectVersionTagging", "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"},
			policy.Conditions{"ArnNotEquals": {who: scanner}}),
	}
}
