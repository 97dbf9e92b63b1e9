package intent

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// Caller is an AWS service that a document admits in its own name, and what the service sends about the account that it acts for. A condition on
// what it does not send is never met: the service is refused, and nothing says so.
type Caller struct {
	Service string   // the principal; REGION stands for the region's name
	On      string   // the type of what carries the document
	Sends   []string // the condition keys that it may be asked for
	Source  string   // the page of AWS that says so
	Instead string   // what holds the service to this account where it sends nothing
}

const (
	sourceAccount = "aws:SourceAccount"
	sourceARN     = "aws:SourceArn"
	// TopicContext is the key of the encryption context in which SNS names the topic, whoever publishes to it.
	TopicContext = "kms:EncryptionContext:aws:sns:topicArn"

	passedHere = "a role is passed to a service only within its account (iam:PassRole; IAM guide, \"Grant a user permissions to pass a role " +
		"to an AWS service\"), and its policy names one bucket"
)

var both = []string{sourceAccount, sourceARN}

// Callers are all that documents of the estate admit. What is not here is not known to send anything.
var Callers = []Caller{
	{Service: "vpc-flow-logs.amazonaws.com", On: RoleType, Sends: both, Source: "VPC guide, IAM role for publishing flow logs to CloudWatch Logs"},
	{Service: "ecs-tasks.amazonaws.com", On: RoleType, Sends: both, Source: "ECS guide, Amazon ECS task IAM role"},
	// "The aws:SourceArn condition key applies only to policies where your Lambda function is the target resource."
	{Service: "lambda.amazonaws.com", On: RoleType, Sends: []string{sourceAccount},
		Source: "Lambda guide, Using source function ARN to control function access behavior; the account: aws/agent-toolkit-for-aws, lambda-trust-policy.json"},
	{Service: "s3.amazonaws.com", On: RoleType, Source: "S3 guide, Setting up permissions for live replication", Instead: passedHere},
	{Service: "malware-protection-plan.guardduty.amazonaws.com", On: RoleType,
		Source: "GuardDuty guide, Create or update IAM role policy", Instead: passedHere},

	{Service: "logs.REGION.amazonaws.com", On: KeyType, Sends: []string{LogsContext}, Source: "CloudWatch Logs guide, Encrypt log data using AWS KMS"},
	{Service: "delivery.logs.amazonaws.com", On: KeyType, Sends: both, Source: "CloudWatch Logs guide, Logs sent to Amazon S3"},
	{Service: "cloudwatch.amazonaws.com", On: KeyType, Sends: append([]string{TopicContext}, both...),
		Source: "SNS guide, Managing Amazon SNS encryption keys and costs"},
	// The same page: "Adding the aws:SourceAccount, aws:SourceArn, and aws:SourceOrgID to a AWS KMS policy is not supported for
	// EventBridge-to-encrypted topics." Of Backup no page says that it sends them. SNS itself sends the topic.
	{Service: "events.amazonaws.com", On: KeyType, Sends: []string{TopicContext}, Source: "SNS guide, Managing Amazon SNS encryption keys and costs"},
	{Service: "backup.amazonaws.com", On: KeyType, Sends: []string{TopicContext}, Source: "SNS guide, Setting up Amazon SNS topic encryption"},

	{Service: "logging.s3.amazonaws.com", On: "AWS::S3::BucketPolicy", Sends: both, Source: "S3 guide, Enabling Amazon S3 server access logging"},
	{Service: "delivery.logs.amazonaws.com", On: "AWS::Logs::ResourcePolicy", Sends: both,
		Source: "CloudWatch Logs guide, Logs sent to CloudWatch Logs"},
	{Service: "cloudwatch.amazonaws.com", On: "AWS::SNS::TopicPolicy", Sends: both, Source: "SNS guide, Example cases for Amazon SNS access control"},
	{Service: "secretsmanager.amazonaws.com", On: PermissionType, Sends: both, Source: "Secrets Manager guide, Permissions for rotation"},
	{Service: "events.amazonaws.com", On: PermissionType, Sends: []string{sourceARN},
		Source: "EventBridge guide, Using resource-based policies for Amazon EventBridge, AWS Lambda permissions"},
}

// CallerOf returns what is known of a service that a statement admits, nil if nothing is.
func CallerOf(s template.Statement, principal string) *Caller {
	i := slices.IndexFunc(Callers, func(c Caller) bool {
		return c.On == s.Resource.Type && strings.ReplaceAll(c.Service, "REGION", s.Resource.Stack.Region) == principal
	})
	if i < 0 {
		return nil
	}
	return &Callers[i]
}

// IsSent reports whether the service sends a condition key.
func (c Caller) IsSent(key string) bool {
	return slices.ContainsFunc(c.Sends, func(sent string) bool { return strings.EqualFold(sent, key) })
}

// SendsNothing reports whether a service is known to send nothing about its account to a type of resource: something else than a
// condition holds it.
func SendsNothing(service, on string) bool {
	return slices.ContainsFunc(Callers, func(c Caller) bool { return c.Service == service && c.On == on && c.Instead != "" })
}
