// Package template reads synthesized CloudFormation and resolves it, so that a policy judges plain values.
//
// An [Estate] is every stack of one assembly together, because the evidence for a mitigation may sit in another stack or
// region than the resource that it protects. What a template leaves open is a [Value] that says so ([Value.Unknown]):
// nothing is ever guessed. What AWS assigns is not open: it is a token such as ${prod-eu-west-1-network/Vpc.Ref}, whose
// text is the same wherever the same thing is meant, and which [Estate.Find] turns back into its resource.
//
// An estate never changes, and may be read by many goroutines; [Estate.With] makes a changed copy.
package template

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// Estate is every stack of one environment.
type Estate struct {
	stacks  []*Stack
	byName  map[string]*Stack
	slots   []Resource // every resource, output and metadata of every stack; a slot's index is its number
	missing []Missing

	mu        sync.Mutex // guards uses, exports and every node that is not done
	resolve   resolver
	uses      map[int]*use // by slot, who read what of it, as far as this estate resolved it
	parent    *Estate      // the estate that this one was made from by With, whose uses hold too
	names     *index       // physical names, of the estate at the end of the parents
	changed   map[int]bool // slots whose node differs from the one that names was built from
	local     atomic.Pointer[index]
	settled   sync.Once
	limits    atomic.Pointer[map[int]bool] // slots of policies that bound permissions
	referrers sync.Map                     // type and path -> slots that are meant -> slots that mean them
	exports   map[exportKey]int
}

// Missing is a value that synthesis looked up and did not find: the template holds a dummy in its place.
type Missing struct{ Key, Provider string }

// New builds an estate of decoded templates; see [NewStack]. The stacks come in the order of their dependencies, then of
// their names. It panics when two stacks have one name or depend on each other, which only a wrong fixture does.
func New(stacks ...*Stack) *Estate {
	e, err := assemble(stacks)
	if err != nil {
		panic(err)
	}
	return e
}

func assemble(stacks []*Stack) (*Estate, error) {
	sorted, err := inOrder(stacks)
	if err != nil {
		return nil, err
	}
	e := newEstate()
	for _, s := range sorted {
		c := *s
		e.add(&c)
	}
	return e, nil
}

func newEstate() *Estate {
	e := &Estate{byName: map[string]*Stack{}, uses: map[int]*use{}, changed: map[int]bool{}}
	e.resolve.e = e
	return e
}

// add takes a stack in, with a slot for each of its nodes.
func (e *Estate) add(s *Stack) {
	s.estate, s.first = e, len(e.slots)
	e.stacks = append(e.stacks, s)
	e.byName[s.Name] = s
	for _, n := range s.plan.nodes {
		e.slots = append(e.slots, Resource{Stack: s, ID: n.id, Type: n.typ, Path: n.path, node: n, slot: len(e.slots)})
	}
}

// inOrder sorts stacks so that each comes after those that it depends on, and otherwise by name.
func inOrder(stacks []*Stack) ([]*Stack, error) {
	byName := make(map[string]*Stack, len(stacks))
	for _, s := range stacks {
		if byName[s.Name] != nil {
			return nil, fmt.Errorf("two stacks are named %s", s.Name)
		}
		byName[s.Name] = s
	}
	sorted := make([]*Stack, 0, len(stacks))
	placed := make(map[string]bool, len(stacks))
	ready := func(name string) bool {
		return !placed[name] && !slices.ContainsFunc(byName[name].Dependencies, func(d string) bool { return byName[d] != nil && !placed[d] })
	}
	names := slices.Sorted(maps.Keys(byName))
	for range stacks {
		i := slices.IndexFunc(names, ready)
		if i < 0 {
			return nil, errors.New("the dependencies of the stacks go in a circle")
		}
		sorted, placed[names[i]] = append(sorted, byName[names[i]]), true
	}
	return sorted, nil
}

// Stacks returns the estate's stacks, each after those that it depends on, and otherwise by name.
func (e *Estate) Stacks() []*Stack { return slices.Clone(e.stacks) }

// Stack returns the stack of that name, or nil.
func (e *Estate) Stack(name string) *Stack { return e.byName[name] }

// Missing lists the lookups without a result (the manifest's "missing"): such an assembly is not what would be deployed.
func (e *Estate) Missing() []Missing { return slices.Clone(e.missing) }

// All yields the resources of the types, or every resource if none is given, in the order of stacks and logical ids.
// A resource whose condition is false is not created, and not yielded.
func (e *Estate) All(types ...string) iter.Seq[*Resource] {
	return func(yield func(*Resource) bool) {
		for _, s := range e.stacks {
			for _, i := range s.plan.slots(types) {
				if !yield(&e.slots[s.first+i]) {
					return
				}
			}
		}
	}
}

// Resource returns the resource with that logical id in that stack, or nil.
func (e *Estate) Resource(stack, logicalID string) *Resource {
	if s := e.byName[stack]; s != nil {
		return s.Resource(logicalID)
	}
	return nil
}
