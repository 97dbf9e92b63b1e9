package template

import (
	"maps"
	"slices"
	"strings"
)

// identity says how the physical name of a resource shows in what Ref and Fn::GetAtt give. Patterns hold {Property},
// {Property|default}, {Property:lower}, {Property:host} (of a URL), and {partition}, {region}, {account}, {suffix} of the stack; {Ref} is what Ref gives.
type identity struct {
	ref        string            // "" where AWS assigns it
	same       []string          // attributes that are what Ref gives
	attributes map[string]string // those that follow from it
	also       []string          // further names, by which policies and other services mean it
	global     bool              // the name means the same in every region
}

// patterns are all that names a resource.
func (i identity) patterns() []string {
	all := slices.AppendSeq(slices.Clone(i.also), maps.Values(i.attributes))
	if i.ref != "" {
		all = append(all, i.ref)
	}
	return all
}

func (i identity) pattern(attribute string) string {
	if attribute == refAttribute {
		return i.ref
	}
	return i.attributes[attribute]
}

// fill writes a pattern out. It fails when the resource has no such name, or none that can be resolved; then, if a token is
// given, that stands for what Ref gives.
func (r *resolver) fill(t *Resource, pattern, token string) (string, bool) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(pattern, "{")
		b.WriteString(before)
		if !found {
			return b.String(), true
		}
		name, after, _ := strings.Cut(rest, "}")
		text, ok := r.placeholder(t, name, token)
		if !ok {
			return "", false
		}
		b.WriteString(text)
		pattern = after
	}
}

func (r *resolver) placeholder(t *Resource, name, token string) (string, bool) {
	switch name {
	case "partition":
		return t.Stack.Partition(), true
	case "region":
		return t.Stack.Region, t.Stack.Region != ""
	case "account":
		return t.Stack.Account, t.Stack.Account != ""
	case "suffix":
		x, _ := pseudo(t.Stack, "AWS::URLSuffix")
		return textOf(x)
	case refAttribute:
		if ref := identities[t.Type].ref; ref != "" {
			if text, ok := r.fill(t, ref, ""); ok {
				return text, true
			}
		}
		return token, token != ""
	}
	name, fallback, hasFallback := strings.Cut(name, "|")
	name, form, _ := strings.Cut(name, ":")
	x := r.property(t, name)
	if x == nil && hasFallback {
		return fallback, true
	}
	text, ok := textOf(x)
	switch form {
	case "lower":
		text = strings.ToLower(text)
	case "host":
		text = strings.TrimPrefix(text, "https://")
	}
	return text, ok && text != ""
}
