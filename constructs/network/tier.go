// Package network holds the VPC: its tiers, their ways out and who may cross between them.
package network

import (
	"fmt"
	"net/netip"
)

// Tier is a kind of subnet, by what it holds and which way out it has.
type Tier string

// The tiers (DESIGN.md, "Network").
const (
	Public   Tier = "public"   // the ALB only; internet gateway
	Egress   Tier = "egress"   // NAT gateways only; internet gateway
	Firewall Tier = "firewall" // Network Firewall endpoints; same-zone NAT
	App      Tier = "app"      // services, internal ALB, Lambdas, interface endpoints; no way out
	LLM      Tier = "llm"      // the LLM context service; the same-zone firewall endpoint
	Data     Tier = "data"     // Aurora and Valkey; no way out
)

// Tiers are all of them, in the order of their address blocks: a tier added later goes last and moves none.
var Tiers = []Tier{Public, Egress, Firewall, App, LLM, Data}

// A VPC is a /16: eight blocks of /19, one a tier and two spare; a block is four subnets of /21, one a zone.
// A tier is one block, so that one rule names all of it.
const (
	blockBits  = 19
	subnetBits = 21
)

// Block is a tier's part of the VPC, all zones together.
func Block(vpc netip.Prefix, t Tier) netip.Prefix {
	for i, tier := range Tiers {
		if tier == t {
			return nth(vpc, blockBits, i)
		}
	}
	panic(fmt.Sprintf("network: no tier %q", t))
}

// Subnet is a tier's part of the VPC in the zone at an index.
func Subnet(vpc netip.Prefix, t Tier, zone int) netip.Prefix {
	return nth(Block(vpc, t), subnetBits, zone)
}

// nth is the i-th block of so many bits in a wider IPv4 one.
func nth(wide netip.Prefix, bits, i int) netip.Prefix {
	if wide.Bits() > bits || i >= 1<<(bits-wide.Bits()) {
		panic(fmt.Sprintf("network: %s has no /%d number %d", wide, bits, i))
	}
	a := wide.Masked().Addr().As4()
	n := uint32(a[0])<<24 | uint32(a[1])<<16 | uint32(a[2])<<8 | uint32(a[3])
	n += uint32(i) << (32 - bits)
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}), bits)
}
