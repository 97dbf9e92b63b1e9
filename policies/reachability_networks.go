package policies

import (
	"livechat.example/cloud/policies/access"
	"livechat.example/cloud/policies/reach"
	"livechat.example/cloud/policies/template"
)

// reading is what the policies of one judgement read together: the model is the same for all.
type reading struct {
	done     bool
	networks []*reach.Network // as they are
	bare     []*reach.Network // without VPC Block Public Access, which no proof leans on
	unknown  reach.Unknowns

	access *access.Model // who can do what
	unread error         // why there is no model
	scope  scope
}

// bareNetworks are the networks without VPC Block Public Access: whatever it would stop must be stopped before.
func (f *Findings) bareNetworks(e *template.Estate) []*reach.Network {
	f.networks(e)
	return f.read.bare
}

// networks are those of every region, or of those in which something changed. What the model cannot read is reported, and its
// region left out.
func (f *Findings) networks(e *template.Estate) []*reach.Network {
	if f.changed != nil {
		for _, s := range e.Stacks() {
			f.SawStack(s)
		}
	}
	if !f.read.done {
		f.read.done = true
		f.readRegions(e)
	}
	for _, u := range f.read.unknown {
		f.Fail(u.Resource, "who can reach whom cannot be judged: %s", u.Why)
	}
	for _, n := range f.read.networks {
		f.Saw(n.VPC)
	}
	return f.read.networks
}

func (f *Findings) readRegions(e *template.Estate) {
	seen := map[string]bool{}
	for _, s := range e.Stacks() {
		if seen[s.Region] || f.changed != nil && !f.changed.regions[s.Region] {
			continue
		}
		seen[s.Region] = true
		networks, err := reach.ReadRegion(e, s.Region)
		if unknown, is := err.(reach.Unknowns); is {
			f.read.unknown = append(f.read.unknown, unknown...)
		}
		for _, n := range networks {
			f.read.networks, f.read.bare = append(f.read.networks, n), append(f.read.bare, n.Unshielded())
		}
	}
}

// opens reports each way from one end to another that is open, but those that may be.
func (f *Findings) opens(n *reach.Network, from, to string, may func(reach.Opening) bool) {
	open, err := n.Openings(from, to)
	if err != nil {
		f.Fail(n.VPC, "%v", err)
	}
	for _, o := range open {
		if may == nil || !may(o) {
			f.way(n, o.Question(), o.String())
		}
	}
}

// way reports a connection that should not be, with the way that it takes.
func (f *Findings) way(n *reach.Network, q reach.Question, what string) {
	a, err := n.Ask(q)
	if err != nil {
		f.Fail(n.VPC, "%v", err)
		return
	}
	f.Fail(n.VPC, "%s is open: %s", what, reach.Path(a.Hops()))
}

// onePort says that an opening is one port of TCP, and which.
func onePort(o reach.Opening) (int, bool) {
	return o.Ports[0], o.Protocol == "tcp" && o.Ports[0] == o.Ports[1]
}
