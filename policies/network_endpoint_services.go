package policies

import (
	"strings"

	"livechat.example/cloud/policies/template"
)

// endpointOf is an endpoint that every VPC has. It is a second reading of what is written in constructs/endpoint, on purpose:
// a service, a tier or an action that is needed in the network is written in both.
type endpointOf struct {
	service string
	routed  []string // of a gateway endpoint: the tiers whose route tables lead to it
	group   string   // of an interface endpoint: whose group it has
	// private says that the service's own names mean the endpoint. For execute-api they would hide every API from the network.
	private bool
	admits  func(*template.Stack) []admission
}

// admission is a statement of an endpoint's policy that lets something pass. It is compared whole.
type admission struct {
	what      string
	actions   []string
	resources []string
	under     []template.Condition
}

var endpointsOfVPC = []endpointOf{
	{service: "s3", routed: []string{"app", "llm"}, admits: admitsToS3},
	{service: "dynamodb", routed: []string{"app"}, admits: ownAlone("dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem",
		"dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem")},
	{service: "execute-api", group: "endpoint-execute-api", admits: admitsToAPIs},
	{service: "ecr.api", group: "endpoint-ecr-api", private: true, admits: admitsToImages},
	{service: "ecr.dkr", group: "endpoint-ecr-dkr", private: true, admits: admitsToImages},
	{service: "logs", group: "endpoint-logs", private: true, admits: ownAlone("logs:CreateLogStream", "logs:PutLogEvents")},
	{service: "secretsmanager", group: "endpoint-secretsmanager", private: true, admits: ownAlone("secretsmanager:DescribeSecret",
		"secretsmanager:GetRandomPassword", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue",
		"secretsmanager:UpdateSecretVersionStage")},
	{service: "sts", group: "endpoint-sts", private: true, admits: ownAlone("sts:AssumeRole", "sts:GetCallerIdentity", "sts:TagSession")},
	{service: "guardduty-data", group: "endpoint-guardduty-data", private: true, admits: admitsTelemetry},
	{service: "bedrock-runtime", group: "endpoint-bedrock-runtime", private: true, admits: ownAlone("bedrock:ApplyGuardrail")},
}

// ownTo is what this account's callers do to what is this account's.
func ownTo(s *template.Stack, actions ...string) admission {
	return admission{"this account's callers to its own resources", actions, []string{"*"}, []template.Condition{
		when("StringEquals", "aws:PrincipalAccount", s.Account), when("StringEquals", "aws:ResourceAccount", s.Account)}}
}

func ownAlone(actions ...string) func(*template.Stack) []admission {
	return func(s *template.Stack) []admission { return []admission{ownTo(s, actions...)} }
}

// admitsToS3 names two buckets of AWS's, for which AWS signs the request with accounts of its own: ECR's of image layers
// ("Amazon ECR interface VPC endpoints") and CloudFormation's of custom resources' answers, whose name has the region without
// dashes ("Access CloudFormation using an interface endpoint").
func admitsToS3(s *template.Stack) []admission {
	bucket := func(name string) []string { return []string{"arn:" + s.Partition() + ":s3:::" + name + "/*"} }
	return []admission{
		ownTo(s, "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions", "s3:DeleteObject", "s3:DeleteObjectVersion"),
		{"image layers out of ECR's bucket", []string{"s3:GetObject"}, bucket("prod-" + s.Region + "-starport-layer-bucket"), nil},
		{"custom resources' answers into CloudFormation's bucket", []string{"s3:PutObject"},
			bucket("cloudformation-custom-resource-response-" + strings.ReplaceAll(s.Region, "-", "")), nil},
	}
}

// admitsToAPIs: who calls an API has no identity in IAM, and the API's authorizer judges him.
func admitsToAPIs(s *template.Stack) []admission {
	return []admission{{"calls of this account's APIs", []string{"execute-api:Invoke"},
		[]string{"arn:" + s.Partition() + ":execute-api:" + s.Region + ":" + s.Account + ":*"}, nil}}
}

func admitsToImages(s *template.Stack) []admission {
	pull := []string{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
	agent := "arn:" + s.Partition() + ":ecr:" + s.Region + ":" + cmpOr(agentAccounts[s.Region], "unknown") + ":repository/aws-guardduty-agent-fargate"
	return []admission{
		ownTo(s, append([]string{"ecr:GetAuthorizationToken"}, pull...)...),
		{"pulling GuardDuty's agent", pull, []string{agent}, []template.Condition{when("StringEquals", "aws:PrincipalAccount", s.Account)}},
	}
}

// admitsTelemetry: no resource of a report is documented whose account could be asked for ("Prerequisite – Creating Amazon VPC
// endpoint manually").
func admitsTelemetry(s *template.Stack) []admission {
	return []admission{{"this account's telemetry", []string{"guardduty:SendSecurityTelemetry"}, []string{"*"},
		[]template.Condition{when("StringEquals", "aws:PrincipalAccount", s.Account)}}}
}

// agentAccounts are AWS's accounts with the image of GuardDuty's agent ("ECR Repository for GuardDuty agent on AWS Fargate
// (Amazon ECS only)"). Of a region that is not here no statement is right.
var agentAccounts = map[string]string{
	"ap-northeast-1": "533107202818", "ap-northeast-2": "914738172881", "ap-south-1": "251508486986", "ap-southeast-1": "174946120834",
	"ap-southeast-2": "005257825471", "ca-central-1": "354763396469", "eu-central-1": "323658145986", "eu-north-1": "591436053604",
	"eu-south-1": "266869475730", "eu-west-1": "694911143906", "eu-west-2": "892757235363", "eu-west-3": "665651866788",
	"sa-east-1": "758426053663", "us-east-1": "593207742271", "us-east-2": "307168627858", "us-west-1": "684579721401",
	"us-west-2": "733349766148",
}
