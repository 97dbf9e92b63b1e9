package services

import (
	"slices"

	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// grants is what a function has to be allowed: resources, by the actions on them, each with the conditions of that, as [on] writes them.
type grants map[string][]string

// networkTasks empties groups and finds lists.
func networkTasks(e *template.Estate, function *template.Resource, j grants) {
	for c := range e.All(intent.EmptyGroupType, intent.PrefixListType) {
		if e.Find(c.Get("ServiceToken"), intent.FunctionType) != function {
			continue
		}
		for _, action := range looks {
			j[action] = []string{"*"}
		}
		if vpc := intent.EmptiedVPC(e, c); vpc != nil {
			group := "arn:" + c.Stack.Partition() + ":ec2:" + c.Stack.Region + ":" + c.Stack.Account + ":security-group/" + vpc.Attribute("DefaultSecurityGroup")
			for _, action := range revokes {
				j[action] = append(j[action], group)
			}
		}
	}
}

// registryTasks write the partners' records, and give replicas their policies.
func registryTasks(e *template.Estate, function *template.Resource, j grants) {
	s := function.Stack
	if function == intent.Registrar(e) {
		// Of the table, records alone: revocations are others' to write.
		records := []string{intent.RegistryARN(s, s.Region) + " under ForAllValues:StringLike dynamodb:LeadingKeys partner#*"}
		j["dynamodb:PutItem"], j["dynamodb:DeleteItem"] = records, records
		if alias := intent.RegistryAlias(e, s.Region); alias != nil {
			// DynamoDB decrypts the table's key in the name of each caller ("DynamoDB encryption at rest: how it works").
			j["kms:Decrypt"] = []string{e.Find(alias.Get("TargetKeyId"), "AWS::KMS::Key").Attribute("Arn")}
		}
	}
	for c := range e.All(intent.TablePolicyType) {
		if table := c.Get("Table").Text(); e.Find(c.Get("ServiceToken"), intent.FunctionType) == function && !slices.Contains(j["dynamodb:PutResourcePolicy"], table) {
			j["dynamodb:PutResourcePolicy"] = append(j["dynamodb:PutResourcePolicy"], table)
		}
	}
}

// ageTasks are what the function does that tells them: dates, no value.
func ageTasks(e *template.Estate, function *template.Resource, j grants) {
	rules := e.Referrers(function, intent.RuleType, "Targets", "Arn")
	if len(rules) == 0 {
		return
	}
	s := function.Stack
	for name := range intent.SecretAges(e, s) {
		if name != intent.PartnerPrefix(s) {
			j["secretsmanager:ListSecretVersionIds"] = append(j["secretsmanager:ListSecretVersionIds"], intent.SecretARN(s, name))
		}
	}
	j["secretsmanager:ListSecrets"] = []string{"*"}
	j["cloudwatch:PutMetricData"] = []string{"* under StringEquals cloudwatch:namespace " + intent.AgeNamespace}
}

// rotationTasks are what the rotator does to the secrets whose schedules name it: those of every partner, whoever they are.
func rotationTasks(e *template.Estate, function *template.Resource, j grants) {
	s := function.Stack
	if len(e.Referrers(function, intent.ScheduleType, "RotationLambdaARN")) == 0 {
		return
	}
	for _, action := range []string{"DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"} {
		j["secretsmanager:"+action] = []string{intent.SecretARN(s, intent.MasterSecretName(s)), intent.SecretARN(s, intent.PartnerPrefix(s)+"*/signing")}
	}
	if k := intent.ClassKey(e, s.Region, "secrets"); k != nil {
		j["kms:Decrypt"], j["kms:GenerateDataKey"] = []string{k.Attribute("Arn")}, []string{k.Attribute("Arn")}
	}
	for _, region := range intent.RegionsOf(s) {
		if region != s.Region { // for the replica
			there := "arn:" + s.Partition() + ":kms:" + region + ":" + s.Account + ":key/* under ForAnyValue:StringEquals kms:ResourceAliases alias/" + intent.EstateName(s) + "-secrets"
			j["kms:Encrypt"], j["kms:GenerateDataKey"] = append(j["kms:Encrypt"], there), append(j["kms:GenerateDataKey"], there)
		}
	}
}
