package policies

import (
	"slices"

	"livechat.example/cloud/policies/template"
)

// when is one condition, to be compared with a statement's.
func when(operator, key string, values ...string) template.Condition {
	return template.Condition{Operator: operator, Key: key, Values: values}
}

// under says that a statement holds under exactly these conditions: one more narrows a Deny, one less opens an Allow.
func under(s template.Statement, want ...template.Condition) bool {
	if len(s.Conditions) != len(want) {
		return false
	}
	for _, w := range want {
		if !sameSet(s.Condition(w.Operator, w.Key), w.Values) {
			return false
		}
	}
	return true
}

// forbids says that a statement denies everybody the whole of an action on all of the resources, under exactly these conditions.
func forbids(s template.Statement, action string, on []string, want ...template.Condition) bool {
	whole := slices.Contains(s.Resources, "*")
	for _, r := range on {
		if !whole && !slices.Contains(s.Resources, r) {
			return false
		}
	}
	everybody := slices.Contains(s.Principals["*"], "*") || slices.Contains(s.Principals["AWS"], "*")
	return readable(s) && everybody && s.Denies(action) && under(s, want...)
}

// readable says that all of a statement is known and none of it is said by exception.
func readable(s template.Statement) bool {
	return s.Unknown == "" && len(s.NotPrincipals)+len(s.NotActions)+len(s.NotResources) == 0
}

// lone are the principals of the one kind that a statement names; nil if it names none, several kinds, or all but some.
func lone(s template.Statement, kind string) []string {
	if len(s.Principals) != 1 || len(s.NotPrincipals) > 0 {
		return nil
	}
	return s.Principals[kind]
}

func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}

// within says that a list has something, and nothing that is not allowed.
func within(list, allowed []string) bool {
	for _, x := range list {
		if !slices.Contains(allowed, x) {
			return false
		}
	}
	return len(list) > 0
}

// beyond are the entries of a map that are not among those known. Of an unknown value it is an entry without a name.
func beyond(v template.Value, known ...string) []string {
	var more []string
	for key := range v.Map() {
		if !slices.Contains(known, key) {
			more = append(more, key)
		}
	}
	return more
}

// kept says that neither a deletion from the template nor a replacement takes a resource's data with it.
func kept(r *template.Resource) bool {
	return r.DeletionPolicy() == "Retain" && r.UpdateReplacePolicy() == "Retain"
}
