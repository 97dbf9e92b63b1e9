package assembly

import (
	"testing"

	"livechat.example/cloud/policies/policytest"
)

func TestEveryPolicyHoldsItsFixtures(t *testing.T) { policytest.Run(t, Policies) }
