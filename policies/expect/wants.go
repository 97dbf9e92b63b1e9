package expect

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

const anything = "stated"

// The wants that need no argument. Checked states a property that the policy's Check judges: the shape asks nothing of
// it.
var (
	True    = Is(true)
	False   = Is(false)
	Any     = Want{Text: anything, Holds: func(At, template.Value) bool { return true }}
	Checked = Want{Text: "what the policy's check says", checked: true}
)

// Is returns a text, number or bool as CloudFormation writes it.
func Is(x any) Want {
	text := template.Of(x).Text()
	return Want{Text: text, Holds: func(_ At, v template.Value) bool { return v.Is(text) }, Breaks: []any{otherThan(x)}}
}

// otherThan returns a value of the same kind that means something else.
func otherThan(x any) any {
	switch x := x.(type) {
	case bool:
		return !x
	case int:
		return x + 1
	}
	return "other"
}

// OneOf returns one of some texts or numbers.
func OneOf(values ...any) Want {
	texts := make([]string, len(values))
	for i, x := range values {
		texts[i] = template.Of(x).Text()
	}
	return Want{Text: "one of " + strings.Join(texts, ", "), Breaks: []any{"other"},
		Holds: func(_ At, v template.Value) bool { return slices.Contains(texts, v.Text()) }}
}

// Between returns a whole number within both bounds.
func Between(least, most int) Want {
	return Want{Text: fmt.Sprintf("between %d and %d", least, most), Breaks: []any{least - 1, most + 1},
		Holds: func(_ At, v template.Value) bool { n, ok := v.Int(); return ok && least <= n && n <= most }}
}

// AtLeast returns a whole number that is no smaller than a bound.
func AtLeast(least int) Want {
	return Want{Text: fmt.Sprintf("at least %d", least), Breaks: []any{least - 1},
		Holds: func(_ At, v template.Value) bool { n, ok := v.Int(); return ok && least <= n }}
}

// Matches returns a text that a pattern matches, with what it says in words and the near misses that it refuses.
func Matches(pattern *regexp.Regexp, text string, breaks ...any) Want {
	return Want{Text: text, Breaks: breaks, Holds: func(_ At, v template.Value) bool { return pattern.MatchString(v.Text()) }}
}

// Exactly returns a list of these texts, in any order, each once.
func Exactly(texts ...string) Want {
	want := slices.Sorted(slices.Values(texts))
	return Want{Text: "exactly " + strings.Join(texts, ", "),
		Breaks: []any{append(toAny(texts), "other"), toAny(texts[1:])},
		Holds: func(_ At, v template.Value) bool {
			return slices.Equal(slices.Sorted(slices.Values(intent.Texts(v))), want)
		}}
}

func toAny(texts []string) []any {
	list := make([]any, len(texts))
	for i, t := range texts {
		list[i] = t
	}
	return list
}

// Equals wants the text that a function gives for the place, as "the stack's cache name".
func Equals(text string, of func(At) string, reads ...string) Want {
	return Want{Text: text, Reads: reads, Breaks: []any{"other"},
		Holds: func(at At, v template.Value) bool { want := of(at); return want != "" && v.Is(want) }}
}

// Intended wants the text at a path of what the resource's stack says was meant.
func Intended(path ...string) Want {
	return Equals("the intent's "+strings.Join(path, "."), func(at At) string { return at.Stack().Intent().Get(path...).Text() })
}

// Object wants an object of that shape, with no other property.
func Object(shape Shape) Want { return Want{Text: "an object", object: shape} }

// List wants a list of as many elements, each as the want of its place.
func List(items ...Want) Want { return Want{Text: "a list", items: items} }

// Each wants a list of one element or more, each as wanted.
func Each(item Want) Want { return Want{Text: "a list", every: &item} }

// Ref wants a reference to a resource of one of the types, in the region of the resource that has it.
func Ref(types ...string) Want {
	return referring("a reference to "+strings.Join(types, " or ")+" of the region", types,
		func(at At, r *template.Resource) bool { return r.Stack.Region == at.Stack().Region })
}

// Own wants a reference to a resource of one of the types, in the stack of the resource that has it.
func Own(types ...string) Want {
	return referring("a reference to "+strings.Join(types, " or ")+" of its stack", types,
		func(at At, r *template.Resource) bool { return r.Stack == at.Stack() })
}

// ARNOf wants the ARN of a resource of a type, in the region of the resource that has it, if is holds too.
func ARNOf(text, typ string, is func(At, *template.Resource) bool) Want {
	return byAttribute("Arn", typ, referring(text, []string{typ}, func(at At, r *template.Resource) bool {
		return r.Stack.Region == at.Stack().Region && is(at, r)
	}))
}

// Attribute wants [Own] of one type, by one attribute alone: "" is what Ref gives.
func Attribute(typ, name string) Want {
	w := byAttribute(name, typ, Own(typ))
	w.Text = "the " + cmp.Or(name, "Ref") + " of an " + typ + " of its stack"
	return w
}

// byAttribute holds a reference to a resource of a type to one of its attributes.
func byAttribute(name, typ string, w Want) Want {
	refers := w.Holds
	w.Holds = func(at At, v template.Value) bool {
		return refers(at, v) && v.Is(at.Estate.Find(v, typ).Attribute(name))
	}
	return w
}

// After wants of DependsOn that the resource waits for one of a type, among others.
func After(typ string) Want {
	return Want{Text: "an " + typ + " among others", Reads: []string{typ}, Breaks: []any{"other", []any{}},
		Holds: func(at At, _ template.Value) bool {
			return slices.ContainsFunc(at.Resource.DependsOn(), func(id string) bool {
				r := at.Stack().Resource(id)
				return r != nil && r.Type == typ
			})
		}}
}

func referring(text string, types []string, here func(At, *template.Resource) bool) Want {
	return Want{Text: text, Reads: types, Breaks: []any{"other", "arn:aws:service:eu-west-1:999999999999:theirs"},
		Holds: func(at At, v template.Value) bool {
			r := at.Estate.Find(v, types...)
			return r != nil && here(at, r)
		}}
}

// KeyOf wants a reference to the key of a class of data, in the region of the resource that has it.
func KeyOf(class string) Want {
	another := func(at At) any {
		for a := range at.Estate.All(intent.AliasType) {
			if a.Stack.Region == at.Stack().Region && intent.AliasClass(a) != class {
				return a.Get("AliasName").Any()
			}
		}
		return "alias/other"
	}
	return Want{Text: "the region's " + class + " key", Reads: []string{intent.KeyType, intent.AliasType},
		Breaks: []any{"alias/aws/" + class, "arn:aws:kms:eu-west-1:999999999999:key/00000000-0000-0000-0000-000000000000", another},
		Holds: func(at At, v template.Value) bool {
			k := at.Estate.Find(v, intent.KeyType)
			return k != nil && k == intent.ClassKey(at.Estate, at.Stack().Region, class)
		}}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
