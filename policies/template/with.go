package template

import (
	"maps"
	"reflect"
	"slices"
)

// With returns the estate with r's body replaced, or r removed when body is nil. The estate itself stays as it is, and
// whatever does not depend on r is shared with it. The first call resolves the whole estate; every further one costs
// microseconds. r may be of any estate that has this one's stacks.
func (e *Estate) With(r *Resource, body map[string]any) *Estate {
	s := e.byName[r.Stack.Name]
	if s == nil {
		return e
	}
	i, ok := s.plan.byID[r.ID]
	if !ok {
		return e
	}
	e.settle()
	raw, _ := clean(body).(map[string]any)
	if body == nil {
		raw = nil
	}
	n := e.copy(s.Name, s.plan.with(s.Name, i, raw))
	slot := s.first + i
	n.replace(slot, n.byName[s.Name].plan.nodes[i])
	if stale := e.dependents(slot); e.looksDifferent(n, slot) || n.reads(slot, stale) {
		n.refresh(stale)
		n.replace(slot, n.slots[slot].node.fresh()) // to look, it may have been read with what is stale only now
	}
	return n
}

// Changed returns the resources, as they are now, that may differ from those of the estate that [Estate.With] began
// with: what was replaced, and what leads to it and shows it differently. One that is gone is not among them.
func (e *Estate) Changed() []*Resource {
	var list []*Resource
	for _, slot := range slices.Sorted(maps.Keys(e.changed)) {
		if r := &e.slots[slot]; r.Stack != nil && r.Stack.Resource(r.ID) == r {
			list = append(list, r)
		}
	}
	return list
}

// WithStack returns the estate with a stack's whole template replaced, or the stack removed when template is nil.
func (e *Estate) WithStack(s *Stack, template map[string]any) *Estate {
	old := e.byName[s.Name]
	if old == nil {
		return e
	}
	e.settle()
	n := e.copy("", nil)
	stale := map[int]bool{}
	for i := range old.plan.nodes {
		maps.Copy(stale, e.dependents(old.first+i))
	}
	maps.Copy(stale, e.dependents(noSlot))
	n.drop(old.Name)
	if template != nil {
		c := *old
		c.use(clean(template).(map[string]any))
		n.put(&c, old)
	}
	n.refresh(stale)
	return n
}

// copy returns the estate again, with a plan in the place of one stack's.
func (e *Estate) copy(stack string, p *plan) *Estate {
	n := newEstate()
	n.missing, n.parent, n.names, n.changed = e.missing, e, e.names, maps.Clone(e.changed)
	n.exports = e.exports
	n.slots = make([]Resource, len(e.slots))
	copy(n.slots, e.slots)
	for _, s := range e.stacks {
		c := *s
		c.estate = n
		if s.Name == stack {
			c.plan = p
		}
		n.stacks, n.byName[s.Name] = append(n.stacks, &c), &c
		for i := range c.plan.nodes {
			n.slots[c.first+i].Stack = &c
		}
	}
	return n
}

// replace puts a node in the place of another.
func (e *Estate) replace(slot int, n *node) {
	r := &e.slots[slot]
	r.node, r.Type, r.Path = n, n.typ, n.path
	e.changed[slot] = true
}

// refresh forgets what was resolved of slots.
func (e *Estate) refresh(slots map[int]bool) {
	for slot := range slots {
		if r := &e.slots[slot]; r.Stack != nil && !e.fresh(slot) {
			e.replace(slot, r.node.fresh())
		}
	}
}

// fresh reports whether a slot's node is this estate's own already.
func (e *Estate) fresh(slot int) bool { return !e.slots[slot].node.done.Load() }

// drop takes a stack out, and leaves its slots empty.
func (e *Estate) drop(name string) {
	s := e.byName[name]
	for i := range s.plan.nodes {
		e.slots[s.first+i] = Resource{node: &node{gone: "the stack is gone"}}
		e.changed[s.first+i] = true
	}
	delete(e.byName, name)
	for i, t := range e.stacks {
		if t == s {
			e.stacks = append(e.stacks[:i:i], e.stacks[i+1:]...)
			break
		}
	}
	e.exports = nil
}

// put takes a stack in at the place of another, with slots at the end.
func (e *Estate) put(s, at *Stack) {
	place := 0
	for place < len(e.stacks) && place < len(at.estate.stacks) && at.estate.stacks[place].Name == e.stacks[place].Name {
		place++
	}
	e.add(s)
	copy(e.stacks[place+1:], e.stacks[place:])
	e.stacks[place] = s
	for i := range s.plan.nodes {
		e.changed[s.first+i] = true
	}
}

// settle resolves everything, and lists the names.
func (e *Estate) settle() {
	e.settled.Do(func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		for i := range e.slots {
			if e.slots[i].Stack != nil {
				e.resolve.all(&e.slots[i])
			}
		}
		if e.names == nil {
			all := make([]int, len(e.slots))
			for i := range all {
				all[i] = i
			}
			e.names = e.indexOf(all)
		}
		e.resolve.exporters()
	})
}

// looksDifferent reports whether a slot shows something else to its readers in n than in e.
func (e *Estate) looksDifferent(n *Estate, slot int) bool {
	before, after := &e.slots[slot], &n.slots[slot]
	if before.Type != after.Type || before.node.gone != after.node.gone || before.node.doubt != after.node.doubt {
		return true
	}
	for at := e; at != nil; at = at.parent {
		if at.uses[slot] == nil {
			continue
		}
		for name := range at.uses[slot].attributes {
			if name != "" && !reflect.DeepEqual(e.resolve.attribute(before, name), n.resolve.attribute(after, name)) {
				return true
			}
		}
	}
	return false
}

// reads reports whether a slot of this estate was seen to read one of the others.
func (e *Estate) reads(slot int, others map[int]bool) bool {
	for other := range others {
		if u := e.uses[other]; u != nil && u.readers[slot] {
			return true
		}
	}
	return false
}

// dependents returns the slots whose values lead to a slot, itself not among them unless it leads to itself.
func (e *Estate) dependents(slot int) map[int]bool {
	found := map[int]bool{}
	for todo := []int{slot}; len(todo) > 0; {
		next := todo[0]
		todo = todo[1:]
		for at := e; at != nil; at = at.parent {
			if at.uses[next] == nil {
				continue
			}
			for reader := range at.uses[next].readers {
				if !found[reader] {
					found[reader] = true
					todo = append(todo, reader)
				}
			}
		}
	}
	return found
}

// with returns the plan with one resource's body replaced.
func (p *plan) with(stack string, i int, raw map[string]any) *plan {
	c := *p
	c.nodes = append([]*node(nil), p.nodes...)
	old := p.nodes[i]
	c.nodes[i] = c.resource(stack, old.id, raw)
	c.body = swapped(p.body, old.id, raw)
	if c.nodes[i].typ != old.typ || c.nodes[i].exists() != old.exists() {
		c.sort()
	}
	return &c
}

// swapped returns a template with one resource's body replaced.
func swapped(body map[string]any, id string, raw map[string]any) map[string]any {
	resources := maps.Clone(section(body, "Resources"))
	if delete(resources, id); raw != nil {
		resources[id] = raw
	}
	body = maps.Clone(body)
	body["Resources"] = resources
	return body
}
