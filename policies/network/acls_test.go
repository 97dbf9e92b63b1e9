package network

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/policies/intent"
)

// The table of crossings is a reading of the threat model: these are its sentences, held against the table itself.

func TestTheDataTierIsReachedOnlyByAppAndLLMAndOnlyAtItsStores(t *testing.T) {
	for _, c := range tierFlows {
		assert.NotEqual(t, "data", c.from, "the data tier opens no connection: %v", c)
		if c.to == "data" {
			assert.Contains(t, []tierFlow{{"app", "data", 5432}, {"app", "data", 6379}, {"llm", "data", 5432}}, c)
		}
	}
}

func TestTheInternetReachesOnlyThePublicTier(t *testing.T) {
	for _, c := range tierFlows {
		if c.from == intent.Internet {
			assert.Equal(t, "public", c.to)
			assert.Contains(t, []int{443, 8443}, c.port)
		}
	}
}

func TestOnlyAnswersComeFromTheInternetToTheOtherTiers(t *testing.T) {
	p := somePlan()
	for _, tier := range intent.Tiers {
		for through := range aclRules(p, tier) {
			if through.peer != anywhere || tier == "public" {
				continue
			}
			assert.NotEqual(t, "data", tier, "the data tier knows no internet: %s", through)
			want := aclRule{through.egress, false, anywhere, 1024, 65535}
			if through.egress {
				want.from, want.to = 443, 443
			}
			assert.Equal(t, want, through, tier)
		}
	}
}

func TestEveryTierFitsTheQuotaOfItsNACL(t *testing.T) {
	for _, tier := range intent.Tiers {
		count := map[bool]int{}
		for through := range aclRules(somePlan(), tier) {
			count[through.egress]++
		}
		assert.LessOrEqual(t, max(count[true], count[false]), maxACLEntries, tier)
	}
}

// somePlan gives every tier a block of its own.
func somePlan() plan {
	p := plan{vpc: netip.MustParsePrefix("10.0.0.0/16"), tiers: map[string]netip.Prefix{}}
	for i, tier := range intent.Tiers {
		p.tiers[tier] = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(i * 32), 0}), 19)
	}
	return p
}
