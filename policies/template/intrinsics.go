package template

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// functions are the intrinsics whose argument is resolved before they are.
var functions map[string]func(r *resolver, s *Stack, arg any) any

func init() {
	functions = map[string]func(*resolver, *Stack, any) any{
		"Fn::Join": join, "Fn::Select": pick, "Fn::Split": split, "Fn::ImportValue": importValue,
		"Fn::GetStackOutput": getStackOutput, "Fn::Cidr": cidr, "Fn::Base64": toBase64,
		"Fn::ToJsonString": toJSON, "Fn::Length": length,
	}
}

// ref is a pseudo parameter, a parameter or what identifies a resource.
func (r *resolver) ref(s *Stack, arg any) any {
	name, ok := arg.(string)
	if !ok {
		return unknown("Ref names nothing")
	}
	if x, is := pseudo(s, name); is {
		return x
	}
	if p, is := section(s.plan.body, "Parameters")[name]; is {
		return parameter(s, name, p)
	}
	if t := r.resource(s, name); t != nil {
		return r.attribute(t, refAttribute)
	}
	return r.dangling("Ref %s: neither a parameter nor a resource", name)
}

// resource is the resource of the stack with that id, nil if there is none that exists.
func (r *resolver) resource(s *Stack, id string) *Resource {
	if i, ok := s.plan.byID[id]; ok && !r.condition {
		t := &r.e.slots[s.first+i]
		r.note(t, "")
		if t.node.exists() {
			return t
		}
	}
	return nil
}

func (r *resolver) getAtt(s *Stack, arg any) any {
	parts, ok := arg.([]any)
	if t, is := arg.(string); is {
		id, attr, _ := strings.Cut(t, ".")
		parts, ok = []any{id, attr}, true
	}
	if !ok || len(parts) != 2 {
		return unknown("Fn::GetAtt takes a resource and an attribute")
	}
	id, _ := parts[0].(string)
	attr, ok := textOf(r.eval(s, parts[1]))
	if !ok || attr == "" {
		return unknown("Fn::GetAtt %s: the attribute cannot be resolved", id)
	}
	if t := r.resource(s, id); t != nil {
		return r.attribute(t, attr)
	}
	return r.dangling("Fn::GetAtt %s: there is no such resource", id)
}

// choose is Fn::If. With a condition that cannot be resolved it is only known if both ways lead to the same.
func (r *resolver) choose(s *Stack, arg any) any {
	parts, _ := arg.([]any)
	if len(parts) != 3 {
		return unknown("Fn::If takes a condition and two values")
	}
	name, _ := parts[0].(string)
	t := s.plan.conditions[name]
	switch {
	case t.known && t.yes:
		return r.eval(s, parts[1])
	case t.known:
		return r.eval(s, parts[2])
	}
	yes, no := r.eval(s, parts[1]), r.eval(s, parts[2])
	if firstUnknown(yes) == nil && reflect.DeepEqual(yes, no) {
		return yes
	}
	return unknown("Fn::If: %s", t.reason(name))
}

func (r *resolver) findInMap(s *Stack, arg any) any {
	parts, _ := arg.([]any)
	if len(parts) < 3 || len(parts) > 4 {
		return unknown("Fn::FindInMap takes a map and two keys")
	}
	var keys []string
	for _, p := range parts[:3] {
		x := r.eval(s, p)
		if u, is := x.(*Unresolved); is {
			return u
		}
		key, ok := textOf(x)
		if !ok || hasToken(key) {
			return unknown("Fn::FindInMap: a key cannot be resolved")
		}
		keys = append(keys, key)
	}
	if x := path(s.plan.body["Mappings"], keys...); x != nil {
		return x
	}
	if len(parts) == 4 {
		if fallback := path(parts[3], "DefaultValue"); fallback != nil {
			return r.eval(s, fallback)
		}
	}
	return unknown("Fn::FindInMap: there is no %s", strings.Join(keys, "."))
}

// sub is Fn::Sub in both its forms.
func (r *resolver) sub(s *Stack, arg any) any {
	text, ok := arg.(string)
	var own map[string]any
	if l, is := arg.([]any); is && len(l) == 2 {
		text, ok = l[0].(string)
		own, _ = l[1].(map[string]any)
		ok = ok && own != nil
	}
	if !ok {
		return unknown("Fn::Sub takes a text, or a text and a map")
	}
	values := map[string]any{} // each variable once, however often it stands there
	var b strings.Builder
	for text != "" {
		before, rest, found := strings.Cut(text, "${")
		b.WriteString(before)
		if !found {
			break
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			b.WriteString("${" + rest)
			break
		}
		text = after
		if literal, is := strings.CutPrefix(name, "!"); is {
			b.WriteString("${" + literal + "}")
			continue
		}
		x, again := values[name]
		if !again {
			x = r.variable(s, own, name)
			values[name] = x
		}
		t, plain := textOf(x)
		if u, is := x.(*Unresolved); is {
			return u
		}
		if !plain {
			return unknown("Fn::Sub: ${%s} is not text", name)
		}
		b.WriteString(t)
		if u := r.spend(len(t), b.Len()); u != nil {
			return u
		}
	}
	return b.String()
}

// variable is what a ${name} in Fn::Sub stands for.
func (r *resolver) variable(s *Stack, own map[string]any, name string) any {
	if x, is := own[name]; is {
		return r.eval(s, x)
	}
	if strings.Contains(name, ".") {
		return r.getAtt(s, name)
	}
	return r.ref(s, name)
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
	return &Unresolved{why}
}

// pick is Fn::Select. An element of a list that AWS assigns has a name of its own.
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

// split is Fn::Split. The parts of what AWS assigns have names of their own; where a token stands within other text, nobody
// knows how many parts it makes.
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
