package key

// Class is a kind of data that has a key of its own, so that who may read one kind says nothing of another.
type Class string

// The data classes of a region.
const (
	Logs      Class = "logs"
	Alarms    Class = "alarms"
	Knowledge Class = "knowledge"
	SPA       Class = "spa"
	SDK       Class = "sdk"
	Database  Class = "database"
	Cache     Class = "cache"
	Registry  Class = "registry"
	Secrets   Class = "secrets"
	Images    Class = "images"
	Backup    Class = "backup"
	Archive   Class = "archive"
)

// Classes are all of them, in the order that their keys are made.
var Classes = []Class{Logs, Alarms, Knowledge, SPA, SDK, Database, Cache, Registry, Secrets, Images, Backup, Archive}

// use is who may encrypt and decrypt with a class's key, beyond which no principal can.
type use struct {
	// via are the services, by their prefix in kms:ViaService, through which this account's identities use the key.
	via []string
	// grants says that those services keep the key in use by a grant (RDS, ElastiCache, DynamoDB, ECR and Backup do).
	grants bool
	// services use the key in their own name.
	services []service
}

// service is an AWS service principal that is held to this account, against the confused deputy.
type service struct {
	principal string
	regional  bool // the principal carries the region's name
	// context is the encryption-context key whose value must be an ARN below arn; empty: aws:SourceAccount is asked instead.
	context string
	of      string // the service of the ARN; empty: the principal
	arn     string // service:region:account is put in front
}

// uses follows the services' own key-policy pages:
//   - CloudWatch Logs: "Encrypt log data using AWS KMS", step 2;
//   - log delivery: "Logs sent to Amazon S3", SSE-KMS;
//   - SNS: "Enable compatibility between event sources and encrypted topics";
//   - DynamoDB, RDS, ElastiCache, ECR, Backup: "Encryption at rest" of each, for the grants.
var uses = map[Class]use{
	Logs: {via: []string{"logs"}, services: []service{
		{principal: "logs", regional: true, context: "aws:logs:arn", arn: "log-group:*"},
		{principal: "delivery.logs"},
	}},
	Alarms: {via: []string{"sns"}, services: []service{
		{principal: "cloudwatch"},
		// These two do not say whose they are ("not supported for EventBridge-to-encrypted topics": the same page). SNS says which topic.
		{principal: "events", context: "aws:sns:topicArn", of: "sns", arn: "*"},
		{principal: "backup", context: "aws:sns:topicArn", of: "sns", arn: "*"},
	}},
	Knowledge: {via: []string{"s3"}},
	SPA:       {via: []string{"s3"}},
	SDK:       {via: []string{"s3"}},
	Database:  {via: []string{"rds"}, grants: true},
	Cache:     {via: []string{"elasticache"}, grants: true},
	Registry:  {via: []string{"dynamodb"}, grants: true},
	Secrets:   {via: []string{"secretsmanager"}},
	Images:    {via: []string{"ecr"}, grants: true},
	Backup:    {via: []string{"backup"}, grants: true},
	Archive:   {via: []string{"s3"}},
}
