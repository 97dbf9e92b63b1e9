// Package expect states what resources must look like, once: as the shape of their properties and as a census of their
// number.
//
// From a statement follow the judgement, its findings, the types that it reads, its text in docs/policies.md, and the
// mutants that it must kill. A value that is missing or cannot be resolved never meets a want.
package expect

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// Shapes are what resources must look like, by type. A type that has no resource is a finding.
type Shapes map[string]Shape

// Shape is what a resource, or an object inside it, must look like, by property. DeletionPolicy, UpdateReplacePolicy
// and DependsOn stand among a resource's properties. An object inside a resource has no property that its shape does
// not state.
type Shape map[string]Want

// Want is what one value must be.
type Want struct {
	Text   string                        // completes "must be …"
	Holds  func(At, template.Value) bool // asked only of a value that is present and known
	Breaks []any                         // near misses that Holds refuses: decoded JSON, or a func(At) any; they become mutants
	Reads  []string                      // the types that Holds looks up

	why      string
	optional bool
	checked  bool
	object   Shape
	items    []Want // each of a list, by its place
	every    *Want  // each of a list of any length but none
	document func(At) []template.Statement
}

// At is where a value stands.
type At struct {
	Estate   *template.Estate
	Resource *template.Resource
	Path     []string // of the property
}

// Property returns the path with dots.
func (a At) Property() string { return strings.Join(a.Path, ".") }

// Stack returns the resource's stack.
func (a At) Stack() *template.Stack { return a.Resource.Stack }

func (a At) in(key string) At {
	a.Path = append(slices.Clip(a.Path), key)
	return a
}

// OrAbsent returns the want of a value that may also be missing.
func (w Want) OrAbsent() Want {
	w.optional = true
	return w
}

// Because returns the want with its reason, which the finding gives.
func (w Want) Because(reason string) Want {
	w.why = reason
	return w
}

// Says returns what the value must be, with its reason.
func (w Want) Says() string {
	text := w.Text
	if w.optional {
		text += ", or absent"
	}
	if w.why != "" {
		text += ": " + w.why
	}
	return text
}

// Fault is one violation.
type Fault struct {
	Resource *template.Resource // nil: of the whole estate
	Message  string
}

// Types returns the types that the shapes speak of, sorted.
func (s Shapes) Types() []string { return sortedKeys(s) }

// Reads returns the types that the wants look up, beyond those that the shapes speak of.
func (s Shapes) Reads() []string {
	var types []string
	for _, shape := range s {
		types = append(types, shape.reads()...)
	}
	slices.Sort(types)
	return slices.Compact(types)
}

func (s Shape) reads() (types []string) {
	for _, w := range s {
		types = append(types, w.reads()...)
	}
	return types
}

func (w Want) reads() []string {
	types := append(slices.Clone(w.Reads), w.object.reads()...)
	for _, item := range w.items {
		types = append(types, item.reads()...)
	}
	if w.every != nil {
		types = append(types, w.every.reads()...)
	}
	return types
}

// Judge reports what is wrong with some resources; those of other types are passed over.
func (s Shapes) Judge(e *template.Estate, resources iter.Seq[*template.Resource], report func(Fault)) {
	for r := range resources {
		s[r.Type].judge(At{Estate: e, Resource: r}, func(key string) template.Value { return valueOf(r, key) }, report)
	}
}

// attributes are the parts of a resource other than its properties.
var attributes = map[string]func(*template.Resource) any{
	"DeletionPolicy":      func(r *template.Resource) any { return orNil(r.DeletionPolicy()) },
	"UpdateReplacePolicy": func(r *template.Resource) any { return orNil(r.UpdateReplacePolicy()) },
	"DependsOn":           func(r *template.Resource) any { return r.Raw()["DependsOn"] },
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func valueOf(r *template.Resource, key string) template.Value {
	if attribute := attributes[key]; attribute != nil {
		return r.Value(attribute(r))
	}
	return r.Get(key)
}

func (s Shape) judge(at At, get func(string) template.Value, report func(Fault)) {
	for key, w := range s {
		w.judge(at.in(key), get(key), report)
	}
}

func (w Want) judge(at At, v template.Value, report func(Fault)) {
	fault := func(at At, format string, args ...any) {
		report(Fault{Resource: at.Resource, Message: at.Property() + " " + fmt.Sprintf(format, args...)})
	}
	switch {
	case w.checked:
	case v.Missing():
		if !w.optional {
			fault(at, "is missing, must be %s", w.because())
		}
	case v.Unknown():
		fault(at, "cannot be resolved, must be %s: %s", w.Text, v.Why())
	case w.object != nil:
		w.judgeObject(at, v, report, fault)
	case w.items != nil || w.every != nil:
		w.judgeList(at, v, report, fault)
	case w.document != nil:
		w.judgeDocument(at, v, report)
	case v.HasUnknown():
		fault(at, "cannot be resolved, must be %s: %s", w.Text, v.Why())
	case !w.Holds(at, v):
		fault(at, "is %s, must be %s", v, w.because())
	}
}

func (w Want) because() string {
	w.optional = false
	return w.Says()
}

func (w Want) judgeObject(at At, v template.Value, report func(Fault), fault func(At, string, ...any)) {
	if _, is := v.Any().(map[string]any); !is {
		fault(at, "is %s, must be an object", v)
		return
	}
	w.object.judge(at, func(key string) template.Value { return v.Get(key) }, report)
	for key := range v.Map() {
		if _, stated := w.object[key]; !stated {
			fault(at.in(key), "is set, must be absent: no policy states it")
		}
	}
}

func (w Want) judgeList(at At, v template.Value, report func(Fault), fault func(At, string, ...any)) {
	list, is := v.Any().([]any)
	switch {
	case !is:
		fault(at, "is %s, must be a list", v)
		return
	case w.every != nil && len(list) == 0, w.every == nil && len(list) != len(w.items):
		fault(at, "has %d elements, must have %s", len(list), w.length())
		return
	}
	for i, element := range v.List() {
		item := w.every
		if item == nil {
			item = &w.items[i]
		}
		item.judge(at.in(fmt.Sprint(i)), element, report)
	}
}

func (w Want) length() string {
	if w.every != nil {
		return "at least 1"
	}
	return fmt.Sprint(len(w.items))
}

// Describe lists what each property must be, as lines of "Type Property must be …", in order.
func (s Shapes) Describe() []string {
	var lines []string
	for _, typ := range s.Types() {
		for _, line := range s[typ].describe("") {
			lines = append(lines, typ+" "+line)
		}
	}
	return lines
}

func (s Shape) describe(prefix string) (lines []string) {
	for _, key := range sortedKeys(s) {
		lines = append(lines, s[key].describe(prefix+key)...)
	}
	return lines
}

func (w Want) describe(path string) []string {
	switch {
	case w.checked, w.Text == anything && w.optional:
		return nil
	case w.object != nil:
		return w.object.describe(path + ".")
	case w.every != nil:
		return w.every.describe(path + ".*")
	case w.items != nil:
		var lines []string
		for i, item := range w.items {
			lines = append(lines, item.describe(fmt.Sprintf("%s.%d", path, i))...)
		}
		return lines
	}
	return []string{path + " must be " + w.Says()}
}
