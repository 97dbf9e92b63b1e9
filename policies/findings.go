package policies

import (
	"fmt"
	"iter"
	"slices"

	"livechat.example/cloud/policies/reach"
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

// Resource is stack/logical-id, as a waiver names it.
func (f Finding) Resource() string {
	if f.LogicalID == "" {
		return f.Stack
	}
	return f.Stack + "/" + f.LogicalID
}

// Findings is what a check reports to.
type Findings struct {
	policy   Policy
	changed  *change // all that differs from an estate that holds; nil: everything may
	read     *reading
	examined int
	list     []Finding
}

// change is what may be other than in an estate that holds.
type change struct {
	types   []string // of resources, then and now
	was     *template.Resource
	is      []*template.Resource
	regions map[string]bool // those in which somebody may reach somebody else than before
}

func changeOf(e *template.Estate, was *template.Resource) *change {
	c := &change{types: []string{was.Type}, was: was, is: e.Changed(), regions: map[string]bool{}}
	if reach.Reads(was.Type) {
		c.regions[was.Stack.Region] = true
	}
	for _, r := range c.is {
		if reach.Reads(r.Type) {
			c.regions[r.Stack.Region] = true
		}
		if !slices.Contains(c.types, r.Type) {
			c.types = append(c.types, r.Type)
		}
	}
	return c
}

// Each yields the resources of the types, or all, to a check that judges every one by what it says alone: those that may
// have changed. The stacks that they were looked for in count as examined.
func (f *Findings) Each(e *template.Estate, types ...string) iter.Seq[*template.Resource] {
	for _, s := range e.Stacks() {
		f.SawStack(s)
	}
	if f.changed == nil {
		return e.All(types...)
	}
	return func(yield func(*template.Resource) bool) {
		for _, r := range f.changed.is {
			if (len(types) == 0 || slices.Contains(types, r.Type)) && !yield(r) {
				return
			}
		}
	}
}

// EachLookingUp is Each for a check that also looks up resources of some types: as soon as one of those changed, every resource is
// judged again.
func (f *Findings) EachLookingUp(e *template.Estate, lookedUp ...string) iter.Seq[*template.Resource] {
	each := f.Each(e)
	if f.changed != nil && slices.ContainsFunc(f.changed.types, func(t string) bool { return slices.Contains(lookedUp, t) }) {
		each = e.All()
	}
	return each
}

// EachStatement is EachLookingUp for the statements of policy documents.
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

// Stacks are the stacks to a check that judges every one by its own text without the resources: none if only those changed.
func (f *Findings) Stacks(e *template.Estate) []*template.Stack {
	if f.changed != nil {
		return nil
	}
	return e.Stacks()
}

// most is how many findings of one policy are told where the next would cost as much to find as to read: a document that everything
// rests on has gone.
const most = 20

// enough says that no more need be looked for.
func (f *Findings) enough() bool { return len(f.list) >= most }

// Saw counts something that was examined. A policy that has examined nothing has proved nothing, and fails.
func (f *Findings) Saw(*template.Resource) { f.examined++ }

// SawStack counts a stack that was examined.
func (f *Findings) SawStack(*template.Stack) { f.examined++ }

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
