package template_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/policies/template"
)

// TestNamesFollowFromPropertiesAsTheReturnValuesOfEachTypeSay compares with "Return values" in the template reference.
func TestNamesFollowFromPropertiesAsTheReturnValuesOfEachTypeSay(t *testing.T) {
	for name, c := range map[string]struct{ kind, properties, attribute, want string }{
		"bucket":                  {"AWS::S3::Bucket", `{"BucketName": "b"}`, "", "b"},
		"bucket ARN":              {"AWS::S3::Bucket", `{"BucketName": "b"}`, "Arn", "arn:aws:s3:::b"},
		"bucket domain":           {"AWS::S3::Bucket", `{"BucketName": "b"}`, "RegionalDomainName", "b.s3.eu-west-1.amazonaws.com"},
		"role":                    {"AWS::IAM::Role", `{"RoleName": "r"}`, "", "r"},
		"role ARN":                {"AWS::IAM::Role", `{"RoleName": "r"}`, "Arn", "arn:aws:iam::111122223333:role/r"},
		"role ARN with path":      {"AWS::IAM::Role", `{"RoleName": "r", "Path": "/chat/"}`, "Arn", "arn:aws:iam::111122223333:role/chat/r"},
		"role of unknown path":    {"AWS::IAM::Role", `{"RoleName": "r", "Path": {"Ref": "Given"}}`, "Arn", "${dev-eu-west-1-a/It.Arn}"},
		"role of unknown name":    {"AWS::IAM::Role", `{"RoleName": {"Ref": "Given"}}`, "", "${dev-eu-west-1-a/It.Ref}"},
		"role id":                 {"AWS::IAM::Role", `{"RoleName": "r"}`, "RoleId", "${dev-eu-west-1-a/It.RoleId}"},
		"managed policy":          {"AWS::IAM::ManagedPolicy", `{"ManagedPolicyName": "p"}`, "", "arn:aws:iam::111122223333:policy/p"},
		"managed policy ARN":      {"AWS::IAM::ManagedPolicy", `{"ManagedPolicyName": "p"}`, "PolicyArn", "arn:aws:iam::111122223333:policy/p"},
		"identity provider":       {"AWS::IAM::OIDCProvider", `{"Url": "https://token.actions.githubusercontent.com"}`, "Arn", "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
		"log group":               {"AWS::Logs::LogGroup", `{"LogGroupName": "/chat"}`, "", "/chat"},
		"log group ARN":           {"AWS::Logs::LogGroup", `{"LogGroupName": "/chat"}`, "Arn", "arn:aws:logs:eu-west-1:111122223333:log-group:/chat:*"},
		"alias":                   {"AWS::KMS::Alias", `{"AliasName": "alias/chat"}`, "", "alias/chat"},
		"key":                     {"AWS::KMS::Key", `{}`, "KeyId", "${dev-eu-west-1-a/It.Ref}"},
		"key ARN":                 {"AWS::KMS::Key", `{}`, "Arn", "${dev-eu-west-1-a/It.Arn}"},
		"topic":                   {"AWS::SNS::Topic", `{"TopicName": "t"}`, "", "arn:aws:sns:eu-west-1:111122223333:t"},
		"unnamed topic":           {"AWS::SNS::Topic", `{}`, "TopicArn", "${dev-eu-west-1-a/It.Ref}"},
		"queue":                   {"AWS::SQS::Queue", `{"QueueName": "q"}`, "", "https://sqs.eu-west-1.amazonaws.com/111122223333/q"},
		"queue ARN":               {"AWS::SQS::Queue", `{"QueueName": "q"}`, "Arn", "arn:aws:sqs:eu-west-1:111122223333:q"},
		"table ARN":               {"AWS::DynamoDB::GlobalTable", `{"TableName": "t"}`, "Arn", "arn:aws:dynamodb:eu-west-1:111122223333:table/t"},
		"function ARN":            {"AWS::Lambda::Function", `{"FunctionName": "f"}`, "Arn", "arn:aws:lambda:eu-west-1:111122223333:function:f"},
		"secret":                  {"AWS::SecretsManager::Secret", `{"Name": "s"}`, "", "${dev-eu-west-1-a/It.Ref}"},
		"SSM parameter":           {"AWS::SSM::Parameter", `{"Name": "/p", "Value": "v"}`, "", "/p"},
		"SSM parameter's value":   {"AWS::SSM::Parameter", `{"Name": "/p", "Value": "v"}`, "Value", "v"},
		"state machine":           {"AWS::StepFunctions::StateMachine", `{"StateMachineName": "m"}`, "", "arn:aws:states:eu-west-1:111122223333:stateMachine:m"},
		"repository ARN":          {"AWS::ECR::Repository", `{"RepositoryName": "r/s"}`, "Arn", "arn:aws:ecr:eu-west-1:111122223333:repository/r/s"},
		"cluster is lower-case":   {"AWS::RDS::DBCluster", `{"DBClusterIdentifier": "Chat"}`, "DBClusterArn", "arn:aws:rds:eu-west-1:111122223333:cluster:chat"},
		"trail ARN":               {"AWS::CloudTrail::Trail", `{"TrailName": "t"}`, "Arn", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/t"},
		"vault ARN":               {"AWS::Backup::BackupVault", `{"BackupVaultName": "v"}`, "BackupVaultArn", "arn:aws:backup:eu-west-1:111122223333:backup-vault:v"},
		"subnet's VPC":            {"AWS::EC2::Subnet", `{"VpcId": "vpc-1"}`, "VpcId", "vpc-1"},
		"VPC's own default group": {"AWS::EC2::VPC", `{}`, "DefaultSecurityGroup", "${dev-eu-west-1-a/It.DefaultSecurityGroup}"},
		"custom answers":          {"Custom::Lookup", `{"Name": "n"}`, "Name", "${dev-eu-west-1-a/It.Name}"},
		"no such type here":       {"AWS::New::Thing", `{"Name": "n"}`, "", "${dev-eu-west-1-a/It.Ref}"},
	} {
		t.Run(name, func(t *testing.T) {
			e := template.New(stack(t, "a", `{"Parameters": {"Given": {"Type": "String"}},
				"Resources": {"It": {"Type": "`+c.kind+`", "Properties": `+c.properties+`}}}`))
			assert.Equal(t, c.want, e.Resource("dev-eu-west-1-a", "It").Attribute(c.attribute))
		})
	}
}

func TestNamesOfOtherPartitionsAreTheirs(t *testing.T) {
	e := template.New(stackIn(t, "cn-north-1", "a", `{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}}}}`))
	q := e.Resource("dev-cn-north-1-a", "Q")
	assert.Equal(t, "https://sqs.cn-north-1.amazonaws.com.cn/111122223333/q", q.Attribute(""))
	assert.Equal(t, "arn:aws-cn:sqs:cn-north-1:111122223333:q", q.Attribute("Arn"))
}

// twoRegions has the same names in two regions, as an estate has.
func twoRegions(t testing.TB) *template.Estate {
	body := `{"Resources": {
		"Key": {"Type": "AWS::KMS::Key"},
		"Alias": {"Type": "AWS::KMS::Alias", "Properties": {"AliasName": "alias/chat", "TargetKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}},
		"Deep": {"Type": "AWS::KMS::Alias", "Properties": {"AliasName": "alias/foreign", "TargetKeyId": "alias/foreign"}},
		"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/chat"}},
		"Twin": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "twin"}},
		"Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "twin"}},
		"Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "chat/db"}},
		"Function": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "twin"}},
		"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": "chat-${AWS::Region}"}}},
		"Unnamed": {"Type": "AWS::S3::Bucket"},
		"Api": {"Type": "AWS::ApiGateway::RestApi"},
		"Reader": {"Type": "Test::Reader"}
	}}`
	return template.New(stackIn(t, "eu-west-1", "a", body), stackIn(t, "us-east-1", "a", body),
		stackIn(t, "us-east-1", "global", `{"Resources": {
			"Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "chat", "Path": "/svc/"}},
			"Distribution": {"Type": "AWS::CloudFront::Distribution"}}}`))
}

func TestFindReadsAReferenceAsAWSWould(t *testing.T) {
	e := twoRegions(t)
	reader := e.Resource("dev-eu-west-1-a", "Reader")
	for text, want := range map[string]string{
		"${dev-eu-west-1-a/Key.Ref}":                                        "dev-eu-west-1-a/Key",
		"${dev-us-east-1-a/Key.Arn}":                                        "dev-us-east-1-a/Key",
		"arn:aws:kms:us-east-1:111122223333:key/${dev-us-east-1-a/Key.Ref}": "dev-us-east-1-a/Key",
		"arn:aws:kms:eu-west-1:111122223333:key/${dev-us-east-1-a/Key.Ref}": "",
		"alias/chat": "dev-eu-west-1-a/Key",
		"arn:aws:kms:us-east-1:111122223333:alias/chat":  "dev-us-east-1-a/Key",
		"arn:aws:kms:ap-south-1:111122223333:alias/chat": "",
		"arn:aws:kms:us-east-1:999999999999:alias/chat":  "",
		"alias/foreign": "",
		"/chat":         "dev-eu-west-1-a/Logs",
		"arn:aws:logs:us-east-1:111122223333:log-group:/chat":                                    "dev-us-east-1-a/Logs",
		"arn:aws:logs:us-east-1:111122223333:log-group:/chat:*":                                  "dev-us-east-1-a/Logs",
		"arn:aws:logs:us-east-1:111122223333:log-group:/chat:log-stream:x":                       "dev-us-east-1-a/Logs",
		"arn:aws:logs:us-east-1:111122223333:log-group:/chat/more":                               "",
		"arn:aws:s3:::chat-us-east-1":                                                            "dev-us-east-1-a/Bucket",
		"arn:aws:s3:::chat-us-east-1/*":                                                          "dev-us-east-1-a/Bucket",
		"arn:aws:s3:::chat-us-east-1/a/b/*":                                                      "dev-us-east-1-a/Bucket",
		"arn:aws:s3:::chat-us-east-1*":                                                           "",
		"arn:aws:s3:::chat-us-east-1x/*":                                                         "",
		"chat-us-east-1":                                                                         "dev-us-east-1-a/Bucket", // the name of a bucket is global
		"${dev-eu-west-1-a/Unnamed.Arn}":                                                         "dev-eu-west-1-a/Unnamed",
		"${dev-eu-west-1-a/Unnamed.Arn}/*":                                                       "dev-eu-west-1-a/Unnamed",
		"arn:aws:s3:::${dev-eu-west-1-a/Unnamed.Ref}/*":                                          "dev-eu-west-1-a/Unnamed",
		"${dev-eu-west-1-a/Unnamed.Arn}x":                                                        "",
		"arn:aws:iam::111122223333:role/svc/chat":                                                "dev-us-east-1-global/Role",
		"arn:aws:iam::111122223333:role/chat":                                                    "",
		"arn:aws:iam::111122223333:root":                                                         "",
		"chat":                                                                                   "dev-us-east-1-global/Role",
		"chat/db":                                                                                "dev-eu-west-1-a/Secret",
		"arn:aws:secretsmanager:us-east-1:111122223333:secret:chat/db-??????":                    "dev-us-east-1-a/Secret",
		"arn:aws:lambda:eu-west-1:111122223333:function:twin:live":                               "dev-eu-west-1-a/Function",
		"arn:aws:dynamodb:eu-west-1:111122223333:table/twin/index/by-day":                        "dev-eu-west-1-a/Table",
		"arn:aws:execute-api:eu-west-1:111122223333:${dev-eu-west-1-a/Api.Ref}/*/*":              "dev-eu-west-1-a/Api",
		"arn:aws:cloudfront::111122223333:distribution/${dev-us-east-1-global/Distribution.Ref}": "dev-us-east-1-global/Distribution",
		"twin":                          "", // a table and a function
		"*":                             "",
		"":                              "",
		"${aws:username}":               "",
		"${dev-eu-west-1-a/Nobody.Ref}": "",
		"${nowhere/Key.Ref}":            "",
	} {
		found := e.Find(reader.Value(text))
		if want == "" {
			assert.Nil(t, found, text)
		} else if assert.NotNil(t, found, text) {
			assert.Equal(t, want, found.String(), text)
		}
	}
}

func TestTypesNarrowWhatANameMeans(t *testing.T) {
	e := twoRegions(t)
	reader := e.Resource("dev-us-east-1-a", "Reader")
	assert.Same(t, e.Resource("dev-us-east-1-a", "Table"), e.Find(reader.Value("twin"), "AWS::DynamoDB::Table"))
	assert.Same(t, e.Resource("dev-us-east-1-a", "Alias"), e.Find(reader.Value("alias/chat"), "AWS::KMS::Alias"))
	assert.Nil(t, e.Find(reader.Value("${dev-us-east-1-a/Key.Arn}"), "AWS::S3::Bucket"))
	assert.Nil(t, e.Find(template.Of("alias/chat")), "without a region, a name that two regions have means neither")
	assert.Nil(t, e.Find(template.Of([]any{"chat"})))
	assert.Nil(t, e.Find(template.Value{}))
}
