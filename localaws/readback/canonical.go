package readback

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// canonical is a value in the one form of all values that mean the same: no list that is compared here has an order that
// matters, a list of one is its member, and CloudFormation takes "true" for true and "1" for 1.
func canonical(property string, v any) any {
	if v == nil {
		return nil
	}
	if strings.HasSuffix(property, "PolicyDocument") || property == "KeyPolicy" || property == "RepositoryPolicyText" {
		v = parsed(v)
	}
	return plain(v)
}

// parsed is a policy document that a service keeps as text.
func parsed(v any) any {
	var document any
	if json.Unmarshal([]byte(text(v)), &document) == nil {
		return document
	}
	return v
}

func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, member := range v {
			out[k] = plain(member)
		}
		return out
	case []any:
		return plainList(v)
	case []string:
		list := make([]any, len(v))
		for i := range v {
			list[i] = v[i]
		}
		return plainList(list)
	case unresolved:
		return "unresolved: " + string(v)
	}
	return fmt.Sprint(v)
}

func plainList(list []any) any {
	out := make([]any, len(list))
	for i := range list {
		out[i] = plain(list[i])
	}
	if len(out) == 1 {
		return out[0]
	}
	slices.SortFunc(out, func(x, y any) int { return strings.Compare(fmt.Sprint(x), fmt.Sprint(y)) })
	return out
}

// shown is a canonical value as text.
func shown(v any) string {
	if v == nil {
		return "nothing"
	}
	content, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(content)
}

// narrow goes down to the one place where two values differ, so that a policy is not shown whole for the sake of a word.
func narrow(path string, want, got any) (string, any, any) {
	switch w := want.(type) {
	case map[string]any:
		if g, ok := got.(map[string]any); ok {
			members := maps.Clone(w)
			maps.Copy(members, g)
			if at := differing(slices.Sorted(maps.Keys(members)), func(k string) bool { return shown(w[k]) != shown(g[k]) }); len(at) == 1 {
				return narrow(path+"."+at[0], w[at[0]], g[at[0]])
			}
		}
	case []any:
		if g, ok := got.([]any); ok && len(g) == len(w) {
			at := differing(indexes(w), func(i int) bool { return shown(w[i]) != shown(g[i]) })
			if len(at) == 1 {
				return narrow(fmt.Sprintf("%s[%d]", path, at[0]), w[at[0]], g[at[0]])
			}
		}
	}
	return path, want, got
}

func differing[T any](all []T, differs func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(all), func(t T) bool { return !differs(t) })
}

func indexes(list []any) []int {
	out := make([]int, len(list))
	for i := range list {
		out[i] = i
	}
	return out
}
