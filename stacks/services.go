package stacks

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"livechat.example/cloud/config"
	"livechat.example/cloud/constructs/key"
	"livechat.example/cloud/constructs/policy"
	"livechat.example/cloud/constructs/role"
	"livechat.example/cloud/constructs/segment"
)

// Services are a region's container services.
type Services struct {
	Stack awscdk.Stack
}

// taskServices are those whose tasks have a role, each with what its code does to what is stored.
var taskServices = []struct {
	service config.Service
	does    func(stores) []policy.Statement
}{
	{config.Gate, func(s stores) []policy.Statement {
		return join(s.readRegistry(), s.readSecrets(signingSecret(s.env, "*")), s.connectCache(segment.Gate))
	}},
	{config.Chat, func(s stores) []policy.Statement {
		return join(s.connectDatabase(config.Chat), s.connectCache(segment.Chat))
	}},
	{config.Dashboard, func(s stores) []policy.Statement {
		return join(s.connectDatabase(config.Dashboard), s.readRegistry(), s.readSecrets(signingSecret(s.env, "*")), s.takeUpload())
	}},
	{config.LLM, func(s stores) []policy.Statement {
		return join(s.connectDatabase(config.LLM), s.readKnowledge(), s.readSecrets(providerSecret(s.env, "*")))
	}},
	{config.Worker, func(s stores) []policy.Statement {
		return join(s.connectDatabase(config.Worker), s.listPartners())
	}},
	{config.Migrate, func(s stores) []policy.Statement { return s.readSecrets(masterSecret(s.env)) }},
}

// NewServices are the roles of a region's tasks: exactly the stores, secrets and keys of its region that each service is there for.
// Worker and migrate are the primary's: a secondary forwards neither a call of a function of ours nor a change of the schema.
func NewServices(app awscdk.App, env config.Environment, region config.Region, keys Keys, data Data) Services {
	stack := newStack(app, env, region, "services", nil)
	s := stores{env, region, keys, data}
	for _, t := range taskServices {
		if (t.service == config.Worker || t.service == config.Migrate) && region.Name != env.Primary().Name {
			continue
		}
		role.NewTask(stack, strings.ToUpper(string(t.service[:1]))+string(t.service[1:])+"Role", role.TaskProps{
			Name: serviceRole(env, region, string(t.service)), Account: env.Account, Region: region.Name, Policy: t.does(s),
		})
	}
	return Services{Stack: stack}
}

func join(lists ...[]policy.Statement) (all []policy.Statement) {
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

// stores are what a region's services read and write. A role names those of its own region and no others: another region has
// services of its own.
type stores struct {
	env    config.Environment
	region config.Region
	keys   Keys
	data   Data
}

func (s stores) arn(service, of string) string {
	return "arn:aws:" + service + ":" + s.region.Name + ":" + s.env.Account + ":" + of
}

// decrypts is what a store asks of KMS in its reader's name.
func (s stores) decrypts(class key.Class) policy.Statement {
	return policy.Statement{Actions: []string{"kms:Decrypt"}, Resources: []string{*s.keys.Of[class].KeyArn()}}
}

// readRegistry is to read records and revocations. DynamoDB decrypts a table's key in the name of who reads ("Encryption at rest:
// How it works").
func (s stores) readRegistry() []policy.Statement {
	return []policy.Statement{
		{Actions: []string{"dynamodb:GetItem", "dynamodb:Query"}, Resources: []string{s.arn("dynamodb", "table/"+registryTable(s.env))}},
		s.decrypts(key.Registry),
	}
}

// listPartners is to read what the registry's index of all partners has of each: how long to keep what.
func (s stores) listPartners() []policy.Statement {
	return []policy.Statement{
		{Actions: []string{"dynamodb:Query"}, Resources: []string{s.arn("dynamodb", "table/"+registryTable(s.env)+"/index/partners")}},
		s.decrypts(key.Registry),
	}
}

// readSecrets is to read the secrets that names means: Secrets Manager ends a secret's ARN with a hyphen and six characters.
func (s stores) readSecrets(names string) []policy.Statement {
	return []policy.Statement{
		{Actions: []string{"secretsmanager:GetSecretValue"}, Resources: []string{s.arn("secretsmanager", "secret:"+names+"-??????")}},
		s.decrypts(key.Secrets),
	}
}

// readKnowledge is to read the copies of partners' knowledge in the region; which partner's, the service decides by its caller.
func (s stores) readKnowledge() []policy.Statement {
	bucket := "arn:aws:s3:::" + bucketName(s.env, s.region, knowledge)
	return []policy.Statement{
		{Actions: []string{"s3:ListBucket"}, Resources: []string{bucket}},
		{Actions: []string{"s3:GetObject"}, Resources: []string{bucket + "/*"}},
		s.decrypts(key.Knowledge),
	}
}

// connectDatabase is to log in as the service's own user of the database.
func (s stores) connectDatabase(service config.Service) []policy.Statement {
	return []policy.Statement{{Actions: []string{"rds-db:connect"}, Resources: []string{s.arn("rds-db", "dbuser:"+*s.data.Database.ResourceID+"/"+string(service))}}}
}

// connectCache is to log in as the service's own user of the cache.
func (s stores) connectCache(service segment.Party) []policy.Statement {
	return []policy.Statement{{Actions: []string{"elasticache:Connect"}, Resources: s.data.Cache.Connect(service)}}
}

// takeUpload is to go on to the role that signs upload URLs, with the partner as a tag of the session.
func (s stores) takeUpload() []policy.Statement {
	return []policy.Statement{{Actions: []string{"sts:AssumeRole", "sts:TagSession"}, Resources: []string{roleARN(s.env, roleName(s.env, upload))}}}
}
