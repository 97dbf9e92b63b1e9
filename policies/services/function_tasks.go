package services

import (
	"slices"

	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// grants are what a role has to be allowed: resources, by the actions on them, each with its conditions, as [resourcesOf] writes them.
type grants map[string][]string

// add adds a resource to each of some actions, once.
func (g grants) add(resource string, actions ...string) {
	for _, action := range actions {
		if !slices.Contains(g[action], resource) {
			g[action] = append(g[action], resource)
		}
	}
}

// functionTasks are by what needs a function: each adds what the function has to do for some of the estate's resources. What no resource needs of
// a function it must not be able to do.
var functionTasks = []func(e *template.Estate, function *template.Resource, g grants){networkTasks, registryTasks, rotationTasks, ageTasks}

// taskTypes are the types that tasks follow from.
var taskTypes = []string{intent.FunctionType, intent.LogGroupType, intent.EmptyGroupType, intent.PrefixListType, intent.VPCType, intent.TablePolicyType,
	intent.ScheduleType, intent.RuleType, intent.AliasType, intent.KeyType}

// networkTasks empty groups and find lists. Of what they read first, no action knows a resource.
func networkTasks(e *template.Estate, function *template.Resource, g grants) {
	for c := range e.All(intent.EmptyGroupType, intent.PrefixListType) {
		if e.Find(c.Get("ServiceToken"), intent.FunctionType) != function {
			continue
		}
		g.add("*", "ec2:DescribeManagedPrefixLists", "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups")
		if vpc := intent.EmptiedVPC(e, c); vpc != nil {
			g.add("arn:"+c.Stack.Partition()+":ec2:"+c.Stack.Region+":"+c.Stack.Account+":security-group/"+vpc.Attribute("DefaultSecurityGroup"),
				"ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress")
		}
	}
}

// registryTasks write the partners' records, and give replicas their policies.
func registryTasks(e *template.Estate, function *template.Resource, g grants) {
	s := function.Stack
	if function == intent.Registrar(e) {
		// Only records of the table: another part of the system writes revocations.
		g.add(intent.RegistryARN(s, s.Region)+" under ForAllValues:StringLike dynamodb:LeadingKeys partner#*", "dynamodb:PutItem", "dynamodb:DeleteItem")
		if alias := intent.RegistryAlias(e, s.Region); alias != nil {
			// DynamoDB decrypts the table's key in the name of each caller ("DynamoDB encryption at rest: how it works").
			g.add(e.Find(alias.Get("TargetKeyId"), intent.KeyType).Attribute("Arn"), "kms:Decrypt")
		}
	}
	for c := range e.All(intent.TablePolicyType) {
		if e.Find(c.Get("ServiceToken"), intent.FunctionType) == function {
			g.add(c.Get("Table").Text(), "dynamodb:PutResourcePolicy")
		}
	}
}

// ageTasks report ages: they read dates, and no value.
func ageTasks(e *template.Estate, function *template.Resource, g grants) {
	if len(e.Referrers(function, intent.RuleType, "Targets", "Arn")) == 0 {
		return
	}
	s := function.Stack
	for name := range intent.SecretAges(e, s) {
		if name != intent.PartnerPrefix(s) {
			g.add(intent.SecretARN(s, name), "secretsmanager:ListSecretVersionIds")
		}
	}
	g.add("*", "secretsmanager:ListSecrets")
	g.add("* under StringEquals cloudwatch:namespace "+intent.AgeNamespace, "cloudwatch:PutMetricData")
}

// rotationTasks are what the rotator does to the secrets whose schedules name it: the master's, and that of every partner.
func rotationTasks(e *template.Estate, function *template.Resource, g grants) {
	s := function.Stack
	if len(e.Referrers(function, intent.ScheduleType, "RotationLambdaARN")) == 0 {
		return
	}
	for _, name := range []string{intent.MasterSecretName(s), intent.PartnerPrefix(s) + "*/signing"} {
		g.add(intent.SecretARN(s, name), "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue",
			"secretsmanager:UpdateSecretVersionStage")
	}
	if k := intent.ClassKey(e, s.Region, "secrets"); k != nil {
		g.add(k.Attribute("Arn"), "kms:Decrypt", "kms:GenerateDataKey")
	}
	for _, region := range intent.RegionsOf(s) {
		if region != s.Region { // for the replica
			g.add("arn:"+s.Partition()+":kms:"+region+":"+s.Account+":key/* under ForAnyValue:StringEquals kms:ResourceAliases alias/"+intent.EstateName(s)+"-secrets",
				"kms:Encrypt", "kms:GenerateDataKey")
		}
	}
}
