package template

// opened is a property whose value is not settled yet.
type opened struct {
	t      *Resource
	key    string
	low    int  // the earliest opened property that it leads back to
	circle bool // it was asked for while open
}

// property resolves one property of a node; nil if there is none. Properties that lead back to themselves, alone or
// through each other, are unknown, every one of them and whoever asks first: these are the strongly connected
// components of the graph of reads, found by Tarjan's algorithm.
func (r *resolver) property(t *Resource, key string) any {
	n := t.node
	raw := n.props[key]
	if n.doubt != "" && raw != nil {
		return &Unresolved{Why: n.doubt}
	}
	if x, ok := n.resolved[key]; ok || raw == nil || n.done.Load() {
		return x
	}
	if place, is := n.opened[key]; is {
		r.open[place].circle = true
		r.leadsTo(place)
		return circle(t, key)
	}
	if n.opened == nil {
		n.opened, n.resolved = map[string]int{}, map[string]any{}
	}
	place, outer := len(r.open), r.reader
	n.opened[key], r.reader = place, place
	r.open = append(r.open, opened{t: t, key: key, low: place})
	x := r.eval(t.Stack, raw)
	r.reader = outer
	if low := r.open[place].low; low < place {
		r.leadsTo(low)
		return circle(t, key)
	}
	return r.close(place, x)
}

// leadsTo says of the reading property that it leads back to an open one.
func (r *resolver) leadsTo(place int) {
	r.open[r.reader].low = min(r.open[r.reader].low, place)
}

// close settles an open property, and those that are on a circle with it.
func (r *resolver) close(place int, x any) any {
	if p := r.open[place]; len(r.open) > place+1 || p.circle {
		x = circle(p.t, p.key)
	}
	if x == (absent{}) {
		x = nil
	}
	for i, p := range r.open[place:] {
		value := x
		if i > 0 {
			value = circle(p.t, p.key)
		}
		p.t.node.resolved[p.key] = value
		delete(p.t.node.opened, p.key)
	}
	r.open = r.open[:place]
	return x
}

func circle(t *Resource, key string) *Unresolved {
	return &Unresolved{Why: t.String() + "." + key + " depends on itself", circle: true}
}
