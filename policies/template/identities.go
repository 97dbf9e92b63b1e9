package template

// identities are the types whose names follow from their properties, as "Return values" of each type in the CloudFormation
// template reference and the resource formats of the service authorization reference state them. A type that is not here,
// or a resource without the property, keeps its token.
var identities = map[string]identity{
	"AWS::S3::Bucket": {ref: "{BucketName}", global: true, attributes: attrs{
		"Arn":                "arn:{partition}:s3:::{Ref}",
		"DomainName":         "{Ref}.s3.{suffix}",
		"RegionalDomainName": "{Ref}.s3.{region}.{suffix}",
	}},
	"AWS::IAM::Role":            iam("{RoleName}", "role"),
	"AWS::IAM::User":            iam("{UserName}", "user"),
	"AWS::IAM::Group":           iam("{GroupName}", "group"),
	"AWS::IAM::InstanceProfile": iam("{InstanceProfileName}", "instance-profile"),
	"AWS::IAM::ManagedPolicy":   byARN("iam", "policy{Path|/}{ManagedPolicyName}", true, "PolicyArn"),
	"AWS::KMS::Key":             arnOnly("kms", "key/{Ref}", "Arn"),
	"AWS::KMS::ReplicaKey":      arnOnly("kms", "key/{Ref}", "Arn"),
	"AWS::KMS::Alias":           {ref: "{AliasName}", arn: "arn:{partition}:kms:{region}:{account}:{AliasName}"},
	"AWS::Logs::LogGroup": {ref: "{LogGroupName}", arn: "arn:{partition}:logs:{region}:{account}:log-group:{Ref}", attributes: attrs{
		"Arn": "arn:{partition}:logs:{region}:{account}:log-group:{Ref}:*",
	}},
	"AWS::SNS::Topic": {ref: "arn:{partition}:sns:{region}:{account}:{TopicName}", attributes: attrs{
		"TopicArn":  "arn:{partition}:sns:{region}:{account}:{TopicName}",
		"TopicName": "{TopicName}",
	}},
	"AWS::SQS::Queue": {ref: "https://sqs.{region}.{suffix}/{account}/{QueueName}", attributes: attrs{
		"Arn":       "arn:{partition}:sqs:{region}:{account}:{QueueName}",
		"QueueName": "{QueueName}",
		"QueueUrl":  "https://sqs.{region}.{suffix}/{account}/{QueueName}",
	}},
	"AWS::DynamoDB::Table":                 named("{TableName}", "dynamodb", "table/{Ref}", "Arn"),
	"AWS::DynamoDB::GlobalTable":           named("{TableName}", "dynamodb", "table/{Ref}", "Arn"),
	"AWS::Lambda::Function":                named("{FunctionName}", "lambda", "function:{Ref}", "Arn"),
	"AWS::SecretsManager::Secret":          {arn: "{Name}"}, // the ARN ends in six characters that AWS chooses
	"AWS::SSM::Parameter":                  {ref: "{Name}"},
	"AWS::SSM::Document":                   {ref: "{Name}"},
	"AWS::StepFunctions::StateMachine":     byARN("states", "stateMachine:{StateMachineName}", false, "Arn"),
	"AWS::ECR::Repository":                 named("{RepositoryName}", "ecr", "repository/{Ref}", "Arn"),
	"AWS::ECS::Cluster":                    named("{ClusterName}", "ecs", "cluster/{Ref}", "Arn"),
	"AWS::Events::EventBus":                named("{Name}", "events", "event-bus/{Ref}", "Arn"),
	"AWS::Kinesis::Stream":                 named("{Name}", "kinesis", "stream/{Ref}", "Arn"),
	"AWS::KinesisFirehose::DeliveryStream": named("{DeliveryStreamName}", "firehose", "deliverystream/{Ref}", "Arn"),
	"AWS::CloudWatch::Alarm":               named("{AlarmName}", "cloudwatch", "alarm:{Ref}", "Arn"),
	"AWS::CloudTrail::Trail":               named("{TrailName}", "cloudtrail", "trail/{Ref}", "Arn"),
	"AWS::Backup::BackupVault":             named("{BackupVaultName}", "backup", "backup-vault:{Ref}", "BackupVaultArn"),
	"AWS::RDS::DBCluster":                  named("{DBClusterIdentifier:lower}", "rds", "cluster:{Ref}", "DBClusterArn"),
	"AWS::RDS::DBInstance":                 named("{DBInstanceIdentifier:lower}", "rds", "db:{Ref}", "DBInstanceArn"),
	"AWS::EC2::VPC":                        arnOnly("ec2", "vpc/{Ref}", ""),
	"AWS::EC2::Subnet":                     arnOnly("ec2", "subnet/{Ref}", ""),
	"AWS::EC2::SecurityGroup":              arnOnly("ec2", "security-group/{Ref}", ""),
	"AWS::ApiGateway::RestApi":             {arn: "arn:{partition}:execute-api:{region}:{account}:{Ref}"},
}

type attrs = map[string]string

// named is a type whose Ref is its name and whose ARN, an attribute, ends in resource.
func named(ref, service, resource, attribute string) identity {
	return identity{ref: ref, attributes: attrs{attribute: "arn:{partition}:" + service + ":{region}:{account}:" + resource}}
}

// byARN is a type whose Ref is its ARN.
func byARN(service, resource string, global bool, attribute string) identity {
	region := "{region}"
	if global {
		region = ""
	}
	arn := "arn:{partition}:" + service + ":" + region + ":{account}:" + resource
	return identity{ref: arn, global: global, attributes: attrs{attribute: arn}}
}

// arnOnly is a type whose id AWS assigns.
func arnOnly(service, resource, attribute string) identity {
	arn := "arn:{partition}:" + service + ":{region}:{account}:" + resource
	if attribute == "" {
		return identity{arn: arn}
	}
	return identity{attributes: attrs{attribute: arn}}
}

// iam is a type of IAM, whose names hold in all regions and whose ARNs hold the path.
func iam(ref, kind string) identity {
	return identity{ref: ref, global: true, attributes: attrs{"Arn": "arn:{partition}:iam::{account}:" + kind + "{Path|/}{Ref}"}}
}
