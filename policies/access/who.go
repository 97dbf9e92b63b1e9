package access

import (
	"cmp"
	"slices"
	"strings"
)

// Access is one principal's certain or possible permission to do something.
type Access struct {
	Who      *Principal `json:"-"`
	Title    string     `json:"principal"`
	Action   string     `json:"action"`
	Resource string     `json:"resource"` // or an example of what is within it
	Verdict
	Key *Verdict `json:"key,omitempty"` // on the key that the data is encrypted with, where who asks needs it
	Via []Hop    `json:"via,omitempty"` // the roles that lead there, if it is not the principal's own access
	// Anyone says that a service does it for whatever account asks the service to (the confused deputy).
	Anyone bool `json:"anyone,omitempty"`
}

// WhoCan returns every principal that may, or perhaps may, do something with a resource, named as in [Model.Find]: the
// roles and users of the estate, whomever its policies name, and the resource's account itself (its root user and the
// identities that are in no template). Each is there once, by the shortest way; the order is that of certainty, of the
// ways' lengths and of the names.
func (m *Model) WhoCan(action, resource string) ([]Access, error) {
	names, err := m.Find(resource, "")
	if err != nil {
		return nil, err
	}
	return m.Who(action, names), nil
}

// Who returns WhoCan's answer for all that the names mean together, each an ARN or stack/LogicalId with what is within
// it.
func (m *Model) Who(action string, names []string) []Access {
	best := map[string]Access{}
	for _, name := range names {
		for _, on := range m.aim(name, action) {
			for _, a := range m.whoever(action, on) {
				if known, is := best[a.Title]; !is || better(a, known) {
					best[a.Title] = a
				}
			}
		}
	}
	all := make([]Access, 0, len(best))
	for _, a := range best {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b Access) int {
		return cmp.Or(cmp.Compare(b.Allowed, a.Allowed), cmp.Compare(len(a.Via), len(b.Via)), cmp.Compare(a.Title, b.Title))
	})
	return all
}

func better(a, b Access) bool {
	return a.Allowed > b.Allowed || a.Allowed == b.Allowed && (len(a.Via) < len(b.Via) || a.Anyone && !b.Anyone)
}

// whoever returns who may do something with one thing.
func (m *Model) whoever(action string, on *object) []Access {
	var all []Access
	for _, p := range append(m.principals[:len(m.principals):len(m.principals)], m.outsiders(on, on.policies)...) {
		if a := m.one(p, action, on); a.Allowed != No {
			all = append(all, a)
		}
	}
	return m.indirect(all)
}

// one returns what becomes of one principal's request, its key included. A role is assumed by the action that there is
// for the principal.
func (m *Model) one(p *Principal, action string, on *object) Access {
	if strings.EqualFold(action, "sts:AssumeRole") {
		action = assumption(p)
	}
	a := Access{Who: p, Title: p.Title(), Action: action, Resource: on.name}
	if slices.Contains(operations, strings.ToLower(action)) {
		a.Verdict = m.uses(p, action, on, nil)
	} else {
		a.Verdict = m.quickly(p, action, on, nil)
	}
	if a.Allowed == No {
		return a
	}
	if a.Key = m.keyed(p, action, on); a.Key != nil {
		a.Allowed, a.Always = min(a.Allowed, a.Key.Allowed), a.Always && a.Key.Always
		if a.Allowed == Unsure {
			a.Doubts = append(a.Doubts, a.Key.Doubts...)
		}
	}
	a.Anyone = p.Kind == Service && a.Allowed != No && m.anyone(p, action, on)
	return a
}

// anyone reports whether a service does something also for a stranger's account. What a request may then have of the
// account that it is done to, such as the ARN in an encryption context, is the stranger's too.
func (m *Model) anyone(p *Principal, action string, on *object) bool {
	context := map[string][]string{
		"aws:SourceAccount": {stranger}, "aws:SourceArn": {"arn:aws:any:us-east-1:" + stranger + ":thing"},
	}
	for {
		v := m.quickly(p, action, on, context)
		if v.Allowed == No {
			return false
		}
		more := false
		for key, values := range v.With {
			for _, value := range values {
				if on.account != "" && accountIn(value) == on.account {
					context[key] = []string{strings.ReplaceAll(value, ":"+on.account+":", ":"+stranger+":")}
					more = true
				}
			}
		}
		if !more {
			return true
		}
	}
}

// indirect adds those who come to be a role that has the access, each by the best way.
func (m *Model) indirect(all []Access) []Access {
	chains := m.chains()
	at := map[string]int{} // where in the list a principal is
	for i, a := range all {
		at[a.Title] = i
	}
	todo := slices.Clone(all)
	for i := 0; i < len(todo); i++ { // it grows
		role := todo[i]
		for _, e := range chains[role.Who] {
			a := role
			a.Who, a.Title, a.Anyone = e.from, e.from.Title(), false
			a.Via = append([]Hop{e.hop}, role.Via...)
			a.Allowed, a.Always = min(a.Allowed, e.hop.Verdict.Allowed), a.Always && e.hop.Verdict.Always
			switch j, known := at[a.Title]; {
			case !known:
				at[a.Title] = len(all)
				all = append(all, a)
			case better(a, all[j]):
				all[j] = a
			default:
				continue
			}
			todo = append(todo, a)
		}
	}
	for p, leads := range m.leads() {
		if _, known := at[p.Title()]; known || !slices.ContainsFunc(all, func(a Access) bool { return a.Who.Kind == Account && a.Who.Account == p.Account }) {
			continue
		}
		a := Access{Who: p, Title: p.Title(), Action: all[0].Action, Resource: all[0].Resource, Via: []Hop{leads[0].hop}}
		a.Allowed, a.Doubts = Unsure, []string{"what " + leads[0].hop.Role + " may do is in no template"}
		all = append(all, a)
	}
	return all
}
