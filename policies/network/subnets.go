package network

import (
	"net/netip"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var subnetsAreTheDeclaredOnes = policies.Policy{
	ID: "NET-04", Title: "Every tier has exactly one subnet in each declared zone, inside the tier's block, and there is no other subnet",
	Source:    policies.InternalSegmentation,
	Component: policies.Network, STRIDE: "TID", Severity: policies.High,
	Fix:   "let network.NewVPC make the subnets, from the region's zones",
	Reads: []string{intent.VPCType, intent.SubnetType},
	Check: func(e *template.Estate, f *policies.Findings) {
		subnets := map[*template.Resource][]*template.Resource{}
		for s := range e.All(intent.SubnetType) {
			f.Examined(s)
			vpc := intent.VPCOf(e, s)
			if vpc == nil {
				f.Fail(s, "lies in a VPC that cannot be known")
			}
			subnets[vpc] = append(subnets[vpc], s)
		}
		for vpc := range e.All(intent.VPCType) {
			f.Examined(vpc)
			meant, err := planOf(vpc)
			if err != nil {
				f.FailStack(vpc.Stack, "%v", err)
				continue
			}
			checkSubnets(f, vpc, meant, subnets[vpc])
		}
	},
}

func checkSubnets(f *policies.Findings, vpc *template.Resource, meant plan, subnets []*template.Resource) {
	type place struct{ tier, zone string }
	has := map[place]bool{}
	var blocks []netip.Prefix
	for _, s := range subnets {
		at := place{intent.TierOf(s), s.Get("AvailabilityZone").Text()}
		if has[at] {
			f.Fail(s, "is not the only %s subnet in %s", at.tier, at.zone)
		}
		has[at] = true
		block, ok := blockOf(s)
		if whole, known := meant.tiers[at.tier]; !known {
			f.Fail(s, "is tagged with no tier that was declared")
		} else if !ok || !partOf(whole, block) {
			f.Fail(s, "%s is no block inside that of its tier, %s", s.Get("CidrBlock"), whole)
		}
		for j, other := range blocks {
			if ok && block.Overlaps(other) {
				f.Fail(s, "%s overlaps %s of %s", block, other, subnets[j])
			}
		}
		blocks = append(blocks, block) // the zero block, of one that has none, overlaps nothing
	}
	for _, tier := range intent.Tiers {
		for _, zone := range meant.zones {
			if at := (place{tier, zone}); !has[at] {
				f.Fail(vpc, "has no %s subnet in %s", tier, zone)
			}
			delete(has, place{tier, zone})
		}
	}
	for at := range has {
		f.Fail(vpc, "has a %q subnet in %q, which was not declared", at.tier, at.zone)
	}
}

var noSubnetHandsOutPublicAddresses = policies.Policy{
	ID: "NET-05", Title: "No subnet hands out public or IPv6 addresses, and no VPC or subnet has a second address block",
	Source:    policies.Risk("Public Exposure of Services", "Restrict public endpoints, use WAF, enforce HTTPS, monitor for open ports."),
	Component: policies.Network, STRIDE: "ID", Severity: policies.High,
	Fix:   "state MapPublicIpOnLaunch: false and leave IPv6 out, as network.NewVPC does",
	Reads: []string{intent.SubnetType, vpcBlockType, subnetBlockType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for s := range e.All(intent.SubnetType) {
			f.Examined(s)
			f.AllowOnly(s, "AvailabilityZone", "CidrBlock", "MapPublicIpOnLaunch", "Tags", "VpcId")
			if !s.Get("MapPublicIpOnLaunch").False() {
				f.Fail(s, "it is not stated that nothing launched here gets a public address")
			}
		}
		for b := range e.All(vpcBlockType, subnetBlockType) {
			f.Examined(b)
			f.Fail(b, "adds an address block that no rule of the network speaks of")
		}
	},
}

var everySubnetHasItsOwnRoutes = policies.Policy{
	ID: "NET-06", Title: "Every subnet has exactly one route table, which it shares with no other subnet",
	Source:    policies.NetworkRow,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix:   "associate the subnet with its own table: without one it falls to the VPC's main table",
	Reads: []string{intent.VPCType, intent.SubnetType, intent.TableType, intent.TableOfSubnetType},
	Check: func(e *template.Estate, f *policies.Findings) {
		tables := judgeJoined(e, f, intent.TableOfSubnetType, "RouteTableId", intent.TableType)
		serves := map[*template.Resource]int{}
		for s := range e.All(intent.SubnetType) {
			f.Examined(s)
			if n := len(tables[s]); n != 1 {
				f.Fail(s, "is associated with %d route tables, not one", n)
			}
			for _, t := range tables[s] {
				serves[t]++
				if vpc := intent.VPCOf(e, t); vpc == nil || vpc != intent.VPCOf(e, s) {
					f.Fail(t, "is not of the VPC of its subnet %s", s)
				}
			}
		}
		for t := range e.All(intent.TableType) {
			f.Examined(t)
			f.AllowOnly(t, "Tags", "VpcId")
			if serves[t] != 1 {
				f.Fail(t, "is the route table of %d subnets, not one", serves[t])
			}
		}
	},
}

var everySubnetHasTheACLOfItsTier = policies.Policy{
	ID: "NET-07", Title: "Every subnet has exactly one NACL, the one of its tier, and a tier of a VPC has one NACL",
	Source:    policies.LateralMovement,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix:   "associate the subnet with its tier's NACL: without one it falls to the default NACL, which admits everything",
	Reads: []string{intent.VPCType, intent.SubnetType, aclType, aclOfSubnetType},
	Check: func(e *template.Estate, f *policies.Findings) {
		acls := judgeJoined(e, f, aclOfSubnetType, "NetworkAclId", aclType)
		for s := range e.All(intent.SubnetType) {
			f.Examined(s)
			if n := len(acls[s]); n != 1 {
				f.Fail(s, "is associated with %d NACLs, not one", n)
			}
			for _, a := range acls[s] {
				if vpc := intent.VPCOf(e, a); vpc == nil || vpc != intent.VPCOf(e, s) || intent.TierOf(a) != intent.TierOf(s) {
					f.Fail(s, "its NACL %s is one of tier %q, not of its VPC's %q", a, intent.TierOf(a), intent.TierOf(s))
				}
			}
		}
		checkACLs(e, f)
	},
}

func checkACLs(e *template.Estate, f *policies.Findings) {
	type place struct {
		vpc  *template.Resource
		tier string
	}
	has := map[place]bool{}
	for a := range e.All(aclType) {
		f.Examined(a)
		f.AllowOnly(a, "Tags", "VpcId")
		at := place{intent.VPCOf(e, a), intent.TierOf(a)}
		if at.vpc == nil || at.tier == "" {
			f.Fail(a, "its VPC or its tier cannot be known")
		} else if has[at] {
			f.Fail(a, "is not the only NACL of tier %s", at.tier)
		}
		has[at] = true
	}
}

// judgeJoined is joined, with a finding for each association that joins what cannot be known.
func judgeJoined(e *template.Estate, f *policies.Findings, association, property, typ string) map[*template.Resource][]*template.Resource {
	for a := range e.All(association) {
		f.Examined(a)
		f.AllowOnly(a, "SubnetId", property)
		if e.Find(a.Get("SubnetId"), intent.SubnetType) == nil || e.Find(a.Get(property), typ) == nil {
			f.Fail(a, "joins a subnet with something that cannot be known")
		}
	}
	return intent.Joined(e, association, property, typ)
}
