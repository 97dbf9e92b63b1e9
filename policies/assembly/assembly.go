// Package assembly holds the templates as such, and the estate of stacks that they make.
package assembly

import "slices"

// Policies are all of this room.
var Policies = slices.Concat(templatePolicies, estatePolicies)
