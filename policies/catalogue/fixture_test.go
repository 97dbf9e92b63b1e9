package catalogue

import (
	"testing"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/policytest"
)

func TestEveryPolicyHoldsItsFixtures(t *testing.T) {
	policytest.Run(t, []policies.Policy{everythingIsStated})
}
