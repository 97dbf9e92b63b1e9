package access_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/access"
	"livechat.example/cloud/policies/template"
)

// A principal that Direct passes over without a judgement must be one that a judgement would refuse.
func TestWhoCanDirectlyIsWhoCanWithoutGoingOn(t *testing.T) {
	for _, c := range read[[]crowd](t, "testdata/who/worlds.yaml") {
		e := estate(t, c.World)
		m, err := access.Read(e)
		require.NoError(t, err)
		for r := range e.All() {
			for _, act := range access.Acts(r.Type) {
				if act.Action == "sts:AssumeRole" {
					continue // Comers answers for these
				}
				all := m.Who(act.Action, []string{r.String()})
				direct := m.Direct(act.Action, access.Place{Resource: r}, nil)
				direct = slices.DeleteFunc(direct, func(d access.Access) bool { // who has a better way
					return slices.ContainsFunc(all, func(a access.Access) bool { return a.Title == d.Title && len(a.Via) > 0 })
				})
				all = slices.DeleteFunc(all, func(a access.Access) bool { return len(a.Via) > 0 })
				assert.Subset(t, written(all), written(direct), "%s: %s on %s", c.Name, act.Action, r)
				for _, a := range all {
					if within := strings.TrimPrefix(a.Resource, r.String()); within != "" && r.Type != "AWS::S3::Bucket" { // a part, which has a place of its own
						direct = m.Direct(act.Action, access.Place{Resource: r, Within: within}, nil)
					}
					// Any other principal that a policy names signs nothing, or is an identity of the account in no template.
					known := slices.ContainsFunc(direct, func(d access.Access) bool { return d.Title == a.Title || d.Title == "anonymous" })
					assert.True(t, known || a.Who.Outside(), "%s: %s %s on %s", c.Name, a.Title, act.Action, r)
				}
			}
		}
	}
}

// A secret's copy has the policy of its original, and a key of its own.
func TestACopyIsAskedAboutInItsRegion(t *testing.T) {
	role := func(region string) map[string]any {
		return map[string]any{"Type": "AWS::IAM::Role", "Properties": map[string]any{"RoleName": "reader-" + region,
			"AssumeRolePolicyDocument": map[string]any{"Statement": []any{}},
			"Policies": []any{map[string]any{"PolicyName": "own", "PolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": []any{
				map[string]any{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:" + region + ":111122223333:secret:one-??????"},
				map[string]any{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": map[string]any{"Fn::GetAtt": []any{"Key", "Arn"}}},
			}}}}}}
	}
	key := map[string]any{"Type": "AWS::KMS::Key", "Properties": map[string]any{"KeyPolicy": map[string]any{"Version": "2012-10-17", "Statement": []any{
		map[string]any{"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": map[string]any{"AWS": "arn:aws:iam::111122223333:root"}},
	}}}}
	secret := map[string]any{"Type": "AWS::SecretsManager::Secret", "Properties": map[string]any{"Name": "one", "KmsKeyId": map[string]any{"Fn::GetAtt": []any{"Key", "Arn"}},
		"ReplicaRegions": []any{map[string]any{"Region": "us-east-1", "KmsKeyId": "arn:aws:kms:us-east-1:111122223333:alias/copies"}}}}
	alias := map[string]any{"Type": "AWS::KMS::Alias", "Properties": map[string]any{"AliasName": "alias/copies", "TargetKeyId": map[string]any{"Fn::GetAtt": []any{"Key", "Arn"}}}}
	stack := func(region string, resources map[string]any) *template.Stack {
		return template.NewStack("dev-"+region+"-secrets", "111122223333", region, map[string]any{"Resources": resources})
	}
	e := template.New(
		stack("eu-west-1", map[string]any{"Secret": secret, "Key": key, "Here": role("eu-west-1")}),
		stack("us-east-1", map[string]any{"Key": key, "Alias": alias, "There": role("us-east-1")}),
	)
	m, err := access.Read(e)
	require.NoError(t, err)
	for region, reader := range map[string]string{"": "role:reader-eu-west-1", "eu-west-1": "role:reader-eu-west-1", "us-east-1": "role:reader-us-east-1"} {
		at := access.Place{Resource: e.Resource("dev-eu-west-1-secrets", "Secret"), Region: region}
		found := m.Direct("secretsmanager:GetSecretValue", at, func(title string) bool { return strings.HasPrefix(title, "role:") })
		if assert.Len(t, found, 1, region) {
			assert.Equal(t, reader, found[0].Title)
			assert.Equal(t, access.Yes, found[0].Key.Allowed)
		}
		assert.Contains(t, m.Refusal("role:reader-eu-west-1", "secretsmanager:DeleteSecret", at), "nothing allows it")
	}
}

// What is in no template and has no policy of its own is a matter of identity policies alone.
func TestAUserOfADatabaseIsAskedAboutByItsARN(t *testing.T) {
	m := model(t, map[string]thing{
		"Chat":  {Role: &[]string{"allow rds-db:connect on arn:aws:rds-db:eu-west-1:111122223333:dbuser:cluster-1/chat"}},
		"Other": {Role: &[]string{"allow rds-db:connect on arn:aws:rds-db:eu-west-1:111122223333:dbuser:cluster-1/other"}},
	})
	found := m.Direct("rds-db:connect", access.Place{ARN: "arn:aws:rds-db:eu-west-1:111122223333:dbuser:cluster-1/chat"}, func(title string) bool { return strings.HasPrefix(title, "role:") })
	require.Len(t, found, 1)
	assert.Equal(t, access.Yes, found[0].Allowed)
	assert.True(t, strings.HasSuffix(found[0].Title, "Chat"), found[0].Title)
}
