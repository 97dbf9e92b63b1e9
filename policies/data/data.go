// Package data holds the database, the cache and the registry of partners.
package data

import "slices"

// Policies are all of this room.
var Policies = slices.Concat(databasePolicies, cachePolicies, registryPolicies)
