package mutation

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

const (
	aSecret       = "AWS::SecretsManager::Secret"
	aSecretPolicy = "AWS::SecretsManager::ResourcePolicy"
	aSchedule     = "AWS::SecretsManager::RotationSchedule"
	anAlarm       = "AWS::CloudWatch::Alarm"
	aTopic        = "AWS::SNS::Topic"
	aTopicPolicy  = "AWS::SNS::TopicPolicy"
	aSubscription = "AWS::SNS::Subscription"
	aRule         = "AWS::Events::Rule"
	aPermission   = "AWS::Lambda::Permission"
	anyone        = "arn:aws:iam::999999999999:root"
)

var secretMutations = slices.Concat(secretPropertyMutations, secretPolicyMutations, rotationMutations, ageMutations, rotatorMutations)

var secretPropertyMutations = []mutation{
	{"SECRET-01", aSecret, "vanishes", nil, remove},
	{"SECRET-01", aSecret, "is that of another partner", nil, set("Name", "livechat-prod/partner/nobody/signing")},
	{"CDK-06", aSecret, "has its value in the template", nil, set("SecretString", "hunter2")},
	{"CDK-08", aSecret, "has its value in the template", nil, set("SecretString", "hunter2")},
	{"CDK-08", aSecret, "has its value resolved into the template", nil, set("Description", "{{resolve:secretsmanager:livechat-prod/database/master}}")},
	{"CDK-09", aSecret, "is deleted with its template", ofNoPartner, set2("DeletionPolicy", "Delete")},
	{"CDK-09", aSecret, "is deleted when it is replaced", ofNoPartner, set2("UpdateReplacePolicy", "Delete")},
	{"SECRET-02", aSecret, "is in one region only", copied, drop("ReplicaRegions")},
	{"SECRET-02", aSecret, "is copied to another region", copied, set("ReplicaRegions.0.Region", "eu-north-1")},
	{"SECRET-02", "AWS::KMS::Alias", "points the alias elsewhere", aliasOf("secrets"), set("TargetKeyId", "alias/livechat-prod-logs")},
	{"SECRET-09", aSecret, "leads to another server", ofMaster, set("GenerateSecretString.SecretStringTemplate",
		`{"dbname":"livechat","host":"db.attacker.example","port":5432,"username":"livechat_admin"}`)},
	{"SECRET-09", aSecret, "has a chosen password", ofMaster, set("GenerateSecretString.SecretStringTemplate", `{"password":"hunter2"}`)},
	{"CDK-06", aSecretPolicy, "turns into an attachment", nil, become("AWS::SecretsManager::SecretTargetAttachment")},
}

var secretPolicyMutations = slices.Concat(
	weakeningsOf("SECRET-05", aSecretPolicy, "ResourcePolicy", "aws:PrincipalAccount"),
	weakeningsOf("SECRET-05", aSecretPolicy, "ResourcePolicy", "aws:PrincipalArn"),
	weakeningsOf("SECRET-05", aSecretPolicy, "ResourcePolicy", "aws:MultiFactorAuthPresent"),
	[]mutation{
		{"SECRET-05", aSecretPolicy, "admits another account", nil, eachStatement("ResourcePolicy", func(s map[string]any) map[string]any {
			return map[string]any{"Effect": "Allow", "Principal": map[string]any{"AWS": anyone}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
		})},
		{"SECRET-05", aSecretPolicy, "admits a service more than it refuses", nil, edit(func(p map[string]any) {
			d := p["ResourcePolicy"].(map[string]any)
			d["Statement"] = append(d["Statement"].([]any), map[string]any{"Effect": "Allow",
				"Principal": map[string]any{"Service": "lambda.amazonaws.com"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"})
		})},
		{"SECRET-05", aSecretPolicy, "denies one action less", nil, eachStatement("ResourcePolicy", func(s map[string]any) map[string]any {
			if actions := s["Action"].([]any); len(actions) > 1 {
				s["Action"] = actions[1:]
			}
			return s
		})},
		{"SECRET-05", aSecretPolicy, "lets a reader more in", nil, eachStatement("ResourcePolicy", func(s map[string]any) map[string]any {
			if but, is := s["Condition"].(map[string]any)["ArnNotEquals"].(map[string]any); is {
				but["aws:PrincipalArn"] = append(but["aws:PrincipalArn"].([]any), "arn:aws:iam::333344445555:role/livechat-prod-operator")
			}
			return s
		})},
		{"SECRET-05", aSecretPolicy, "lets every role of the account in", nil, eachStatement("ResourcePolicy", func(s map[string]any) map[string]any {
			if but, is := s["Condition"].(map[string]any)["ArnNotEquals"].(map[string]any); is {
				but["aws:PrincipalArn"] = "arn:aws:iam::*:role/livechat-*"
			}
			return s
		})},
	},
)

var rotationMutations = []mutation{
	{"SECRET-06", aSchedule, "vanishes", nil, remove},
	{"SECRET-06", aSchedule, "is run by a foreign function", nil, set("RotationLambdaARN", "arn:aws:lambda:eu-west-1:999999999999:function:livechat-prod-eu-west-1-rotator")},
	{"CDK-06", aSchedule, "is run by a function of AWS's, which is not reviewed", nil, set("HostedRotationLambda", map[string]any{"RotationType": "PostgreSQLSingleUser"})},
	{"SECRET-06", aSchedule, "comes before the permission", ofSecretsLayer, func(body map[string]any) map[string]any {
		delete(body, "DependsOn")
		return body
	}},
	{"SECRET-06", aPermission, "vanishes", calledBy("secretsmanager"), remove},
	{"SECRET-06", aFunction, "is another program", isRotator, set("FunctionName", "livechat-prod-eu-west-1-other")},
}

var ageMutations = []mutation{
	{"SECRET-07", anAlarm, "vanishes", nil, remove},
	{"SECRET-07", anAlarm, "waits for a year", nil, set("Threshold", 365)},
	{"SECRET-07", anAlarm, "is silent without a figure", nil, set("TreatMissingData", "notBreaching")},
	{"SECRET-07", anAlarm, "is silent without a figure, by default", nil, drop("TreatMissingData")},
	{"SECRET-07", anAlarm, "alarms on what is young", nil, set("ComparisonOperator", "LessThanThreshold")},
	{"SECRET-07", anAlarm, "looks at another metric", nil, set("MetricName", "Other")},
	{"SECRET-07", anAlarm, "looks at another secret", nil, set("Dimensions.0.Value", "livechat-prod/other")},
	{"SECRET-07", anAlarm, "does not say what to do", nil, set("AlarmDescription", "too old")},
	{"SECRET-08", aRule, "calls a foreign target too", nil, edit(func(p map[string]any) {
		p["Targets"] = append(p["Targets"].([]any), map[string]any{"Id": "spy", "Arn": "arn:aws:events:eu-west-1:999999999999:event-bus/spy"})
	})},
	{"SECRET-08", aRule, "asks for no ages", nil, set("Targets.0.Input", "{}")},
	{"SECRET-08", aPermission, "vanishes", calledBy("events"), remove},
	{"FN-02", aPermission, "admits any rule", calledBy("events"), drop("SourceArn")},
	{"FN-02", aPermission, "is never met, as no account is sent with a rule", calledBy("events"), set("SourceAccount", "333344445555")},
	{"FN-02", aPermission, "admits the secrets of any account", calledBy("secretsmanager"), drop("SourceAccount")},
	{"ALARM-01", aTopic, "vanishes", nil, remove},
	{"CDK-06", aTopic, "notifies a foreign address", nil, set("Subscription", []any{map[string]any{"Protocol": "email", "Endpoint": "a@attacker.example"}})},
	{"CDK-06", aSubscription, "notifies of some alarms only", nil, set("FilterPolicy", map[string]any{"x": []any{"y"}})},
	{"ALARM-01", aTopicPolicy, "admits the account", nil, eachStatement("PolicyDocument", func(s map[string]any) map[string]any {
		s["Principal"] = map[string]any{"AWS": "arn:aws:iam::333344445555:root"}
		return s
	})},
	{"ALARM-01", aTopicPolicy, "admits CloudWatch of any account", nil, eachStatement("PolicyDocument", func(s map[string]any) map[string]any {
		delete(s, "Condition")
		return s
	})},
	{"ALARM-01", aTopicPolicy, "lets CloudWatch subscribe", nil, eachStatement("PolicyDocument", func(s map[string]any) map[string]any {
		s["Action"] = "sns:*"
		return s
	})},
	{"ALARM-01", aTopicPolicy, "is of another topic", nil, set("Topics", []any{"arn:aws:sns:eu-west-1:999999999999:alarms"})},
}

var rotatorMutations = []mutation{
	{"FN-05", "AWS::IAM::Role", "rotates any secret", ofRotator, permitting(3, func(s map[string]any) { s["Resource"] = "arn:aws:secretsmanager:eu-west-1:333344445555:secret:*" })},
	{"FN-05", "AWS::IAM::Role", "deletes secrets too", ofRotator, permitting(3, func(s map[string]any) { s["Action"] = append(s["Action"].([]any), "secretsmanager:DeleteSecret") })},
	{"FN-05", "AWS::IAM::Role", "cannot finish a rotation", ofRotator, permitting(3, func(s map[string]any) { s["Action"] = "secretsmanager:GetSecretValue" })},
	{"FN-05", "AWS::IAM::Role", "decrypts under any key", ofRotator, permitting(4, func(s map[string]any) { s["Resource"] = "*" })},
	{"FN-05", "AWS::IAM::Role", "cannot write replicas", writesReplicas, permitting(5, func(s map[string]any) { s["Action"] = "kms:Encrypt" })},
	{"FN-05", "AWS::IAM::Role", "uses any key of another region", writesReplicas, permitting(5, func(s map[string]any) { delete(s, "Condition") })},
	{"FN-05", "AWS::IAM::Role", "publishes any metric", ofAges, permitting(3, func(s map[string]any) { delete(s, "Condition") })},
	{"FN-05", "AWS::IAM::Role", "reads what it should only date", ofAges, permitting(1, func(s map[string]any) { s["Action"] = "secretsmanager:GetSecretValue" })},
}

// asksFor finds what has a statement with a condition of a key.
func asksFor(key string) func(*template.Resource) bool {
	return func(r *template.Resource) bool {
		return slices.ContainsFunc(r.Statements(), func(s template.Statement) bool {
			return slices.ContainsFunc(s.Conditions, func(c template.Condition) bool { return strings.EqualFold(c.Key, key) })
		})
	}
}

// weakeningsOf are the ways in which the Denies of a resource's document that are recognized by a condition key come to deny less.
func weakeningsOf(policy, typ, document, key string) []mutation {
	way := func(name string, change func(s map[string]any)) mutation {
		return mutation{policy, typ, name + " (" + key + ")", asksFor(key), eachStatement(document, func(s map[string]any) map[string]any {
			if speaksOf(s, key) {
				change(s)
			}
			return s
		})}
	}
	return []mutation{
		way("denies it to one role only", func(s map[string]any) {
			s["Principal"] = map[string]any{"AWS": "arn:aws:iam::333344445555:role/one"}
		}),
		way("denies another action", func(s map[string]any) { s["Action"] = "secretsmanager:ListSecretVersionIds" }),
		way("denies all but an action", func(s map[string]any) {
			delete(s, "Action")
			s["NotAction"] = "secretsmanager:GetSecretValue"
		}),
		way("denies it of another secret", func(s map[string]any) { s["Resource"] = "arn:aws:secretsmanager:eu-west-1:333344445555:secret:other" }),
		way("denies it under a further condition", func(s map[string]any) {
			s["Condition"].(map[string]any)["StringLike"] = map[string]any{"aws:UserAgent": "curl/*"}
		}),
	}
}

// set2 sets the attributes other than the properties.
func set2(attribute, value string) func(map[string]any) map[string]any {
	return func(body map[string]any) map[string]any {
		body[attribute] = value
		return body
	}
}

func ofNoPartner(r *template.Resource) bool {
	return !strings.HasSuffix(r.Get("Name").Text(), "/signing")
}
func ofMaster(r *template.Resource) bool {
	return strings.HasSuffix(r.Get("Name").Text(), "/database/master")
}
func copied(r *template.Resource) bool         { return !r.Get("ReplicaRegions").Missing() }
func ofSecretsLayer(r *template.Resource) bool { return r.Stack.Layer == "secrets" }
func isRotator(r *template.Resource) bool {
	return strings.HasSuffix(r.Get("FunctionName").Text(), "-rotator")
}
func ofRotator(r *template.Resource) bool {
	return ofLambda(r) && strings.HasSuffix(r.Get("RoleName").Text(), "-rotator")
}
func writesReplicas(r *template.Resource) bool {
	return ofRotator(r) && r.Stack.Intent().Get("regions").Len() > 1
}
func ofAges(r *template.Resource) bool {
	return ofLambda(r) && strings.HasSuffix(r.Get("Description").Text(), "-secretage")
}

func calledBy(service string) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return r.Get("Principal").Is(service + ".amazonaws.com") }
}
