package template

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const (
	// maxDepth bounds how far one value leads through others; a real template stays under a hundred.
	maxDepth = 2000
	// maxText bounds one text, and maxTotal all texts of an estate, in bytes: CloudFormation takes 1 MB of template.
	maxText, maxTotal = 1 << 20, 256 << 20
)

// resolver evaluates templates. It runs under its estate's lock.
type resolver struct {
	e         *Estate
	open      []opened // the properties being resolved, and those that wait for one being resolved
	reader    int      // which of them reads now
	depth     int
	produced  int  // bytes of text put together so far
	condition bool // within a condition, where no resource can be meant
}

// absent is what AWS::NoValue leaves.
type absent struct{}

func unknown(format string, args ...any) *Unresolved {
	return &Unresolved{Why: fmt.Sprintf(format, args...)}
}

// all resolves every property of a node.
func (r *resolver) all(t *Resource) {
	n := t.node
	if n.done.Load() {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(n.props)) {
		r.property(t, key)
	}
	if n.resolved == nil {
		n.resolved = map[string]any{}
	}
	for key, x := range n.resolved {
		if x == nil {
			delete(n.resolved, key)
		}
	}
	n.opened = nil
	n.done.Store(true)
}

// eval resolves x, and returns x itself where nothing in it needed resolving.
func (r *resolver) eval(s *Stack, x any) any {
	switch x := x.(type) {
	case map[string]any:
		if r.depth++; r.depth > maxDepth {
			r.depth--
			return unknown("nested too deeply")
		}
		defer func() { r.depth-- }()
		if name, is := function(x); is {
			return r.call(s, name, x)
		}
		return r.evalMap(s, x)
	case []any:
		return r.evalList(s, x)
	}
	return x
}

func (r *resolver) evalMap(s *Stack, m map[string]any) any {
	var changed map[string]any
	for key, x := range m {
		y := r.eval(s, x)
		if same(x, y) {
			continue
		}
		if changed == nil {
			changed = make(map[string]any, len(m))
			for k, x := range m {
				changed[k] = x
			}
		}
		if y == (absent{}) {
			delete(changed, key)
		} else {
			changed[key] = y
		}
	}
	if changed == nil {
		return m
	}
	return changed
}

func (r *resolver) evalList(s *Stack, l []any) any {
	var changed []any
	for i, x := range l {
		y := r.eval(s, x)
		if changed == nil {
			if same(x, y) {
				continue
			}
			changed = append(make([]any, 0, len(l)), l[:i]...)
		}
		if y != (absent{}) {
			changed = append(changed, y)
		}
	}
	if changed == nil {
		return l
	}
	return changed
}

// same reports whether y is x untouched; a resolved container is never the unresolved one.
func same(x, y any) bool {
	switch x := x.(type) {
	case map[string]any:
		y, ok := y.(map[string]any)
		return ok && identical(x, y)
	case []any:
		y, ok := y.([]any)
		return ok && len(x) == len(y) && (len(x) == 0 || &x[0] == &y[0])
	}
	return true // scalars evaluate to themselves
}

// function names the intrinsic that a map stands for.
func function(m map[string]any) (string, bool) {
	if len(m) == 1 {
		for key := range m {
			return key, key == "Ref" || strings.HasPrefix(key, "Fn::")
		}
	}
	for key := range m {
		if strings.HasPrefix(key, "Fn::") {
			return "Fn:: beside other keys", true
		}
	}
	return "", false
}

// call evaluates one intrinsic.
func (r *resolver) call(s *Stack, name string, m map[string]any) any {
	arg := m[name]
	switch name {
	case "Ref":
		return r.ref(s, arg)
	case "Fn::If":
		return r.choose(s, arg)
	case "Fn::Sub":
		return r.sub(s, arg)
	case "Fn::GetAtt":
		return r.getAtt(s, arg)
	case "Fn::FindInMap":
		return r.findInMap(s, arg)
	}
	if f := eager(name); f != nil {
		x := r.eval(s, arg)
		if u, is := x.(*Unresolved); is {
			return u
		}
		return f(r, s, x)
	}
	return unknown("%s is resolved at deploy", name)
}
