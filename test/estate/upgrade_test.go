package estate

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/internal/postgrestest"
	"livechat.example/cloud/policies/template"
	"livechat.example/cloud/test/shipped"
)

// A minor upgrade is the change of one line, deployed to each secondary's data stack by itself and then to all (UPGRADING.md). The
// global database must not change, which RDS upgrades by major versions only, nor an instance, whose cluster has the version.
func TestAMinorUpgradeOfTheDatabaseChangesEachClusterAndNothingElse(t *testing.T) {
	before, after := shipped.Estate(t, "prod"), upgraded(t, "17.99")
	regions := before.Stacks()[0].Intent().Get("regions").List()
	want := map[string][]string{}
	for _, r := range regions {
		want["prod-"+r.Text()+"-data"] = []string{"Database EngineVersion " + postgrestest.Version + " → 17.99"}
	}
	assert.Equal(t, want, changes(before, after))

	primary := "prod-" + regions[0].Text() + "-data"
	for _, r := range regions[1:] {
		assert.Contains(t, before.Stack("prod-"+r.Text()+"-data").Dependencies, primary,
			"a deployment of all would begin with a secondary: let UPGRADING.md say so")
	}
}

// A major upgrade is a person's, of the global database. What is deployed after it has the clusters' version and their parameters, which
// RDS replaced by its own.
func TestAMajorUpgradeOfTheDatabaseChangesTheClustersAndTheirParameters(t *testing.T) {
	for stack, of := range changes(shipped.Estate(t, "prod"), upgraded(t, "18.1")) {
		assert.Equal(t, []string{
			"Database EngineVersion " + postgrestest.Version + " → 18.1",
			"DatabaseParameters Family aurora-postgresql17 → aurora-postgresql18",
		}, of, stack)
	}
}

// upgraded is prod's estate, of the program with another version of the database in its one line.
func upgraded(t *testing.T, version string) *template.Estate {
	t.Helper()
	line := func(v string) string { return fmt.Sprintf("version = %q\n", v) }
	source, err := filepath.Abs(filepath.Join(shipped.Root, "constructs", "database", "cluster.go"))
	require.NoError(t, err)
	text, err := os.ReadFile(source)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(text), line(postgrestest.Version)))

	dir := t.TempDir()
	changed, overlay, binary, out := filepath.Join(dir, "cluster.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "livechat"), filepath.Join(dir, "prod")
	require.NoError(t, os.WriteFile(changed, []byte(strings.Replace(string(text), line(postgrestest.Version), line(version), 1)), 0o644))
	files, err := json.Marshal(map[string]any{"Replace": map[string]string{source: changed}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(overlay, files, 0o644))
	for _, command := range [][]string{
		{"go", "build", "-buildvcs=false", "-overlay", overlay, "-o", binary, "./cmd/livechat"},
		{binary, "-env", "prod", "-out", out},
	} {
		run := exec.Command(command[0], command[1:]...)
		run.Dir, run.Env = shipped.Root, append(os.Environ(), "CDK_VALIDATION=false")
		said, err := run.CombinedOutput()
		require.NoError(t, err, string(said))
	}
	e, err := template.Read(out)
	require.NoError(t, err)
	return e
}

// changes are the properties that differ between two estates, by stack, as "ID property old → new"; a resource that is only in one of
// them as its id.
func changes(before, after *template.Estate) map[string][]string {
	all := map[string][]string{}
	for _, s := range after.Stacks() {
		was := before.Stack(s.Name)
		for _, r := range was.Resources() {
			if s.Resource(r.ID) == nil {
				all[s.Name] = append(all[s.Name], r.ID)
			}
		}
		for _, r := range s.Resources() {
			old := was.Resource(r.ID)
			if old == nil {
				all[s.Name] = append(all[s.Name], r.ID)
				continue
			}
			if reflect.DeepEqual(old.Raw(), r.Raw()) {
				continue
			}
			for _, key := range r.Properties().Keys() {
				if x, y := old.Get(key), r.Get(key); x.String() != y.String() {
					all[s.Name] = append(all[s.Name], fmt.Sprintf("%s %s %s → %s", r.ID, key, x.Text(), y.Text()))
				}
			}
		}
		if all[s.Name] == nil && !reflect.DeepEqual(was.Template(), s.Template()) {
			all[s.Name] = []string{"what is no resource"}
		}
	}
	return all
}
