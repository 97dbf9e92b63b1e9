package main

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies"
)

//go:generate go test -run TestThePolicyPageFollowsTheCatalogue . -update

var update = flag.Bool("update", false, "write docs/policies.md anew from the catalogue")

func TestThePolicyPageFollowsTheCatalogue(t *testing.T) {
	const page = "../../docs/policies.md"
	_, out, _ := call("policies", "--format", "markdown")
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(out), 0o644))
	}
	committed, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.True(t, out == string(committed), "docs/policies.md is not what the catalogue says; run: go generate ./cmd/livechatctl")
}

func TestTheCatalogueListsEveryPolicyInEveryFormat(t *testing.T) {
	for _, format := range []string{"text", "json", "markdown"} {
		code, out, _ := call("policies", "--format", format)
		assert.Equal(t, 0, code)
		for _, p := range policies.Catalogue() {
			assert.Contains(t, out, p.ID, format)
		}
	}
	_, out, _ := call("policies", "--json")
	var list []policyJSON
	require.NoError(t, json.Unmarshal([]byte(out), &list))
	require.Len(t, list, len(policies.Catalogue()))
	for _, p := range list {
		assert.NotEmpty(t, p.Source.Says)
		assert.NotContains(t, p.STRIDE, "")
	}
}
