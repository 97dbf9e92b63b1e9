package policies

import (
	"fmt"
	"iter"

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
	changed  []string // the types that may differ from an estate that holds; none: all
	examined int
	list     []Finding
}

// Each yields the resources to a check that judges every one by its own text alone: those that may have changed. The stacks
// that they were looked for in count as examined.
func (f *Findings) Each(e *template.Estate) iter.Seq[*template.Resource] {
	for _, s := range e.Stacks() {
		f.SawStack(s)
	}
	return e.All(f.changed...)
}

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
