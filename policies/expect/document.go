package expect

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
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
	for i, s := range document.Get("Statement").List() {
		if odd := oddity(s); odd != "" {
			fault("statement %d has %s, must have what IAM knows", i, odd)
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

// Same reports whether two statements say the same, whatever the order of what they list. Texts are compared one by one: a list that is
// folded into one text is another list.
func Same(want, s template.Statement) bool {
	return s.Unknown == "" && write(want, strconv.Quote) == write(s, strconv.Quote)
}

// Write is a statement in one line, its lists sorted, for a finding.
func Write(s template.Statement) string { return write(s, func(text string) string { return text }) }

func write(s template.Statement, show func(string) string) string {
	parts := []string{show(cmp.Or(s.Effect, "Allow"))}
	join := func(list []string) string {
		shown := make([]string, len(list))
		for i, text := range list {
			shown[i] = show(text)
		}
		slices.Sort(shown)
		return strings.Join(slices.Compact(shown), ", ")
	}
	add := func(name string, list []string) {
		if len(list) > 0 {
			parts = append(parts, name+" "+join(list))
		}
	}
	add("to", s.Actions)
	add("to all but", s.NotActions)
	add("on", s.Resources)
	add("on all but", s.NotResources)
	for _, kind := range sortedKeys(s.Principals) {
		add("by "+show(kind), s.Principals[kind])
	}
	for _, kind := range sortedKeys(s.NotPrincipals) {
		add("by all but "+show(kind), s.NotPrincipals[kind])
	}
	conditions := make([]string, len(s.Conditions))
	for i, c := range s.Conditions {
		conditions[i] = show(c.Operator) + " " + show(c.Key) + " " + join(c.Values)
	}
	slices.Sort(conditions)
	for _, c := range conditions {
		parts = append(parts, "under "+c)
	}
	return strings.Join(parts, " ")
}

// elements are those of a statement, with what each is: a text, a list of texts, or an object.
var elements = []string{"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}

// oddity is what a statement has that IAM does not know, "" if nothing: an element of another name, something else than texts in a list, an
// operator without a key.
func oddity(s template.Value) string {
	for name, v := range s.Map() {
		switch {
		case !slices.Contains(elements, name):
			return "the element " + name
		case strings.HasSuffix(name, "Action") || strings.HasSuffix(name, "Resource"):
			if !texts(v) {
				return name + " with something else than texts"
			}
		case name == "Condition":
			for operator, keys := range v.Map() {
				if keys.Len() == 0 {
					return "the operator " + operator + " without a key"
				}
				for key, values := range keys.Map() {
					if !texts(values) {
						return key + " with something else than texts"
					}
				}
			}
		}
	}
	return ""
}

// texts reports whether a value is a text, a number or a bool, or a list of those.
func texts(v template.Value) bool {
	for _, x := range v.List() {
		switch x.Any().(type) {
		case map[string]any, []any, nil:
			return false
		}
	}
	return len(v.List()) > 0
}
