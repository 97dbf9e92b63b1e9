package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func examined(t *testing.T, root string) (code int, answers map[string]answer) {
	t.Helper()
	code, out, faults := call("doctor", "--root", root, "--json")
	assert.Empty(t, faults)
	var list []answer
	require.NoError(t, json.Unmarshal([]byte(out), &list))
	require.Len(t, list, len(needs))
	answers = map[string]answer{}
	for _, a := range list {
		answers[a.Name] = a
		assert.Equal(t, a.OK, a.Wrong == "" && a.Fix == "", a.Name)
	}
	return code, answers
}

func TestAFreshCloneIsToldWhatToRun(t *testing.T) {
	root := t.TempDir()
	put(t, root, "package.json", object{"dependencies": object{"aws-cdk": "2.1148.1"}})
	put(t, root, "requirements.txt", "cfn-lint==1.51.0 \\\n    --hash=sha256:00\nministack==1.5.33\n")
	code, answers := examined(t, root)
	assert.Equal(t, 1, code)
	for _, name := range []string{"Node 24, as pinned", "aws-cdk, as pinned", "cfn-lint, as pinned", "ministack, as pinned"} {
		assert.False(t, answers[name].OK, name)
		assert.Contains(t, answers[name].Fix, "make setup", name)
	}
	assert.True(t, answers["a port on loopback"].OK)

	_, out, _ := call("doctor", "--root", root)
	assert.Regexp(t, `(?m)^missing +cfn-lint, as pinned +no .*cfn-lint; fix: make setup`, out)
	assert.Regexp(t, `(?m)^ok +a port on loopback`, out)
}

func TestAToolOfAnotherVersionThanThePinnedIsMissing(t *testing.T) {
	root := t.TempDir()
	put(t, root, "package.json", object{"dependencies": object{"aws-cdk": "2.1148.1"}})
	put(t, root, "node_modules/aws-cdk/package.json", object{"version": "2.1148.0"})
	put(t, root, "node_modules/.bin/node", "#!/bin/sh\necho v22.1.0\n")
	require.NoError(t, os.Chmod(filepath.Join(root, "node_modules/.bin/node"), 0o755))
	put(t, root, "requirements.txt", "cfn-lint==1.51.0 \\\n    --hash=sha256:00\nministack==1.5.33\n")
	for _, tool := range []string{"cfn-lint", "ministack"} {
		put(t, root, ".venv/bin/"+tool, "")
	}
	put(t, root, ".venv/lib/python3.11/site-packages/cfn_lint-1.50.0.dist-info/METADATA", "")
	put(t, root, ".venv/lib/python3.11/site-packages/ministack-1.5.33.dist-info/METADATA", "")
	_, answers := examined(t, root)
	assert.Equal(t, "v22.1.0 is another line", answers["Node 24, as pinned"].Wrong)
	assert.Equal(t, "2.1148.0 is not 2.1148.1", answers["aws-cdk, as pinned"].Wrong)
	assert.Equal(t, "1.50.0 is not 1.51.0", answers["cfn-lint, as pinned"].Wrong)
	assert.True(t, answers["ministack, as pinned"].OK, "it is the one that requirements.txt pins")
}

func TestTheRepositoryItselfNamesItsVersions(t *testing.T) {
	_, answers := examined(t, "../..")
	assert.True(t, answers["Go "+leastGo+" or newer"].OK)
	for file, pattern := range map[string]string{
		"go.mod": `(?m)^go ` + leastGo + `(\.\d+)?$`, "package.json": `"node-[a-z0-9-]+": "` + nodeLine + `\.`,
		"requirements.txt": `(?m)^cfn-lint==`, "requirements.in": `(?m)^ministack==`,
	} {
		text, err := os.ReadFile(filepath.Join("../..", file))
		require.NoError(t, err)
		assert.Regexp(t, regexp.MustCompile(pattern), string(text), file)
	}
}
