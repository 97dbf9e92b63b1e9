package estate

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"livechat.example/cloud/test/shipped"
)

// cdk runs the pinned cdk CLI on the pinned Node, without an account, and returns what it says.
func cdk(t *testing.T, args ...string) string {
	t.Helper()
	node, err := filepath.Abs(filepath.Join(shipped.Root, "node_modules", ".bin", "node"))
	require.NoError(t, err)
	var stdout, stderr bytes.Buffer
	run := exec.Command(node, append([]string{filepath.Join("node_modules", "aws-cdk", "bin", "cdk"), "--no-notices"}, args...)...)
	run.Dir, run.Stdout, run.Stderr = shipped.Root, &stdout, &stderr
	run.Env = append(os.Environ(),
		"CDK_VALIDATION=false", "CDK_DISABLE_CLI_TELEMETRY=true", "CDK_HOME="+filepath.Join(t.TempDir(), "cdk-home"),
		"PATH="+filepath.Dir(node)+string(os.PathListSeparator)+os.Getenv("PATH"))
	require.NoError(t, run.Run(), "cdk %v\n%s%s", args, stdout.String(), stderr.String())
	require.NotContains(t, stderr.String(), "end-of-life")
	return stdout.String()
}
