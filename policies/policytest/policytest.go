// Package policytest holds a package's policies against the fixtures in its testdata.
package policytest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/template"
)

// A fixture is testdata/<ID>/good.yaml or bad.yaml: one YAML document a stack, so that a reviewer who writes no Go reads
// what a policy holds. In a bad one each finding is expected beside the line it belongs to, as a pattern:
//
//	Logs: # want "answers plain HTTP"
//
// on the logical id of a resource, on the `stack:` line for the stack, or on the document's first comment for the estate.
type fixtureStack struct {
	Stack        string            `yaml:"stack"`
	Account      string            `yaml:"account"`
	Region       string            `yaml:"region"`
	Dependencies []string          `yaml:"dependencies"`
	Protected    bool              `yaml:"terminationProtection"`
	Tags         map[string]string `yaml:"tags"`
	Template     map[string]any    `yaml:"template"`
}

// Run holds each policy against its fixtures, and refuses a fixture that belongs to no policy.
func Run(t *testing.T, list []policies.Policy) {
	t.Helper()
	for _, p := range list {
		t.Run(p.ID, func(t *testing.T) {
			t.Run("good", func(t *testing.T) { passes(t, p) })
			t.Run("bad", func(t *testing.T) { fails(t, p) })
		})
	}
	folders, err := filepath.Glob("testdata/*")
	require.NoError(t, err)
	for _, folder := range folders {
		known := slices.ContainsFunc(list, func(p policies.Policy) bool { return p.ID == filepath.Base(folder) })
		assert.True(t, known, "%s belongs to no policy", folder)
	}
}

// passes reports each finding in the good fixture.
func passes(t *testing.T, p policies.Policy) {
	estate, wants := fixture(t, p.ID, "good.yaml")
	require.Empty(t, wants, "a good fixture wants nothing")
	for _, f := range policies.JudgeOnly(estate, p).Findings {
		assert.Fail(t, "a finding in the good fixture", "%s: %s", f.Resource(), f.Message)
	}
}

// fails reports each finding that the bad fixture does not want, and each want that no finding meets.
func fails(t *testing.T, p policies.Policy) {
	estate, wants := fixture(t, p.ID, "bad.yaml")
	require.NotEmpty(t, wants, "a bad fixture wants something")
	for _, f := range policies.JudgeOnly(estate, p).Findings {
		i := slices.IndexFunc(wants, func(w want) bool {
			return !w.met && w.resource == f.Resource() && w.pattern.MatchString(f.Message)
		})
		if assert.GreaterOrEqual(t, i, 0, "not wanted: %s: %s", f.Resource(), f.Message) {
			wants[i].met = true
		}
	}
	for _, w := range wants {
		assert.True(t, w.met, "wanted, and not found: %s: %s", w.resource, w.pattern)
	}
}

// want is an expected finding.
type want struct {
	resource string
	pattern  *regexp.Regexp
	met      bool
}

func fixture(t *testing.T, id, file string) (*template.Estate, []want) {
	t.Helper()
	path := filepath.Join("testdata", id, file)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var stacks []*template.Stack
	var wants []want
	for i, document := range strings.Split(string(text), "\n---\n") {
		var f fixtureStack
		require.NoError(t, yaml.UnmarshalWithOptions([]byte(document), &f, yaml.Strict()), "%s, document %d", path, i+1)
		s := template.NewStack(f.Stack, f.Account, f.Region, f.Template)
		s.Dependencies, s.TerminationProtection, s.Tags = f.Dependencies, f.Protected, f.Tags
		stacks = append(stacks, s)
		wants = append(wants, wantsOf(t, f.Stack, document)...)
	}
	return template.New(stacks...), wants
}

var (
	wanted    = regexp.MustCompile(`# want((?: "(?:[^"\\]|\\.)*")+)\s*$`)
	pattern   = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
	logicalID = regexp.MustCompile(`^    (\w+):`)
)

// wantsOf reads the comments of one document: logical ids stand four spaces in, below "  Resources:".
func wantsOf(t *testing.T, stack, document string) []want {
	t.Helper()
	var wants []want
	resource, resources := "", false
	for n, line := range strings.Split(document, "\n") {
		switch {
		case strings.HasPrefix(line, "stack:"):
			resource = stack
		case strings.HasPrefix(line, "  Resources:"):
			resources = true
		case resources && logicalID.MatchString(line):
			resource = stack + "/" + logicalID.FindStringSubmatch(line)[1]
		}
		comment := wanted.FindStringSubmatch(line)
		if comment == nil {
			require.NotContains(t, line, "# want", "line %d: a want is written # want \"pattern\"", n+1)
			continue
		}
		for _, p := range pattern.FindAllStringSubmatch(comment[1], -1) {
			re, err := regexp.Compile(strings.ReplaceAll(p[1], `\"`, `"`))
			require.NoError(t, err, fmt.Sprintf("line %d", n+1))
			wants = append(wants, want{resource: resource, pattern: re})
		}
	}
	return wants
}
