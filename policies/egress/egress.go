// Package egress holds the ways out of a VPC: the firewall, DNS and the endpoints of AWS's services.
package egress

import "slices"

// Policies are all of this room.
var Policies = slices.Concat(firewallPolicies, endpointPolicies, dnsPolicies)

// noWayOut is why an estate may have no firewall.
const noWayOut = "a VPC without NAT gateways has no way out, so it needs no firewall"
