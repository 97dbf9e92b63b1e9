package bucket

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/constructs/policy"
	"livechat.example/cloud/constructs/role"
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
// there it is key/* under kms:ResourceAliases (§2). It returns the role's ARN.
func Replicate(scope constructs.Construct, id string, p ReplicateProps) string {
	role := role.NewService(scope, id+"Role", role.ServiceProps{
		Description: "Copies " + p.Name + " to the other regions",
		Service:     "s3",
		Account:     p.Account,
		Policy:      replicationStatements(p),
	})
	rules := make([]any, len(p.To))
	for i, to := range p.To {
		rules[i] = replicationRule(i, p.Account, to)
	}
	p.Bucket.Node().DefaultChild().(awss3.CfnBucket).SetReplicationConfiguration(
		&awss3.CfnBucket_ReplicationConfigurationProperty{Role: role.RoleArn(), Rules: rules})
	return *role.RoleArn()
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
func replicationStatements(p ReplicateProps) []policy.Statement {
	statements := []policy.Statement{
		{Actions: []string{"s3:GetReplicationConfiguration", "s3:ListBucket"}, Resources: []string{arn(p.Name)}},
		{Actions: []string{"s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"},
			Resources: []string{objects(p.Name)}},
		{Actions: []string{"kms:Decrypt"}, Resources: []string{*p.Key.KeyArn()},
			Conditions: policy.Conditions{"StringEquals": throughS3(p.Region)}},
	}
	for _, to := range p.To {
		statements = append(statements, policy.Statement{
			Actions:   []string{"s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"},
			Resources: []string{objects(to.BucketName)},
		}, policy.Statement{
			Actions:   []string{"kms:Encrypt", "kms:GenerateDataKey"},
			Resources: []string{"arn:aws:kms:" + to.Region + ":" + p.Account + ":key/*"},
			Conditions: policy.Conditions{
				"StringEquals":             throughS3(to.Region),
				"ForAnyValue:StringEquals": {"kms:ResourceAliases": to.KeyAlias},
			},
		})
	}
	return statements
}

func throughS3(region string) map[string]any {
	return map[string]any{"kms:ViaService": "s3." + region + ".amazonaws.com"}
}
