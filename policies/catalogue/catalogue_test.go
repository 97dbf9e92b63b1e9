package catalogue

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/assembly"
	"livechat.example/cloud/policies/audit"
	"livechat.example/cloud/policies/data"
	"livechat.example/cloud/policies/egress"
	"livechat.example/cloud/policies/identity"
	"livechat.example/cloud/policies/network"
	"livechat.example/cloud/policies/proof"
	"livechat.example/cloud/policies/secrets"
	"livechat.example/cloud/policies/services"
	"livechat.example/cloud/policies/storage"
)

// rooms are the packages of policies, each with the prefixes of its ids.
var rooms = []struct {
	name     string
	policies []policies.Policy
	prefixes []string
}{
	{"storage", storage.Policies, []string{"STORE"}},
	{"data", data.Policies, []string{"DB", "CACHE", "REG"}},
	{"secrets", secrets.Policies, []string{"KEY", "SECRET"}},
	{"network", network.Policies, []string{"NET"}},
	{"egress", egress.Policies, []string{"NET"}},
	{"services", services.Policies, []string{"FN", "TASK", "PART"}},
	{"proof", proof.Policies, []string{"REACH", "ACC"}},
	{"audit", audit.Policies, []string{"LOG", "ALARM"}},
	{"identity", identity.Policies, []string{"IAM"}},
	{"assembly", assembly.Policies, []string{"CDK", "EST"}},
}

func TestAnIdTellsThePackage(t *testing.T) {
	n := 0
	for _, room := range rooms {
		n += len(room.policies)
		for _, p := range room.policies {
			prefix, _, _ := strings.Cut(p.ID, "-")
			assert.Contains(t, room.prefixes, prefix, "%s is in %s", p.ID, room.name)
			assert.Contains(t, prefixes, prefix, "%s has no place in the order", p.ID)
		}
	}
	assert.Len(t, All(), n+1, // and CDK-06
		"a package is not in the catalogue, or not here")
}

// stumbling are words that a reader stumbles over: people are "they", a resource is "it", and AWS has words of its own.
var stumbling = regexp.MustCompile(`(?i)\b(nobody|somebody|everybody|whom|whose doings|of which|by which|in vain|goes with|thereby|he|his|beside)\b`)

func TestEveryPolicyIsWhole(t *testing.T) {
	id := regexp.MustCompile(`^[A-Z]+-\d\d$`)
	seen := map[string]bool{}
	for _, retired := range Retired {
		seen[retired] = true
	}
	for _, p := range All() {
		assert.Regexp(t, id, p.ID)
		assert.False(t, seen[p.ID], "%s is given out twice", p.ID)
		seen[p.ID] = true
		assert.NotEmpty(t, p.Title, p.ID)
		assert.LessOrEqual(t, len([]rune(p.Title)), 90, "%s: a title is one invariant", p.ID)
		for _, text := range append(p.Says(), p.Title, p.Fix, p.MayBeAbsent) {
			assert.NotRegexp(t, stumbling, text, "%s", p.ID)
		}
		assert.NotRegexp(t, `\.$`, p.Title, "%s: a title is a sentence without its stop", p.ID)
		assert.Regexp(t, `^S?T?R?I?D?E?$`, p.STRIDE, p.ID)
		assert.NotEmpty(t, p.STRIDE, p.ID)
		assert.Contains(t, []policies.Severity{policies.High, policies.Medium, policies.Low}, p.Severity, p.ID)
		assert.NotEmpty(t, p.Component, p.ID)
		assert.NotEmpty(t, p.Fix, p.ID)
		assert.NotEmpty(t, p.Types(), p.ID)
		assert.True(t, p.Check != nil || p.Expect != nil || p.Count != nil, "%s judges nothing", p.ID)
	}
}

// The words must stand in the document, after the heading and before the next of its kind.
func TestEverySourceIsInTheThreatModelWordForWord(t *testing.T) {
	for _, p := range All() {
		document, err := os.ReadFile("../../docs/threat-model/" + p.Source.Document)
		require.NoError(t, err, p.ID)
		_, after, found := strings.Cut(string(document), p.Source.Heading)
		require.True(t, found, "%s: no heading %q in %s", p.ID, p.Source.Heading, p.Source.Document)
		if p.Source.Document == policies.Questions {
			after, _, _ = strings.Cut(after, "### Question")
		}
		assert.Contains(t, after, p.Source.Says, p.ID)
		assert.NotEmpty(t, p.Source.Says, p.ID)
	}
}
