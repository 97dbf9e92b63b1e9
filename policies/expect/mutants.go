package expect

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"livechat.example/cloud/policies/template"
)

// Mutant is a resource that no longer meets a want: the policy that states the want must say so.
type Mutant struct {
	Name string         // what is done, as a clause
	Body map[string]any // nil: the resource is removed
}

// unresolvable is a reference that nothing in the estate answers.
var unresolvable = map[string]any{"Fn::ImportValue": "exported-by-no-stack"}

// Mutants returns what the shapes must refuse of a resource that meets them: each stated value missing, each near miss,
// each value unresolvable, and each object with a property more.
func (s Shapes) Mutants(e *template.Estate, r *template.Resource) []Mutant {
	m := mutator{at: At{Estate: e, Resource: r}}
	for key, w := range s[r.Type] {
		m.want(w, []string{key})
	}
	return m.found
}

// Mutants returns the resource removed, where it is counted.
func (c Census) Mutants(r *template.Resource) []Mutant {
	if r.Type != c.typ || c.most == 0 { // of several, one may go
		return nil
	}
	return []Mutant{{"is removed", nil}}
}

type mutator struct {
	at    At
	found []Mutant
}

// want adds the mutants of the value at a path.
func (m *mutator) want(w Want, path []string) {
	raw, there := get(m.at.Resource.Raw(), path)
	if w.checked || !there && !w.optional {
		return
	}
	at := m.at
	at.Path = path
	for i, near := range w.Breaks {
		if of, is := near.(func(At) any); is {
			near = of(at)
		}
		m.put(path, fmt.Sprintf("becomes near miss %d, %s", i, template.Of(near)), near)
	}
	if !there {
		return
	}
	if !w.optional {
		m.drop(path)
	}
	if attributes[path[0]] == nil {
		m.put(path, "cannot be resolved", unresolvable)
	}
	switch x := raw.(type) {
	case map[string]any:
		m.inObject(w, path, x)
	case []any:
		m.inList(w, path, x)
	}
}

func (m *mutator) inObject(w Want, path []string, x map[string]any) {
	for key, inner := range w.object {
		m.want(inner, append(slices.Clip(path), key))
	}
	if w.object != nil {
		m.put(append(slices.Clip(path), "Unstated"), "is set", true)
	}
	if w.document != nil {
		m.inDocument(path, x)
	}
}

func (m *mutator) inList(w Want, path []string, x []any) {
	if w.items == nil && w.every == nil {
		return
	}
	m.put(path, "is empty", []any{})
	for i := range x {
		item := w.every
		if item == nil && i < len(w.items) {
			item = &w.items[i]
		}
		if item != nil {
			m.want(*item, append(slices.Clip(path), strconv.Itoa(i)))
		}
	}
	if w.items != nil && len(x) > 0 {
		m.put(path, "has its last element twice", append(slices.Clone(x), x[len(x)-1]))
	}
}

// inDocument adds a document that admits all, and each statement without itself, without its conditions, and wider in
// whatever it lists.
func (m *mutator) inDocument(path []string, document map[string]any) {
	list, _ := document["Statement"].([]any)
	with := func(name string, statements []any) {
		changed := maps.Clone(document)
		changed["Statement"] = statements
		m.put(path, name, changed)
	}
	named := maps.Clone(document)
	named["Id"] = "other"
	m.put(path, "has an id", named)
	with("admits everything too", append(slices.Clone(list), map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"}))
	for i, s := range list {
		with(fmt.Sprintf("loses statement %d", i), slices.Delete(slices.Clone(list), i, i+1))
		statement, _ := s.(map[string]any)
		for key := range statement {
			wider := maps.Clone(statement)
			switch key {
			case "Condition":
				delete(wider, key)
			case "Action", "Resource":
				listed, is := statement[key].([]any)
				if !is {
					listed = []any{statement[key]}
				}
				if slices.Contains(listed, any("*")) {
					continue
				}
				wider[key] = append(slices.Clone(listed), "*")
			case "Principal":
				wider[key] = "*"
			case "Effect":
				wider[key] = map[any]string{"Allow": "Deny", "Deny": "Allow"}[statement[key]]
			default:
				continue
			}
			if l, is := statement[key].([]any); is && len(l) > 1 && allTexts(l) {
				folded := maps.Clone(statement)
				folded[key] = fmt.Sprint(l[0], ", ", l[1])
				with(fmt.Sprintf("has the list %s of statement %d folded into one text", key, i), slices.Replace(slices.Clone(list), i, i+1, any(folded)))
			}
			if !reflect.DeepEqual(wider, statement) {
				with(fmt.Sprintf("has statement %d with another %s", i, key), slices.Replace(slices.Clone(list), i, i+1, any(wider)))
			}
		}
	}
}

func allTexts(list []any) bool {
	return !slices.ContainsFunc(list, func(x any) bool { _, is := x.(string); return !is })
}

func (m *mutator) put(path []string, name string, value any) {
	body := m.at.Resource.Clone()
	if parent, there := parentOf(body, path); there {
		set(parent, path[len(path)-1], value)
		m.found = append(m.found, Mutant{At{Path: path}.Property() + " " + name, body})
	}
}

func (m *mutator) drop(path []string) {
	body := m.at.Resource.Clone()
	parent, _ := parentOf(body, path)
	if object, is := parent.(map[string]any); is {
		delete(object, path[len(path)-1])
		m.found = append(m.found, Mutant{At{Path: path}.Property() + " is missing", body})
	}
}

// get returns what stands at a path of a body: an attribute, or below its properties.
func get(body map[string]any, path []string) (any, bool) {
	var here any = body["Properties"]
	if len(path) > 0 && attributes[path[0]] != nil {
		here = body
	}
	if here == nil {
		return nil, false
	}
	for _, key := range path {
		switch x := here.(type) {
		case map[string]any:
			value, there := x[key]
			if !there {
				return nil, false
			}
			here = value
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(x) {
				return nil, false
			}
			here = x[i]
		default:
			return nil, false
		}
	}
	return here, true
}

// parentOf returns what a path's last key is an entry of.
func parentOf(body map[string]any, path []string) (any, bool) {
	if attributes[path[0]] != nil && len(path) == 1 {
		return body, true
	}
	return get(body, path[:len(path)-1])
}

func set(parent any, key string, value any) {
	switch p := parent.(type) {
	case map[string]any:
		p[key] = value
	case []any:
		i, _ := strconv.Atoi(key)
		p[i] = value
	}
}
