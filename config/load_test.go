package config

import (
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// today is the day that the tests judge reviews and certificates by.
var today = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// committed are the environments of this repository, by name.
func committed(t *testing.T) map[string]Environment {
	t.Helper()
	names, err := Environments("environments")
	require.NoError(t, err)
	all := map[string]Environment{}
	for _, name := range names {
		e, err := Load("environments", name, today)
		require.NoError(t, err)
		all[name] = e
	}
	return all
}

func TestEveryCommittedEnvironmentIsValid(t *testing.T) {
	names, err := Environments("environments")
	require.NoError(t, err)
	assert.Equal(t, []string{"dev", "prod", "prod-eu", "staging"}, names)
	assert.Len(t, committed(t), 4)
}

func TestNoTwoCommittedEnvironmentsShareAnAccountADomainOrAnImageByAccident(t *testing.T) {
	seen := map[string]string{}
	for name, e := range committed(t) {
		for _, own := range []string{e.Account, e.Domain, e.HostedZoneID, e.Delivery.Qualifier} {
			assert.Empty(t, seen[own], "%s of %s", own, name)
			seen[own] = name
		}
	}
}

func TestProdSpansThreeContinentsWithThreeZonesEach(t *testing.T) {
	prod := committed(t)["prod"]
	assert.Equal(t, "eu-west-1", prod.Primary().Name)
	assert.Equal(t, []string{"eu-west-1", "us-east-1", "ap-southeast-1"}, prod.RegionNames())
	assert.Len(t, prod.Secondaries(), 2)
	for _, r := range prod.Regions {
		assert.Len(t, r.Zones, 3, r.Name)
	}
}

func TestProdEUKeepsEveryRegionAndPartnerInTheEU(t *testing.T) {
	e := committed(t)["prod-eu"]
	assert.Equal(t, EU, e.Residency)
	for _, r := range e.Regions {
		assert.True(t, EU.Admits(r.Name), r.Name)
	}
	for _, p := range e.Partners {
		assert.Equal(t, EU, p.Residency, p.ID)
	}
}

func TestOnlyDevIsEphemeral(t *testing.T) {
	for name, e := range committed(t) {
		assert.Equal(t, name == "dev", e.Ephemeral, name)
	}
}

func TestTheGlobalRegionIsOneOfDevsRegionsAndNoneOfStagings(t *testing.T) {
	all := committed(t)
	assert.Contains(t, all["dev"].RegionNames(), "us-east-1")
	assert.NotContains(t, all["staging"].RegionNames(), "us-east-1")
}

func TestPartnersComeInTheOrderOfTheirIDs(t *testing.T) {
	var ids []string
	for _, p := range committed(t)["prod"].Partners {
		ids = append(ids, p.ID)
	}
	assert.Equal(t, []string{"acme", "fjord", "kopi-house", "lumen-bank", "tidewater"}, ids)
}

func TestNoPrivateKeyIsCommitted(t *testing.T) {
	for _, root := range []string{"environments", "testdata"} {
		require.NoError(t, filepath.WalkDir(root, func(file string, f os.DirEntry, err error) error {
			if err != nil || f.IsDir() {
				return err
			}
			content, err := os.ReadFile(file)
			assert.NotContains(t, string(content), "-----BEGIN PRIVATE KEY", file)
			assert.NotContains(t, string(content), "-----BEGIN EC PRIVATE KEY", file)
			assert.NotContains(t, string(content), "-----BEGIN RSA PRIVATE KEY", file)
			return err
		}))
	}
}

func TestAFileIsReadWhateverItsStyle(t *testing.T) {
	for style, restyle := range map[string]func(string) string{
		"a document's start":     func(s string) string { return "# a comment\n---\n" + s },
		"a document's end":       func(s string) string { return s + "...\n" },
		"an empty last document": func(s string) string { return s + "---\n" },
		"carriage returns":       func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"no last newline":        func(s string) string { return strings.TrimRight(s, "\n") },
		"comments":               func(s string) string { return strings.ReplaceAll(s, "\n", " # why\n") },
		"indented lists":         func(s string) string { return strings.ReplaceAll(s, "\n- ", "\n  - ") },
		"brackets and quotes": func(s string) string {
			return strings.NewReplacer("sdkDomains:\n- www.acme.example\n- help.acme.example", `sdkDomains: ["www.acme.example", 'help.acme.example']`).Replace(s)
		},
	} {
		t.Run(style, func(t *testing.T) {
			plain, files := base(t), base(t)
			put(files, "partners/acme.yaml", []byte(restyle(string(files["test/partners/acme.yaml"].Data))))
			want, err := load(plain, "envs", "test", DateOf(today))
			require.NoError(t, err)
			got, err := load(files, "envs", "test", DateOf(today))
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
}

func TestWhatWasWrittenIsWhatIsLoaded(t *testing.T) {
	files := base(t)
	e, err := load(files, "envs", "test", DateOf(today))
	require.NoError(t, err)
	ca, _ := pem.Decode(files["test/partners/bakery.ca.pem"].Data)
	assert.Equal(t, Region{"us-east-1", "10.2.0.0/16", []string{"us-east-1a", "us-east-1b", "us-east-1c"}}, e.Regions[1])
	assert.Equal(t, []Provider{{"openai", []string{"api.openai.com"}}, {"anthropic", []string{"api.anthropic.com"}}}, e.LLM)
	assert.Equal(t, "sha256:abc7ef95b918e7eb3230a38bef7873db9eee8a32d45ad289c35b4f95ae752b47", e.Images[Worker])
	assert.Equal(t, Switches{false, true, true, Create, Existing, Off, Create, Create, Create}, e.Switches)
	assert.Equal(t, Partner{
		ID: "bakery", Name: "Corner Bakery", Tier: Standard, Residency: Anywhere, Contact: "it@bakery.example",
		Certificate:      Certificate{CA: "bakery.ca.pem", Authority: Authority{"CN=Bakery CA", fmt.Sprintf("%x", sha256.Sum256(ca.Bytes))}},
		AllowedAddresses: []string{"203.0.113.8/29"},
		SDKDomains:       []string{"www.bakery.example"}, Rate: Rate{10, 20, 100000}, RetentionDays: 30,
		ReviewedOn: must(ParseDate("2026-10-01")),
	}, e.Partners[1])
}
