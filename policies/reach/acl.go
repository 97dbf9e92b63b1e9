package reach

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

const (
	icmp   = 1
	tcp    = 6
	udp    = 17
	icmpV6 = 58
	every  = -1 // of protocols
)

// direction is that of a packet at the edge of a subnet.
type direction bool

const (
	in  direction = false
	out direction = true
)

func (d direction) String() string { return map[direction]string{in: "in", out: "out"}[d] }

// acl is a NACL. Without entries and without a resource it is the VPC's default one, which admits everything.
type acl struct {
	r       *template.Resource
	entries map[direction][]entry // by their numbers
	known   map[crossing][]span
}

// entry is one line of a NACL.
type entry struct {
	number   int
	allow    bool
	protocol int
	block    netip.Prefix
	ports    span
}

type crossing struct {
	d        direction
	protocol int
	peer     netip.Addr
}

// hasPorts reports whether packets of a protocol carry ports.
func hasPorts(protocol int) bool { return protocol == tcp || protocol == udp }

func (e entry) matches(protocol int, peer netip.Addr) bool {
	return (e.protocol == every || e.protocol == protocol) && e.block.Contains(peer)
}

// ports returns the destination ports that a NACL lets through, towards or from an address.
func (a *acl) ports(d direction, protocol int, peer netip.Addr) []span {
	if a.r == nil {
		return []span{anyPort}
	}
	c := crossing{d, protocol, peer}
	if known, ok := a.known[c]; ok {
		return known
	}
	left, allowed := []span{anyPort}, []span(nil)
	for _, e := range a.entries[d] {
		if !e.matches(protocol, peer) {
			continue
		}
		ports := e.ports
		if e.protocol == every || !hasPorts(protocol) {
			ports = anyPort
		}
		if e.allow {
			allowed = append(allowed, intersect(left, []span{ports})...)
		}
		left = without(left, ports)
	}
	allowed = merged(allowed)
	a.known[c] = allowed
	return allowed
}

// says returns what decides about a port, for a person.
func (a *acl) says(d direction, protocol int, peer netip.Addr, port int) string {
	if a.r == nil {
		return "the VPC's default NACL allows everything " + d.String()
	}
	towards := map[direction]string{in: "from", out: "to"}[d]
	for _, e := range a.entries[d] {
		if e.matches(protocol, peer) && (e.protocol == every || !hasPorts(protocol) || has([]span{e.ports}, port)) {
			verb := map[bool]string{true: "allows", false: "denies"}[e.allow]
			return fmt.Sprintf("NACL %s entry %d %s %s %s %s %s", a.r.ID, e.number, verb, e.what(), d, towards, e.block)
		}
	}
	return fmt.Sprintf("NACL %s: no entry allows %s %s %s %s", a.r.ID, service(protocol, span{port, port}), d, towards, peer)
}

func (e entry) what() string {
	if e.protocol == every {
		return "everything"
	}
	return service(e.protocol, e.ports)
}

// service returns a protocol and its ports, for a person.
func service(protocol int, ports span) string {
	name, known := map[int]string{icmp: "ICMP", tcp: "TCP", udp: "UDP", icmpV6: "ICMPv6", every: "everything"}[protocol]
	switch {
	case !known:
		return fmt.Sprintf("protocol %d", protocol)
	case !hasPorts(protocol):
		return name
	case ports.from <= 1 && ports.to == anyPort.to:
		return "all " + name
	case ports.from == ports.to:
		return fmt.Sprintf("%s %d", name, ports.from)
	}
	return fmt.Sprintf("%s %d-%d", name, ports.from, ports.to)
}

// readACLs reads the NACLs with their entries, and gives every subnet its own or the default one.
func (r *reader) readACLs() {
	acls := map[*template.Resource]*acl{}
	for _, t := range r.of["AWS::EC2::NetworkAcl"] {
		acls[t] = &acl{r: t, entries: map[direction][]entry{}, known: map[crossing][]span{}}
		r.vpcOf(t)
	}
	for _, t := range r.of["AWS::EC2::NetworkAclEntry"] {
		a := acls[r.e.Find(t.Get("NetworkAclId"), "AWS::EC2::NetworkAcl")]
		if a == nil {
			r.doubt(t, "its NACL is none of the region's templates")
			continue
		}
		if e, ok := r.entry(t); ok {
			d := direction(t.Get("Egress").True())
			a.entries[d] = append(a.entries[d], e)
		}
	}
	for _, a := range acls {
		for d, list := range a.entries {
			slices.SortFunc(list, func(x, y entry) int { return cmp.Compare(x.number, y.number) })
			for i := 1; i < len(list); i++ {
				if list[i].number == list[i-1].number {
					r.doubt(a.r, "has two entries %d %s", list[i].number, d)
				}
			}
		}
	}
	r.guard(acls)
}

// guard gives every subnet its NACL.
func (r *reader) guard(acls map[*template.Resource]*acl) {
	for _, t := range r.of["AWS::EC2::SubnetNetworkAclAssociation"] {
		s, a := r.subnet(t.Get("SubnetId")), acls[r.e.Find(t.Get("NetworkAclId"), "AWS::EC2::NetworkAcl")]
		switch {
		case s == nil || a == nil:
			r.doubt(t, "joins a subnet and a NACL that are not both of the region's templates")
		case s.acl != nil:
			r.doubt(t, "is not the only NACL of subnet %s", s.r.ID)
		default:
			s.acl = a
		}
	}
	for _, s := range r.subnets {
		if s.acl == nil {
			s.acl = &acl{}
		}
	}
}

// entry reads a line of a NACL.
func (r *reader) entry(t *template.Resource) (entry, bool) {
	number, okNumber := t.Get("RuleNumber").Int()
	protocol, okProtocol := t.Get("Protocol").Int()
	block, okBlock := r.block(t, "CidrBlock", "Ipv6CidrBlock")
	action := t.Get("RuleAction").Text()
	if !okNumber || !okProtocol || !okBlock || action != "allow" && action != "deny" {
		r.doubt(t, "its number, protocol, action or address block cannot be read")
		return entry{}, false
	}
	e := entry{number: number, allow: action == "allow", protocol: protocol, block: block, ports: anyPort}
	if hasPorts(protocol) {
		from, okFrom := t.Get("PortRange", "From").Int()
		to, okTo := t.Get("PortRange", "To").Int()
		if !okFrom || !okTo {
			r.doubt(t, "its ports cannot be read")
			return entry{}, false
		}
		e.ports = span{from, to}
		r.ports(e.ports)
	}
	if kind := t.Get("Icmp", "Type"); !kind.Missing() && !kind.Is("-1") {
		r.doubt(t, "it tells kinds of ICMP apart")
	}
	r.protocol(protocol)
	return e, true
}

func lower(v template.Value) string { return strings.ToLower(v.Text()) }
