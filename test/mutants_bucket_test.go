package test

var bucketMutations = []mutation{
	{"STORE-01", "AWS::S3::Bucket", "drops the block on public access", nil, drop("PublicAccessBlockConfiguration")},
	{"STORE-01", "AWS::S3::Bucket", "lets a public bucket policy take effect", nil, set("PublicAccessBlockConfiguration.RestrictPublicBuckets", false)},
	{"STORE-01", "AWS::S3::Bucket", "lets ACLs decide", nil, set("OwnershipControls.Rules.0.ObjectOwnership", "ObjectWriter")},
	{"STORE-02", "AWS::S3::Bucket", "suspends versioning", nil, set("VersioningConfiguration.Status", "Suspended")},
	{"STORE-02", "AWS::S3::Bucket", "drops versioning", nil, drop("VersioningConfiguration")},
}
