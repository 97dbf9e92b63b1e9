// Package test judges the estate that ships: what bin/livechat writes, not what a test would build in its place.
package test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/template"
)

// today is when the committed partners' reviews are in date.
var today = time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)

// environments are those in config/environments.
var environments = []string{"dev", "staging", "prod", "prod-eu"}

const root = ".."

var scratch string

func TestMain(m *testing.M) {
	code := func() int {
		dir, err := os.MkdirTemp("", "livechat-test-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		scratch = dir
		return m.Run()
	}()
	os.Exit(code)
}

// livechat is the program, built once.
var livechat = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(scratch, "livechat")
	build := exec.Command("go", "build", "-o", binary, "./cmd/livechat")
	build.Dir = root
	out, err := build.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("go build ./cmd/livechat: %w\n%s", err, out)
	}
	return binary, err
})

// synthesize runs the program as a person would, for an environment, into a folder.
func synthesize(t *testing.T, env, dir string, more ...string) {
	t.Helper()
	binary, err := livechat()
	require.NoError(t, err)
	var out bytes.Buffer
	run := exec.Command(binary, append([]string{"-env", env, "-out", dir}, more...)...)
	run.Dir, run.Stdout, run.Stderr = root, &out, &out
	run.Env = append(os.Environ(), "CDK_VALIDATION=false")
	require.NoError(t, run.Run(), out.String())
}

var (
	assembliesMu sync.Mutex
	assemblies   = map[string]string{}
	estates      = map[string]*template.Estate{}
)

// assembly is the folder of an environment's assembly, synthesized once.
func assembly(t *testing.T, env string) string {
	t.Helper()
	assembliesMu.Lock()
	defer assembliesMu.Unlock()
	if assemblies[env] == "" {
		dir := filepath.Join(scratch, "assembly", env)
		synthesize(t, env, dir)
		assemblies[env] = dir
	}
	return assemblies[env]
}

// estate is an environment's estate, read once. It never changes: see template.Estate.With.
func estate(t *testing.T, env string) *template.Estate {
	t.Helper()
	dir := assembly(t, env)
	assembliesMu.Lock()
	defer assembliesMu.Unlock()
	if estates[env] == nil {
		e, err := template.Read(dir)
		require.NoError(t, err)
		estates[env] = e
	}
	return estates[env]
}
