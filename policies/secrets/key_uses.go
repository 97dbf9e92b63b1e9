package secrets

import (
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// keyUse is all that a class's key is for.
type keyUse struct {
	via      string   // the service through which this account's identities use it
	grants   bool     // the service keeps it in use by grants
	services []string // those that use it in their own name
}

// usesOf is by class of data. A class that is not here may be used by nobody.
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

// keyUses are what the estate's keys are for, by the class that their alias stands for.
func keyUses(e *template.Estate) map[*template.Resource]keyUse {
	uses := map[*template.Resource]keyUse{}
	for a := range e.All("AWS::KMS::Alias") {
		if k := e.Find(a.Get("TargetKeyId"), "AWS::KMS::Key"); k != nil {
			uses[k] = usesOf[intent.AliasClass(a)]
		}
	}
	return uses
}

// serviceUses are the services that use a key in their own name, each with what holds it to this account: CloudWatch Logs by the
// log group ("Encrypt log data using AWS KMS"), the others by the account that they act for.
func serviceUses(k *template.Resource, use keyUse) map[string]template.Condition {
	by := map[string]template.Condition{}
	for _, s := range use.services {
		if s == "logs" {
			by[intent.LogsService(k)] = intent.When("ArnLike", intent.LogsContext, intent.LogGroupARN(k, "*"))
		} else {
			by[s+".amazonaws.com"] = intent.When("StringEquals", "aws:SourceAccount", k.Stack.Account)
		}
	}
	return by
}
