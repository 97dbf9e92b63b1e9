package config

import (
	"encoding"
	"iter"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// decode fills the struct that into points at from the document, strictly: what the type does not name, names twice or
// misses is a fault, and so is a value of another kind. It goes on after a fault, so that one run shows them all.
//
// The YAML library's own decoder stops at its first error and turns numbers into text and back without a word
// (an account id may begin with a zero), so its syntax tree is read here.
func (d *document) decode(root ast.Node, into any) { d.value("", root, reflect.ValueOf(into).Elem()) }

var textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

func (d *document) value(path string, n ast.Node, v reflect.Value) {
	at := start(n)
	d.places[path] = place{d.places[path].key, at}
	switch n := n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		d.reject(path, at, "YAML anchors and aliases are not allowed; write the value out")
		return
	case *ast.TagNode:
		d.reject(path, at, "YAML tags are not allowed; write the value alone")
		return
	case *ast.NullNode, nil:
		d.reject(path, d.keyOr(path), "%s has no value", last(path))
		return
	case *ast.MappingNode:
		d.mapping(path, n.Values, v)
		return
	case *ast.MappingValueNode:
		d.mapping(path, []*ast.MappingValueNode{n}, v)
		return
	case *ast.SequenceNode:
		d.sequence(path, n, v)
		return
	}
	d.scalar(path, n, v)
}

func (d *document) mapping(path string, entries []*ast.MappingValueNode, v reflect.Value) {
	switch {
	case v.Kind() == reflect.Struct && !reflect.PointerTo(v.Type()).Implements(textUnmarshaler):
		d.structure(path, entries, v)
	case v.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for name, entry := range d.entries(path, entries) {
			element := reflect.New(v.Type().Elem()).Elem()
			d.value(field(path, name), entry.Value, element)
			v.SetMapIndex(reflect.ValueOf(name).Convert(v.Type().Key()), element)
		}
	default:
		d.reject(path, d.places[path].value, "%s is %s, not named fields", last(path), kind(v.Type()))
	}
}

// entries yields a mapping's entries by name, and reports those that are named twice or by no plain word.
func (d *document) entries(path string, entries []*ast.MappingValueNode) iter.Seq2[string, *ast.MappingValueNode] {
	return func(yield func(string, *ast.MappingValueNode) bool) {
		seen := map[string]bool{}
		for _, e := range entries {
			name, at := keyText(e.Key), start(e.Key)
			switch {
			case e.Key.IsMergeKey():
				d.report(at, "YAML merge keys are not allowed; write the fields out")
			case !plainWord.MatchString(name):
				d.report(at, "%q is not a field's name", name)
			case seen[name]:
				d.report(at, "%q is written twice; keep one", name)
			default:
				seen[name] = true
				d.places[field(path, name)] = place{key: at}
				if !yield(name, e) {
					return
				}
			}
		}
	}
}

var plainWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

func keyText(key ast.MapKeyNode) string {
	if key.Type() == ast.MappingKeyType || key.GetToken() == nil {
		return "?"
	}
	return key.GetToken().Value
}

func (d *document) structure(path string, entries []*ast.MappingValueNode, v reflect.Value) {
	fields := fieldsOf(v.Type())
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	met, meant := map[string]bool{}, map[string]bool{}
	for name, entry := range d.entries(path, entries) {
		if i := slices.Index(names, name); i >= 0 {
			met[name] = true
			d.value(field(path, name), entry.Value, v.Field(fields[i].index))
			continue
		}
		d.report(d.places[field(path, name)].key, "%s", unknown("field", name, names))
		meant[closest(name, names)] = true
	}
	for _, f := range fields {
		switch at := field(path, f.name); {
		case met[f.name]:
		case meant[f.name]:
			d.broken[at] = true // the misspelling has been reported
		case !f.optional:
			d.reject(at, d.keyOr(path), "%s is missing%s", f.name, remedy(at))
		}
	}
}

// member is one field of a configuration type, as YAML names it.
type member struct {
	name     string
	index    int
	optional bool
}

// fieldsOf reads the yaml tags of a struct: a field without omitempty must be written.
func fieldsOf(t reflect.Type) []member {
	var members []member
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name != "-" {
			members = append(members, member{name, f.Index[0], options == "omitempty"})
		}
	}
	return members
}

// keyOr is where the key of path stands; failing that, its value.
func (d *document) keyOr(path string) *token.Position {
	if p := d.places[path]; p.key != nil {
		return p.key
	}
	return d.places[path].value
}

func (d *document) sequence(path string, n *ast.SequenceNode, v reflect.Value) {
	if v.Kind() != reflect.Slice {
		d.reject(path, d.places[path].value, "%s is %s, not a list", last(path), kind(v.Type()))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Values), len(n.Values)))
	for i, element := range n.Values {
		d.places[item(path, i)] = place{key: d.places[path].value}
		d.value(item(path, i), element, v.Index(i))
	}
}

func (d *document) scalar(path string, n ast.Node, v reflect.Value) {
	at := d.places[path].value
	text, isText := scalarText(n)
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if err := u.UnmarshalText([]byte(text)); err != nil {
			d.reject(path, at, "%v", err)
		}
		return
	}
	number, err := strconv.ParseInt(text, 10, 32)
	isNumber := n.Type() == ast.IntegerType && err == nil && strconv.FormatInt(number, 10) == text // no octal, no 1_000
	switch boolean, isBool := n.(*ast.BoolNode); {
	case v.Kind() == reflect.String && isText:
		v.SetString(text)
	case v.Kind() == reflect.Bool && isBool:
		v.SetBool(boolean.Value)
	case v.Kind() == reflect.Int && isNumber:
		v.SetInt(number)
	case v.Kind() == reflect.String:
		d.reject(path, at, "%s is text; put it in quotes: %q", last(path), text)
	default:
		d.reject(path, at, "%s is %s, not %q", last(path), kind(v.Type()), text)
	}
}

// scalarText is a scalar as written, and whether YAML takes it for text.
func scalarText(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	}
	return strings.TrimSpace(n.GetToken().Value), false
}

// kind says in a writer's words what a type is written as.
func kind(t reflect.Type) string {
	switch {
	case reflect.PointerTo(t).Implements(textUnmarshaler):
		return "a date"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int:
		return "a whole number"
	case t.Kind() == reflect.Slice:
		return "a list"
	case t.Kind() == reflect.Struct || t.Kind() == reflect.Map:
		return "a set of named fields"
	}
	return "text"
}

// last is a path's own name, as a person would say it.
func last(path string) string {
	if path == "" {
		return "the file"
	}
	return path[strings.LastIndex(path, ".")+1:]
}
