package judged

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The binary of this test, run by itself with these set, is a package whose tests take long.
const (
	itsRoot  = "JUDGED_TEST_ROOT"
	itsSum   = "JUDGED_TEST_SUM"
	itsFault = "JUDGED_TEST_FAULT"
)

func TestMain(m *testing.M) {
	if root := os.Getenv(itsRoot); root != "" {
		Main(m, root, func() (string, error) { return os.Getenv(itsSum), nil })
	}
	os.Exit(m.Run())
}

func TestOfThePackageThatTakesLong(t *testing.T) {
	if root := os.Getenv(itsRoot); root != "" {
		require.NoError(t, os.WriteFile(filepath.Join(root, "ran"), nil, 0o600))
		assert.Empty(t, os.Getenv(itsFault))
	}
}

func TestAPackageRunsUnlessItHasPassedOnTheSame(t *testing.T) {
	if os.Getenv(itsRoot) != "" {
		return
	}
	root := t.TempDir()
	runs := func(sum, fault string, flags ...string) (ran, passed bool) {
		run := exec.Command(os.Args[0], flags...)
		run.Env = append(os.Environ(), itsRoot+"="+root, itsSum+"="+sum, itsFault+"="+fault)
		passed = run.Run() == nil
		return os.Remove(filepath.Join(root, "ran")) == nil, passed
	}
	for _, c := range []struct {
		why, sum, fault string
		flags           []string
		ran, passed     bool
	}{
		{why: "it fails", sum: "a", fault: "yes", ran: true},
		{why: "it has not passed", sum: "a", flags: []string{"-test.run=Long"}, ran: true, passed: true},
		{why: "one test has passed, not all", sum: "a", ran: true, passed: true},
		{why: "all have passed", sum: "a", flags: []string{"-test.timeout=1m", "-test.count=1"}, passed: true},
		{why: "one test is asked for", sum: "a", flags: []string{"-test.run=Long"}, ran: true, passed: true},
		{why: "it rests on something else", sum: "b", ran: true, passed: true},
	} {
		ran, passed := runs(c.sum, c.fault, c.flags...)
		assert.Equal(t, c.ran, ran, c.why)
		assert.Equal(t, c.passed, passed, c.why)
	}
}
