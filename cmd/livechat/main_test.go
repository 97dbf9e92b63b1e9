package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/internal/stamp"
	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/catalogue"
	"livechat.example/cloud/policies/template"
)

// The estate that ships violates nothing, so the judge is made to find something.
func TestAViolationLeavesTheLastGoodAssemblyAsItWas(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	out := filepath.Join(t.TempDir(), "dev")
	require.NoError(t, os.Mkdir(out, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(out, "manifest.json"), []byte("the last good one"), 0o644))
	require.NoError(t, stamp.Stamp{Environment: "dev"}.Write(out))
	judge = func(*template.Estate, time.Time) policies.Verdict {
		return policies.Verdict{Findings: []policies.Finding{{
			Policy: policies.Policy{ID: "STORE-01", Fix: "close it"}, Stack: "dev-eu-west-1-storage", LogicalID: "SPA",
			Path: "dev-eu-west-1-storage/SPA", Message: "is open",
		}}}
	}
	t.Cleanup(func() { judge = catalogue.Judge })

	var stdout, stderr bytes.Buffer
	code := run([]string{"-env", "dev", "-out", out}, &stdout, &stderr)

	assert.Equal(t, 1, code)
	assert.Empty(t, stdout.String())
	assert.Contains(t, stderr.String(), "STORE-01 dev-eu-west-1-storage/SPA (dev-eu-west-1-storage/SPA): is open; fix: close it")
	assert.Contains(t, stderr.String(), "nothing was written")
	left, err := os.ReadDir(filepath.Dir(out))
	require.NoError(t, err)
	assert.Len(t, left, 1, "the fresh folder is gone")
	kept, err := os.ReadFile(filepath.Join(out, "manifest.json"))
	require.NoError(t, err)
	assert.Equal(t, "the last good one", string(kept))
}

func TestAnAssemblyReplacesTheOneBeforeAndItsStrays(t *testing.T) {
	parent := t.TempDir()
	out := filepath.Join(parent, "cli")
	require.NoError(t, os.Mkdir(out, 0o755))
	for _, name := range []string{"of-the-last-run.template.json", "synth.lock"} {
		require.NoError(t, os.WriteFile(filepath.Join(out, name), nil, 0o644))
	}
	fresh, discard, err := freshBeside(out)
	require.NoError(t, err)
	defer discard()
	require.NoError(t, os.WriteFile(filepath.Join(fresh, "manifest.json"), nil, 0o644))

	require.NoError(t, replace(out, fresh))

	assert.FileExists(t, filepath.Join(out, "manifest.json"))
	assert.FileExists(t, filepath.Join(out, "synth.lock"), "the cdk CLI holds it")
	assert.NoFileExists(t, filepath.Join(out, "of-the-last-run.template.json"))
	left, err := os.ReadDir(parent)
	require.NoError(t, err)
	assert.Len(t, left, 1)
}

func TestAFolderOfOthersIsLeftAsItIs(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	theirs := filepath.Join(t.TempDir(), "a.txt")
	require.NoError(t, os.WriteFile(theirs, []byte("a"), 0o644))
	for _, out := range []string{filepath.Dir(theirs), theirs} {
		var stdout, stderr bytes.Buffer
		assert.Equal(t, badInput, run([]string{"-env", "dev", "-out", out}, &stdout, &stderr))
		assert.Contains(t, stderr.String(), "give a folder that is absent, empty or an assembly of this program")
	}
	kept, err := os.ReadFile(theirs)
	require.NoError(t, err)
	assert.Equal(t, "a", string(kept))
}

func TestTheStampTellsInputsApart(t *testing.T) {
	r := request{environment: "dev", root: t.TempDir(), lambdas: t.TempDir()}
	require.NoError(t, os.Mkdir(filepath.Join(r.root, "dev"), 0o755))
	validated, err := inputs(r)
	require.NoError(t, err)
	assert.True(t, validated.Validator)
	require.NoError(t, os.WriteFile(filepath.Join(r.root, "dev", "environment.yaml"), nil, 0o644))
	changed, err := inputs(r)
	require.NoError(t, err)
	assert.NotEqual(t, validated, changed)
	t.Setenv("CDK_VALIDATION", "false")
	off, err := inputs(r)
	require.NoError(t, err)
	assert.NotEqual(t, changed, off)
}
