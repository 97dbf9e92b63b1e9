package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/config"
	"livechat.example/cloud/constructs/alarm"
	"livechat.example/cloud/constructs/function"
	"livechat.example/cloud/constructs/key"
	"livechat.example/cloud/constructs/network"
	"livechat.example/cloud/constructs/policy"
	"livechat.example/cloud/constructs/secret"
	"livechat.example/cloud/constructs/segment"
)

// Secrets are those that belong to no partner, and the function that rotates all.
type Secrets struct {
	Stack   awscdk.Stack
	Master  secret.Secret // of the database
	Rotator function.Function
	Alarms  alarm.Topic
}

// How old a value may become, in days, before somebody is told: what is rotated never reaches it.
const (
	masterDays   = 30
	signingDays  = 90
	providerDays = 90
)

// What to do about an alarm.
const (
	rotationRunbook    = "docs/runbooks/rotation.md"
	providerKeyRunbook = "docs/runbooks/provider-key.md"
)

// NewSecrets are the primary's: the master's password, the providers' keys, the function that rotates what can rotate, and alarms on what grows
// old all the same. Other regions have replicas.
func NewSecrets(app awscdk.App, env config.Environment, keys Keys, in Network, code Lambdas) Secrets {
	region := env.Primary()
	providers := []any{}
	for _, p := range env.LLM {
		providers = append(providers, p.Name)
	}
	s := Secrets{Stack: newStack(app, env, region, "secrets", intent{"providers": providers, "contact": env.Contact})}
	s.Rotator = newRotator(s.Stack, env, region, keys, in, code)
	permission := s.Rotator.CalledBy(s.Stack, "RotatorPermission", function.CallerProps{Service: "secretsmanager", Account: env.Account})
	s.Master = secret.NewMaster(s.Stack, "Master", secretProps(env, keys, masterSecret(env), rotated(readBy(env, env.Regions[:1], "migrate"), env)),
		secret.Database{Username: databaseUser, Host: databaseHost(env), Port: 5432, Name: databaseName})
	s.Master.Rotate(s.Stack, "MasterRotation", s.Rotator.ARN, secret.Fortnightly, permission)
	for _, p := range env.LLM {
		secret.NewProvider(constructs.NewConstruct(s.Stack, new("Provider-"+p.Name)), "Key", secretProps(env, keys, providerSecret(env, p.Name), readBy(env, env.Regions, "llm")))
	}
	s.Alarms = alarm.NewTopic(s.Stack, "Alarms", alarm.TopicProps{
		Name: alarmName(env, "alarms"), Account: env.Account, Key: keys.Of[key.Alarms], Email: env.Contact,
	})
	s.watchAges(env, region, keys, code)
	return s
}

func newRotator(stack awscdk.Stack, env config.Environment, region config.Region, keys Keys, in Network, code Lambdas) function.Function {
	secrets := "arn:aws:secretsmanager:" + region.Name + ":" + env.Account + ":secret:"
	may := []policy.Statement{
		{Actions: []string{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"},
			Resources: []string{secrets + masterSecret(env) + "-??????", secrets + signingSecret(env, "*") + "-??????"}},
		{Actions: []string{"kms:Decrypt", "kms:GenerateDataKey"}, Resources: []string{*keys.Of[key.Secrets].KeyArn()}},
	}
	for _, r := range env.Secondaries() {
		// Secrets Manager writes a replica on behalf of who gave the secret its value ("Permissions for the KMS key").
		may = append(may, policy.Statement{Actions: []string{"kms:Encrypt", "kms:GenerateDataKey"},
			Resources:  []string{"arn:aws:kms:" + r.Name + ":" + env.Account + ":key/*"},
			Conditions: policy.Conditions{"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/" + keyAlias(env, key.Secrets)}}})
	}
	return function.New(stack, "Rotator", function.Props{
		Name: serviceRole(env, region, rotatorProgram), RoleName: serviceRole(env, region, rotatorProgram), Code: code[rotatorProgram],
		Description: "Gives secrets their next value", Account: env.Account, Region: region.Name, Key: keys.Of[key.Logs],
		Seconds: 120, MemoryMB: 128, Policy: may, Network: in.place(network.App, segment.Rotator),
	})
}

// watchAges has the age of each value told, of which it takes dates alone: so it lies in no VPC, where CloudWatch has no endpoint.
func (s Secrets) watchAges(env config.Environment, region config.Region, keys Keys, code Lambdas) {
	secrets := "arn:aws:secretsmanager:" + region.Name + ":" + env.Account + ":secret:"
	names, resources := []string{masterSecret(env)}, []string{secrets + masterSecret(env) + "-??????"}
	watch := func(scope, name, secret string, days float64, runbook string) {
		alarm.NewAge(constructs.NewConstruct(s.Stack, new(scope)), "Age", alarm.AgeProps{Name: alarmName(env, name), Secret: secret, Days: days, Runbook: runbook, Topic: s.Alarms})
	}
	watch("Aging-master", "master-age", masterSecret(env), masterDays, rotationRunbook)
	watch("Aging-signing", "signing-age", partnerSecrets(env), signingDays, rotationRunbook)
	for _, p := range env.LLM {
		name := providerSecret(env, p.Name)
		names, resources = append(names, name), append(resources, secrets+name+"-??????")
		watch("Aging-provider-"+p.Name, "provider-age-"+p.Name, name, providerDays, providerKeyRunbook)
	}
	age := function.New(s.Stack, "SecretAge", function.Props{
		Name: serviceRole(env, region, secretAgeProgram), Code: code[secretAgeProgram],
		Description: "Tells how old the values of secrets are", Account: env.Account, Region: region.Name, Key: keys.Of[key.Logs],
		Seconds: 120, MemoryMB: 128, Policy: []policy.Statement{
			{Actions: []string{"secretsmanager:ListSecretVersionIds"}, Resources: resources},
			{Actions: []string{"secretsmanager:ListSecrets"}}, // knows no resource
			{Actions: []string{"cloudwatch:PutMetricData"},
				Conditions: policy.Conditions{"StringEquals": {"cloudwatch:namespace": "LiveChat/Secrets"}}},
		},
	})
	age.Every(s.Stack, "SecretAgeSchedule", 6, map[string]any{"secrets": names, "prefixes": []string{partnerSecrets(env)}})
}

// secretProps are those of a secret of the primary, which all other regions have too.
func secretProps(env config.Environment, keys Keys, name string, access secret.Access) secret.Props {
	return secret.Props{Name: name, Account: env.Account, Key: keys.Of[key.Secrets], Replicas: env.RegionNames()[1:],
		KeyAlias: keyAlias(env, key.Secrets), Access: access}
}

// readBy is that services read in some regions, CloudFormation keeps, and people come with a second factor where AWS sees it.
func readBy(env config.Environment, regions []config.Region, services ...string) secret.Access {
	a := secret.Access{Keepers: []string{roleARN(env, formationRole(env, env.Primary().Name)), roleARN(env, roleName(env, "break-glass"))}}
	for _, region := range regions {
		for _, service := range services {
			a.Readers = append(a.Readers, roleARN(env, serviceRole(env, region, service)))
		}
	}
	a.FactorElsewhere = env.People.SignIn == config.IdentityCenter
	for _, person := range []string{"reader", "security", "operator", "break-glass"} {
		a.People = append(a.People, roleARN(env, roleName(env, person)))
	}
	return a
}

func rotated(a secret.Access, env config.Environment) secret.Access {
	a.Rotator = []string{roleARN(env, serviceRole(env, env.Primary(), rotatorProgram))}
	return a
}
