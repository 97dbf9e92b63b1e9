package intent

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// HasWildcard reports whether a text means more than itself.
func HasWildcard(text string) bool { return strings.ContainsAny(text, "*?") }

// OrElse returns a text, or another where a template says nothing.
func OrElse(text, fallback string) string {
	if text == "" || text == "null" {
		return fallback
	}
	return text
}

// SameList reports whether two lists hold the same, in any order.
func SameList(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// Texts returns the elements of a list of texts; what is none shows as "".
func Texts(v template.Value) []string {
	var all []string
	for _, x := range v.List() {
		all = append(all, x.Text())
	}
	return all
}

// tagged returns the value of a resource's tag, "" if it has no such tag or two.
func tagged(r *template.Resource, key string) string {
	value, n := "", 0
	for _, tag := range r.Get("Tags").List() {
		if tag.Get("Key").Is(key) {
			value, n = tag.Get("Value").Text(), n+1
		}
	}
	if n != 1 {
		return ""
	}
	return value
}

// SameSet reports whether two lists hold the same, in any order and however often.
func SameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}

// IsSubset reports whether a list has something, and nothing that is not allowed.
func IsSubset(list, allowed []string) bool {
	for _, x := range list {
		if !slices.Contains(allowed, x) {
			return false
		}
	}
	return len(list) > 0
}

// UnexpectedKeys returns the entries of a map that are not among those known. Of an unknown value it is an entry
// without a name.
func UnexpectedKeys(v template.Value, known ...string) []string {
	var more []string
	for key := range v.Map() {
		if !slices.Contains(known, key) {
			more = append(more, key)
		}
	}
	return more
}

// What a stack does with a resource that leaves it ("DeletionPolicy attribute"). OnceMade retains it too, but for the creation that
// fails: what that leaves under a fixed name blocks the next one.
const (
	Retain   = "Retain"
	OnceMade = "RetainExceptOnCreate"
	Snapshot = "Snapshot"
)
