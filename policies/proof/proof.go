// Package proof asks models of AWS about the whole estate: what can reach what, and who can do what.
package proof

import "slices"

// Policies are all of this room.
var Policies = slices.Concat(reachPolicies, accessPolicies)
