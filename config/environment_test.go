package config

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheRetentionsInUseAreDistinctAndSorted(t *testing.T) {
	e := Environment{Partners: []Partner{{RetentionDays: 365}, {RetentionDays: 30}, {RetentionDays: 365}}}
	assert.Equal(t, []int{30, 365}, e.RetentionInUse())
	assert.Empty(t, Environment{}.RetentionInUse())
}

func TestEverySwitchThatCostsIsListedExactlyWhenItIsOn(t *testing.T) {
	e := Environment{Regions: []Region{{Zones: []string{"a", "b", "c"}}, {Zones: []string{"a", "b"}}}}
	always := []string{
		"Interface endpoints: 40 network interfaces, about USD 280 a month, and data",
		"Aurora global database: in 2 regions, billed by the hours of 5 instances, stored and replicated data, and 35 days of backups",
		"Malware scans: in 2 regions, billed by objects of knowledge and their size",
	}
	assert.Equal(t, always, e.Costs())
	for _, c := range []struct {
		on   Switches
		line string
	}{
		{Switches{NATGateways: true}, "Network Firewall and NAT gateways: 5 zones, about USD 1605 a month, and data"},
	} {
		e.Switches = c.on
		assert.Equal(t, append(always[:3:3], c.line), e.Costs())
	}
	e.Switches = Switches{GuardDuty: Existing, SecurityHub: Off, VPCBlockPublicAccess: Create}
	assert.Equal(t, always, e.Costs())
	assert.Empty(t, e.NotBuilt())
}

// What no stack makes yet costs nothing, whatever its switch says.
func TestASwitchWithoutAStackIsSaidToBeNotBuiltAndCostsNothing(t *testing.T) {
	e := Environment{Regions: []Region{{Zones: []string{"a"}}}}
	cheap := e.Costs()
	e.Switches = Switches{ShieldAdvanced: true, ServiceConnectTLS: true, GuardDuty: Create, SecurityHub: Create, Config: Create, AccessAnalyzer: Create, Inspector: Create}
	assert.Equal(t, cheap, e.Costs())
	assert.Equal(t, []string{"shieldAdvanced", "serviceConnectTls", "guardDuty", "securityHub", "config", "accessAnalyzer", "inspector"}, e.NotBuilt())
}

func TestEverySwitchSaysWhatItCostsToWhoeverLeavesItOut(t *testing.T) {
	for _, f := range fieldsOf(reflect.TypeFor[Switches]()) {
		assert.Contains(t, switchNotes, "switches."+f.name)
		assert.False(t, f.optional, "%s must not be optional", f.name)
	}
	assert.Len(t, switchNotes, len(fieldsOf(reflect.TypeFor[Switches]())))
}

func TestADateIsItsDayInTextAndJSON(t *testing.T) {
	d, err := ParseDate("2026-02-28")
	require.NoError(t, err)
	text, err := json.Marshal(d)
	require.NoError(t, err)
	assert.Equal(t, `"2026-02-28"`, string(text))
	var back Date
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, d, back)
	assert.Equal(t, "2026-03-01", d.AddDays(1).String())
	assert.Equal(t, 1, d.DaysUntil(d.AddDays(1)))
	assert.Equal(t, -1, d.DaysUntil(d.AddDays(-1)))
}

func TestADateIsTheDayInUTC(t *testing.T) {
	late := time.Date(2026, 11, 22, 23, 30, 0, 0, time.FixedZone("west", -3600))
	assert.Equal(t, "2026-11-23", DateOf(late).String())
}

func TestATiersCeilingRisesWithTheTier(t *testing.T) {
	for i, tier := range Tiers() {
		ceiling := tier.Ceiling()
		assert.GreaterOrEqual(t, ceiling.Burst, ceiling.RequestsPerSecond, tier)
		if i > 0 {
			below := Tiers()[i-1].Ceiling()
			assert.Greater(t, ceiling.RequestsPerSecond, below.RequestsPerSecond, tier)
			assert.Greater(t, ceiling.Burst, below.Burst, tier)
			assert.Greater(t, ceiling.RequestsPerMonth, below.RequestsPerMonth, tier)
		}
	}
}
