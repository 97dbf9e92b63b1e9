package policies

import "livechat.example/cloud/policies/template"

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
			uses[k] = usesOf[aliasClass(a)]
		}
	}
	return uses
}

// classKey is the one key of a class of data in a region; nil if there is none, or two.
func classKey(e *template.Estate, region, class string) *template.Resource {
	var found *template.Resource
	for a := range e.All("AWS::KMS::Alias") {
		if a.Stack.Region != region || aliasClass(a) != class {
			continue
		}
		k := e.Find(a.Get("TargetKeyId"), "AWS::KMS::Key")
		if k == nil || found != nil {
			return nil
		}
		found = k
	}
	return found
}

// aliasClass is what the intent of its stack calls an alias, "" if it does not name it.
func aliasClass(a *template.Resource) string {
	for class, name := range a.Stack.Intent().Get("keys").Map() {
		if t := name.Text(); t != "" && a.Get("AliasName").Is(t) {
			return class
		}
	}
	return ""
}

// serviceUses are the services that use a key in their own name, each with what holds it to this account: CloudWatch Logs by the
// log group ("Encrypt log data using AWS KMS"), the others by the account that they act for.
func serviceUses(k *template.Resource, use keyUse) map[string]template.Condition {
	by := map[string]template.Condition{}
	for _, s := range use.services {
		if s == "logs" {
			by[logsService(k)] = when("ArnLike", logsContext, groupARN(k, "*"))
		} else {
			by[s+".amazonaws.com"] = when("StringEquals", "aws:SourceAccount", k.Stack.Account)
		}
	}
	return by
}
