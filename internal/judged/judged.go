// Package judged remembers what was judged without a fault, so that it is not judged again while nothing that the judgement rests on
// changes. A judgement is an empty file in .cache/judged, named by a hash; without that folder everything is judged anew.
package judged

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"livechat.example/cloud/internal/stamp"
)

// Mark is the file of a judgement.
type Mark string

// On returns the mark of a judgement that rests on what is given, in the repository at root.
func On(root string, rests ...string) Mark {
	sum := sha256.Sum256([]byte(strings.Join(rests, "\n")))
	return Mark(filepath.Join(root, ".cache", "judged", hex.EncodeToString(sum[:])))
}

// Passed reports whether the judgement was made, without a fault.
func (m Mark) Passed() bool {
	_, err := os.Stat(string(m))
	return err == nil
}

// Keep remembers the judgement.
func (m Mark) Keep() error {
	if err := os.MkdirAll(filepath.Dir(string(m)), 0o755); err != nil {
		return err
	}
	return os.WriteFile(string(m), nil, 0o644)
}

// anyRun are the flags that go test itself gives to each run of a package.
var anyRun = []string{"test.testlogfile", "test.paniconexit0", "test.timeout", "test.count"}

// Main is the TestMain of a package whose tests take long: it runs them unless all of them have passed on what they rest on, which is this
// binary and what sum returns. A run with flags of its own, of one test for instance, always takes place and is not remembered.
func Main(m *testing.M, root string, sum func() (string, error)) {
	flag.Parse()
	whole := true
	flag.Visit(func(f *flag.Flag) { whole = whole && slices.Contains(anyRun, f.Name) })
	if !whole {
		os.Exit(m.Run())
	}
	mark, err := ofBinary(root, sum)
	if err == nil && mark.Passed() {
		fmt.Println("passed before, on the same:", mark)
		os.Exit(0)
	}
	code := m.Run()
	if code == 0 && err == nil {
		err = mark.Keep()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "judged:", err)
	}
	os.Exit(code)
}

func ofBinary(root string, sum func() (string, error)) (Mark, error) {
	binary, err := os.Executable()
	if err != nil {
		return "", err
	}
	tests, err := stamp.Sum(binary)
	if err != nil {
		return "", err
	}
	rest, err := sum()
	return On(root, tests, rest), err
}
