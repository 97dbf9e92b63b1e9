package estate

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/internal/judged"
	"livechat.example/cloud/internal/stamp"
	"livechat.example/cloud/test/shipped"
)

// What tools from outside judge takes them seconds a template, so no unchanged template is judged twice.

// TestCfnLintFindsNoErrorInAnyRegion asks for each stack with the region that it is deployed to: what a region lacks is
// an error.
func TestCfnLintFindsNoErrorInAnyRegion(t *testing.T) {
	linter := filepath.Join(shipped.Root, ".venv", "bin", "cfn-lint")
	require.FileExists(t, linter, "run `make setup`")
	version, err := exec.Command(linter, "--version").Output()
	require.NoError(t, err)
	for region, files := range templatesByRegion(t) {
		var unjudged []string
		var marks []judged.Mark
		for _, file := range files {
			mark := markOf(t, file, "cfn-lint", string(version), region)
			if !mark.Passed() {
				unjudged, marks = append(unjudged, file), append(marks, mark)
			}
		}
		if len(unjudged) == 0 {
			continue
		}
		// Errors only: W3010 would have us not name the zones, which DEPLOY-TRAPS §1 has us name.
		out, err := exec.Command(linter, slices.Concat([]string{"--regions", region, "--non-zero-exit-code", "error", "--format", "parseable", "--"}, unjudged)...).CombinedOutput()
		if !assert.NoError(t, err, "%s", errorsOf(string(out))) {
			continue
		}
		for _, mark := range marks {
			require.NoError(t, mark.Keep())
		}
	}
}

// errorsOf returns the lines of cfn-lint's that tell an error.
func errorsOf(out string) string {
	var lines []string
	for line := range strings.Lines(out) {
		if strings.Contains(line, ":E") || !strings.Contains(line, ":W") && !strings.Contains(line, ":I") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

func templatesByRegion(t *testing.T) map[string][]string {
	t.Helper()
	files := map[string][]string{}
	for _, env := range shipped.Environments {
		for _, s := range shipped.Estate(t, env).Stacks() {
			files[s.Region] = append(files[s.Region], filepath.Join(shipped.Assembly(t, env), filepath.Base(s.File)))
		}
	}
	return files
}

// TestCDKsValidatorFindsNoError runs the app with CDK's own validator, strict: the program fails on an error, and the
// report is there to see that the validator ran.
func TestCDKsValidatorFindsNoErrorAndHidesNone(t *testing.T) {
	modules, err := os.ReadFile(filepath.Join(shipped.Root, "go.mod"))
	require.NoError(t, err)
	for _, env := range shipped.Environments {
		written, err := stamp.Sum(shipped.Assembly(t, env))
		require.NoError(t, err)
		mark := judged.On(shipped.Root, "cdk-validator", string(modules), written)
		if mark.Passed() {
			continue
		}
		dir := filepath.Join(t.TempDir(), "validated", env)
		run := exec.Command(shipped.Program(t), "-env", env, "-out", dir)
		run.Dir = shipped.Root
		run.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "CDK_VALIDATION=") })
		out, err := run.CombinedOutput()
		require.NoError(t, err, "%s", out)
		if assert.Empty(t, hidden(t, filepath.Join(dir, "validation-report.json"))) {
			require.NoError(t, mark.Keep())
		}
	}
}

// hidden returns the findings that an acknowledgement of another construct suppresses: in aws-cdk-lib 2.270.0 an
// acknowledgement held for the whole app (DEPLOY-TRAPS §1).
func hidden(t *testing.T, report string) []string {
	t.Helper()
	text, err := os.ReadFile(report)
	require.NoError(t, err, "the validator did not run")
	var r struct {
		PluginReports []struct {
			PluginName           string
			Conclusion           string
			SuppressedViolations []struct {
				RuleName, AcknowledgedAt string
				ViolatingConstructs      []struct{ ConstructPath string }
			}
		}
	}
	require.NoError(t, json.Unmarshal(text, &r))
	require.NotEmpty(t, r.PluginReports, "the validator did not run")
	var found []string
	for _, plugin := range r.PluginReports {
		assert.Equal(t, "success", plugin.Conclusion, plugin.PluginName)
		for _, s := range plugin.SuppressedViolations {
			for _, c := range s.ViolatingConstructs {
				if s.AcknowledgedAt == "" || !strings.HasPrefix(c.ConstructPath+"/", s.AcknowledgedAt+"/") {
					found = append(found, fmt.Sprintf("%s of %s, acknowledged at %q", s.RuleName, c.ConstructPath, s.AcknowledgedAt))
				}
			}
		}
	}
	return found
}

func markOf(t *testing.T, file string, more ...string) judged.Mark {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return judged.On(shipped.Root, append(more, string(text))...)
}
