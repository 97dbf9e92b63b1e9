package intent

import (
	"strings"

	"livechat.example/cloud/policies/template"
)

// Endpoint is an endpoint that every VPC has. It is a second reading of what is written in constructs/endpoint, on
// purpose: a service, a tier or an action that is needed in the network is written in both.
type Endpoint struct {
	Service string
	Routed  []string // of a gateway endpoint: the tiers whose route tables lead to it
	Group   string   // of an interface endpoint: whose group it has
	// Private says that the service's own names mean the endpoint. For execute-api they would hide every API from the network.
	Private bool
	Admits  func(*template.Stack) []Admission
}

// Admission is a statement of an endpoint's policy that lets something pass. It is compared whole.
type Admission struct {
	What      string
	Actions   []string
	Resources []string
	Under     []template.Condition
}

// EndpointsOfVPC are those that every VPC has.
var EndpointsOfVPC = []Endpoint{
	{Service: "s3", Routed: []string{"app", "llm"}, Admits: admitsToS3},
	{Service: "dynamodb", Routed: []string{"app"}, Admits: ownAlone("dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem",
		"dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem")},
	{Service: "execute-api", Group: "endpoint-execute-api", Admits: admitsToAPIs},
	{Service: "ecr.api", Group: "endpoint-ecr-api", Private: true, Admits: admitsToImages},
	{Service: "ecr.dkr", Group: "endpoint-ecr-dkr", Private: true, Admits: admitsToImages},
	{Service: "logs", Group: "endpoint-logs", Private: true, Admits: ownAlone("logs:CreateLogStream", "logs:PutLogEvents")},
	{Service: "secretsmanager", Group: "endpoint-secretsmanager", Private: true, Admits: ownAlone("secretsmanager:DescribeSecret",
		"secretsmanager:GetRandomPassword", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue",
		"secretsmanager:UpdateSecretVersionStage")},
	{Service: "sts", Group: "endpoint-sts", Private: true, Admits: ownAlone("sts:AssumeRole", "sts:GetCallerIdentity", "sts:TagSession")},
	{Service: "guardduty-data", Group: "endpoint-guardduty-data", Private: true, Admits: admitsTelemetry},
	{Service: "bedrock-runtime", Group: "endpoint-bedrock-runtime", Private: true, Admits: ownAlone("bedrock:ApplyGuardrail")},
}

// ownTo returns what this account's callers do to what is this account's.
func ownTo(s *template.Stack, actions ...string) Admission {
	return Admission{"this account's callers to its own resources", actions, []string{"*"}, []template.Condition{
		When("StringEquals", "aws:PrincipalAccount", s.Account), When("StringEquals", "aws:ResourceAccount", s.Account)}}
}

func ownAlone(actions ...string) func(*template.Stack) []Admission {
	return func(s *template.Stack) []Admission { return []Admission{ownTo(s, actions...)} }
}

// admitsToS3 names two buckets of AWS's, for which AWS signs the request with accounts of its own: ECR's of image
// layers ("Amazon ECR interface VPC endpoints") and CloudFormation's of custom resources' answers, whose name has the
// region without dashes ("Access CloudFormation using an interface endpoint").
func admitsToS3(s *template.Stack) []Admission {
	bucket := func(name string) []string { return []string{"arn:" + s.Partition() + ":s3:::" + name + "/*"} }
	return []Admission{
		ownTo(s, "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions", "s3:DeleteObject", "s3:DeleteObjectVersion"),
		{"image layers out of ECR's bucket", []string{"s3:GetObject"}, bucket("prod-" + s.Region + "-starport-layer-bucket"), nil},
		{"custom resources' answers into CloudFormation's bucket", []string{"s3:PutObject"},
			bucket("cloudformation-custom-resource-response-" + strings.ReplaceAll(s.Region, "-", "")), nil},
	}
}

// admitsToAPIs returns the calls of the account's APIs. Their callers have no identity in IAM; the API's authorizer
// judges them.
func admitsToAPIs(s *template.Stack) []Admission {
	return []Admission{{"calls of this account's APIs", []string{"execute-api:Invoke"},
		[]string{"arn:" + s.Partition() + ":execute-api:" + s.Region + ":" + s.Account + ":*"}, nil}}
}

func admitsToImages(s *template.Stack) []Admission {
	pull := []string{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
	agent := "arn:" + s.Partition() + ":ecr:" + s.Region + ":" + OrElse(agentAccounts[s.Region], "unknown") + ":repository/aws-guardduty-agent-fargate"
	return []Admission{
		ownTo(s, append([]string{"ecr:GetAuthorizationToken"}, pull...)...),
		{"pulling GuardDuty's agent", pull, []string{agent}, []template.Condition{When("StringEquals", "aws:PrincipalAccount", s.Account)}},
	}
}

// admitsTelemetry: no resource of a report is documented whose account could be asked for ("Prerequisite – Creating
// Amazon VPC endpoint manually").
func admitsTelemetry(s *template.Stack) []Admission {
	return []Admission{{"this account's telemetry", []string{"guardduty:SendSecurityTelemetry"}, []string{"*"},
		[]template.Condition{When("StringEquals", "aws:PrincipalAccount", s.Account)}}}
}

// agentAccounts are AWS's accounts with the image of GuardDuty's agent ("ECR Repository for GuardDuty agent on AWS
// Fargate (Amazon ECS only)"). Of a region that is not here no statement is right.
var agentAccounts = map[string]string{
	"ap-northeast-1": "533107202818", "ap-northeast-2": "914738172881", "ap-south-1": "251508486986", "ap-southeast-1": "174946120834",
	"ap-southeast-2": "005257825471", "ca-central-1": "354763396469", "eu-central-1": "323658145986", "eu-north-1": "591436053604",
	"eu-south-1": "266869475730", "eu-west-1": "694911143906", "eu-west-2": "892757235363", "eu-west-3": "665651866788",
	"sa-east-1": "758426053663", "us-east-1": "593207742271", "us-east-2": "307168627858", "us-west-1": "684579721401",
	"us-west-2": "733349766148",
}

// EndpointMeant returns what an endpoint is by its service, in its own region; one without a service if nothing is
// meant to be.
func EndpointMeant(p *template.Resource) Endpoint {
	for _, meant := range EndpointsOfVPC {
		if p.Get("ServiceName").Is("com.amazonaws." + p.Stack.Region + "." + meant.Service) {
			return meant
		}
	}
	return Endpoint{}
}

// AdmissionsOf returns all that an endpoint is meant to admit.
func AdmissionsOf(p *template.Resource) []Admission {
	if meant := EndpointMeant(p); meant.Admits != nil {
		return meant.Admits(p.Stack)
	}
	return nil
}

// AdmissionIn returns what an endpoint's statement is meant to admit, compared whole; nil if it is anything else.
func AdmissionIn(s template.Statement) *Admission {
	if !s.Kind.Has(template.Endpoint) || s.Effect != "Allow" || !IsReadable(s) || !IsForEverybody(s) {
		return nil
	}
	for _, a := range AdmissionsOf(s.Resource) {
		if SameList(s.Actions, a.Actions) && SameList(s.Resources, a.Resources) && HasExactlyConditions(s, a.Under...) {
			return &a
		}
	}
	return nil
}
