package estate

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/template"
	"livechat.example/cloud/test/shipped"
)

var update = flag.Bool("update", false, "write the pinned files anew")

func TestTwoSynthsAreByteIdentical(t *testing.T) {
	again := filepath.Join(t.TempDir(), "again")
	shipped.Synthesize(t, "prod", again)
	requireSameFiles(t, shipped.Assembly(t, "prod"), again)
}

// The cdk CLI brings context, an output folder and metadata of its own. None of it may reach a template.
func TestARunUnderTheCLIWritesWhatADirectRunWrites(t *testing.T) {
	out := filepath.Join(t.TempDir(), "cli")
	cdk(t, "synth", "--quiet", "--app", shipped.Program(t), "--build", "true", "--output", out, "--context", "env=prod")
	requireSameFiles(t, shipped.Assembly(t, "prod"), out)
}

func TestNothingIsLookedUp(t *testing.T) {
	for _, env := range shipped.Environments {
		assert.Empty(t, shipped.Estate(t, env).Missing(), env)
	}
}

// A stateful resource whose logical id changes is deleted and made anew: its data stays behind, unreferenced.
func TestLogicalIDsOfStatefulResourcesStay(t *testing.T) {
	var lines []string
	for _, env := range shipped.Environments {
		for r := range shipped.Estate(t, env).All() {
			if slices.Contains([]string{"Retain", "RetainExceptOnCreate", "Snapshot"}, r.DeletionPolicy()) {
				lines = append(lines, fmt.Sprintf("%-45s %-30s %s", r.Stack.Name, r.Type, r.ID))
			}
		}
	}
	slices.Sort(lines)
	pinned := filepath.Join("testdata", "stateful.txt")
	now := strings.Join(lines, "\n") + "\n"
	if *update {
		require.NoError(t, os.WriteFile(pinned, []byte(now), 0o644))
	}
	before, err := os.ReadFile(pinned)
	require.NoError(t, err)
	gone := missingFrom(now, string(before))
	assert.Empty(t, gone, "these would be deleted, or orphaned with their data; see UPGRADING.md before you pin anew")
	assert.Empty(t, missingFrom(string(before), now), "new ones: pin them with go test ./test/estate -run Stateful -update")
}

// missingFrom returns the lines of old that now does not have.
func missingFrom(now, old string) []string {
	have := strings.Split(now, "\n")
	var gone []string
	for _, line := range strings.Split(old, "\n") {
		if !slices.Contains(have, line) {
			gone = append(gone, line)
		}
	}
	return gone
}

// A first `cdk deploy --all` goes through the stacks as their dependencies say.
func TestAFirstDeployMakesWhatOthersNeedBeforeThem(t *testing.T) {
	for _, env := range shipped.Environments {
		e := shipped.Estate(t, env)
		regions := e.Stacks()[0].Intent().Get("regions").List()
		primary := regions[0].Text()
		for _, s := range e.Stacks() {
			before := needs(e, s)
			if s.Layer == "network" || s.Layer == "storage" {
				assert.Contains(t, before, env+"-global-identity", "%s has roles, which carry the boundary", s.Name)
				assert.Contains(t, before, env+"-"+s.Region+"-keys", s.Name)
			}
			if strings.HasPrefix(s.Layer, "partners-") {
				assert.Contains(t, before, env+"-"+primary+"-secrets", "%s has what the rotator rotates", s.Name)
			}
			if s.Layer == "storage" {
				assert.Contains(t, before, env+"-"+s.Region+"-network", "%s is read by the network's endpoint alone", s.Name)
			}
		}
		assert.Contains(t, needs(e, e.Stack(env+"-"+primary+"-data")), env+"-"+primary+"-secrets", "the database is made with its master's password")
		for _, r := range regions[1:] {
			assert.Contains(t, needs(e, e.Stack(env+"-"+primary+"-secrets")), env+"-"+r.Text()+"-keys", "a replica is made with its secret")
			before := needs(e, e.Stack(env+"-"+primary+"-storage"))
			assert.Contains(t, before, env+"-"+r.Text()+"-storage", "replication begins when its rule is written")
			assert.Contains(t, before, env+"-"+r.Text()+"-keys", "and encrypts under that region's key")
			assert.Contains(t, needs(e, e.Stack(env+"-"+r.Text()+"-data")), env+"-"+primary+"-data", "a secondary joins what is there")
		}
	}
}

func TestOneRegionIsListedWithWhatItDependsOn(t *testing.T) {
	out := cdk(t, "ls", "--app", shipped.Assembly(t, "prod"), "prod-us-east-1-*")
	names := strings.Fields(out)
	assert.ElementsMatch(t, []string{
		"prod-us-east-1-keys", "prod-us-east-1-network", "prod-us-east-1-storage", "prod-us-east-1-data", "prod-us-east-1-services", "prod-global-identity",
		"prod-eu-west-1-keys", "prod-eu-west-1-network", "prod-eu-west-1-data", // the database that writes
		"prod-eu-west-1-secrets", "prod-ap-southeast-1-keys", // its master's password, which has a replica everywhere
	}, names)
}

// needs returns the stacks that are deployed before one, at however many removes.
func needs(e *template.Estate, s *template.Stack) []string {
	var names []string
	for _, d := range s.Dependencies {
		names = append(names, d)
		names = append(names, needs(e, e.Stack(d))...)
	}
	return names
}

// requireSameFiles compares two assemblies byte by byte, but for what the CLI leaves in its own (locks).
func requireSameFiles(t *testing.T, a, b string) {
	t.Helper()
	list := func(dir string) []string {
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		var names []string
		for _, entry := range entries {
			if !strings.HasSuffix(entry.Name(), ".lock") {
				names = append(names, entry.Name())
			}
		}
		return names
	}
	require.Equal(t, list(a), list(b))
	for _, name := range list(a) {
		first, err := os.ReadFile(filepath.Join(a, name))
		require.NoError(t, err)
		second, err := os.ReadFile(filepath.Join(b, name))
		require.NoError(t, err)
		require.Equal(t, string(first), string(second), name)
		if strings.HasSuffix(name, ".json") {
			require.True(t, json.Valid(first), name)
		}
	}
}
