package estate

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/config"
	"livechat.example/cloud/constructs/endpoint"
)

func TestGuardDutysAgentIsKnownInEveryRegionThatAnEnvironmentMayName(t *testing.T) {
	for _, region := range config.AllowedRegions() {
		assert.Regexp(t, `^\d{12}$`, endpoint.AgentAccounts[region], region)
	}
}
