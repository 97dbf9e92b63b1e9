package access_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/access"
	"livechat.example/cloud/policies/template"
)

type crowd struct {
	Name  string           `yaml:"name"`
	World map[string]thing `yaml:"world"`
	Asks  []struct {
		Can string   `yaml:"can"`
		On  string   `yaml:"on"`
		Are []string `yaml:"are"`
		Why string   `yaml:"why"`
	} `yaml:"asks"`
}

func TestEverybodyWhoCanIsListedAndNobodyElse(t *testing.T) {
	for _, c := range read[[]crowd](t, "testdata/who/worlds.yaml") {
		m := model(t, c.World)
		for _, ask := range c.Asks {
			require.NotEmpty(t, ask.Why)
			on := ask.On
			if !strings.Contains(on, ":") {
				on = layer + "/" + on
			}
			all, err := m.WhoCan(ask.Can, on)
			require.NoError(t, err)
			assert.ElementsMatch(t, ask.Are, written(all), "%s: %s on %s: %s", c.Name, ask.Can, ask.On, ask.Why)
		}
	}
}

func model(t testing.TB, things map[string]thing) *access.Model {
	t.Helper()
	m, err := access.Read(estate(t, things))
	require.NoError(t, err)
	return m
}

func written(all []access.Access) []string {
	list := make([]string, len(all))
	for i, a := range all {
		list[i] = a.Allowed.String() + " " + a.Title
		if a.Anyone {
			list[i] += " for anyone"
		}
		for j, h := range a.Via {
			list[i] += map[bool]string{true: " via ", false: " "}[j == 0] + h.Role
		}
	}
	return list
}

func TestWhatSomebodyCanIsToldByResource(t *testing.T) {
	m := model(t, map[string]thing{
		"Reader": {Role: &[]string{"allow s3:GetObject on @Data/in/*", "allow athena:*,s3:GetBucketAcl on *", "allow sts:AssumeRole on @Other"}},
		"Other":  {Role: &[]string{}, Trust: []string{"allow sts:AssumeRole to root"}},
		"Data":   {Bucket: &[]string{"allow s3:DeleteObject to @Reader on @Data/*"}},
	})
	all, others, err := m.WhatCan("Reader")
	require.NoError(t, err)
	var got []string
	for _, a := range all {
		got = append(got, a.Action+" "+strings.TrimPrefix(a.Resource, layer+"/"))
	}
	assert.Equal(t, []string{"s3:GetObject Data/in/any", "s3:DeleteObject Data/any", "sts:AssumeRole Other"}, got)
	assert.Equal(t, []string{"athena:*"}, others)
}

func TestNamesOfResourcesAreResolved(t *testing.T) {
	stack := template.NewStack("dev-eu-west-1-storage", account, region, object{
		"Metadata": object{"LiveChat": object{"buckets": object{"knowledge": "x-1"}, "knowledge": object{"retention": object{"a/": 1, "b/": 2}}}},
		"Resources": object{
			"Kn":    object{"Type": "AWS::S3::Bucket", "Properties": object{"BucketName": "x-1"}},
			"Key":   object{"Type": "AWS::KMS::Key"},
			"Alias": object{"Type": "AWS::KMS::Alias", "Properties": object{"AliasName": "alias/dev-logs", "TargetKeyId": object{"Ref": "Key"}}},
			"S": object{"Type": "AWS::SecretsManager::Secret", "Properties": object{"Name": "dev/provider/openai",
				"ReplicaRegions": []any{object{"Region": "us-east-1"}}}},
			"C": object{"Type": "AWS::ElastiCache::ReplicationGroup", "Properties": object{"ReplicationGroupId": "dev-cache"}},
			"U": object{"Type": "AWS::ElastiCache::User", "Properties": object{"UserId": "dev-chat"}},
			"D": object{"Type": "AWS::RDS::DBCluster"},
		},
	})
	m, err := access.Read(template.New(stack))
	require.NoError(t, err)
	const at = "dev-eu-west-1-storage/"
	for name, want := range map[string][]string{
		"knowledge": {at + "Kn"}, "bucket:x-1": {at + "Kn"}, "knowledge/acme": {at + "Kn/a/acme/any", at + "Kn/b/acme/any"},
		"knowledge/a/acme": {at + "Kn/a/acme/any"}, "key:logs": {at + "Key"}, "key:dev-logs": {at + "Key"}, "secret:openai": {at + "S"},
		"cache:cache": {at + "C"}, "cache-user:chat": {at + "U"},
		"database-user:chat": {"arn:aws:rds-db:eu-west-1:111122223333:dbuser:${" + at + "D.DBClusterResourceId}/chat"},
		at + "S":             {at + "S"}, "arn:aws:s3:::x-1/k": {"arn:aws:s3:::x-1/k"},
	} {
		got, err := m.Find(name, "")
		require.NoError(t, err, name)
		assert.Equal(t, want, got, name)
	}
	for name, says := range map[string]string{"bucket:y": `no bucket "y"`, "thing:x": `"thing" is no kind`, "key:": "no key", "": "no bucket", "database-user:": "no cluster"} {
		_, err := m.Find(name, "")
		assert.ErrorContains(t, err, says, name)
	}
	copied, err := m.Find("secret:openai", "us-east-1")
	require.NoError(t, err)
	assert.Equal(t, []string{"arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/provider/openai-AbCdEf"}, copied)
	assert.Equal(t, access.Acts("AWS::SecretsManager::Secret"), m.ActsOn("arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/provider/openai-x1y2z3"))
	assert.NotEmpty(t, m.ActsOn("arn:aws:secretsmanager:eu-west-1:111122223333:secret:dev/provider/openai-x1y2z3"))
	assert.Empty(t, m.ActsOn("arn:aws:secretsmanager:eu-west-1:111122223333:secret:dev/provider/other-x1y2z3"))
	assert.NotEmpty(t, m.ActsOn("arn:aws:rds-db:eu-west-1:111122223333:dbuser:cluster-A/chat"))
	_, err = m.Find("key:logs", "us-east-1")
	assert.ErrorContains(t, err, "in us-east-1")
}

func TestAQuestionThatMeansNothingIsRefused(t *testing.T) {
	m := model(t, map[string]thing{"AppReader": {Role: &[]string{}}, "x-dup": {Role: &[]string{}, Unnamed: true}})
	for says, q := range map[string]access.Request{
		`no principal "nobody"`:    {Principal: "nobody", Action: "s3:GetObject", Resource: "*"},
		`"s3:Get*" is no action`:   {Principal: "AppReader", Action: "s3:Get*", Resource: "*"},
		`"GetObject" is no action`: {Principal: "AppReader", Action: "GetObject", Resource: "*"},
	} {
		_, err := m.May(q)
		assert.ErrorContains(t, err, says)
	}
}

// TestEachWayToWidenAnEstateIsNoticed widens an estate in the ways that issue "data" names, and asks who can then.
func TestEachWayToWidenAnEstateIsNoticed(t *testing.T) {
	sound := func() map[string]thing {
		return map[string]thing{
			"App":  {Role: &[]string{"allow s3:GetObject on @Data/*", "allow kms:Decrypt on @Lock", "allow secretsmanager:GetSecretValue on @Hush"}, Boundary: &[]string{"allow s3:*,kms:*,secretsmanager:* on *"}},
			"Idle": {Role: &[]string{"allow s3:GetObject,sqs:SendMessage on @Data/*"}, Boundary: &[]string{"allow sqs:* on *"}, Trust: []string{"allow sts:AssumeRole to Service:lambda.amazonaws.com"}},
			"Lock": {Key: &[]string{"allow kms:* to root on *"}},
			"Data": {Bucket: &[]string{}, By: "Lock"},
			"Hush": {Secret: &[]string{}, By: "Lock"},
		}
	}
	add := func(name string, statements ...string) func(map[string]thing) {
		return func(w map[string]thing) {
			x := w[name]
			for _, list := range []**[]string{&x.Role, &x.Key, &x.Bucket} {
				if *list != nil {
					grown := append(slices.Clone(**list), statements...)
					*list = &grown
				}
			}
			w[name] = x
		}
	}
	unbound := func(w map[string]thing) { x := w["Idle"]; x.Boundary = nil; w["Idle"] = x }
	for name, c := range map[string]struct {
		widen  []func(map[string]thing)
		action string
		on     string
		new    string
	}{
		"kms:Decrypt on *":         {[]func(map[string]thing){unbound, add("Idle", "allow kms:Decrypt on *")}, "s3:GetObject", "Data/a", "yes role:Idle"},
		"s3:*":                     {[]func(map[string]thing){unbound, add("Idle", "allow s3:* on *")}, "s3:PutBucketPolicy", "Data", "yes role:Idle"},
		"a foreign account, key":   {[]func(map[string]thing){add("Lock", "allow kms:Decrypt to 999999999999 on *")}, "kms:Decrypt", "Lock", "yes account:999999999999"},
		"a foreign account":        {[]func(map[string]thing){add("Data", "allow s3:ListBucket to 999999999999 on @Data")}, "s3:ListBucket", "Data", "yes account:999999999999"},
		"NotAction":                {[]func(map[string]thing){unbound, add("Idle", "allow not iam:* on *")}, "secretsmanager:GetSecretValue", "Hush", "yes role:Idle"},
		"a wildcard secret read":   {[]func(map[string]thing){unbound, add("Idle", "allow secretsmanager:Get*,kms:* on *")}, "secretsmanager:GetSecretValue", "Hush", "yes role:Idle"},
		"a boundary removed":       {[]func(map[string]thing){unbound}, "s3:GetObjectVersion", "Data/a", ""},
		"a boundary that mattered": {[]func(map[string]thing){unbound, add("Idle", "allow s3:PutBucketPolicy on *")}, "s3:PutBucketPolicy", "Data", "yes role:Idle"},
		"a PassRole path": {[]func(map[string]thing){unbound, add("Idle", "allow iam:PassRole on @App")}, "s3:GetObject", "Data/a",
			"yes role:Idle via role:App"},
	} {
		before := model(t, sound())
		world := sound()
		for _, w := range c.widen {
			w(world)
		}
		was, err := before.WhoCan(c.action, layer+"/"+c.on)
		require.NoError(t, err)
		are, err := model(t, world).WhoCan(c.action, layer+"/"+c.on)
		require.NoError(t, err)
		if c.new == "" {
			assert.Equal(t, written(was), written(are), name)
			continue
		}
		assert.NotContains(t, written(was), c.new, name)
		assert.Contains(t, written(are), c.new, name)
	}
}

func BenchmarkWhoCan(b *testing.B) {
	things := map[string]thing{}
	for i := range 40 {
		things[fmt.Sprintf("Role%d", i)] = thing{Role: &[]string{fmt.Sprintf("allow s3:GetObject on @Data%d/*", i), fmt.Sprintf("allow kms:Decrypt on @Key%d", i)},
			Boundary: &[]string{"allow s3:*,kms:* on *", "deny not iam:* on * if StringNotEquals aws:RequestedRegion=eu-west-1"}}
		things[fmt.Sprintf("Key%d", i)] = thing{Key: &[]string{"allow kms:Decrypt to root on * if StringEquals kms:ViaService=s3.eu-west-1.amazonaws.com"}}
		things[fmt.Sprintf("Data%d", i)] = thing{Bucket: &[]string{fmt.Sprintf("deny s3:* to * on @Data%d/* if Bool aws:SecureTransport=false", i)}, By: fmt.Sprintf("Key%d", i)}
	}
	e := estate(b, things)
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if _, err := access.Read(e); err != nil {
				b.Fatal(err)
			}
		}
	})
	m, err := access.Read(e)
	require.NoError(b, err)
	b.Run("every principal", func(b *testing.B) {
		for b.Loop() {
			for i := range 40 {
				if _, err := m.WhoCan("s3:GetObject", fmt.Sprintf("%s/Data%d/a", layer, i)); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

func TestTheWorldsAreExplained(t *testing.T) {
	text, err := os.ReadFile("testdata/README.md")
	require.NoError(t, err)
	for _, word := range []string{"trust", "boundary", "limit", "managed", "tags", "alias", "unnamed", "version", "text", "named", "other", "replicas", "given", "indexes", "aliases", "lies"} {
		assert.Contains(t, string(text), "`"+word+"`")
	}
}
