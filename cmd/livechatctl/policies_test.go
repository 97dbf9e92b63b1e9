package main

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/catalogue"
)

//go:generate go test -run TestThePagesFollowTheCatalogue . -update

var update = flag.Bool("update", false, "write docs/policies.md and docs/access.md anew from the catalogue")

func TestThePagesFollowTheCatalogue(t *testing.T) {
	for format, page := range map[string]string{"markdown": "docs/policies.md", "access": "docs/access.md"} {
		_, out, _ := call("policies", "--format", format)
		if *update {
			require.NoError(t, os.WriteFile("../../"+page, []byte(out), 0o644))
		}
		committed, err := os.ReadFile("../../" + page)
		require.NoError(t, err)
		assert.True(t, out == string(committed), "%s is not what the catalogue says; run: go generate ./cmd/livechatctl", page)
	}
}

func TestTheCatalogueListsEveryPolicyInEveryFormat(t *testing.T) {
	for _, format := range []string{"text", "json", "markdown"} {
		code, out, _ := call("policies", "--format", format)
		assert.Equal(t, 0, code)
		for _, p := range catalogue.All() {
			assert.Contains(t, out, p.ID, format)
		}
	}
	_, out, _ := call("policies", "--json")
	var list []policyJSON
	require.NoError(t, json.Unmarshal([]byte(out), &list))
	require.Len(t, list, len(catalogue.All()))
	for _, p := range list {
		assert.NotEmpty(t, p.Source.Says)
		assert.NotContains(t, p.STRIDE, "")
	}
}
