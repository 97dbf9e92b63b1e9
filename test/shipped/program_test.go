package shipped

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// run starts the program and returns its exit code and what it says.
func run(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	command := exec.Command(Program(t), args...)
	command.Dir, command.Stdout, command.Stderr = Root, &out, &errs
	command.Env = append(append(os.Environ(), "CDK_VALIDATION=false"), env...)
	if err := command.Run(); err != nil {
		require.ErrorAs(t, err, new(*exec.ExitError))
	}
	return command.ProcessState.ExitCode(), out.String(), errs.String()
}

func TestAGoodRunSaysWhatItWroteAndWhatCostsAndNothingElse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "prod")
	code, stdout, stderr := run(t, nil, "-env", "prod", "-out", dir)
	assert.Zero(t, code)
	assert.Empty(t, stderr)
	assert.Regexp(t, `^\S+: 34 stacks, \d+ resources, \d+ policies hold, CDK's validator off, in \d+\.\d s\n`, stdout)
	assert.Contains(t, stdout, "costs: Network Firewall and NAT gateways: 9 zones")
	assert.Contains(t, stdout, "not built yet: shieldAdvanced, serviceConnectTls, guardDuty, securityHub, config, accessAnalyzer, inspector\n")
	assertTheTemplatesHaveWhatCosts(t, stdout)
}

// assertTheTemplatesHaveWhatCosts, and nothing that is not built: whoever builds the stack of a switch says what it costs.
func assertTheTemplatesHaveWhatCosts(t *testing.T, stdout string) {
	t.Helper()
	has := func(prefix string) bool {
		for r := range Estate(t, "prod").All() {
			if strings.HasPrefix(r.Type, prefix) {
				return true
			}
		}
		return false
	}
	for what, typ := range map[string]string{"Interface endpoints": "AWS::EC2::VPCEndpoint", "Aurora global database": "AWS::RDS::GlobalCluster",
		"Malware scans": "AWS::GuardDuty::MalwareProtectionPlan", "Network Firewall": "AWS::NetworkFirewall::Firewall"} {
		assert.Contains(t, stdout, "costs: "+what)
		assert.True(t, has(typ), "%s are in no template", what)
	}
	assert.Equal(t, 4, strings.Count(stdout, "costs: "), "name the type of what costs here too")
	for name, typ := range map[string]string{"shieldAdvanced": "AWS::Shield::", "serviceConnectTls": "AWS::ACMPCA::", "guardDuty": "AWS::GuardDuty::Detector",
		"securityHub": "AWS::SecurityHub::", "config": "AWS::Config::", "accessAnalyzer": "AWS::AccessAnalyzer::", "inspector": "AWS::InspectorV2::"} {
		assert.False(t, has(typ), "%s is built: take it out of config's list, and say what it costs", name)
	}
}

// jsii chooses its Node while Go initializes packages: see internal/node.
func TestTheAppRunsOnThePinnedNode(t *testing.T) {
	shim := filepath.Join(t.TempDir(), "node")
	require.NoError(t, os.WriteFile(shim, []byte("#!/bin/sh\necho the machine\\'s own node >&2\nexit 1\n"), 0o755))
	path := "PATH=" + filepath.Dir(shim) + string(os.PathListSeparator) + os.Getenv("PATH")
	code, _, stderr := run(t, []string{path, "JSII_NODE="}, "-env", "dev", "-out", filepath.Join(t.TempDir(), "dev"))
	assert.Zero(t, code, stderr)
	assert.Empty(t, stderr)
}

// TestARunLeavesTheIndexOfTheLibraryAndNoTemporaryFile: without the index of its types each run reads 82 MB of JSON, and jsii by
// itself can end before the index is written.
func TestARunLeavesTheIndexOfTheLibraryAndNoTemporaryFile(t *testing.T) {
	temp := t.TempDir()
	code, _, stderr := run(t, []string{"TMPDIR=" + temp}, "-env", "dev", "-out", filepath.Join(t.TempDir(), "dev"))
	require.Zero(t, code, stderr)
	left, err := os.ReadDir(temp)
	require.NoError(t, err)
	assert.Empty(t, left)

	modules, err := os.ReadFile(filepath.Join(Root, "go.mod"))
	require.NoError(t, err)
	version := regexp.MustCompile(`aws-cdk-go/awscdk/v2 v(\S+)`).FindSubmatch(modules)
	require.NotNil(t, version)
	index, err := filepath.Glob(filepath.Join(Root, ".cache", "jsii", "packages", "aws-cdk-lib", string(version[1]), "*", ".jsii.runtime.v*.json"))
	require.NoError(t, err)
	assert.NotEmpty(t, index)
}

func TestBadInputIsToldWithItsPlaceAndWritesNothing(t *testing.T) {
	environment, err := os.ReadFile(filepath.Join(Root, "config", "environments", "dev", "environment.yaml"))
	require.NoError(t, err)
	folder := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(folder, "dev"), os.DirFS(filepath.Join(Root, "config", "environments", "dev"))))
	wrong := strings.Replace(string(environment), "eu-west-1\n", "eu-wst-1\n", 1)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "dev", "environment.yaml"), []byte(wrong), 0o644))

	for name, c := range map[string]struct {
		env  []string
		args []string
		says string
	}{
		"an unknown environment":  {nil, []string{"-env", "prd"}, `unknown environment "prd"; did you mean "prod"?`},
		"a field":                 {nil, []string{"-config", folder}, `environment.yaml:8:9: unknown region "eu-wst-1"; did you mean "eu-west-1"?`},
		"Lambdas not built":       {nil, []string{"-lambdas", folder}, "vpctask.zip is not built; run `make build`"},
		"an argument":             {nil, []string{"prod"}, `unexpected argument "prod"`},
		"an unknown context":      {[]string{"CDK_OUTDIR=" + t.TempDir(), `CDK_CONTEXT_JSON={"envv":"prod"}`}, nil, "-c envv: unknown context"},
		"a context of no meaning": {[]string{"CDK_OUTDIR=" + t.TempDir(), `CDK_CONTEXT_JSON={"env":7}`}, nil, "-c env=7"},
		"a broken context":        {[]string{"CDK_OUTDIR=" + t.TempDir(), `CDK_CONTEXT_JSON={`}, nil, "CDK_CONTEXT_JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "assembly")
			args := c.args
			if c.env == nil {
				args = append([]string{"-out", out}, args...)
			}
			code, stdout, stderr := run(t, c.env, args...)
			assert.Equal(t, 2, code)
			assert.Empty(t, stdout)
			assert.Contains(t, stderr, c.says)
			assert.NotContains(t, stderr, "goroutine")
			assert.NoDirExists(t, out)
		})
	}
}
