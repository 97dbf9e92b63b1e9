package template

import (
	"maps"
	"slices"
	"strings"
)

// Find returns the resource that a resolved reference means: what Ref or Fn::GetAtt gave (any attribute of a resource
// means it, so give types where an attribute may name something else, as a VPC's DefaultSecurityGroup does), an ARN or
// a physical name, in whichever stack or region. An ARN may go on to something inside its resource (a bucket's objects,
// a log group's streams). A name that is not an ARN is one of the account and region where the value was read. A KMS
// alias means its key, unless the types say alias. It is nil if there is none or more than one; types, if given, narrow
// the choice.
func (e *Estate) Find(v Value, types ...string) *Resource {
	text, ok := v.x.(string)
	if !ok {
		return nil
	}
	var found *Resource
	for _, r := range e.candidates(text, v.in, types) {
		if r.Type == "AWS::KMS::Alias" && len(types) == 0 {
			target := r.Get("TargetKeyId")
			if target.Is(text) {
				continue
			}
			r = e.Find(target)
		}
		if r == nil || found != nil && found != r {
			return nil
		}
		found = r
	}
	return found
}

// candidates returns the resources that a text may mean.
func (e *Estate) candidates(text string, in *Stack, types []string) []*Resource {
	var found []*Resource
	keep := func(r *Resource) {
		if r != nil && (len(types) == 0 || slices.Contains(types, r.Type)) {
			found = append(found, r)
		}
	}
	if token, rest, is := cutToken(text); is {
		if rest == "" || rest[0] == '/' || rest[0] == ':' {
			keep(e.named(token))
		}
		return found
	}
	for _, name := range stems(text) {
		for _, slot := range e.lookup(name) {
			r := &e.slots[slot]
			if strings.HasPrefix(name, "arn:") || r.reachable(in) {
				keep(r)
			}
		}
		if len(found) > 0 {
			break
		}
	}
	return found
}

// reachable reports whether the resource is meant where a stack uses its bare name. Buckets share one space of names,
// IAM has one in each account, everything else one in each account and region.
func (r *Resource) reachable(in *Stack) bool {
	switch {
	case in == nil || r.Type == "AWS::S3::Bucket":
		return true
	case r.Stack.Account != in.Account:
		return false
	}
	return identities[r.Type].global || r.Stack.Region == in.Region
}

// named returns the resource of a token.
func (e *Estate) named(token string) *Resource {
	stack, name, _ := strings.Cut(token[2:len(token)-1], "/")
	id, _, _ := strings.Cut(name, ".")
	return e.Resource(stack, id)
}

// within are the marks after which an ARN of a service goes on to something inside its resource, and after how many of
// them.
var within = map[string]struct {
	mark  byte
	times int
}{
	"s3": {'/', 1}, "execute-api": {'/', 1}, "dynamodb": {'/', 2}, "lambda": {':', 2}, "logs": {':', 2}, "sns": {':', 1},
}

// stems returns a text and, if it is an ARN, what it lies in.
func stems(text string) []string {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return []string{text}
	}
	w, ok := within[parts[2]]
	start := len(text) - len(parts[5])
	for i := start; ok && i < len(text); i++ {
		if token, _, is := cutToken(text[i:]); is {
			i += len(token) - 1
		} else if text[i] == w.mark {
			if w.times--; w.times == 0 {
				return []string{text, text[:i]}
			}
		}
	}
	return []string{text}
}

// index is which slots a physical name may mean.
type index struct{ slots map[string][]int }

func (e *Estate) lookup(name string) []int {
	if e.parent == nil {
		e.settle()
	}
	var found []int
	for _, slot := range e.names.slots[name] {
		if !e.changed[slot] {
			found = append(found, slot)
		}
	}
	if len(e.changed) == 0 {
		return found
	}
	local := e.local.Load()
	if local == nil {
		e.mu.Lock()
		local = e.indexOf(slices.Sorted(maps.Keys(e.changed)))
		e.mu.Unlock()
		e.local.Store(local)
	}
	return append(found, local.slots[name]...)
}

// indexOf lists the names of slots, under the lock.
func (e *Estate) indexOf(slots []int) *index {
	x := &index{map[string][]int{}}
	for _, slot := range slots {
		r := &e.slots[slot]
		if r.Stack == nil || !r.node.exists() || r.node.doubt != "" {
			continue
		}
		for _, pattern := range identities[r.Type].patterns() {
			text, u := e.resolve.fill(r, pattern, token(r.Stack.Name, r.ID, refAttribute))
			if u == nil && !slices.Contains(x.slots[text], slot) {
				x.slots[text] = append(x.slots[text], slot)
			}
		}
	}
	return x
}
