package readback

import "slices"

// Exception is a property that the emulator does not keep as AWS would, or that no API reads, so that its difference says
// nothing about the template. Policies and cfn-lint judge those properties; nothing here does.
type Exception struct{ Type, Property, Reason string }

type exceptionKey struct{ Type, Property string }

func (e Exception) key() exceptionKey { return exceptionKey{e.Type, e.Property} }

// exceptions is what ministack 1.5.33 is known to keep wrong. An entry that a run compares and finds equal is reported as
// stale: delete it then.
var exceptions = []Exception{
	{"AWS::DynamoDB::GlobalTable", "Replicas", "its CloudFormation ignores the property; there is the one table of the stack's region"},
	{"AWS::DynamoDB::GlobalTable", "SSESpecification", "its CloudFormation ignores the property"},
	{"AWS::DynamoDB::GlobalTable", "TimeToLiveSpecification", "its CloudFormation ignores the property"},
	{"AWS::EC2::VPCEndpoint", "PolicyDocument", "it keeps the policy and leaves it out of DescribeVpcEndpoints"},
	{"AWS::EC2::VPCEndpoint", "PrivateDnsEnabled", "it keeps the setting and leaves it out of DescribeVpcEndpoints"},
	{"AWS::EC2::VPCEndpoint", "SecurityGroupIds", "it keeps the groups and leaves them out of DescribeVpcEndpoints"},
	{"AWS::Events::Rule", "Tags", "its CloudFormation hands a stack's tags on to no rule"},
	{"AWS::KMS::Key", "PendingWindowInDays", "no API tells it before the key is scheduled for deletion"},
	{"AWS::Lambda::Function", "VpcConfig", "its CloudFormation ignores the property"},
	{"AWS::ElastiCache::ParameterGroup", "Tags", itsOwnTags},
	{"AWS::ElastiCache::ReplicationGroup", "KmsKeyId", "it forgets the key"},
	{"AWS::ElastiCache::ReplicationGroup", "Tags", itsOwnTags},
	{"AWS::ElastiCache::SubnetGroup", "Tags", itsOwnTags},
	{"AWS::ElastiCache::User", "AuthenticationMode", "it knows passwords and nothing else: every user reads back as one without"},
	{"AWS::ElastiCache::User", "Tags", itsOwnTags},
	{"AWS::ElastiCache::UserGroup", "Tags", itsOwnTags},
	{"AWS::RDS::DBCluster", "DBClusterParameterGroupName", "its CloudFormation ignores the property"},
	{"AWS::RDS::DBCluster", "EnableCloudwatchLogsExports", "its CloudFormation ignores the property"},
	{"AWS::RDS::DBCluster", "EnableGlobalWriteForwarding", "its CloudFormation ignores the property"},
	{"AWS::RDS::DBCluster", "GlobalClusterIdentifier", "its CloudFormation makes no global cluster, and ignores the property"},
	{"AWS::RDS::DBCluster", "KmsKeyId", "its CloudFormation ignores the property"},
	{"AWS::RDS::DBCluster", "MasterUserPassword", "no API tells a password"},
	{"AWS::RDS::DBCluster", "Tags", "its CloudFormation ignores the property"},
	{"AWS::RDS::DBInstance", "PerformanceInsightsKMSKeyId", "its CloudFormation keeps that Performance Insights is on, and not its key"},
	{"AWS::Route53::HostedZone", "VPCs", "its CloudFormation makes every zone a public one"},
	{"AWS::S3::Bucket", "BucketEncryption", "its CloudFormation ignores the property; every bucket reads back AES256"},
	{"AWS::S3::Bucket", "LifecycleConfiguration", "its CloudFormation ignores the property"},
	{"AWS::S3::Bucket", "LoggingConfiguration", "its CloudFormation ignores the property"},
	{"AWS::S3::Bucket", "ObjectLockConfiguration", "its CloudFormation ignores the property"},
	{"AWS::S3::Bucket", "ObjectLockEnabled", "its CloudFormation ignores the property"},
	{"AWS::S3::Bucket", "ReplicationConfiguration", "its CloudFormation ignores the property"},
	{"AWS::S3::Bucket", "Tags", "its CloudFormation ignores the property"},
	{"AWS::SNS::Topic", "KmsMasterKeyId", "its CloudFormation ignores the property"},
	{"AWS::SecretsManager::Secret", "GenerateSecretString", "no API tells it; its CloudFormation puts punctuation into the value"},
	{"Custom::EmptyDefaultGroup", "ServiceTimeout", "no API tells it"},
	{"Custom::EmptyDefaultGroup", "ServiceToken", "no API tells who made it so"},
	{"Custom::Partner", "ServiceTimeout", "no API tells it"},
	{"Custom::Partner", "ServiceToken", "no API tells who wrote the record"},
	{"Custom::PrefixList", "ServiceTimeout", "no API tells it"},
	{"Custom::PrefixList", "ServiceToken", "no API tells who found it"},
	{"Custom::TablePolicy", "ServiceTimeout", "no API tells it"},
	{"Custom::TablePolicy", "ServiceToken", "no API tells who gave the policy"},
	{"AWS::IAM::Role", "PermissionsBoundary", "its CloudFormation ignores the property; IAM itself keeps one that PutRolePermissionsBoundary sets"},
}

// itsOwnTags says that a type is not among those that the emulator hands a stack's tags on to.
const itsOwnTags = "its CloudFormation puts on the resource's own tags, not the stack's"

func excepted(key exceptionKey) bool {
	return slices.ContainsFunc(exceptions, func(e Exception) bool { return e.key() == key })
}

// Why is the reason that a difference is excepted, "" if it is not.
func Why(d Difference) string {
	for _, e := range exceptions {
		if e.Type == d.Type && e.Property == d.Property {
			return e.Reason
		}
	}
	return ""
}
