package template

import (
	"maps"
	"slices"
	"strings"
)

// identity says how the physical name of a resource shows in what Ref and Fn::GetAtt give. Patterns hold {Property},
// {Property|default}, {Property:lower}, {Property:host} (of a URL), {Property:function} (the name in the ARN of one),
// {@Attribute} that AWS assigns, and {partition}, {region}, {account}, {suffix} of the stack; {Ref} is what Ref gives.
type identity struct {
	ref        string            // "" where AWS assigns it
	same       []string          // attributes that are what Ref gives
	attributes map[string]string // those that follow from it
	also       []string          // further names that policies and other services use
	global     bool              // the name means the same in every region
}

// patterns returns all that names a resource.
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

// fill writes a pattern out. It fails when the resource has no such name, or none that can be resolved; then, if a
// token is given, that stands for what Ref gives.
func (r *resolver) fill(t *Resource, pattern, token string) (string, *Unresolved) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(pattern, "{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, after, _ := strings.Cut(rest, "}")
		text, u := r.placeholder(t, name, token)
		if u != nil {
			return "", u
		}
		b.WriteString(text)
		pattern = after
	}
}

func (r *resolver) placeholder(t *Resource, name, given string) (string, *Unresolved) {
	switch name {
	case "partition":
		return known(t.Stack.Partition())
	case "region":
		return known(t.Stack.Region)
	case "account":
		return known(t.Stack.Account)
	case "suffix":
		x, _ := pseudo(t.Stack, "AWS::URLSuffix")
		return known(x)
	case refAttribute:
		if ref := identities[t.Type].ref; ref != "" {
			if text, u := r.fill(t, ref, ""); u == nil || u.circle {
				return text, u
			}
		}
		return known(given)
	}
	if attribute, is := strings.CutPrefix(name, "@"); is {
		return token(t.Stack.Name, t.ID, attribute), nil
	}
	name, fallback, hasFallback := strings.Cut(name, "|")
	name, form, _ := strings.Cut(name, ":")
	x := r.property(t, name)
	if x == nil && hasFallback {
		return fallback, nil
	}
	text, u := known(x)
	switch form {
	case "lower":
		text = strings.ToLower(text)
	case "host":
		text = strings.TrimPrefix(text, "https://")
	case "function":
		text = functionName(text)
	}
	return text, u
}

// functionName returns the name of a function in what its API takes for one: its name or ARN, in whole or in part.
func functionName(text string) string {
	if of, is := strings.CutSuffix(text, ".Arn}"); is && isToken(text) {
		return of + "." + refAttribute + "}"
	}
	if i := strings.LastIndex(text, "function:"); i >= 0 {
		return text[i+len("function:"):]
	}
	return text
}

// known returns the text of a name, or why there is none.
func known(x any) (string, *Unresolved) {
	if text, ok := textOf(x); ok && text != "" && !dynamic(x) {
		return text, nil
	}
	return "", because("it has no name", settled(x))
}
