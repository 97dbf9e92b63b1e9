package main

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/config"
)

// environments returns a copy of those that are committed, with every partner reviewed today.
func environments(t *testing.T) string {
	root := t.TempDir()
	require.NoError(t, os.CopyFS(root, os.DirFS("../../config/environments")))
	reviewed := regexp.MustCompile(`(?m)^reviewedOn: .*$`)
	require.NoError(t, filepath.WalkDir(root, func(file string, f fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".yaml" {
			return err
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		today := reviewed.ReplaceAll(text, []byte("reviewedOn: "+config.DateOf(time.Now()).String()))
		return os.WriteFile(file, today, 0o644)
	}))
	return root
}

func TestARightConfigurationIsToldSo(t *testing.T) {
	root := environments(t)
	code, out, faults := call("config", "validate", "prod", "--root", root)
	assert.Equal(t, 0, code, faults)
	assert.Regexp(t, `^prod is right: 3 regions, \d+ partners\n$`, out)
	code, out, _ = call("config", "validate", "prod", "--root", root, "--json")
	assert.Equal(t, 0, code)
	assert.JSONEq(t, `{"environment": "prod", "valid": true, "faults": []}`, out)
}

func TestEveryFaultOfAConfigurationHasALineThatLeadsToIt(t *testing.T) {
	root := environments(t)
	file := filepath.Join(root, "dev", "environment.yaml")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	spoiled := strings.NewReplacer("- name: eu-west-1\n", "- name: eu-wst-1\n", "guardDuty: create", "guardDuty: perhaps").Replace(string(text))
	require.NoError(t, os.WriteFile(file, []byte(spoiled), 0o644))

	code, out, faults := call("config", "validate", "dev", "--root", root)
	assert.Equal(t, 2, code)
	assert.Empty(t, out)
	assert.Contains(t, faults, `did you mean "eu-west-1"?`)
	lines := strings.Split(strings.TrimSpace(faults), "\n")
	assert.GreaterOrEqual(t, len(lines), 2)
	for _, line := range lines {
		assert.Regexp(t, `^`+regexp.QuoteMeta(file)+`:\d+:\d+: \S`, line)
	}

	code, out, faults = call("config", "validate", "dev", "--root", root, "--json")
	assert.Equal(t, 2, code)
	assert.Empty(t, faults)
	var told struct {
		Valid  bool
		Faults []config.Fault
	}
	require.NoError(t, json.Unmarshal([]byte(out), &told))
	assert.False(t, told.Valid)
	require.Len(t, told.Faults, len(lines))
	for i, f := range told.Faults {
		assert.Equal(t, lines[i], f.Error())
	}
}

func TestAnEnvironmentThatIsNotThereIsAFault(t *testing.T) {
	code, out, faults := call("config", "validate", "nowhere", "--root", environments(t))
	assert.Equal(t, 2, code)
	assert.Empty(t, out)
	assert.Contains(t, faults, "nowhere")
}

func TestTheSchemasArePrintedAsCommitted(t *testing.T) {
	for file, args := range map[string][]string{
		"environment.schema.json": {"config", "schema"}, "partner.schema.json": {"config", "schema", "partner"},
	} {
		committed, err := os.ReadFile("../../config/" + file)
		require.NoError(t, err)
		code, out, _ := call(args...)
		assert.Equal(t, 0, code)
		assert.Equal(t, string(committed), out)
	}
}

func TestOnlyTheConfigCommandsKnowTheConfiguration(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, i := range parsed.Imports {
			if i.Path.Value == `"livechat.example/cloud/config"` && !strings.HasSuffix(file, "_test.go") {
				assert.Equal(t, "config.go", file, "check judges templates alone, so that no configuration can excuse them")
			}
		}
	}
}
