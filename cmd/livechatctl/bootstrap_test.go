package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/template"
)

// TestTheBootstrapIsOfEveryEnvironment as the policies read it, with the qualifier and the account of the configuration.
func TestTheBootstrapIsOfEveryEnvironment(t *testing.T) {
	root := environments(t)
	for _, env := range []string{"dev", "staging", "prod", "prod-eu"} {
		dir := t.TempDir()
		file := filepath.Join(dir, env+".bootstrap.template.json")
		code, out, faults := call("bootstrap", env, "--root", root, "--out", file)
		require.Equal(t, holds, code, faults)
		assert.Regexp(t, `^npx cdk bootstrap --app= --template \S+ --qualifier lc\w+ --toolkit-stack-name CDKToolkit-lc\w+ .* aws://\d{12}/us-east-1 aws://\d{12}/\S+.*\n$`, out, env)
		written, err := os.ReadFile(file)
		require.NoError(t, err)
		_, printed, _ := call("bootstrap", env, "--root", root)
		assert.Equal(t, printed, string(written), env)

		e, err := template.Read(dir)
		require.NoError(t, err, env)
		assert.Equal(t, env, e.Stacks()[0].Environment)
		assert.NotEmpty(t, e.Stacks()[0].Account)
	}
}

func TestABootstrapThatCannotBeWrittenIsExitTwo(t *testing.T) {
	dir, root := t.TempDir(), environments(t)
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	broken := filepath.Join(dir, "environments")
	put(t, broken, "dev/environment.yaml", "account: 1\nunknown: true\n")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no environment":             {[]string{"--root", root}, "accepts 1 arg"},
		"an unknown environment":     {[]string{"prd", "--root", root}, `unknown environment "prd"; did you mean "prod"?`},
		"no folder of environments":  {[]string{"prod", "--root", "/nowhere/whatever"}, "/nowhere/whatever"},
		"a faulty configuration":     {[]string{"dev", "--root", broken}, "dev/environment.yaml:2:1: unknown field"},
		"a folder that is not there": {[]string{"prod", "--root", root, "--out", filepath.Join(dir, "none", "x.json")}, "none/x.json: no such file"},
		"a file below a file":        {[]string{"prod", "--root", root, "--out", filepath.Join(file, "x.json")}, "file/x.json: not a directory"},
		"a folder":                   {[]string{"prod", "--root", root, "--out", dir}, "is a directory"},
	} {
		code, out, faults := call(append([]string{"bootstrap"}, c.args...)...)
		assert.Equal(t, unjudged, code, name)
		assert.Empty(t, out, name)
		assert.Contains(t, faults, c.want, name)
	}
}
