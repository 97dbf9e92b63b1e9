// Package services holds what runs: functions, the roles of ECS tasks, custom resources and the stacks of partners.
package services

import "slices"

// Policies are all of this room.
var Policies = slices.Concat(functionPolicies, taskPolicies, partnerPolicies)
