package endpoint

import (
	"strings"

	"livechat.example/cloud/constructs/network"
	"livechat.example/cloud/constructs/policy"
	"livechat.example/cloud/constructs/segment"
)

// gateway is an endpoint without an address or a group: its routes say who reaches it, its policy what passes.
type gateway struct {
	service string // as in com.amazonaws.<region>.<service>
	id      string // the construct's, without "Endpoint"
	tiers   []network.Tier
	admits  func(Props) []policy.Statement
}

// interfaced is an endpoint with an address in every app subnet.
type interfaced struct {
	service string
	id      string
	party   segment.Party
	// publicNames leaves the service's own names to mean what they mean everywhere: the endpoint answers to its own alone.
	publicNames bool
	admits      func(Props) []policy.Statement
}

// gateways are those of the services that have one. The llm tier reads knowledge and pulls its image's layers; partners'
// records and revocations are read in app.
var gateways = []gateway{
	{"s3", "S3", []network.Tier{network.App, network.LLM}, func(p Props) []policy.Statement {
		return []policy.Statement{
			own(p, "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions", "s3:DeleteObject", "s3:DeleteObjectVersion"),
			imageLayers(p), customResourceAnswers(p),
		}
	}},
	{"dynamodb", "DynamoDB", []network.Tier{network.App}, func(p Props) []policy.Statement {
		return []policy.Statement{own(p, "dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:GetItem",
			"dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem")}
	}},
}

// interfaces are what Fargate and the Lambdas of the network call. Who misses one here finds why in
// docs/decisions/0009-endpoints-only-for-what-is-called.md: kms, ssm, monitoring, xray, ecs.
var interfaces = []interfaced{
	// Its private names would take every API of API Gateway out of the network's reach; the load balancer rewrites the host (DEPLOY-TRAPS §5).
	{"execute-api", "ExecuteApi", segment.ExecuteAPI, true, ownAPIs},
	{"ecr.api", "EcrApi", segment.ECRAPI, false, images},
	{"ecr.dkr", "EcrDkr", segment.ECRDocker, false, images},
	{"logs", "Logs", segment.Logs, false, func(p Props) []policy.Statement {
		return []policy.Statement{own(p, "logs:CreateLogStream", "logs:PutLogEvents")}
	}},
	{"secretsmanager", "SecretsManager", segment.SecretsManager, false, func(p Props) []policy.Statement {
		return []policy.Statement{own(p, "secretsmanager:DescribeSecret", "secretsmanager:GetRandomPassword", "secretsmanager:GetSecretValue",
			"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage")}
	}},
	{"sts", "Sts", segment.STS, false, func(p Props) []policy.Statement {
		return []policy.Statement{own(p, "sts:AssumeRole", "sts:GetCallerIdentity", "sts:TagSession")}
	}},
	{"guardduty-data", "GuardDutyData", segment.GuardDuty, false, telemetry},
	{"bedrock-runtime", "BedrockRuntime", segment.Bedrock, false, func(p Props) []policy.Statement {
		return []policy.Statement{own(p, "bedrock:ApplyGuardrail")}
	}},
}

// own lets this account's identities do something to what is this account's. Whoever brings credentials of another account
// into the network, or sends to a resource of one, is stopped here whatever their own policies allow.
func own(p Props, actions ...string) policy.Statement {
	return policy.Statement{Sid: "OwnAccount", Actions: actions, Conditions: policy.Conditions{
		"StringEquals": {"aws:PrincipalAccount": p.Account, "aws:ResourceAccount": p.Account},
	}}
}

// imageLayers lets ECR's redirections be followed: layers lie in a bucket of ECR's, and an account of ECR's signed the URL,
// so that neither is ours ("Amazon ECR interface VPC endpoints", minimum Amazon S3 bucket permissions).
func imageLayers(p Props) policy.Statement {
	return policy.Statement{Sid: "ImageLayers", Actions: []string{"s3:GetObject"},
		Resources: []string{"arn:aws:s3:::prod-" + p.Region + "-starport-layer-bucket/*"}}
}

// customResourceAnswers lets a Lambda in the network answer CloudFormation, by a URL that CloudFormation signed for a bucket of
// its own; the bucket's name has the region without dashes ("Access CloudFormation using an interface endpoint", considerations).
func customResourceAnswers(p Props) policy.Statement {
	return policy.Statement{Sid: "CustomResourceAnswers", Actions: []string{"s3:PutObject"},
		Resources: []string{"arn:aws:s3:::cloudformation-custom-resource-response-" + strings.ReplaceAll(p.Region, "-", "") + "/*"}}
}

// ownAPIs names the APIs by account and nobody as the caller: end users have no identity in IAM, the API's authorizer judges them.
func ownAPIs(p Props) []policy.Statement {
	return []policy.Statement{{Sid: "OwnApis", Actions: []string{"execute-api:Invoke"},
		Resources: []string{"arn:aws:execute-api:" + p.Region + ":" + p.Account + ":*"}}}
}

var pull = []string{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}

// images are this account's and the one of GuardDuty's agent, which GuardDuty puts beside every container of a task.
func images(p Props) []policy.Statement {
	return []policy.Statement{
		own(p, append([]string{"ecr:GetAuthorizationToken"}, pull...)...),
		{Sid: "GuardDutyAgent", Actions: pull,
			Resources:  []string{"arn:aws:ecr:" + p.Region + ":" + agentAccount(p.Region) + ":repository/aws-guardduty-agent-fargate"},
			Conditions: policy.Conditions{"StringEquals": {"aws:PrincipalAccount": p.Account}}},
	}
}

// telemetry names the caller's account alone, as GuardDuty's guide does ("Prerequisite – Creating Amazon VPC endpoint manually"):
// it does not say that a report has a resource whose account could be asked for, and one that is refused is a task unwatched.
func telemetry(p Props) []policy.Statement {
	return []policy.Statement{{Sid: "OwnTelemetry", Actions: []string{"guardduty:SendSecurityTelemetry"},
		Conditions: policy.Conditions{"StringEquals": {"aws:PrincipalAccount": p.Account}}}}
}
