package proof

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/reach"
	"livechat.example/cloud/policies/template"
)

// regionNetworks are the networks of the regions, the same for all policies of one judgement.
type regionNetworks struct {
	real    []*reach.Network // as they are
	bare    []*reach.Network // without VPC Block Public Access, since no proof relies on it
	unknown reach.Unknowns
}

// bareNetworks are the networks without VPC Block Public Access: all that it would stop must be stopped before.
func bareNetworks(f *policies.Findings, e *template.Estate) []*reach.Network {
	return readNetworks(f, e).bare
}

// networks are those of every region, or of those in which something changed.
func networks(f *policies.Findings, e *template.Estate) []*reach.Network {
	return readNetworks(f, e).real
}

// readNetworks reports what the model cannot read, and leaves its region out.
func readNetworks(f *policies.Findings, e *template.Estate) regionNetworks {
	for vpc := range e.All("AWS::EC2::VPC") {
		f.Examined(vpc)
	}
	read := policies.Shared(f, func() regionNetworks { return readRegions(e, f.Changed()) })
	for _, u := range read.unknown {
		f.Fail(u.Resource, "reachability cannot be judged: %s", u.Why)
	}
	return read
}

func readRegions(e *template.Estate, changed *policies.Change) regionNetworks {
	var read regionNetworks
	seen := map[string]bool{}
	for _, s := range e.Stacks() {
		if seen[s.Region] || changed != nil && !mayReachOtherwise(changed, s.Region) {
			continue
		}
		seen[s.Region] = true
		networks, err := reach.ReadRegion(e, s.Region)
		if unknown, is := err.(reach.Unknowns); is {
			read.unknown = append(read.unknown, unknown...)
		}
		for _, n := range networks {
			read.real, read.bare = append(read.real, n), append(read.bare, n.Unshielded())
		}
	}
	return read
}

// mayReachOtherwise reports whether a change may alter what reaches what in a region.
func mayReachOtherwise(changed *policies.Change, region string) bool {
	for _, r := range append(slices.Clone(changed.Is), changed.Was) {
		if r.Stack.Region == region && reach.Reads(r.Type) {
			return true
		}
	}
	return false
}

// reportOpenings reports each open way from one end to another, except for those that may be.
func reportOpenings(f *policies.Findings, n *reach.Network, from, to string, may func(reach.Opening) bool) {
	open, err := n.Openings(from, to)
	if err != nil {
		f.Fail(n.VPC, "%v", err)
	}
	for _, o := range open {
		if may == nil || !may(o) {
			reportWay(f, n, o.Question(), o.String())
		}
	}
}

// reportWay reports a connection that must not be, with the way that it takes.
func reportWay(f *policies.Findings, n *reach.Network, q reach.Question, what string) {
	a, err := n.Ask(q)
	if err != nil {
		f.Fail(n.VPC, "%v", err)
		return
	}
	f.Fail(n.VPC, "%s is open: %s", what, reach.Path(a.Hops()))
}

// onePort returns the port of an opening, and reports whether it is one of TCP.
func onePort(o reach.Opening) (int, bool) {
	return o.Ports[0], o.Protocol == "tcp" && o.Ports[0] == o.Ports[1]
}
