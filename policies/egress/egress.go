// Package egress holds the ways out of a VPC: the firewall, DNS and the endpoints of AWS's services.
package egress

import "slices"

// Policies are all of this room.
var Policies = slices.Concat(firewallPolicies, endpointPolicies, dnsPolicies)
