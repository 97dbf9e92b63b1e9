package main

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oneReader returns a bucket with a key, which one role can read.
func oneReader() object {
	say := func(effect, action string, more object) object {
		s := object{"Effect": effect, "Action": action, "Resource": "*"}
		for key, value := range more {
			s[key] = value
		}
		return s
	}
	document := func(statements ...any) object { return object{"Version": "2012-10-17", "Statement": statements} }
	resource := func(kind string, properties object) object {
		return object{"Type": "AWS::" + kind, "Properties": properties}
	}
	key := object{"Fn::GetAtt": []any{"Key", "Arn"}}
	return object{"Resources": object{
		"Key": resource("KMS::Key", object{"KeyPolicy": document(say("Allow", "kms:*", object{"Principal": object{"AWS": "arn:aws:iam::111122223333:root"}}))}),
		"Knowledge": resource("S3::Bucket", object{"BucketName": "chat-knowledge", "BucketEncryption": object{"ServerSideEncryptionConfiguration": []any{
			object{"ServerSideEncryptionByDefault": object{"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}}}}),
		"Secure": resource("S3::BucketPolicy", object{"Bucket": object{"Ref": "Knowledge"}, "PolicyDocument": document(say("Deny", "s3:*",
			object{"Principal": "*", "Sid": "OnlyTLS", "Condition": object{"Bool": object{"aws:SecureTransport": "false"}}}))}),
		"Reader": resource("IAM::Role", object{"RoleName": "chat-reader",
			"AssumeRolePolicyDocument": document(object{"Effect": "Allow", "Principal": object{"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}),
			"Policies": []any{object{"PolicyName": "own", "PolicyDocument": document(
				say("Allow", "s3:GetObject", object{"Sid": "Knowledge", "Resource": "arn:aws:s3:::chat-knowledge/*"}), say("Allow", "kms:Decrypt", object{"Resource": key}))}}}),
	}}
}

func TestAccessListsWhoCanWithTheStatementsThatGiveIt(t *testing.T) {
	code, out, faults := call("access", "--resource", "knowledge/acme", assembly(t, oneReader()))
	assert.Equal(t, holds, code, faults)
	for _, line := range []string{
		"knowledge/acme in eu-west-1\n",
		"\n  read\n",
		"\n  decrypt\n",
		"    role:chat-reader: s3:GetObject\n",
		"      identity policy prod-eu-west-1-storage/Reader Policies.0.PolicyDocument[0] Knowledge allows it\n",
		"      if aws:SecureTransport is true\n",
		"      its key: key policy prod-eu-west-1-storage/Key KeyPolicy[0] allows it\n",
		"    service:ecs-tasks.amazonaws.com: s3:GetObject\n      assumes role:chat-reader\n",
		"    account:111122223333: s3:GetObject, s3:GetObjectVersion, s3:ListBucket\n",
	} {
		assert.Contains(t, out, line)
	}
	assert.NotContains(t, out, "chat-reader: s3:PutObject")
}

func TestAccessTellsWhatAPrincipalCan(t *testing.T) {
	dir := assembly(t, oneReader())
	code, out, faults := call("access", "--principal", "reader", dir)
	assert.Equal(t, holds, code, faults)
	assert.Contains(t, out, "reader in eu-west-1\n\n  prod-eu-west-1-storage/Key\n    decrypt: kms:Decrypt\n")
	assert.Contains(t, out, "  prod-eu-west-1-storage/Knowledge\n    read: s3:GetObject\n")

	code, out, _ = call("access", "--principal", "account:999999999999", dir)
	assert.Equal(t, holds, code)
	assert.Equal(t, "account:999999999999: no access\n", out)
}

func TestAccessWritesJSONForAMachine(t *testing.T) {
	code, out, faults := call("access", "--resource", "knowledge/acme", "--action", "s3:GetObject", "--json", assembly(t, oneReader()))
	require.Equal(t, holds, code, faults)
	var q struct {
		Resource string
		Access   []struct {
			Region, Principal, Action, Allowed string
			With                               map[string][]string
			Why                                []struct{ Resource, Sid, Effect string }
			Key                                struct{ Allowed string }
			Via                                []struct{ Role, How string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &q))
	require.Len(t, q.Access, 3)
	assert.Equal(t, "knowledge/acme", q.Resource)
	reader := q.Access[1]
	assert.Equal(t, []string{"eu-west-1", "role:chat-reader", "s3:GetObject", "yes", "yes"},
		[]string{reader.Region, reader.Principal, reader.Action, reader.Allowed, reader.Key.Allowed})
	assert.Equal(t, map[string][]string{"aws:SecureTransport": {"true"}}, reader.With)
	assert.Equal(t, "Knowledge", reader.Why[0].Sid)
	assert.Equal(t, "role:chat-reader", q.Access[2].Via[0].Role)
}

func TestAccessRefusesWhatItCannotJudge(t *testing.T) {
	dir := assembly(t, oneReader())
	shared := oneReader()
	shared["Resources"].(object)["Share"] = object{"Type": "AWS::RAM::ResourceShare"}
	for says, args := range map[string][]string{
		`there is no bucket "nothing"`:         {"--resource", "nothing", dir},
		`there is no key "nothing" in mars-1`:  {"--resource", "key:nothing", "--region", "mars-1", dir},
		`there is no principal "nobody"`:       {"--principal", "nobody", dir},
		`"s3:*" is no action`:                  {"--resource", "knowledge", "--action", "s3:*", dir},
		"name them by --action":                {"--resource", "prod-eu-west-1-storage/Secure", dir},
		"at least one of the flags":            {dir},
		"if any flags in the group":            {"--resource", "knowledge", "--principal", "reader", dir},
		filepath.Join(dir, "nowhere") + ": no": {"--resource", "knowledge", filepath.Join(dir, "nowhere")},
		"AWS::RAM::ResourceShare is not known": {"--resource", "knowledge", assembly(t, shared)},
	} {
		code, out, faults := call(append([]string{"access"}, args...)...)
		assert.Equal(t, unjudged, code, "%v", args)
		assert.Empty(t, out)
		assert.Contains(t, faults, says)
	}
}
