// Package reach says which ends can reach each other in the networks that an estate's templates describe, hop by hop.
//
// It reads what AWS would route and filter by: subnets, route tables, gateways, firewalls and their rules, NACLs,
// security groups, prefix lists, endpoints, the resolver's firewall, and VPC Block Public Access. What it does not know
// is an [Unknown]: nothing that could carry a packet is skipped.
//
// An answer has two readings. Open is the defender's: some zone, address and source port gets through, whatever an
// attacker may choose, and wherever an interface could be given a public address it has one. Always is the user's:
// every zone, address and ephemeral port does. The firewall believes the name that a client says (SNI), and so does the
// model: a client that says an allowed name to another address is let through by both.
package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// Network is one VPC. It is for one goroutine at a time.
type Network struct {
	VPC    *template.Resource
	Region string

	blocks   []netip.Prefix
	subnets  []*subnet
	groups   []*group
	gateways []*internetGateway // those attached to it

	translators []*subnet // those that have a NAT gateway
	doors       []door    // interface endpoints with private DNS
	resolver    []dnsRule // in the order of evaluation
	resolved    map[string]resolution
	meant       map[string][]endpoint // what names have been found to mean
	shield      string                // the mode of VPC Block Public Access, "" if it is off
	excluded    string                // the VPC's exclusion from it

	outside   []netip.Addr // one address of each part of the internet that some rule sets apart
	outside6  []netip.Addr
	starts    []int // of the port ranges that some rule sets apart
	numbers   []int // the protocols that some rule names
	names     []string
	apps      []string
	strangers []app
}

// Unknown is something of a network that cannot be judged.
type Unknown struct {
	Resource *template.Resource
	Why      string
}

func (u Unknown) Error() string { return fmt.Sprintf("cannot judge %s: %s", u.Resource, u.Why) }

// Unknowns are all that cannot be judged.
type Unknowns []Unknown

func (u Unknowns) Error() string {
	lines := make([]string, len(u))
	for i := range u {
		lines[i] = u[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Read reads every network of an estate, in the order of their stacks. The error is [Unknowns].
func Read(e *template.Estate) ([]*Network, error) {
	var regions []string
	for _, s := range e.Stacks() {
		if !slices.Contains(regions, s.Region) {
			regions = append(regions, s.Region)
		}
	}
	var all []*Network
	var unknown Unknowns
	for _, region := range regions {
		networks, doubts := readRegion(e, region)
		all, unknown = append(all, networks...), append(unknown, doubts...)
	}
	if len(unknown) > 0 {
		return nil, unknown
	}
	return all, nil
}

// ReadRegion returns Read of one region: nothing outside of it can change what is found in it.
func ReadRegion(e *template.Estate, region string) ([]*Network, error) {
	networks, unknown := readRegion(e, region)
	if len(unknown) > 0 {
		return nil, unknown
	}
	return networks, nil
}

// Unshielded returns the network as it would be without VPC Block Public Access, which is one switch for an account's
// region: a proof that leans on it holds only while the switch stays on.
func (n *Network) Unshielded() *Network {
	bare := *n
	bare.shield = ""
	return &bare
}

// Groups returns the security groups of the network, by their livechat:group tag, sorted.
func (n *Network) Groups() []string {
	names := make([]string, len(n.groups))
	for i, g := range n.groups {
		names[i] = g.name
	}
	slices.Sort(names)
	return names
}

// TierOf returns the tier that a group is tagged with, "" if it has none or there is no such group.
func (n *Network) TierOf(group string) string {
	for _, g := range n.groups {
		if g.name == group {
			return g.tier
		}
	}
	return ""
}

// Tiers returns the tiers that subnets are tagged with, in the order of the subnets.
func (n *Network) Tiers() []string {
	var tiers []string
	for _, s := range n.subnets {
		if s.tier != "" && !slices.Contains(tiers, s.tier) {
			tiers = append(tiers, s.tier)
		}
	}
	return tiers
}

// Names returns the host names that the firewalls' domain lists hold, as written there, sorted.
func (n *Network) Names() []string { return slices.Clone(n.names) }
