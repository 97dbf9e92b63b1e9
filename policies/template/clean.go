package template

import (
	"encoding/json"
	"math"
)

// clean returns a deep copy of x in the types of decoded JSON.
func clean(x any) any {
	switch x := x.(type) {
	case map[string]any:
		m := make(map[string]any, len(x))
		for k, e := range x {
			m[k] = clean(e)
		}
		return m
	case []any:
		l := make([]any, len(x))
		for i, e := range x {
			l[i] = clean(e)
		}
		return l
	case nil, string, bool, json.Number, *Unresolved:
		return x
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return &Unresolved{Why: "not a number of JSON"}
		}
		return x
	case Value:
		return x.x
	}
	return foreign(x)
}

// foreign brings a Go value of another type into the types of decoded JSON.
func foreign(x any) any {
	b, err := json.Marshal(x)
	if err != nil {
		return &Unresolved{Why: err.Error()}
	}
	var y any
	if err := json.Unmarshal(b, &y); err != nil {
		return &Unresolved{Why: err.Error()}
	}
	return y
}

// path follows keys through decoded JSON.
func path(x any, keys ...string) any {
	for _, k := range keys {
		m, _ := x.(map[string]any)
		x = m[k]
	}
	return x
}
