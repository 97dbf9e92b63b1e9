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

func TestWhatIsDeletedOrRenamedIsAnotherInput(t *testing.T) {
	root := t.TempDir()
	r := request{environment: "dev", root: root, lambdas: filepath.Join(root, "lambda")}
	file := filepath.Join(root, "dev", "partners", "fjord.yaml")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte("id: fjord\n"), 0o644))
	t.Setenv("CDK_VALIDATION", "")
	seen := map[string]string{}
	note := func(what string) {
		made, err := inputs(r)
		require.NoError(t, err)
		assert.Empty(t, seen[made.Inputs], "%s is taken for %s", what, seen[made.Inputs])
		seen[made.Inputs] = what
	}
	note("the folder as it is")
	require.NoError(t, os.Rename(file, file+".old"))
	note("a file renamed")
	require.NoError(t, os.Remove(file+".old"))
	note("a file deleted")
	t.Setenv("CDK_VALIDATION", "false")
	note("the validator off")
	r.environment = "prod"
	note("another environment")
}
