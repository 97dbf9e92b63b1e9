package template

import (
	"maps"
	"slices"
	"sync/atomic"
)

// plan is one template taken apart. Estates share it as long as they agree on the template; only nodes that are not done
// are ever written to.
type plan struct {
	body       map[string]any
	nodes      []*node // resources by logical id, then outputs by name, then the metadata
	order      []int   // the resources that exist, by logical id
	byID       map[string]int
	byType     map[string][]int // the resources that exist
	outputs    map[string]int
	metadata   int
	conditions map[string]truth
	macro      string // the transform that may rewrite everything, "" if none
}

// node is what is resolved as one: a resource, an output or a template's metadata.
type node struct {
	id, typ, path string
	raw           map[string]any // the whole body
	props         map[string]any // the part that is resolved, by key
	gone          string         // why there is no such thing, "" if there is
	doubt         string         // why nothing can be said of it, "" if nothing is in the way

	resolved map[string]any // written under the estate's lock until done
	opened   map[string]int // where in the resolver's list a property is that is being resolved
	done     atomic.Bool
	grants   atomic.Pointer[[]Statement]
	open     atomic.Pointer[bool] // something of it cannot be resolved
}

func (n *node) exists() bool { return n.gone == "" }

// fresh returns the node before anything of it was resolved.
func (n *node) fresh() *node {
	return &node{id: n.id, typ: n.typ, path: n.path, raw: n.raw, props: n.props, gone: n.gone, doubt: n.doubt}
}

func newPlan(s *Stack, body map[string]any) *plan {
	p := &plan{body: body, byID: map[string]int{}, outputs: map[string]int{}, macro: macroOf(body)}
	p.conditions = evaluateConditions(s, p)
	resources := section(body, "Resources")
	for _, id := range slices.Sorted(maps.Keys(resources)) {
		p.byID[id] = len(p.nodes)
		raw, _ := resources[id].(map[string]any)
		p.nodes = append(p.nodes, p.resource(s.Name, id, raw))
	}
	outputs := section(body, "Outputs")
	for _, id := range slices.Sorted(maps.Keys(outputs)) {
		p.outputs[id] = len(p.nodes)
		raw, _ := outputs[id].(map[string]any)
		n := &node{id: id, raw: raw, props: raw, path: s.Name + "/" + id}
		p.condition(n)
		p.nodes = append(p.nodes, n)
	}
	p.metadata = len(p.nodes)
	meta := section(body, "Metadata")
	p.nodes = append(p.nodes, &node{id: "Metadata", path: s.Name, raw: meta, props: meta})
	p.sort()
	return p
}

// resource returns the node of a resource's body; a nil body is a resource that is not there.
func (p *plan) resource(stack, id string, raw map[string]any) *node {
	n := &node{id: id, raw: raw, path: stack + "/" + id}
	if raw == nil {
		n.gone = "there is no resource " + id
		return n
	}
	n.typ, _ = raw["Type"].(string)
	n.props, _ = raw["Properties"].(map[string]any)
	if t, ok := path(raw, "Metadata", "aws:cdk:path").(string); ok && t != "" {
		n.path = t
	}
	if raw["Properties"] != nil && n.props == nil {
		n.doubt = "Properties is not an object"
	}
	if name, is := function(n.props); is {
		n.doubt = name + " writes the properties at deploy"
	}
	p.condition(n)
	return n
}

// condition marks a node that is not created, or not surely.
func (p *plan) condition(n *node) {
	if p.macro != "" {
		n.doubt = p.macro
	}
	c, has := n.raw["Condition"]
	if !has {
		return
	}
	name, _ := c.(string)
	switch t := p.conditions[name]; {
	case t.known && !t.yes:
		n.gone = "condition " + name + " is false"
	case !t.known:
		n.doubt = n.id + " may not exist: " + t.reason(name)
	}
}

// sort lists the resources that exist.
func (p *plan) sort() {
	p.order, p.byType = nil, map[string][]int{}
	for i, n := range p.nodes[:len(p.byID)] {
		if n.exists() {
			p.order = append(p.order, i)
			p.byType[n.typ] = append(p.byType[n.typ], i)
		}
	}
}

// slots returns the numbers of the resources of the types, or of all, by logical id.
func (p *plan) slots(types []string) []int {
	switch len(types) {
	case 0:
		return p.order
	case 1:
		return p.byType[types[0]]
	}
	var all []int
	for _, t := range types {
		all = append(all, p.byType[t]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// macroOf returns why a template is not what will be deployed: every transform but the one that only adds functions may
// rewrite it.
func macroOf(body map[string]any) string {
	for _, t := range Of(body["Transform"]).List() {
		if !t.Is("AWS::LanguageExtensions") {
			return "the template is rewritten at deploy by the transform " + t.String()
		}
	}
	return ""
}

func section(body map[string]any, name string) map[string]any {
	m, _ := body[name].(map[string]any)
	return m
}
