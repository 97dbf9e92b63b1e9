// Package assembly holds templates to what CloudFormation takes, and the estate to the stacks that it is made of.
package assembly

import "slices"

// Policies are all of this room.
var Policies = slices.Concat(templatePolicies, estatePolicies)
