package template

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
)

// eager returns the intrinsic of that name, of those whose argument is resolved before they are; nil if there is none.
func eager(name string) func(r *resolver, s *Stack, arg any) any {
	switch name {
	case "Fn::Join":
		return join
	case "Fn::Select":
		return pick
	case "Fn::Split":
		return split
	case "Fn::ImportValue":
		return importValue
	case "Fn::GetStackOutput":
		return getStackOutput
	case "Fn::Cidr":
		return cidr
	case "Fn::Base64":
		return toBase64
	case "Fn::ToJsonString":
		return toJSON
	case "Fn::Length":
		return length
	}
	return nil
}

// spend refuses a text that is too long, or too much text altogether.
func (r *resolver) spend(bytes, whole int) *Unresolved {
	if r.produced += bytes; whole > maxText || r.produced > maxTotal {
		return unknown("more text than a template can hold")
	}
	return nil
}

func join(r *resolver, _ *Stack, arg any) any {
	parts, _ := arg.([]any)
	if len(parts) != 2 {
		return unknown("Fn::Join takes a delimiter and a list")
	}
	by, ok := parts[0].(string)
	if token, is := parts[1].(string); is && ok && isToken(token) {
		return derive(token, "join("+by+")")
	}
	list, isList := parts[1].([]any)
	if !ok || !isList {
		return because("Fn::Join takes a delimiter and a list", parts)
	}
	texts, size := make([]string, len(list)), 0
	for i, x := range list {
		t, plain := textOf(x)
		if !plain {
			return because("Fn::Join: an element is not text", x)
		}
		texts[i], size = t, size+len(t)+len(by)
	}
	if u := r.spend(size, size); u != nil {
		return u
	}
	return strings.Join(texts, by)
}

// because prefers the reason why something in x is not known.
func because(why string, x any) *Unresolved {
	if u := firstUnknown(x); u != nil {
		return u
	}
	return &Unresolved{Why: why}
}

// pick returns Fn::Select. An element of a list that AWS assigns has a name of its own.
func pick(_ *resolver, _ *Stack, arg any) any {
	parts, _ := arg.([]any)
	if len(parts) != 2 {
		return unknown("Fn::Select takes a number and a list")
	}
	t, _ := textOf(parts[0])
	i, err := strconv.Atoi(t)
	if err != nil || i < 0 {
		return because("Fn::Select: the number cannot be resolved", parts[0])
	}
	if token, is := parts[1].(string); is && isToken(token) {
		return derive(token, strconv.Itoa(i))
	}
	list, _ := parts[1].([]any)
	if i >= len(list) {
		return because("Fn::Select: the list has no element "+t, parts[1])
	}
	return list[i]
}

// split returns Fn::Split. The parts of what AWS assigns have names of their own; where a token stands within other
// text, the number of parts is not known.
func split(_ *resolver, _ *Stack, arg any) any {
	parts, _ := arg.([]any)
	if len(parts) != 2 {
		return unknown("Fn::Split takes a delimiter and a text")
	}
	by, ok := parts[0].(string)
	text, isText := textOf(parts[1])
	switch {
	case !ok || !isText || by == "":
		return because("Fn::Split takes a delimiter and a text", parts)
	case isToken(text):
		return derive(text, "split("+by+")")
	case hasToken(text):
		return unknown("Fn::Split of %s", text)
	}
	list := []any{}
	for part := range strings.SplitSeq(text, by) {
		list = append(list, part)
	}
	return list
}

func toBase64(r *resolver, _ *Stack, arg any) any {
	t, ok := textOf(arg)
	if !ok || hasToken(t) {
		return because("Fn::Base64 of what is known at deploy", arg)
	}
	if u := r.spend(len(t)*4/3, len(t)*4/3); u != nil {
		return u
	}
	return base64.StdEncoding.EncodeToString([]byte(t))
}

func toJSON(r *resolver, _ *Stack, arg any) any {
	if u := firstUnknown(arg); u != nil {
		return u
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(arg); err != nil {
		return unknown("Fn::ToJsonString: %v", err)
	}
	if u := r.spend(b.Len(), b.Len()); u != nil {
		return u
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func length(_ *resolver, _ *Stack, arg any) any {
	list, ok := arg.([]any)
	if !ok {
		return because("Fn::Length takes a list", arg)
	}
	return float64(len(list))
}
