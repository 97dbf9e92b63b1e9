// Package audit holds the log groups, who delivers to them, and the alarms.
package audit

import "slices"

// Policies are all of this room.
var Policies = slices.Concat(logPolicies, alarmPolicies)
