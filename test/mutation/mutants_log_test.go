package mutation

import "livechat.example/cloud/policies/template"

const aLogGroup = "AWS::Logs::LogGroup"

var logMutations = []mutation{
	{"LOG-01", aLogGroup, "drops its key", nil, drop("KmsKeyId")},
	{"LOG-01", aLogGroup, "takes a key of another account", nil, set("KmsKeyId", "arn:aws:kms:eu-west-1:999999999999:key/1")},
	{"LOG-01", aLogGroup, "takes a key that does not admit it", nil, set("KmsKeyId", "alias/livechat-prod-knowledge")},
	{"LOG-01", aKey, "does not admit CloudWatch Logs", isLogsKey, forServices(nil)},
	{"LOG-01", aKey, "admits CloudWatch Logs of another region", isLogsKey, forServices(func(s map[string]any) {
		s["Principal"] = map[string]any{"Service": "logs.eu-north-1.amazonaws.com"}
	})},
	{"LOG-01", aKey, "admits other groups only", isLogsKey, forServices(func(s map[string]any) {
		s["Condition"] = map[string]any{"ArnLike": map[string]any{"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-north-1:333344445555:log-group:*"}}
	})},
	{"LOG-01", aKey, "lets CloudWatch Logs encrypt only", isLogsKey, forServices(func(s map[string]any) { s["Action"] = "kms:Encrypt" })},
	{"LOG-02", aLogGroup, "is kept for a month", nil, set("RetentionInDays", 30)},
	{"LOG-02", aLogGroup, "is kept for a time that nobody stated", nil, drop("RetentionInDays")},
	{"LOG-03", aLogGroup, "goes with its stack", nil, without("DeletionPolicy")},
	{"LOG-03", aLogGroup, "goes when it is replaced", nil, without("UpdateReplacePolicy")},
	{"LOG-04", aLogGroup, "is of a class without metric filters", nil, set("LogGroupClass", "INFREQUENT_ACCESS")},
	{"LOG-04", aLogGroup, "is of a class that is only delivered", nil, set("LogGroupClass", "DELIVERY")},
	{"LOG-04", aLogGroup, "admits somebody by a policy of its own", nil, set("ResourcePolicyDocument", map[string]any{"Statement": []any{
		map[string]any{"Effect": "Allow", "Principal": "*", "Action": "logs:*", "Resource": "*"}}})},
	{"LOG-04", aLogGroup, "is read by a bearer token", nil, set("BearerTokenAuthenticationEnabled", true)},
	{"LOG-04", aLogGroup, "becomes a subscription", nil, func(body map[string]any) map[string]any {
		body["Type"] = "AWS::Logs::SubscriptionFilter"
		return body
	}},
}

func isLogsKey(r *template.Resource) bool { return r.Get("Description").Is("Live chat: logs") }
