package bucket

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Replica is the bucket of another region that receives a copy, by the names that are computed for it.
type Replica struct {
	Region     string
	BucketName string
	KeyAlias   string // alias/…
}

// ReplicateProps are the bucket to copy and where to.
type ReplicateProps struct {
	Bucket  awss3.Bucket // required
	Name    string       // required: Bucket's, written out, since the role must not wait for the bucket that names it
	Key     awskms.IKey  // required: what Bucket is encrypted with
	Account string       // required
	Region  string       // required
	To      []Replica
}

// Replicate copies everything, deletions included, to each replica under the replica's own key, by a role that can do nothing else.
//
// The replicas must exist first (DEPLOY-TRAPS §12). Their keys are known by alias: S3 takes an alias's ARN, IAM does not,
// there it is key/* under kms:ResourceAliases (§2).
func Replicate(scope constructs.Construct, id string, p ReplicateProps) {
	role := awsiam.NewRole(scope, new(id+"Role"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(new("s3.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{
				"StringEquals": map[string]any{"aws:SourceAccount": p.Account},
				"ArnEquals":    map[string]any{"aws:SourceArn": arn(p.Name)},
			},
		}),
		Description: new("Copies " + p.Name + " to the other regions"),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			"replicate": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: replicationStatements(p)}),
		},
	})
	rules := make([]any, len(p.To))
	for i, to := range p.To {
		rules[i] = replicationRule(i, p.Account, to)
	}
	p.Bucket.Node().DefaultChild().(awss3.CfnBucket).SetReplicationConfiguration(
		&awss3.CfnBucket_ReplicationConfigurationProperty{Role: role.RoleArn(), Rules: rules})
}

func replicationRule(i int, account string, to Replica) *awss3.CfnBucket_ReplicationRuleProperty {
	enabled := new("Enabled")
	return &awss3.CfnBucket_ReplicationRuleProperty{
		Id:       new("to-" + to.Region),
		Status:   enabled,
		Priority: new(float64(i + 1)),
		Filter:   &awss3.CfnBucket_ReplicationRuleFilterProperty{Prefix: new("")},
		DeleteMarkerReplication: &awss3.CfnBucket_DeleteMarkerReplicationProperty{
			Status: enabled,
		},
		SourceSelectionCriteria: &awss3.CfnBucket_SourceSelectionCriteriaProperty{
			SseKmsEncryptedObjects: &awss3.CfnBucket_SseKmsEncryptedObjectsProperty{Status: enabled},
		},
		Destination: &awss3.CfnBucket_ReplicationDestinationProperty{
			Bucket: new(arn(to.BucketName)),
			EncryptionConfiguration: &awss3.CfnBucket_EncryptionConfigurationProperty{
				ReplicaKmsKeyId: new("arn:aws:kms:" + to.Region + ":" + account + ":" + to.KeyAlias),
			},
			Metrics: &awss3.CfnBucket_MetricsProperty{Status: enabled},
		},
	}
}

// replicationStatements are those of "Setting up permissions for live replication" and "Replicating encrypted objects".
func replicationStatements(p ReplicateProps) *[]awsiam.PolicyStatement {
	statements := []awsiam.PolicyStatement{
		allow(arn(p.Name), nil, "s3:GetReplicationConfiguration", "s3:ListBucket"),
		allow(arn(p.Name)+"/*", nil,
			"s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"),
		allow(*p.Key.KeyArn(), map[string]any{"StringEquals": throughS3(p.Region)}, "kms:Decrypt"),
	}
	for _, to := range p.To {
		statements = append(statements,
			allow(arn(to.BucketName)+"/*", nil, "s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"),
			allow("arn:aws:kms:"+to.Region+":"+p.Account+":key/*", map[string]any{
				"StringEquals":             throughS3(to.Region),
				"ForAnyValue:StringEquals": map[string]any{"kms:ResourceAliases": to.KeyAlias},
			}, "kms:Encrypt", "kms:GenerateDataKey"))
	}
	return &statements
}

func allow(resource string, conditions map[string]any, actions ...string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: jsii.Strings(actions...), Resources: jsii.Strings(resource), Conditions: &conditions,
	})
}

func throughS3(region string) map[string]any {
	return map[string]any{"kms:ViaService": "s3." + region + ".amazonaws.com"}
}

func arn(bucket string) string { return "arn:aws:s3:::" + bucket }
