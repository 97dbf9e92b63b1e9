package policies

import (
	"fmt"
	"iter"
	"reflect"
	"slices"

	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/template"
)

// Finding is one violation: which policy, where, and what is wrong there.
type Finding struct {
	Policy    Policy
	Stack     string
	LogicalID string // empty: the stack itself, or the estate if Stack is empty too
	Path      string // the construct's path
	File      string // the template, in the assembly
	Message   string
}

// Resource returns stack/logical-id, as a waiver names it.
func (f Finding) Resource() string {
	if f.LogicalID == "" {
		return f.Stack
	}
	return f.Stack + "/" + f.LogicalID
}

// Findings is what a check reports to.
type Findings struct {
	policy   Policy
	changed  *Change
	shared   map[reflect.Type]any // by the policies of one judgement
	examined int
	list     []Finding
}

// Change is what differs from an estate that holds: one resource, and the resources that it became.
type Change struct {
	Was *template.Resource
	Is  []*template.Resource

	types []string // of both
}

func changeOf(e *template.Estate, was *template.Resource) *Change {
	c := &Change{Was: was, Is: e.Changed(), types: []string{was.Type}}
	for _, r := range c.Is {
		if !slices.Contains(c.types, r.Type) {
			c.types = append(c.types, r.Type)
		}
	}
	return c
}

// Changed returns all that differs from an estate that holds; nil: everything may.
func (f *Findings) Changed() *Change { return f.changed }

// Shared returns what the policies of one judgement read together, such as a model of the estate: made for the first
// that asks for its type.
func Shared[T any](f *Findings, read func() T) T {
	key := reflect.TypeFor[T]()
	if _, is := f.shared[key]; !is {
		f.shared[key] = read()
	}
	return f.shared[key].(T)
}

// expect judges what the policy says as shapes and censuses.
func (f *Findings) expect(e *template.Estate) {
	p := f.policy
	report := func(fault expect.Fault) {
		if fault.Resource == nil {
			f.FailEstate("%s", fault.Message)
		} else {
			f.Fail(fault.Resource, "%s", fault.Message)
		}
	}
	lookedUp := p.lookedUp
	if p.types == nil {
		lookedUp = p.Expect.Reads()
	}
	for typ := range p.Expect {
		before := f.examined
		for r := range e.All(typ) {
			if p.IsOf(r) {
				f.Examined(r)
			}
		}
		if f.examined == before && p.MayBeAbsent == "" {
			f.FailEstate("there is no %s that the policy is of", typ)
		}
		p.Expect.Judge(e, only(f.each(e, lookedUp, typ), p.IsOf), report)
	}
	for _, c := range p.Count {
		for r := range e.All(c.Reads()...) {
			f.Examined(r)
		}
		c.Judge(e, report)
	}
}

func only(all iter.Seq[*template.Resource], is func(*template.Resource) bool) iter.Seq[*template.Resource] {
	return func(yield func(*template.Resource) bool) {
		for r := range all {
			if is(r) && !yield(r) {
				return
			}
		}
	}
}

// Each yields the resources of the types, or all, to a check that judges every one by what it says alone: those that may
// have changed. That there are some counts as examined.
func (f *Findings) Each(e *template.Estate, types ...string) iter.Seq[*template.Resource] {
	for r := range e.All(types...) {
		f.Examined(r)
		break
	}
	return f.each(e, nil, types...)
}

// EachLookingUp does what Each does, for a check that also looks up resources of some types: as soon as one of those
// changed, every resource is judged again.
func (f *Findings) EachLookingUp(e *template.Estate, lookedUp ...string) iter.Seq[*template.Resource] {
	for r := range e.All() {
		f.Examined(r)
		break
	}
	return f.each(e, lookedUp)
}

// each yields the resources of the types, or all, whose judgement may have changed, where it looks up resources of some
// types.
func (f *Findings) each(e *template.Estate, lookedUp []string, types ...string) iter.Seq[*template.Resource] {
	if f.changed == nil || slices.ContainsFunc(f.changed.types, func(t string) bool { return slices.Contains(lookedUp, t) }) {
		return e.All(types...)
	}
	return func(yield func(*template.Resource) bool) {
		for _, r := range f.changed.Is {
			if (len(types) == 0 || slices.Contains(types, r.Type)) && !yield(r) {
				return
			}
		}
	}
}

// EachStatement does what EachLookingUp does, for the statements of policy documents.
func (f *Findings) EachStatement(e *template.Estate, lookedUp ...string) iter.Seq[template.Statement] {
	each := f.EachLookingUp(e, lookedUp...)
	return func(yield func(template.Statement) bool) {
		for r := range each {
			for _, s := range r.Statements() {
				if !yield(s) {
					return
				}
			}
		}
	}
}

// Stacks returns the stacks to a check that judges every one by its own text without the resources: none if only those
// changed.
func (f *Findings) Stacks(e *template.Estate) []*template.Stack {
	if f.changed != nil {
		return nil
	}
	return e.Stacks()
}

// most is how many findings of one policy are reported where the next would cost as much to find as to read: a document
// that everything rests on has gone.
const most = 20

// Enough reports whether no more need be looked for.
func (f *Findings) Enough() bool { return len(f.list) >= most }

// Examined counts something that was examined. A policy that has examined nothing has proved nothing, and fails.
func (f *Findings) Examined(*template.Resource) { f.examined++ }

// ExaminedStack counts a stack that was examined.
func (f *Findings) ExaminedStack(*template.Stack) { f.examined++ }

// Fail reports what is wrong with a resource.
func (f *Findings) Fail(r *template.Resource, format string, args ...any) {
	f.list = append(f.list, Finding{
		Policy: f.policy, Stack: r.Stack.Name, LogicalID: r.ID, Path: r.Path, File: r.Stack.File,
		Message: fmt.Sprintf(format, args...),
	})
}

// FailStack reports what is wrong with a stack, or missing from it.
func (f *Findings) FailStack(s *template.Stack, format string, args ...any) {
	f.list = append(f.list, Finding{
		Policy: f.policy, Stack: s.Name, Path: s.Name, File: s.File, Message: fmt.Sprintf(format, args...),
	})
}

// FailEstate reports what is wrong with, or missing from, all of it.
func (f *Findings) FailEstate(format string, args ...any) {
	f.list = append(f.list, Finding{Policy: f.policy, Message: fmt.Sprintf(format, args...)})
}

// Refuse reports a value that cannot be resolved; it says whether it did. What cannot be read cannot be believed.
func (f *Findings) Refuse(r *template.Resource, what string, v template.Value) bool {
	if v.HasUnknown() {
		f.Fail(r, "%s cannot be resolved: %s", what, v.Why())
	}
	return v.HasUnknown()
}
