package bucket

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsguardduty"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/policy"
	"livechat.example/cloud/constructs/role"
)

const (
	scanService = "malware-protection-plan.guardduty"
	// validationObject is what GuardDuty puts into a bucket to see that it can. It stays there, and is nobody's data.
	validationObject = "malware-protection-resource-validation-object"
)

// ScanProps are the bucket to scan.
type ScanProps struct {
	Bucket  awss3.Bucket // required
	Name    string       // required: Bucket's, written out, since the role must not wait for the bucket whose policy names it
	Key     awskms.IKey  // required: what Bucket is encrypted with
	Account string       // required
	Region  string       // required
}

// Scan has GuardDuty look for malware in every object that comes into a bucket, copies included, and tag it with what it found, by
// a role that nobody else takes and that can do nothing else. It returns the role's ARN.
//
// A copy is scanned where it arrives: that a tag which comes after the object is replicated is what S3's guide says ("Replicating
// metadata changes with replica modification sync") and GuardDuty's denies ("Supportability of Amazon S3 features").
//
// The bucket tells EventBridge of its objects. GuardDuty would switch that on by itself; so the template says what is.
func Scan(scope constructs.Construct, id string, p ScanProps) string {
	role := role.NewService(scope, id+"Role", role.ServiceProps{
		Description: "Scans " + p.Name + " for malware",
		Service:     scanService,
		Account:     p.Account,
		Policy:      scanStatements(p),
	})
	p.Bucket.Node().DefaultChild().(awss3.CfnBucket).SetNotificationConfiguration(&awss3.CfnBucket_NotificationConfigurationProperty{
		EventBridgeConfiguration: &awss3.CfnBucket_EventBridgeConfigurationProperty{EventBridgeEnabled: true},
	})
	plan := awsguardduty.NewCfnMalwareProtectionPlan(scope, new(id), &awsguardduty.CfnMalwareProtectionPlanProps{
		Role: role.RoleArn(),
		ProtectedResource: &awsguardduty.CfnMalwareProtectionPlan_CFNProtectedResourceProperty{
			S3Bucket: &awsguardduty.CfnMalwareProtectionPlan_S3BucketProperty{BucketName: p.Bucket.BucketName()},
		},
		Actions: &awsguardduty.CfnMalwareProtectionPlan_CFNActionsProperty{
			Tagging: &awsguardduty.CfnMalwareProtectionPlan_CFNTaggingProperty{Status: new("ENABLED")},
		},
	})
	// GuardDuty tries the role on the bucket when it is told to scan it, and must then meet the policy that exempts it.
	plan.Node().AddDependency(p.Bucket.Policy())
	return *role.RoleArn()
}

// scanStatements are those of "Create or update IAM role policy" in GuardDuty's guide.
func scanStatements(p ScanProps) []policy.Statement {
	rule := []string{"arn:aws:events:" + p.Region + ":" + p.Account + ":rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*"}
	return []policy.Statement{
		{Actions: []string{"events:PutRule", "events:DeleteRule", "events:PutTargets", "events:RemoveTargets"}, Resources: rule,
			Conditions: policy.Conditions{"StringEquals": {"events:ManagedBy": scanService + ".amazonaws.com"}}},
		{Actions: []string{"events:DescribeRule", "events:ListTargetsByRule"}, Resources: rule},
		{Actions: []string{"s3:GetBucketNotification", "s3:PutBucketNotification", "s3:ListBucket"}, Resources: []string{arn(p.Name)}},
		{Actions: []string{"s3:PutObject"}, Resources: []string{arn(p.Name) + "/" + validationObject}},
		{Actions: []string{"s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:GetObjectVersionTagging",
			"s3:PutObjectTagging", "s3:PutObjectVersionTagging"}, Resources: []string{objects(p.Name)}},
		{Actions: []string{"kms:Decrypt", "kms:GenerateDataKey"}, Resources: []string{*p.Key.KeyArn()},
			Conditions: policy.Conditions{"StringEquals": throughS3(p.Region)}},
	}
}
