// Package proof holds the whole: who can reach whom, and who can do what, asked of models of AWS.
package proof

import "slices"

// Policies are all of this room.
var Policies = slices.Concat(reachPolicies, accessPolicies)
