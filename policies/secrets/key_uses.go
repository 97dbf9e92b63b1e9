package secrets

import (
	"slices"

	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// keyUse is all that a class's key is for.
type keyUse struct {
	via      string   // the service through which this account's identities use it
	grants   bool     // the service keeps it in use by grants
	services []string // those that use it in their own name
}

// usesOf is by class of data. The key of a class that is not here is administered, and not used.
var usesOf = map[string]keyUse{
	"logs":      {via: "logs", services: []string{"logs", "delivery.logs"}},
	"alarms":    {via: "sns", services: []string{"cloudwatch", "events", "backup"}},
	"knowledge": {via: "s3"},
	"spa":       {via: "s3"},
	"sdk":       {via: "s3"},
	"database":  {via: "rds", grants: true},
	"cache":     {via: "elasticache", grants: true},
	"registry":  {via: "dynamodb", grants: true},
	"secrets":   {via: "secretsmanager"},
	"images":    {via: "ecr", grants: true},
	"backup":    {via: "backup", grants: true},
	"archive":   {via: "s3"},
}

// keyAdministration is what the account may do to a key: all but use it, or give its use away.
var keyAdministration = []string{"kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias", "kms:UpdateKeyDescription",
	"kms:Describe*", "kms:Get*", "kms:List*", "kms:PutKeyPolicy", "kms:EnableKey", "kms:DisableKey",
	"kms:EnableKeyRotation", "kms:DisableKeyRotation", "kms:RotateKeyOnDemand",
	"kms:TagResource", "kms:UntagResource", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion", "kms:RevokeGrant"}

var keyUsage = []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"}

// keyStatements are all that a key's policy says, by the classes that its aliases stand for.
func keyStatements(at expect.At) []template.Statement {
	k, s := at.Resource, at.Stack()
	list := []template.Statement{ofAccount(s, keyAdministration)}
	for _, alias := range at.Estate.Referrers(k, intent.AliasType, "TargetKeyId") {
		use, known := usesOf[intent.AliasClass(alias)]
		if !known {
			continue
		}
		through := useThrough(s, use.via)
		list = append(list, through)
		if use.grants {
			onlyForService := append(slices.Clone(through.Conditions), intent.When("Bool", "kms:GrantIsForAWSResource", "true"))
			list = append(list, ofAccount(s, []string{"kms:CreateGrant"}, onlyForService...))
		}
		for _, service := range use.services {
			list = append(list, useInOwnName(k, service))
		}
	}
	return list
}

// ofAccount is what an account's identities may do with a key.
func ofAccount(s *template.Stack, actions []string, when ...template.Condition) template.Statement {
	return template.Statement{Actions: actions, Resources: []string{"*"}, Conditions: when,
		Principals: map[string][]string{"AWS": {intent.IAMARN(s, "root")}}}
}

// useThrough is the use of a key by an account's identities through a service of the region.
func useThrough(s *template.Stack, service string) template.Statement {
	return ofAccount(s, keyUsage, intent.When("StringEquals", "kms:CallerAccount", s.Account),
		intent.When("StringEquals", "kms:ViaService", service+"."+s.Region+".amazonaws.com"))
}

// useInOwnName is the use of a key by a service for the key's account. CloudWatch Logs is held by the log group ("Encrypt log data
// using AWS KMS"), the others by the account that they act for.
func useInOwnName(k *template.Resource, service string) template.Statement {
	principal, when := service+".amazonaws.com", intent.When("StringEquals", "aws:SourceAccount", k.Stack.Account)
	if service == "logs" {
		principal, when = intent.LogsService(k), intent.When("ArnLike", intent.LogsContext, intent.LogGroupARN(k, "*"))
	}
	return template.Statement{Actions: append(slices.Clone(keyUsage), "kms:DescribeKey"), Resources: []string{"*"},
		Principals: map[string][]string{"Service": {principal}}, Conditions: []template.Condition{when}}
}
