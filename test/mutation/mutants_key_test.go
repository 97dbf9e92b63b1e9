package mutation

import (
	"strings"

	"livechat.example/cloud/policies/template"
)

const aKey = "AWS::KMS::Key"

var keyMutations = []mutation{
	{"KEY-01", aKey, "is gone", nil, remove},
	{"KEY-01", "AWS::KMS::Alias", "becomes a key that no stack states", nil, become(aKey)},
	{"KEY-01", "AWS::KMS::Alias", "becomes a replica", nil, become("AWS::KMS::ReplicaKey")},
	{"CDK-09", aKey, "is deleted with its stack", nil, without("DeletionPolicy")},
	{"CDK-09", aKey, "is deleted when it is replaced", nil, without("UpdateReplacePolicy")},

	{"KEY-03", aKey, "lets administrators decrypt", nil, keyStatement("Administration", func(s map[string]any) {
		s["Action"] = append(s["Action"].([]any), "kms:Decrypt")
	})},
	{"KEY-03", aKey, "lets administrators give grants", nil, keyStatement("Administration", func(s map[string]any) {
		s["Action"] = append(s["Action"].([]any), "kms:CreateGrant")
	})},
	{"KEY-03", aKey, "is administered by another account too", nil, keyStatement("Administration", func(s map[string]any) {
		s["Principal"] = map[string]any{"AWS": []any{s["Principal"].(map[string]any)["AWS"], "arn:aws:iam::999999999999:root"}}
	})},
	{"KEY-03", aKey, "is administered by all but one", nil, keyStatement("Administration", func(s map[string]any) {
		s["NotPrincipal"] = s["Principal"]
		delete(s, "Principal")
	})},
	{"KEY-03", aKey, "allows all but an action", nil, keyStatement("Administration", func(s map[string]any) {
		s["NotAction"] = "kms:Sign"
		delete(s, "Action")
	})},
	{"KEY-03", aKey, "can be given no other policy", nil, keyStatement("Administration", func(s map[string]any) { s["Action"] = []any{"kms:Describe*"} })},
	{"KEY-03", aKey, "is administered by one role", nil, keyStatement("Administration", func(s map[string]any) {
		s["Principal"] = map[string]any{"AWS": "arn:aws:iam::333344445555:role/one"}
	})},
	{"KEY-03", aKey, "is administered under a condition", nil, keyStatement("Administration", func(s map[string]any) {
		s["Condition"] = map[string]any{"Bool": map[string]any{"aws:MultiFactorAuthPresent": "true"}}
	})},
	{"KEY-03", aKey, "is used from anywhere", nil, usedVia(func(c map[string]any) { delete(c, "kms:ViaService") })},
	{"KEY-03", aKey, "is used through any service", nil, usedVia(func(c map[string]any) { c["kms:ViaService"] = []any{"*"} })},
	{"KEY-03", aKey, "is used through one service more", nil, usedVia(func(c map[string]any) {
		c["kms:ViaService"] = append(c["kms:ViaService"].([]any), "lambda.eu-west-1.amazonaws.com")
	})},
	{"KEY-03", aKey, "is used through another region", nil, usedVia(func(c map[string]any) { c["kms:ViaService"] = "s3.eu-north-1.amazonaws.com" })},
	{"KEY-03", aKey, "is used for any caller", nil, usedVia(func(c map[string]any) { delete(c, "kms:CallerAccount") })},
	{"KEY-03", aKey, "is used where no service is named", nil, keyStatement("UseThroughTheDataServices", func(s map[string]any) {
		c := s["Condition"].(map[string]any)
		c["StringEqualsIfExists"] = c["StringEquals"]
		delete(c, "StringEquals")
	})},
	{"KEY-03", aKey, "gives grants to any principal", granting, keyStatement("GrantsToTheDataServices", func(s map[string]any) {
		delete(s["Condition"].(map[string]any), "Bool")
	})},
	{"KEY-03", aKey, "gives grants from anywhere", granting, keyStatement("GrantsToTheDataServices", func(s map[string]any) {
		delete(s["Condition"].(map[string]any), "StringEquals")
	})},
	{"KEY-03", aKey, "lets services act for another account", serving, forServices(func(s map[string]any) {
		s["Condition"] = map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": "999999999999"}}
	})},
	{"KEY-03", aKey, "admits another service", serving, forServices(func(s map[string]any) { s["Principal"] = map[string]any{"Service": "lambda.amazonaws.com"} })},
	{"KEY-03", aKey, "lets services encrypt only", serving, forServices(func(s map[string]any) { s["Action"] = "kms:Encrypt" })},
	{"KEY-03", aKey, "admits a service that its data does not take", func(r *template.Resource) bool { return !serving(r) },
		keyStatement("Administration", func(s map[string]any) { s["Principal"] = map[string]any{"Service": "delivery.logs.amazonaws.com"} })},

	{"KEY-06", aKey, "is used through another service", storing, usedVia(func(c map[string]any) { c["kms:ViaService"] = "sqs.eu-west-1.amazonaws.com" })},
	{"KEY-06", aKey, "only encrypts", storing, keyStatement("UseThroughTheDataServices", func(s map[string]any) { s["Action"] = "kms:GenerateDataKey*" })},
	{"KEY-06", aBucket, "takes a key that S3 does not use", ofData, edit(func(p map[string]any) {
		rule := p["BucketEncryption"].(map[string]any)["ServerSideEncryptionConfiguration"].([]any)[0].(map[string]any)
		rule["ServerSideEncryptionByDefault"].(map[string]any)["KMSMasterKeyID"] = siblingKey(p["BucketName"].(string), "secrets")
	})},
}

func aliasOf(class string) func(*template.Resource) bool {
	return func(r *template.Resource) bool { return strings.HasSuffix(r.Get("AliasName").Text(), "-"+class) }
}

func storing(r *template.Resource) bool {
	return strings.Contains("knowledge spa sdk archive", strings.TrimPrefix(r.Get("Description").Text(), "Live chat: "))
}

func granting(r *template.Resource) bool {
	return hasStatement(r, func(s template.Statement) bool { return s.Allows("kms:CreateGrant") })
}
func serving(r *template.Resource) bool {
	return hasStatement(r, func(s template.Statement) bool { return len(s.Principals["Service"]) > 0 })
}

func hasStatement(r *template.Resource, has func(template.Statement) bool) bool {
	for _, s := range r.Statements() {
		if has(s) {
			return true
		}
	}
	return false
}

// keyStatement changes a statement of a key's policy by its Sid, or takes it out.
func keyStatement(sid string, change func(s map[string]any)) func(map[string]any) map[string]any {
	return changing(func(s map[string]any) bool { return s["Sid"] == sid }, change)
}

// forServices changes the statements that admit services, or takes them out.
func forServices(change func(s map[string]any)) func(map[string]any) map[string]any {
	return changing(func(s map[string]any) bool { return s["Principal"].(map[string]any)["Service"] != nil }, change)
}

func usedVia(change func(conditions map[string]any)) func(map[string]any) map[string]any {
	return keyStatement("UseThroughTheDataServices", func(s map[string]any) {
		change(s["Condition"].(map[string]any)["StringEquals"].(map[string]any))
	})
}

func changing(which func(s map[string]any) bool, change func(s map[string]any)) func(map[string]any) map[string]any {
	return eachStatement("KeyPolicy", func(s map[string]any) map[string]any {
		if !which(s) {
			return s
		}
		if change == nil {
			return nil
		}
		change(s)
		return s
	})
}
