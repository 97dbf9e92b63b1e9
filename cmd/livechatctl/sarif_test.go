package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/catalogue"
)

// log returns a check's SARIF, held against the schema of SARIF 2.1.0 that the library carries.
func log(t *testing.T, args ...string) *sarif.Run {
	t.Helper()
	_, out, faults := call(append([]string{"check", "--format", "sarif"}, args...)...)
	require.Empty(t, faults)
	parsed, err := sarif.FromBytes([]byte(out), sarif.WithStrictValidation())
	require.NoError(t, err)
	require.NoError(t, parsed.Validate())
	require.Len(t, parsed.Runs, 1)
	return parsed.Runs[0]
}

func TestTheSARIFLeadsToTheLineFromTheRepositorysRoot(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "cdk.out"), 0o755))
	require.NoError(t, os.Rename(assembly(t, weak()), filepath.Join(root, "cdk.out", "a b")))
	t.Chdir(root)
	for _, dir := range []string{"cdk.out/a b", "./cdk.out/../cdk.out/a b/", filepath.Join(root, "cdk.out", "a b")} {
		r := log(t, dir, "--policy", "STORE-01").Results
		require.Len(t, r, 1)
		at := r[0].Locations[0]
		assert.Equal(t, "cdk.out/a%20b/"+templateFile, *at.PhysicalLocation.ArtifactLocation.URI)
		assert.Equal(t, "%SRCROOT%", *at.PhysicalLocation.ArtifactLocation.URIBaseID)
		assert.Equal(t, lineOf(t, dir, `"KnowledgeBucket"`), *at.PhysicalLocation.Region.StartLine)
		assert.Equal(t, weakBucket, *at.LogicalLocations[0].FullyQualifiedName)
		assert.Equal(t, "KnowledgeBucket", *at.LogicalLocations[0].Name)
		assert.Equal(t, "error", r[0].Level)
		assert.Contains(t, *r[0].Message.Text, "BlockPublicAcls is false")
	}
}

func TestAnAssemblyElsewhereIsItsOwnRoot(t *testing.T) {
	r := log(t, assembly(t, weak()), "--policy", "STORE-01").Results
	require.Len(t, r, 1)
	assert.Equal(t, templateFile, *r[0].Locations[0].PhysicalLocation.ArtifactLocation.URI)
	assert.Nil(t, r[0].Locations[0].PhysicalLocation.ArtifactLocation.URIBaseID)
}

func TestEveryPolicyIsARuleAndEveryResultPointsAtIts(t *testing.T) {
	r := log(t, assembly(t, weak()))
	rules := r.Tool.Driver.Rules
	require.Len(t, rules, len(catalogue.All()))
	for i, p := range catalogue.All() {
		assert.Equal(t, p.ID, *rules[i].ID)
		assert.Equal(t, p.Title, *rules[i].ShortDescription.Text)
		assert.Contains(t, *rules[i].Help.Text, p.Source.Says)
		assert.Contains(t, *rules[i].Help.Text, p.Fix)
	}
	prints := map[string]bool{}
	for _, result := range r.Results {
		assert.Equal(t, *result.RuleID, *rules[result.RuleIndex].ID)
		require.NotNil(t, result.Locations[0].PhysicalLocation, "GitHub shows no result without a place")
		print := result.PartialFingerprints["livechatFinding/v1"]
		assert.False(t, prints[print], "two results with one fingerprint: %s", *result.Message.Text)
		prints[print] = true
	}
	assert.NotEmpty(t, prints)
}

func TestAFingerprintStaysWhenTheResourceMoves(t *testing.T) {
	moved := weak()
	moved["Resources"].(object)["Aa0"] = object{"Type": "AWS::SNS::Topic"}
	a := log(t, assembly(t, weak()), "--policy", "STORE-01").Results[0]
	b := log(t, assembly(t, moved), "--policy", "STORE-01").Results[0]
	assert.NotEqual(t, a.Locations[0].PhysicalLocation.Region.StartLine, b.Locations[0].PhysicalLocation.Region.StartLine)
	assert.Equal(t, a.PartialFingerprints, b.PartialFingerprints)
}

func TestAWaivedResultIsSuppressedWithItsReason(t *testing.T) {
	waive(t)
	r := log(t, assembly(t, weak()), "--policy", "STORE-01").Results
	require.Len(t, r, 1)
	require.Len(t, r[0].Suppressions, 1)
	assert.Equal(t, "a page is moving (security, until "+tomorrow()+")", *r[0].Suppressions[0].Justification)
}

// What stands in a template may look like a logical id, or like braces, without being one.
func TestALineIsThatOfTheResourceAndOfNothingThatLooksLikeIt(t *testing.T) {
	lines := linesOf([]byte(strings.TrimSpace(`
{
 "Metadata": {"B": {"B": "}{"}},
 "Outputs": {
  "B": 1 },
 "Resources":
  {"A": {"Type": "B",
    "B": ["Resources", {"B": 1}]},
   "B":
    {"Type": "x"}, "C": {}
  },
 "Conditions": {"D": true}
}`)))
	assert.Equal(t, map[string]int{"A": 6, "B": 8, "C": 9}, lines)
	assert.Empty(t, linesOf([]byte(`{"Resources": [`)))
}

func FuzzALineHoldsTheLogicalIDThatItIsFor(f *testing.F) {
	f.Add([]byte("{\"Resources\": {\n\"A\": {},\n\"B\": 1}}"))
	f.Add([]byte("{\"Resources\": 1, \"Resources\": {\"A\":\n[]}}"))
	f.Add([]byte("{\"R\": {\"Resources\": {\"A\": 1}}, \"Resources\": {}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines := linesOf(data)
		if !utf8.Valid(data) || bytes.ContainsRune(data, '\\') {
			return // an id may then be written otherwise than it reads
		}
		text := strings.Split(string(data), "\n")
		for id, line := range lines {
			require.Contains(t, text[line-1], `"`+id+`"`)
		}
	})
}
