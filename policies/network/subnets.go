package network

import (
	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var subnetsAreTheDeclaredOnes = policies.Policy{
	ID: "NET-04", Title: "Every tier has one subnet in each declared zone, inside the tier's block, and no other",
	Source:    policies.InternalSegmentation,
	Component: policies.Network, STRIDE: "TID", Severity: policies.High,
	Fix: "let network.NewVPC make the subnets, from the region's zones",
	Expect: expect.Shapes{intent.SubnetType: {
		"VpcId": expect.Own(intent.VPCType),
		"AvailabilityZone": {Text: "a declared zone", Breaks: []any{"eu-west-1z", "dummy1a"}, Holds: func(at expect.At, v template.Value) bool {
			return intent.IsSubset([]string{v.Text()}, intent.Texts(at.Stack().Intent().Get("zones")))
		}},
		"CidrBlock": {Text: "a block inside that of its tier", Breaks: []any{"10.0.0.0/8", "192.168.0.1/24", "2001:db8::/64", "other"},
			Holds: func(at expect.At, v template.Value) bool {
				return isPartOf(parseBlock(at.Stack().Intent().Get("tiers", intent.TierOf(at.Resource))), parseBlock(v))
			}},
	}},
	Reads: []string{intent.VPCType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for vpc := range e.All(intent.VPCType) {
			f.Examined(vpc)
			meant, err := planOf(vpc.Stack)
			if err != nil {
				f.FailStack(vpc.Stack, "%v", err)
			}
			for _, zone := range meant.zones {
				for _, tier := range intent.Tiers {
					if n := len(subnetsIn(e, vpc.Stack, tier, zone)); n != 1 {
						f.Fail(vpc, "has %d %s subnets in %s, must have 1", n, tier, zone)
					}
				}
			}
		}
		checkOverlaps(e, f)
	},
}

func checkOverlaps(e *template.Estate, f *policies.Findings) {
	var earlier []*template.Resource
	for s := range e.All(intent.SubnetType) {
		for _, other := range earlier {
			if block := parseBlock(s.Get("CidrBlock")); other.Stack == s.Stack && block.Overlaps(parseBlock(other.Get("CidrBlock"))) {
				f.Fail(s, "CidrBlock is %s, must not overlap that of %s", block, other)
			}
		}
		earlier = append(earlier, s)
	}
}

// subnetsIn returns a stack's subnets of a tier in a zone.
func subnetsIn(e *template.Estate, in *template.Stack, tier, zone string) []*template.Resource {
	var found []*template.Resource
	for s := range e.All(intent.SubnetType) {
		if s.Stack == in && intent.TierOf(s) == tier && s.Get("AvailabilityZone").Is(zone) {
			found = append(found, s)
		}
	}
	return found
}

var noSubnetHandsOutPublicAddresses = policies.Policy{
	ID: "NET-05", Title: "No subnet hands out public addresses",
	Source:    policies.Risk("Public Exposure of Services", "Restrict public endpoints, use WAF, enforce HTTPS, monitor for open ports."),
	Component: policies.Network, STRIDE: "ID", Severity: policies.High,
	Fix:    "state MapPublicIpOnLaunch: false, as network.NewVPC does",
	Expect: expect.Shapes{intent.SubnetType: {"MapPublicIpOnLaunch": expect.False}},
}

var everySubnetHasItsOwnRoutes = policies.Policy{
	ID: "NET-06", Title: "Every subnet has one route table, which it shares with no other subnet",
	Source:    policies.NetworkRow,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix: "associate the subnet with its own table: without one it falls to the VPC's main table",
	Count: []expect.Census{
		expect.One(intent.TableOfSubnetType, "SubnetId").Per(intent.SubnetType),
		expect.One(intent.TableOfSubnetType, "RouteTableId").Per(intent.TableType),
	},
	Expect: expect.Shapes{
		intent.TableType:         {"VpcId": expect.Own(intent.VPCType)},
		intent.TableOfSubnetType: {"SubnetId": expect.Own(intent.SubnetType), "RouteTableId": expect.Own(intent.TableType)},
	},
}

var everySubnetHasTheACLOfItsTier = policies.Policy{
	ID: "NET-07", Title: "Every subnet has one NACL, which is of its tier",
	Source:    policies.LateralMovement,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix:   "associate the subnet with its tier's NACL: without one it falls to the default NACL, which admits everything",
	Count: []expect.Census{expect.One(aclOfSubnetType, "SubnetId").Per(intent.SubnetType)},
	Expect: expect.Shapes{
		aclType: {"VpcId": expect.Own(intent.VPCType)},
		aclOfSubnetType: {
			"SubnetId": expect.Own(intent.SubnetType),
			"NetworkAclId": {Text: "the NACL of its subnet's tier", Reads: []string{aclType, intent.SubnetType}, Breaks: []any{"other", "acl-0123456789abcdef0"},
				Holds: func(at expect.At, v template.Value) bool {
					acl, subnet := at.Estate.Find(v, aclType), at.Estate.Find(at.Resource.Get("SubnetId"), intent.SubnetType)
					return acl != nil && subnet != nil && acl.Stack == at.Stack() && intent.TierOf(acl) != "" && intent.TierOf(acl) == intent.TierOf(subnet)
				}},
		},
	},
}
