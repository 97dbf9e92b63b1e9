package mutation

import "livechat.example/cloud/policies/template"

const aLogGroup = "AWS::Logs::LogGroup"

var logMutations = []mutation{
	{"LOG-01", aKey, "does not admit CloudWatch Logs", isLogsKey, forServices(nil)},
	{"LOG-01", aKey, "admits CloudWatch Logs of another region", isLogsKey, forServices(func(s map[string]any) {
		s["Principal"] = map[string]any{"Service": "logs.eu-north-1.amazonaws.com"}
	})},
	{"LOG-01", aKey, "admits other groups only", isLogsKey, forServices(func(s map[string]any) {
		s["Condition"] = map[string]any{"ArnLike": map[string]any{"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-north-1:333344445555:log-group:*"}}
	})},
	{"LOG-01", aKey, "lets CloudWatch Logs encrypt only", isLogsKey, forServices(func(s map[string]any) { s["Action"] = "kms:Encrypt" })},
	{"CDK-06", aLogGroup, "admits a foreign account by a policy of its own", nil, set("ResourcePolicyDocument", map[string]any{"Statement": []any{
		map[string]any{"Effect": "Allow", "Principal": "*", "Action": "logs:*", "Resource": "*"}}})},
	{"CDK-06", aLogGroup, "becomes a subscription", nil, become("AWS::Logs::SubscriptionFilter")},
}

func isLogsKey(r *template.Resource) bool { return r.Get("Description").Is("Live chat: logs") }
