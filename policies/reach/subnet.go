package reach

import (
	"cmp"
	"net/netip"
	"slices"

	"livechat.example/cloud/policies/template"
)

// subnet is a part of a network in one zone.
type subnet struct {
	n        *Network
	r        *template.Resource
	zone     string
	tier     string
	blocks   []netip.Prefix // an IPv4 one, and perhaps an IPv6 one
	samples  []netip.Addr   // an address of each part that some rule sets apart
	table    *table
	acl      *acl
	excluded string // its exclusion from VPC Block Public Access
}

func (s *subnet) holds(a netip.Addr) bool { return within(s.blocks, a) }

// holding returns the subnet that an address lies in, nil if none.
func (n *Network) holding(a netip.Addr) *subnet {
	for _, s := range n.subnets {
		if s.holds(a) {
			return s
		}
	}
	return nil
}

// readVPCs reads the networks, with their address blocks.
func (r *reader) readVPCs() []*Network {
	var networks []*Network
	for _, t := range r.of["AWS::EC2::VPC"] {
		n := &Network{VPC: t, Region: r.region, resolved: map[string]resolution{}, meant: map[string][]endpoint{}}
		if p, ok := r.prefix(t.Get("CidrBlock")); ok {
			n.blocks = append(n.blocks, p)
		} else {
			r.doubt(t, "its address block cannot be read")
		}
		networks, r.networks[t] = append(networks, n), n
	}
	for _, t := range r.of["AWS::EC2::VPCCidrBlock"] {
		p, ok := r.block(t, "CidrBlock", "Ipv6CidrBlock")
		if n := r.vpcOf(t); n != nil && ok {
			n.blocks = append(n.blocks, p)
		} else {
			r.doubt(t, "its address block is known at deploy alone")
		}
	}
	return networks
}

// readSubnets reads the subnets, in the order of their addresses.
func (r *reader) readSubnets() {
	for _, t := range r.of["AWS::EC2::Subnet"] {
		n := r.vpcOf(t)
		if n == nil {
			continue
		}
		s := &subnet{n: n, r: t, zone: t.Get("AvailabilityZone").Text(), tier: tag(t, "livechat:tier")}
		for _, name := range []string{"CidrBlock", "Ipv6CidrBlock"} {
			v := t.Get(name)
			if v.Missing() {
				continue
			}
			if p, ok := r.prefix(v); ok {
				s.blocks = append(s.blocks, p)
			} else {
				r.doubt(t, "its %s is known at deploy alone", name)
			}
		}
		if s.zone == "" || len(s.blocks) == 0 {
			r.doubt(t, "its zone or its address block cannot be read")
			continue
		}
		for _, o := range n.subnets {
			if slices.ContainsFunc(o.blocks, func(b netip.Prefix) bool { return b.Overlaps(s.blocks[0]) }) {
				r.doubt(t, "overlaps subnet %s", o.r.ID)
			}
		}
		n.subnets, r.subnets[t] = append(n.subnets, s), s
	}
	for _, n := range r.networks {
		slices.SortFunc(n.subnets, func(a, b *subnet) int {
			return cmp.Or(a.blocks[0].Addr().Compare(b.blocks[0].Addr()), cmp.Compare(a.r.ID, b.r.ID))
		})
	}
}

// readPublicAccess reads VPC Block Public Access, which holds in all of a region, and what is excluded from it.
func (r *reader) readPublicAccess() {
	for _, t := range r.of["AWS::EC2::VPCBlockPublicAccessOptions"] {
		for _, n := range r.networks {
			n.shield = t.Get("InternetGatewayBlockMode").Text()
		}
		if mode := t.Get("InternetGatewayBlockMode").Text(); mode != "block-bidirectional" && mode != "block-ingress" {
			r.doubt(t, "its mode is %q", mode)
		}
	}
	for _, t := range r.of["AWS::EC2::VPCBlockPublicAccessExclusion"] {
		mode := t.Get("InternetGatewayExclusionMode").Text()
		s, n := r.subnet(t.Get("SubnetId")), r.networks[r.e.Find(t.Get("VpcId"), "AWS::EC2::VPC")]
		switch {
		case mode != "allow-bidirectional" && mode != "allow-egress":
			r.doubt(t, "its mode is %q", mode)
		case s != nil && t.Get("VpcId").Missing():
			s.excluded = mode
		case n != nil && t.Get("SubnetId").Missing():
			n.excluded = mode
		default:
			r.doubt(t, "excludes what is none of the region's templates")
		}
	}
}

// blocked returns what of VPC Block Public Access stands between a subnet and the internet, "" if nothing does. A
// connection that a NAT gateway opens passes block-ingress ("Block public access to VPCs and subnets" of the VPC
// guide).
func (n *Network) blocked(s *subnet, opened direction, natted bool) string {
	if n.shield == "" || n.shield == "block-ingress" && opened == out && natted {
		return ""
	}
	for _, mode := range []string{s.excluded, n.excluded} {
		if mode == "allow-bidirectional" || mode == "allow-egress" && opened == out {
			return ""
		}
	}
	return "VPC Block Public Access (" + n.shield + ") has no exclusion for " + s.r.ID + " that lets a connection " + opened.String()
}
