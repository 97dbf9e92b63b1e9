package access

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// evaluation is one request on its way through the policies.
type evaluation struct {
	m      *Model
	who    *Principal
	action string
	on     *object
	// given is what is known of the request, by condition key in lower case: what the question says, and what is assumed. A key
	// without values is one that the request does not have.
	given map[string][]string

	own   identity     // the principal's statements that speak of the action
	there []*statement // those on what is asked for

	keys   map[string]string // how a policy writes the keys that it depends on
	opens  []string          // the keys that the answer depends on
	doubts []string          // what is not known
	steps  []Step            // nil unless they are wanted
	keep   bool
	left   int // how often more may be assumed
}

// doubt notes what is not known.
func (e *evaluation) doubt(why string) {
	if !slices.Contains(e.doubts, why) {
		e.doubts = append(e.doubts, why)
	}
}

// depend notes a key that the question leaves open.
func (e *evaluation) depend(key string) {
	e.written(key)
	e.opens = append(e.opens, strings.ToLower(key))
}

// written notes how a policy writes a key.
func (e *evaluation) written(key string) {
	if lower := strings.ToLower(key); e.keys[lower] == "" {
		e.keys[lower] = key
	}
}

// decide reports whether the request is allowed.
func (e *evaluation) decide() truth {
	e.opens, e.doubts, e.steps = e.opens[:0], e.doubts[:0], e.steps[:0]
	denied := e.denied()
	if denied == yes {
		return no
	}
	return both(denied.not(), e.allowed())
}

// denied reports whether a Deny of any policy speaks of the request.
func (e *evaluation) denied() truth {
	t := e.effect("Deny", e.own.identity)
	t = either(t, e.effect("Deny", e.own.boundary))
	for _, s := range e.there {
		if s.Effect != "Deny" && !s.open.effect {
			continue
		}
		if n := e.speaks(s).any(); n != no {
			t = either(t, both(n, e.found(s, "Deny")))
		}
	}
	if door := e.door(); door != nil {
		for _, s := range e.m.endpoints[door] {
			if n := e.speaks(s).any(); n != no {
				t = either(t, both(n, e.found(s, "Deny")))
			}
		}
	}
	return t
}

// effect reports whether some statement has the effect on the request.
func (e *evaluation) effect(effect string, list []*statement) truth {
	t := no
	for _, s := range list {
		t = either(t, e.found(s, effect))
	}
	return t
}

// found reports whether a statement has the effect on the request, and notes it as a step.
func (e *evaluation) found(s *statement, effect string) truth {
	if s.Effect != effect && !s.open.effect {
		return no
	}
	t, why := e.meets(s)
	if s.open.effect {
		t = both(t, maybe)
		e.doubt(s.String() + ": its effect cannot be resolved: " + s.Unknown)
	}
	if e.keep && (t != no || why != "") {
		e.steps = append(e.steps, newStep(s, effect, t, why))
	}
	return t
}

// allowed reports whether the policies that must allow the request do, on the principal's side and on the resource's.
func (e *evaluation) allowed() truth {
	within := e.within()
	own, there := both(e.granted(), within), e.laid()
	if e.who.Outside() {
		own = yes // no template says otherwise
	}
	direct := there.own
	if e.who.Kind == Role { // what is given to a user's ARN, or to a session's, no boundary limits ("Policy evaluation logic")
		direct = both(direct, within)
	}
	var t truth
	switch kind, guarded := e.who.Kind, e.on.guarded(e.action); {
	case kind == Anonymous && guarded: // such a request must be signed
		t = no
	case kind == Service || kind == Federated || kind == Anonymous || kind == Canonical:
		t = either(there.own, there.all)
	case e.on.account != "" && e.who.Account != e.on.account:
		t = both(own, there.any())
	case guarded:
		t = either(either(direct, there.all), both(own, there.account))
	default:
		t = either(own, either(direct, there.all))
	}
	return both(t, e.through())
}

// granted reports whether the principal's identity policies allow the request.
func (e *evaluation) granted() truth {
	t := e.effect("Allow", e.own.identity)
	if t == yes || len(e.who.doubts) == 0 {
		return t
	}
	for _, why := range e.who.doubts {
		e.doubt(why)
	}
	return either(t, maybe)
}

// within reports whether the principal's permission boundary admits the request.
func (e *evaluation) within() truth {
	if !e.who.bounded {
		return yes
	}
	t := e.effect("Allow", e.own.boundary)
	if t != yes && len(e.who.limits) > 0 {
		t = either(t, maybe)
		for _, why := range e.who.limits {
			e.doubt(why)
		}
	}
	return t
}

// laid returns how the policies on what is asked for allow the request.
func (e *evaluation) laid() naming {
	var all naming
	for _, s := range e.there {
		if s.Effect != "Allow" && !s.open.effect {
			continue
		}
		n := e.speaks(s)
		if n.any() == no {
			continue
		}
		t := e.found(s, "Allow")
		all.account = either(all.account, both(n.account, t))
		all.own = either(all.own, both(n.own, t))
		all.all = either(all.all, both(n.all, t))
	}
	if e.on.unseen != "" {
		all.own = either(all.own, maybe)
		all.account = either(all.account, maybe)
		e.doubt(e.on.unseen)
	}
	return all
}

// door returns the VPC endpoint that the request goes through, as far as that is given, nil if that is none of the
// estate.
func (e *evaluation) door() *template.Resource {
	for _, v := range e.given["aws:sourcevpce"] {
		return e.m.estate.Find(template.Of(v), "AWS::EC2::VPCEndpoint")
	}
	return nil
}

// through reports whether the VPC endpoint that the request goes through lets it: without a policy, it lets everything.
func (e *evaluation) through() truth {
	door := e.door()
	if door == nil || len(e.m.endpoints[door]) == 0 {
		return yes
	}
	t := no
	for _, s := range e.m.endpoints[door] {
		if n := e.speaks(s).any(); n != no {
			t = either(t, both(n, e.found(s, "Allow")))
		}
	}
	return t
}
