// Package policytest holds each policy of a package to its fixture.
package policytest

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/template"
)

// Run judges the good estate of each policy's fixture, where nothing may be found, and its cases, where exactly what they say must be.
func Run(t *testing.T, all []policies.Policy) {
	t.Helper()
	used := map[string]bool{}
	for _, p := range all {
		used[p.ID] = true
		t.Run(p.ID, func(t *testing.T) {
			f, err := Read(filepath.Join("testdata", p.ID+".yaml"))
			require.NoError(t, err)
			good, err := f.Good()
			require.NoError(t, err)
			holds(t, p, good, nil)
			require.NotEmpty(t, f.Cases, "a policy counts only when it has been seen to fail")
			for _, c := range f.Cases {
				require.NotEmpty(t, c.Wants, "case %q wants nothing", c.Name)
				t.Run(c.Name, func(t *testing.T) { holds(t, p, c.Estate, c.Wants) })
			}
		})
	}
	left, err := filepath.Glob("testdata/[A-Z]*-[0-9][0-9].yaml")
	require.NoError(t, err)
	for _, path := range left {
		assert.True(t, used[strings.TrimSuffix(filepath.Base(path), ".yaml")], "%s belongs to no policy", path)
	}
}

// holds asserts that a policy finds in an estate what is wanted, and nothing else.
func holds(t *testing.T, p policies.Policy, e *template.Estate, wants []Want) {
	t.Helper()
	missing := slices.Clone(wants)
	for _, f := range policies.JudgeOnly(e, p).Findings {
		i := slices.IndexFunc(missing, func(w Want) bool { return w.Resource == f.Resource() && w.Pattern.MatchString(f.Message) })
		if assert.GreaterOrEqual(t, i, 0, "not wanted: %s: %s", f.Resource(), f.Message) {
			missing = slices.Delete(missing, i, i+1)
		}
	}
	for _, w := range missing {
		assert.Fail(t, "wanted, and not found", "%s: %s", w.Resource, w.Pattern)
	}
}
