package template

import (
	"reflect"
	"strings"
)

// ref returns a pseudo parameter, a parameter or what identifies a resource.
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

// resource returns the resource of the stack with that id, nil if there is none that exists.
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

// choose returns Fn::If. With a condition that cannot be resolved it is only known if both ways lead to the same.
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

// sub returns Fn::Sub in both its forms.
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
	return r.expand(text, func(name string) any {
		x, again := values[name]
		if !again {
			x = r.variable(s, own, name)
			values[name] = x
		}
		return x
	})
}

// expand replaces each ${name} of a text; ${!name} stands for ${name} itself.
func (r *resolver) expand(text string, value func(name string) any) any {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			b.WriteString(text)
			return b.String()
		}
		text = after
		b.WriteString(before)
		if literal, is := strings.CutPrefix(name, "!"); is {
			b.WriteString("${" + literal + "}")
			continue
		}
		x := value(name)
		t, plain := textOf(x)
		if !plain {
			return because("Fn::Sub: ${"+name+"} is not text", x)
		}
		b.WriteString(t)
		if u := r.spend(len(t), b.Len()); u != nil {
			return u
		}
	}
}

// variable returns what a ${name} in Fn::Sub stands for.
func (r *resolver) variable(s *Stack, own map[string]any, name string) any {
	if x, is := own[name]; is {
		return r.eval(s, x)
	}
	if strings.Contains(name, ".") {
		return r.getAtt(s, name)
	}
	return r.ref(s, name)
}
