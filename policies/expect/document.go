package expect

import (
	"fmt"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// Document returns a policy document of exactly these statements, in any order: nothing more is admitted, nothing less.
// Of a wanted statement Effect is Allow if it is empty, and Sid, Path, Index, Kind, Version and Resource count for
// nothing.
func Document(text string, statements func(At) []template.Statement, reads ...string) Want {
	return Want{Text: text, Reads: reads, document: statements}
}

func (w Want) judgeDocument(at At, document template.Value, report func(Fault)) {
	fault := func(format string, args ...any) {
		report(Fault{Resource: at.Resource, Message: at.Property() + " " + fmt.Sprintf(format, args...)})
	}
	for _, key := range document.Keys() {
		if key != "Statement" && key != "Version" {
			fault("has %s, must have a version and statements alone", key)
		}
	}
	missing := w.document(at)
	for _, s := range at.Resource.Statements() {
		if s.Path != at.Property() {
			continue
		}
		i := slices.IndexFunc(missing, func(want template.Statement) bool { return Same(want, s) })
		switch {
		case s.Unknown != "":
			fault("statement %d cannot be resolved, must be %s: %s", s.Index, w.Text, s.Unknown)
		case i < 0:
			fault("has statement %s, must be %s", Write(s), w.because())
		default:
			missing = slices.Delete(slices.Clone(missing), i, i+1)
		}
	}
	for _, s := range missing {
		fault("lacks statement %s, must be %s", Write(s), w.because())
	}
}

// Same reports whether two statements say the same, whatever the order of what they list.
func Same(want, s template.Statement) bool { return s.Unknown == "" && Write(want) == Write(s) }

// Write returns a statement in one line, its lists sorted.
func Write(s template.Statement) string {
	parts := []string{s.Effect}
	if s.Effect == "" {
		parts[0] = "Allow"
	}
	add := func(name string, list []string) {
		if len(list) > 0 {
			list = slices.Compact(slices.Sorted(slices.Values(list)))
			parts = append(parts, name+" "+strings.Join(list, ", "))
		}
	}
	add("to", s.Actions)
	add("to all but", s.NotActions)
	add("on", s.Resources)
	add("on all but", s.NotResources)
	for _, kind := range sortedKeys(s.Principals) {
		add("by "+kind, s.Principals[kind])
	}
	for _, kind := range sortedKeys(s.NotPrincipals) {
		add("by all but "+kind, s.NotPrincipals[kind])
	}
	conditions := make([]string, len(s.Conditions))
	for i, c := range s.Conditions {
		conditions[i] = c.Operator + " " + c.Key + " " + strings.Join(slices.Sorted(slices.Values(c.Values)), ", ")
	}
	slices.Sort(conditions)
	for _, c := range conditions {
		parts = append(parts, "under "+c)
	}
	return strings.Join(parts, " ")
}
