package template

import (
	"maps"
	"slices"
	"strconv"
)

// Walk calls fn for everything inside raw, which is decoded JSON or a [Value], and for raw itself with an empty path:
// maps by their keys, lists by position, the outer before the inner. The path is only good during the call.
func Walk(raw any, fn func(path []string, v any)) {
	if v, is := raw.(Value); is {
		raw = v.x
	}
	walk(nil, raw, fn)
}

func walk(path []string, x any, fn func([]string, any)) {
	fn(path, x)
	switch x := x.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(x)) {
			walk(append(path, key), x[key], fn)
		}
	case []any:
		for i, e := range x {
			walk(append(path, strconv.Itoa(i)), e, fn)
		}
	}
}

// Visit does what [Walk] does, through decoded JSON in no order, which takes a tenth of the time.
func Visit(raw any, fn func(path []string, v any)) { visit(raw, nil, fn) }

func visit(v any, path []string, fn func(path []string, v any)) {
	fn(path, v)
	switch v := v.(type) {
	case map[string]any:
		for key, x := range v {
			visit(x, append(path, key), fn)
		}
	case []any:
		for i, x := range v {
			visit(x, append(path, strconv.Itoa(i)), fn)
		}
	}
}
