package template

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Value is resolved JSON: missing, known (text, number, bool, list or map) or unknown, in whole or in part.
// The zero Value is missing.
type Value struct {
	x  any
	in *Stack // where it was read, nil if nowhere
}

// Unresolved stands in [Value.Any] where something cannot be known before the deploy.
type Unresolved struct {
	Why string

	circle bool // it depends on itself, which CloudFormation refuses
}

// String returns the reason in a form that no text of a template has.
func (u *Unresolved) String() string { return "unknown(" + u.Why + ")" }

// MarshalJSON writes the reason as text.
func (u *Unresolved) MarshalJSON() ([]byte, error) { return json.Marshal(u.String()) }

// Of returns x (decoded JSON, or Go strings, numbers, bools, slices and maps) as a Value.
func Of(x any) Value { return Value{x: clean(x)} }

// Missing reports whether there is no such value. A null, which CloudFormation refuses, is missing too.
func (v Value) Missing() bool { return v.x == nil }

// Unknown reports whether the value itself cannot be resolved.
func (v Value) Unknown() bool { _, is := v.x.(*Unresolved); return is }

// HasUnknown reports whether the value, or something inside it, cannot be resolved.
func (v Value) HasUnknown() bool { return firstUnknown(v.x) != nil }

// Why returns the reason of the first thing that cannot be resolved, "" if all can.
func (v Value) Why() string {
	if u := firstUnknown(v.x); u != nil {
		return u.Why
	}
	return ""
}

func firstUnknown(x any) *Unresolved {
	switch x := x.(type) {
	case *Unresolved:
		return x
	case []any:
		for _, e := range x {
			if u := firstUnknown(e); u != nil {
				return u
			}
		}
	case map[string]any:
		var first *Unresolved
		for _, e := range x {
			if u := firstUnknown(e); u != nil && (first == nil || u.Why < first.Why) {
				first = u
			}
		}
		return first
	}
	return nil
}

// Text returns a known text, number or bool as CloudFormation writes it, and "" for everything else.
func (v Value) Text() string { t, _ := textOf(v.x); return t }

func textOf(x any) (string, bool) {
	switch x := x.(type) {
	case string:
		return x, true
	case bool:
		return strconv.FormatBool(x), true
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64), true
	case json.Number:
		return x.String(), true
	}
	return "", false
}

// Dynamic reports whether the value is text in which CloudFormation puts something at the deploy ("Get values stored in
// other services using dynamic references"): it is known as it is written, and as nothing else.
func (v Value) Dynamic() bool {
	t, ok := v.x.(string)
	return ok && strings.Contains(t, "{{resolve:")
}

// Is reports whether the value is known and written s.
func (v Value) Is(s string) bool { t, ok := textOf(v.x); return ok && t == s }

// True reports whether the value is true, as a bool or as text.
func (v Value) True() bool { return v.Is("true") }

// False reports whether the value is false, as a bool or as text. A missing value is neither true nor false.
func (v Value) False() bool { return v.Is("false") }

// Int returns a whole number, written as a number or as text.
func (v Value) Int() (int, bool) {
	t, ok := textOf(v.x)
	n, err := strconv.Atoi(t)
	return n, ok && err == nil
}

// Get returns the value at a path of keys and list positions. One string with dots is a path, unless it is itself a
// key. Inside what is unknown everything is unknown.
func (v Value) Get(path ...string) Value {
	if len(path) == 1 && strings.Contains(path[0], ".") {
		if m, ok := v.x.(map[string]any); !ok || m[path[0]] == nil {
			path = strings.Split(path[0], ".")
		}
	}
	for _, key := range path {
		switch x := v.x.(type) {
		case *Unresolved:
			return v
		case map[string]any:
			v.x = x[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(x) {
				return Value{in: v.in}
			}
			v.x = x[i]
		default:
			return Value{in: v.in}
		}
	}
	return v
}

// List returns the elements of a list. What is not a list is a list of one, as IAM reads it: also a map, and also what is
// unknown, so that a loop meets it. A missing value has no elements.
func (v Value) List() []Value {
	switch x := v.x.(type) {
	case nil:
		return nil
	case []any:
		list := make([]Value, len(x))
		for i := range x {
			list[i] = Value{x[i], v.in}
		}
		return list
	}
	return []Value{v}
}

// Keys returns the keys of a map, sorted.
func (v Value) Keys() []string {
	m, _ := v.x.(map[string]any)
	return slices.Sorted(maps.Keys(m))
}

// Map yields the entries of a map by their keys. Of an unknown value it yields itself, without a key, so that a loop
// meets it.
func (v Value) Map() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		if v.Unknown() {
			yield("", v)
			return
		}
		for _, key := range v.Keys() {
			if !yield(key, v.entry(key)) {
				return
			}
		}
	}
}

// entry returns the entry of one key, which may hold dots.
func (v Value) entry(key string) Value {
	m, _ := v.x.(map[string]any)
	return Value{m[key], v.in}
}

// Len returns the number of elements or entries; of text, its bytes. It is 0 for what is unknown.
func (v Value) Len() int {
	switch x := v.x.(type) {
	case []any:
		return len(x)
	case map[string]any:
		return len(x)
	case string:
		return len(x)
	}
	return 0
}

// Any returns the value as decoded JSON, with an *[Unresolved] for what is not known. It must not be changed.
func (v Value) Any() any { return v.x }

// String returns the value for a message, as JSON.
func (v Value) String() string {
	if t, ok := v.x.(string); ok {
		return t
	}
	b, err := json.Marshal(v.x)
	if err != nil {
		return fmt.Sprint(v.x)
	}
	return string(b)
}
