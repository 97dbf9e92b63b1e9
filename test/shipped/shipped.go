// Package shipped has the estate that ships: what bin/livechat writes, not what a test would build in its place.
package shipped

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"livechat.example/cloud/internal/stamp"
	"livechat.example/cloud/policies/template"
)

// Today is when the committed partners' reviews are in date.
var Today = time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)

// Environments are those in config/environments.
var Environments = []string{"dev", "staging", "prod", "prod-eu"}

// Root is the repository, from the folder of a test.
const Root = "../.."

// cache is what the test binaries share: the program, and an assembly of each environment under the hash of what it is
// made of.
var cache = filepath.Join(Root, ".cache", "assemblies")

// unused is how long an assembly stays that no test has asked for: another run may still read it.
const unused = time.Hour

// built is the program with the hash of all that an assembly is made of.
type built struct{ binary, hash string }

var build = sync.OnceValues(func() (built, error) {
	unlock, err := lock("livechat")
	if err != nil {
		return built{}, err
	}
	defer unlock()
	binary, err := filepath.Abs(filepath.Join(cache, "livechat"))
	if err != nil {
		return built{}, err
	}
	run := exec.Command("go", "build", "-buildvcs=false", "-o", binary, "./cmd/livechat")
	run.Dir = Root
	if out, err := run.CombinedOutput(); err != nil {
		return built{}, fmt.Errorf("go build ./cmd/livechat: %w\n%s", err, out)
	}
	hash, err := stamp.Sum(binary, filepath.Join(Root, "config", "environments"), filepath.Join(Root, "bin", "lambda"))
	if err != nil {
		return built{}, err
	}
	return built{binary, hash}, forget(hash)
})

// lock holds a name among the test binaries until it is unlocked.
func lock(name string) (unlock func(), err error) {
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(cache, name+".lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		file.Close()
		return nil, err
	}
	return func() { file.Close() }, nil
}

// forget removes the assemblies of other hashes.
func forget(hash string) error {
	entries, err := os.ReadDir(cache)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !entry.IsDir() || entry.Name() == hash || time.Since(info.ModTime()) < unused {
			continue
		}
		if err := os.RemoveAll(filepath.Join(cache, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// Sum returns a hash of all that the assemblies are made of.
func Sum() (string, error) {
	b, err := build()
	return b.hash, err
}

// Program returns the path of the program, built once.
func Program(t *testing.T) string {
	t.Helper()
	b, err := build()
	require.NoError(t, err)
	return b.binary
}

// Synthesize runs the program as a person would, for an environment, into a folder.
func Synthesize(t *testing.T, env, dir string, more ...string) {
	t.Helper()
	dir, err := filepath.Abs(dir)
	require.NoError(t, err)
	var out bytes.Buffer
	run := exec.Command(Program(t), append([]string{"-env", env, "-out", dir}, more...)...)
	run.Dir, run.Stdout, run.Stderr = Root, &out, &out
	run.Env = append(os.Environ(), "CDK_VALIDATION=false")
	require.NoError(t, run.Run(), out.String())
}

// Assembly returns the folder of an environment's assembly, which one of the test binaries synthesizes for all.
func Assembly(t *testing.T, env string) string {
	t.Helper()
	b, err := build()
	require.NoError(t, err)
	dir, err := filepath.Abs(filepath.Join(cache, b.hash, env))
	require.NoError(t, err)
	unlock, err := lock(env)
	require.NoError(t, err)
	defer unlock()
	// The program puts a whole assembly in place or none.
	if _, err := os.Stat(dir); err != nil {
		Synthesize(t, env, dir)
	}
	require.NoError(t, os.Chtimes(filepath.Dir(dir), time.Time{}, time.Now()))
	return dir
}

var (
	estatesMu sync.Mutex
	estates   = map[string]*template.Estate{}
)

// Estate returns an environment's estate, read once. It never changes: see template.Estate.With.
func Estate(t *testing.T, env string) *template.Estate {
	t.Helper()
	estatesMu.Lock()
	defer estatesMu.Unlock()
	if estates[env] == nil {
		e, err := template.Read(Assembly(t, env))
		require.NoError(t, err)
		estates[env] = e
	}
	return estates[env]
}
