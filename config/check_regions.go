package config

import (
	"net/netip"
	"slices"
	"strings"
)

// dockerBridge is refused because AWS services that run Docker use it themselves (Amazon VPC User Guide, "VPC CIDR blocks").
var dockerBridge = netip.MustParsePrefix("172.17.0.0/16")

// vpcBits is the size of a region's block: the six tiers are cut from a /16, which is also the largest that a VPC takes.
const vpcBits = 16

func (d *document) checkRegions(e Environment) {
	if len(e.Regions) == 0 {
		d.fault("regions", "no region; list one at least, the primary first")
	}
	blocks := make([]netip.Prefix, len(e.Regions))
	for i, r := range e.Regions {
		at := item("regions", i)
		if d.checkRegionName(field(at, "name"), r.Name, e.Residency) {
			d.checkZones(field(at, "zones"), r)
		}
		if j := slices.IndexFunc(e.Regions, func(o Region) bool { return o.Name == r.Name }); j < i {
			d.fault(field(at, "name"), "region %q is listed already, in line %d; keep one", r.Name, d.line(field(item("regions", j), "name")))
		}
		blocks[i] = d.checkBlock(field(at, "cidr"), r.CIDR)
		for j, other := range blocks[:i] {
			if blocks[i].IsValid() && other.Overlaps(blocks[i]) {
				d.fault(field(at, "cidr"), "%s overlaps %s of region %q, in line %d; choose another block", blocks[i], other, e.Regions[j].Name, d.line(field(item("regions", j), "cidr")))
			}
		}
	}
}

func (d *document) checkRegionName(path, name string, residency Residency) bool {
	if lacks, ok := regionsLacking[name]; ok {
		d.fault(path, "region %q lacks %s, which the design needs; choose another", name, lacks)
		return false
	}
	if !d.checkWord(path, "region", name, AllowedRegions()) {
		return false
	}
	if slices.Contains(residencies, residency) && !residency.Admits(name) {
		d.fault(path, "region %q lies in residency %q, outside the environment's %q", name, regions[name].residency, residency)
	}
	return true
}

func (d *document) checkZones(path string, r Region) {
	zones := ZonesOf(r.Name)
	for i, zone := range r.Zones {
		if !slices.Contains(zones, zone) {
			d.fault(item(path, i), "region %q has no zone %q; it has %s", r.Name, zone, strings.Join(zones, ", "))
		}
	}
	d.checkOnce(path, r.Zones)
	if n := len(r.Zones); n != 2 && n != 3 {
		d.faultAtKey(path, "zones lists %d; write two or three", n)
	}
}

// checkBlock is the region's block if it is one, else the zero Prefix.
func (d *document) checkBlock(path, cidr string) netip.Prefix {
	block, err := netip.ParsePrefix(cidr)
	if err != nil {
		d.fault(path, "cidr %q is not an address block; write it as 10.20.0.0/16", cidr)
		return netip.Prefix{}
	}
	switch {
	case !block.Addr().Is4() || !block.Addr().IsPrivate():
		d.fault(path, "%s is not private; choose a block of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16", block)
	case block.Bits() != vpcBits:
		d.fault(path, "%s is a /%d; a region takes a /%d", block, block.Bits(), vpcBits)
	case block != block.Masked():
		d.fault(path, "%s has host bits set; write %s", block, block.Masked())
	case block == dockerBridge:
		d.fault(path, "%s is used inside AWS services that run Docker; choose another block", block)
	default:
		return block
	}
	return netip.Prefix{}
}
