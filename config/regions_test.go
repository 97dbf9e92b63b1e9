package config

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestARegionIsAllowedExactlyIfCloudFormationHasEveryTypeOfTheDesignThere(t *testing.T) {
	text, err := os.ReadFile("testdata/registry/regions.json")
	require.NoError(t, err)
	var registry struct {
		Regions map[string]struct{ Zones, Lacks []string }
	}
	require.NoError(t, json.Unmarshal(text, &registry))
	require.Len(t, registry.Regions, len(regions)+len(regionsLacking))
	for name, region := range registry.Regions {
		if len(region.Lacks) > 0 {
			assert.NotContains(t, regions, name)
			assert.Contains(t, region.Lacks, regionsLacking[name], name)
			continue
		}
		assert.Equal(t, region.Zones, ZonesOf(name), name)
		assert.NotContains(t, regionsLacking, name)
	}
}

func TestThereAreRegionsEnoughForTheBench(t *testing.T) {
	assert.GreaterOrEqual(t, len(AllowedRegions()), 8)
}

func TestEachRegionLiesInTheResidencyThatItsNameSays(t *testing.T) {
	prefixes := map[string][]Residency{"eu-": {EU, UK}, "us-": {US}, "ap-": {APAC}, "ca-": {Canada}, "sa-": {Brazil}}
	for _, region := range AllowedRegions() {
		assert.Contains(t, prefixes[region[:3]], regions[region].residency, region)
	}
}

func TestTheEUResidencyAdmitsOnlyRegionsInMemberStates(t *testing.T) {
	// Frankfurt, Stockholm, Milan, Ireland, Paris.
	member := map[string]bool{"eu-central-1": true, "eu-north-1": true, "eu-south-1": true, "eu-west-1": true, "eu-west-3": true}
	for _, region := range AllowedRegions() {
		assert.Equal(t, member[region], EU.Admits(region), region)
	}
	for _, outside := range []string{"eu-west-2", "eu-central-2", "us-east-1", "eu-wst-1", ""} {
		assert.False(t, EU.Admits(outside), outside)
	}
}

func TestTheGlobalResidencyAdmitsEveryAllowedRegionAndNoOther(t *testing.T) {
	for _, region := range AllowedRegions() {
		assert.True(t, Anywhere.Admits(region), region)
	}
	assert.False(t, Anywhere.Admits("cn-north-1"))
}

func TestEveryRegionHasTwoZonesAtLeast(t *testing.T) {
	for _, region := range AllowedRegions() {
		zones := ZonesOf(region)
		assert.GreaterOrEqual(t, len(zones), 2, region)
		for _, zone := range zones {
			assert.True(t, strings.HasPrefix(zone, region), zone)
		}
	}
	assert.Empty(t, ZonesOf("eu-wst-1"))
}
