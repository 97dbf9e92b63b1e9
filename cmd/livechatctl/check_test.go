package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/internal/stamp"
	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/catalogue"
)

func TestAWeakBucketIsNamedWithEverythingThatMendsIt(t *testing.T) {
	dir := assembly(t, weak())
	code, out, faults := call("check", dir)
	assert.Equal(t, 1, code)
	assert.Empty(t, faults)
	for _, want := range []string{
		"STORE-01  high  Every bucket blocks public access in all four ways and has no ACLs\n",
		"threat  Data Leakage from S3 or RDS (S3 (Public/Private)): tampering, information disclosure\n",
		"fix     build the bucket with bucket.NewPrivate\n",
		"  " + weakBucket + "\n",
		"construct  prod-eu-west-1-storage/Knowledge/Bucket/Resource\n",
		fmt.Sprintf("template   %s/%s:%d\n", dir, templateFile, lineOf(t, dir, `"KnowledgeBucket"`)),
		"- PublicAccessBlockConfiguration.BlockPublicAcls is false, must be true\n",
	} {
		assert.Contains(t, out, want)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	assert.Regexp(t, `^\d+ violations?, 0 waived: \d+ policies looked \d+ times? at 2 resources in 1 stack, in \d+m?s$`, lines[len(lines)-1])
}

func TestAMendedBucketHolds(t *testing.T) {
	code, out, _ := call("check", assembly(t, strong()), "--policy", "store-01")
	assert.Equal(t, 0, code)
	assert.Regexp(t, `^0 violations, 0 waived: 1 policy looked 1 time at 2 resources in 1 stack, in \d+m?s\n$`, out)
}

func TestAnAssemblyThatTheValidatorDidNotJudgeIsSaidToBeSo(t *testing.T) {
	dir := assembly(t, strong())
	require.NoError(t, stamp.Stamp{Validator: true}.Write(dir))
	_, out, _ := call("check", dir, "--policy", "STORE-01")
	assert.NotContains(t, out, "validator")
	require.NoError(t, stamp.Stamp{}.Write(dir))
	_, out, _ = call("check", dir, "--policy", "STORE-01")
	assert.Contains(t, out, "CDK's validator was off when it was written")
	_, out, _ = call("check", dir, "--policy", "STORE-01", "--format", "json")
	assert.Contains(t, out, `"unvalidated": true`)
}

func TestAPolicyAloneIsNotMixedWithOthers(t *testing.T) {
	dir := assembly(t, weak())
	code, out, _ := call("check", dir, "--policy", "STORE-02")
	assert.Equal(t, 0, code, out)
	code, out, _ = call("check", dir, "--policy", "STORE-02", "--policy", "STORE-01")
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "1 violation, 0 waived: 2 policies looked 2 times")
}

func TestABareFolderOfTemplatesIsJudgedToo(t *testing.T) {
	template := weak()
	template["Metadata"] = object{"LiveChat": object{"region": "eu-west-1"}}
	dir := assembly(t, template)
	require.NoError(t, os.Remove(filepath.Join(dir, "manifest.json")))
	code, out, _ := call("check", dir)
	assert.Equal(t, 1, code)
	assert.Contains(t, out, weakBucket)
	assert.Contains(t, out, "BlockPublicAcls is false")
}

func TestWhatCannotBeReadIsNamedAndNothingElseIsWritten(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(dir string)
		want  string
	}{
		"a truncated template": {func(dir string) { put(t, dir, templateFile, `{"Resources": {"A": {"Type": `) }, templateFile},
		"an empty template":    {func(dir string) { put(t, dir, templateFile, "") }, templateFile},
		"a key twice":          {func(dir string) { put(t, dir, templateFile, `{"Resources": {"A": {}, "A": {}}}`) }, `"A" stands twice`},
		"a stray template":     {func(dir string) { put(t, dir, "stray.template.json", weak()) }, "stray.template.json"},
		"a missing template":   {func(dir string) { require.NoError(t, os.Remove(filepath.Join(dir, templateFile))) }, templateFile},
		"a broken manifest":    {func(dir string) { put(t, dir, "manifest.json", "{") }, "manifest.json"},
		"an empty folder":      {func(dir string) { require.NoError(t, os.RemoveAll(dir)); require.NoError(t, os.Mkdir(dir, 0o755)) }, ""},
		"no folder":            {func(dir string) { require.NoError(t, os.RemoveAll(dir)) }, "no such file"},
	} {
		for _, format := range []string{"text", "json", "sarif"} {
			dir := assembly(t, weak())
			c.spoil(dir)
			code, out, faults := call("check", dir, "--format", format)
			assert.Equal(t, 2, code, name)
			assert.Empty(t, out, name)
			assert.Regexp(t, `^livechatctl: [^\n]+\n$`, faults, name)
			assert.Contains(t, faults, filepath.ToSlash(dir), name)
			assert.Contains(t, faults, c.want, name)
		}
	}
}

func TestWithoutAnAssemblyTheWayToOneIsTold(t *testing.T) {
	t.Chdir(t.TempDir())
	code, _, faults := call("check")
	assert.Equal(t, 2, code)
	assert.Equal(t, "livechatctl: cdk.out/dev: no such file or directory; `make synth` writes it\n", faults)
}

func TestTheJSONSaysAllThatTheHelpPromisesAndTheSameTwice(t *testing.T) {
	waive(t)
	template := weak()
	template["Resources"].(object)["Other"] = object{"Type": "AWS::S3::Bucket"}
	dir := assembly(t, template)
	code, out, _ := call("check", dir, "--json")
	assert.Equal(t, 1, code, "the other bucket is not waived")
	_, again, _ := call("check", dir, "--format", "json")
	assert.Equal(t, out, again)

	var whole reportJSON
	require.NoError(t, json.Unmarshal([]byte(out), &whole))
	assert.False(t, whole.Holds)
	assert.Equal(t, []int{len(catalogue.All()), 1, 3}, []int{whole.Policies, whole.Stacks, whole.Resources})
	assert.Nil(t, whole.Violations[0].Waiver)
	require.Len(t, whole.Waived, 1)
	p := catalogue.All()[0]
	require.Equal(t, "STORE-01", p.ID)
	assert.Equal(t, findingJSON{
		policyJSON: policyJSON{p.ID, p.Title, p.Severity, p.Component, []string{"Tampering", "Information disclosure"}, sourceJSON(p.Source), p.Fix},
		Stack:      "prod-eu-west-1-storage", LogicalID: "KnowledgeBucket", Path: "prod-eu-west-1-storage/Knowledge/Bucket/Resource",
		File: dir + "/" + templateFile, Line: lineOf(t, dir, `"KnowledgeBucket"`), Message: "PublicAccessBlockConfiguration.BlockPublicAcls is false, must be true",
		Waiver: &waiverJSON{"a page is moving", "security", tomorrow()},
	}, whole.Waived[0])

	var raw any
	require.NoError(t, json.Unmarshal([]byte(out), &raw))
	keys(raw, func(key string) { assert.Regexp(t, `\b`+key+`\b`, checkLong) })
}

func TestAnEmptyListIsAList(t *testing.T) {
	_, out, _ := call("check", assembly(t, strong()), "--policy", "STORE-01", "--json")
	assert.Contains(t, out, `"violations": []`)
	assert.Contains(t, out, `"waived": []`)
	assert.Contains(t, out, `"holds": true`)
}

func TestAWaivedFindingIsToldAndDoesNotFail(t *testing.T) {
	waive(t)
	code, out, _ := call("check", assembly(t, weak()), "--policy", "STORE-01")
	assert.Equal(t, 0, code)
	assert.Contains(t, out, "waived\n  STORE-01  "+weakBucket+"  PublicAccessBlockConfiguration.BlockPublicAcls is false, must be true\n    until "+tomorrow()+" by security: a page is moving\n")
	assert.Contains(t, out, "0 violations, 1 waived")
}

func TestWordsOfATemplateForgeNoLine(t *testing.T) {
	assert.Equal(t, "a b �[31m c", oneLine("a\nb \x1b[31m\tc\n"))
}

func waive(t *testing.T) {
	before := catalogue.Waivers
	t.Cleanup(func() { catalogue.Waivers = before })
	catalogue.Waivers = []policies.Waiver{{
		Policy: "STORE-01", Resource: weakBucket, Reason: "a page is moving", Owner: "security", Expires: tomorrow(),
	}}
}

func tomorrow() string { return time.Now().UTC().AddDate(0, 0, 1).Format(time.DateOnly) }

// keys calls visit with every key inside decoded JSON.
func keys(x any, visit func(string)) {
	switch x := x.(type) {
	case object:
		for key, inside := range x {
			visit(key)
			keys(inside, visit)
		}
	case []any:
		for _, inside := range x {
			keys(inside, visit)
		}
	}
}
