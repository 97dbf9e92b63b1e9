package template

// identities are the types whose names follow from their properties. What Ref gives is the primaryIdentifier of the
// type's registry schema, and attributes are among its properties there, with S3's domain names in its examples; the
// forms of ARNs are those that cfn-lint carries from the service authorization reference
// (AdditionalSpecs/Policies.json), which ends where the name begins. Each entry was compared with both; a security
// group is known by its Id there; GroupId is another name of that. That it is the name that follows in an ARN is in
// neither. A type that is not here, or a resource without the property, keeps its token.
var identities = map[string]identity{
	"AWS::S3::Bucket": {ref: "{BucketName}", global: true, attributes: attributes{
		"Arn":                "arn:{partition}:s3:::{Ref}",
		"DomainName":         "{Ref}.s3.{suffix}",
		"RegionalDomainName": "{Ref}.s3.{region}.{suffix}",
	}},

	"AWS::IAM::Role":            ofIAM("{RoleName}", "role"),
	"AWS::IAM::User":            ofIAM("{UserName}", "user"),
	"AWS::IAM::Group":           ofIAM("{GroupName}", "group"),
	"AWS::IAM::InstanceProfile": ofIAM("{InstanceProfileName}", "instance-profile"),
	"AWS::IAM::ManagedPolicy": {ref: "arn:{partition}:iam::{account}:policy{Path|/}{ManagedPolicyName}", global: true,
		same: []string{"PolicyArn"}, also: []string{"{ManagedPolicyName}"}},
	"AWS::IAM::OIDCProvider": {ref: "arn:{partition}:iam::{account}:oidc-provider/{Url:host}", global: true, same: []string{"Arn"}},

	"AWS::KMS::Key":        assigned("kms", "key/", "KeyId", "Arn"),
	"AWS::KMS::ReplicaKey": assigned("kms", "key/", "KeyId", "Arn"),
	"AWS::KMS::Alias":      {ref: "{AliasName}", also: []string{"arn:{partition}:kms:{region}:{account}:{AliasName}"}},
	"AWS::Logs::LogGroup": {ref: "{LogGroupName}", attributes: attributes{"Arn": "arn:{partition}:logs:{region}:{account}:log-group:{Ref}:*"},
		also: []string{"arn:{partition}:logs:{region}:{account}:log-group:{Ref}"}},
	// A secret's ARN ends in six characters that AWS chooses.
	"AWS::SecretsManager::Secret": {same: []string{"Id"}, also: []string{"{Name}",
		"arn:{partition}:secretsmanager:{region}:{account}:secret:{Name}",
		"arn:{partition}:secretsmanager:{region}:{account}:secret:{Name}-??????"}},
	"AWS::SSM::Parameter": {ref: "{Name}"},
	"AWS::SSM::Document":  {ref: "{Name}"},

	"AWS::SNS::Topic": {ref: "arn:{partition}:sns:{region}:{account}:{TopicName}", same: []string{"TopicArn"},
		attributes: attributes{"TopicName": "{TopicName}"}},
	"AWS::SQS::Queue": {ref: "https://sqs.{region}.{suffix}/{account}/{QueueName}", same: []string{"QueueUrl"},
		attributes: attributes{"Arn": "arn:{partition}:sqs:{region}:{account}:{QueueName}", "QueueName": "{QueueName}"}},
	"AWS::StepFunctions::StateMachine": {ref: "arn:{partition}:states:{region}:{account}:stateMachine:{StateMachineName}", same: []string{"Arn"},
		attributes: attributes{"Name": "{StateMachineName}"}},

	"AWS::DynamoDB::Table":                 named("{TableName}", "dynamodb", "table/", "Arn"),
	"AWS::DynamoDB::GlobalTable":           named("{TableName}", "dynamodb", "table/", "Arn"),
	"AWS::Lambda::Function":                named("{FunctionName}", "lambda", "function:", "Arn"),
	"AWS::Lambda::Alias":                   {ref: "arn:{partition}:lambda:{region}:{account}:function:{FunctionName:function}:{Name}", same: []string{"AliasArn"}},
	"AWS::Lambda::Version":                 {ref: "arn:{partition}:lambda:{region}:{account}:function:{FunctionName:function}:{@Version}", same: []string{"FunctionArn"}},
	"AWS::ECR::Repository":                 named("{RepositoryName}", "ecr", "repository/", "Arn"),
	"AWS::ECS::Cluster":                    named("{ClusterName}", "ecs", "cluster/", "Arn"),
	"AWS::Events::EventBus":                named("{Name}", "events", "event-bus/", "Arn"),
	"AWS::Kinesis::Stream":                 named("{Name}", "kinesis", "stream/", "Arn"),
	"AWS::KinesisFirehose::DeliveryStream": named("{DeliveryStreamName}", "firehose", "deliverystream/", "Arn"),
	"AWS::CloudWatch::Alarm":               named("{AlarmName}", "cloudwatch", "alarm:", "Arn"),
	"AWS::CloudWatch::CompositeAlarm":      named("{AlarmName}", "cloudwatch", "alarm:", "Arn"),
	"AWS::CloudTrail::Trail":               named("{TrailName}", "cloudtrail", "trail/", "Arn"),
	"AWS::Backup::BackupVault":             named("{BackupVaultName}", "backup", "backup-vault:", "BackupVaultArn"),
	"AWS::RDS::DBCluster":                  named("{DBClusterIdentifier:lower}", "rds", "cluster:", "DBClusterArn"),
	"AWS::RDS::DBInstance":                 named("{DBInstanceIdentifier:lower}", "rds", "db:", "DBInstanceArn"),

	"AWS::EC2::VPC":             assigned("ec2", "vpc/", "VpcId", ""),
	"AWS::EC2::Subnet":          assigned("ec2", "subnet/", "SubnetId", ""),
	"AWS::EC2::SecurityGroup":   assigned("ec2", "security-group/", "GroupId", ""),
	"AWS::EC2::RouteTable":      assigned("ec2", "route-table/", "RouteTableId", ""),
	"AWS::EC2::NatGateway":      assigned("ec2", "natgateway/", "NatGatewayId", ""),
	"AWS::EC2::InternetGateway": assigned("ec2", "internet-gateway/", "InternetGatewayId", ""),
	"AWS::EC2::NetworkAcl":      assigned("ec2", "network-acl/", "Id", ""),
	"AWS::EC2::VPCEndpoint":     assigned("ec2", "vpc-endpoint/", "Id", ""),
	"AWS::ApiGateway::RestApi":  assigned("execute-api", "", "RestApiId", ""),
	"AWS::CloudFront::Distribution": {same: []string{"Id"}, global: true,
		also: []string{"arn:{partition}:cloudfront::{account}:distribution/{Ref}"}},
	"AWS::Route53::HostedZone": {same: []string{"Id"}, global: true, also: []string{"arn:{partition}:route53:::hostedzone/{Ref}"}},

	"AWS::ElasticLoadBalancingV2::LoadBalancer": {same: []string{"LoadBalancerArn"}},
	"AWS::NetworkFirewall::Firewall":            {same: []string{"FirewallArn"}},
	"AWS::NetworkFirewall::FirewallPolicy":      {same: []string{"FirewallPolicyArn"}},
	"AWS::NetworkFirewall::RuleGroup":           {same: []string{"RuleGroupArn"}},
}

type attributes = map[string]string

const inAccount = ":{region}:{account}:"

// named returns a type whose Ref is its name and whose ARN, an attribute, ends in kind and name.
func named(ref, service, kind, arn string) identity {
	return identity{ref: ref, attributes: attributes{arn: "arn:{partition}:" + service + inAccount + kind + "{Ref}"}}
}

// assigned returns a type whose Ref is an id that AWS assigns, with its ARN an attribute or not.
func assigned(service, kind, id, arn string) identity {
	i := identity{same: []string{id}}
	if pattern := "arn:{partition}:" + service + inAccount + kind + "{Ref}"; arn == "" {
		i.also = []string{pattern}
	} else {
		i.attributes = attributes{arn: pattern}
	}
	return i
}

// ofIAM returns a type of IAM, whose names hold in all regions and whose ARNs hold the path.
func ofIAM(ref, kind string) identity {
	return identity{ref: ref, global: true, attributes: attributes{"Arn": "arn:{partition}:iam::{account}:" + kind + "{Path|/}{Ref}"}}
}
