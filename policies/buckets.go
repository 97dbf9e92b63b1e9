package policies

import "livechat.example/cloud/policies/template"

var bucketPolicies = []Policy{bucketsBlockPublicAccess, bucketsAreVersioned}

var bucketsBlockPublicAccess = Policy{
	ID: "STORE-01", Title: "Every bucket blocks public access in all four ways and knows no ACLs",
	Source:    risk("Data Leakage from S3 or RDS", "S3 Block Public Access, encryption, VPC-only access, audit logs."),
	Component: Buckets, STRIDE: "TI", Severity: High,
	Fix:   "build the bucket with bucket.NewPrivate",
	Reads: []string{"AWS::S3::Bucket"},
	Check: func(e *template.Estate, f *Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Saw(b)
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

var bucketsAreVersioned = Policy{
	ID: "STORE-02", Title: "Every bucket keeps what is overwritten or deleted as a version",
	Source:    table("S3 (Public/Private)", "Bucket policies, encryption, S3 Block Public Access, versioning"),
	Component: Buckets, STRIDE: "TD", Severity: Medium,
	Fix:   "build the bucket with bucket.NewPrivate",
	Reads: []string{"AWS::S3::Bucket"},
	Check: func(e *template.Estate, f *Findings) {
		for b := range e.All("AWS::S3::Bucket") {
			f.Saw(b)
			if !b.Get("VersioningConfiguration", "Status").Is("Enabled") {
				f.Fail(b, "versioning is not enabled")
			}
		}
	},
}
