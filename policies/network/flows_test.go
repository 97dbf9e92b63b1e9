package network

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/policies/intent"
)

// No flow leaves a tier whose NACL stops it: the two readings of the threat model agree.
func TestEveryFlowBetweenTiersIsACrossing(t *testing.T) {
	tier := func(party string) string {
		if t := intent.Parties[party]; t != "" {
			return t
		}
		return intent.Internet // S3 and DynamoDB answer from public addresses
	}
	for _, f := range intent.Flows {
		assert.Contains(t, tierFlows, tierFlow{tier(f.From), tier(f.To), f.Port}, "%s, for: %s", f, f.Because)
	}
}
