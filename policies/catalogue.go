package policies

import "slices"

// catalogue is every policy, in the order of the threat model's components.
var catalogue = slices.Concat(
	bucketPolicies,
	databasePolicies,
	keyPolicies,
	networkPolicies,
	firewallPolicies,
	groupPolicies,
	endpointPolicies,
	dnsPolicies,
	[]Policy{defaultGroupsAreEmptied},
	functionPolicies,
	cachePolicies,
	registryPolicies,
	taskPolicies,
	reachPolicies,
	accessPolicies,
	logPolicies,
	identityPolicies,
	partnerPolicies,
	secretPolicies,
	alarmPolicies,
	templatePolicies,
	estatePolicies,
)

// Catalogue is every policy, in the order of the threat model's components.
func Catalogue() []Policy { return slices.Clone(catalogue) }

// Retired are the ids of policies that are no more, so that none is given out again.
var Retired = []string{}
