package access

import (
	"fmt"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// Place is what is asked about: a resource of the estate and what lies in it, in one of the regions that it has a copy
// in; or what is in no template and has no policy of its own, such as a user of a database, by its ARN.
type Place struct {
	Resource *template.Resource
	Within   string // what follows the resource's ARN, such as /key or /index/name; "" of a bucket and an action on objects: each part of it that is set apart
	Region   string // of the copy; "" is the region of the resource's stack
	ARN      string // in the place of a resource
}

func (p Place) String() string {
	switch {
	case p.Resource == nil:
		return p.ARN
	case p.Region == "" || p.Region == p.Resource.Stack.Region:
		return p.Resource.String() + p.Within
	}
	return p.Resource.String() + p.Within + " in " + p.Region
}

// whole returns all of a place, and parts are the objects in it that an action is about.
func (m *Model) whole(at Place) *object {
	switch {
	case at.Resource == nil:
		o := m.object(at.ARN)
		o.unseen = "" // see Place
		return o
	case at.Region == "":
		return m.thing(at.Resource, at.Within)
	}
	return m.copy(copied{at.Resource, at.Region}, at.Within)
}

func (m *Model) parts(action string, at Place, whole *object) []*object {
	if at.Resource == nil || at.Resource.Type != "AWS::S3::Bucket" {
		return []*object{whole}
	}
	return m.aim(whole.name, action)
}

// Direct returns what principals may, or perhaps may, do with a place themselves, without going on to another role: the
// roles and users of the estate, the principals that the place's policies name, and its account. Of selects principals
// by title; nil selects all.
func (m *Model) Direct(action string, at Place, of func(title string) bool) []Access {
	whole, best := m.whole(at), map[string]Access{}
	who := m.candidates(action, whole, speaking(whole.policies, action), of)
	if len(who) == 0 {
		return nil
	}
	for _, on := range m.parts(action, at, whole) {
		for _, p := range who {
			a := m.one(p, action, on)
			if known, is := best[a.Title]; a.Allowed != No && (!is || better(a, known)) {
				best[a.Title] = a
			}
		}
	}
	var all []Access
	for _, a := range best {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b Access) int { return strings.Compare(a.Title, b.Title) })
	return all
}

// candidates returns the principals that must be judged: the statements on the object do not rule them out at once.
func (m *Model) candidates(action string, on *object, there []*statement, of func(title string) bool) []*Principal {
	given := slices.ContainsFunc(there, func(s *statement) bool { return s.namesIdentity(on.account) })
	var all []*Principal
	for _, p := range m.principals {
		if (of == nil || of(p.Title())) && (given || m.mayAsk(p, action)) {
			all = append(all, p)
		}
	}
	for _, p := range m.outsiders(on, there) {
		if of == nil || of(p.Title()) {
			all = append(all, p)
		}
	}
	return all
}

// namesIdentity reports whether a statement that lies on something may give it to a role or user, and does not leave
// that to the identity policies of the thing's own account.
func (s *statement) namesIdentity(account string) bool {
	if s.Effect == "Deny" && !s.open.effect {
		return false
	}
	own := func(name string) bool { return name == account || strings.HasSuffix(name, ":iam::"+account+":root") }
	names := append(slices.Clone(s.Principals["AWS"]), s.Principals["*"]...)
	return s.open.who || len(s.NotPrincipals) > 0 || slices.ContainsFunc(names, func(name string) bool { return !own(name) })
}

// mayAsk reports whether a principal's own policies allow it an action on something, or are not known.
func (m *Model) mayAsk(p *Principal, action string) bool {
	if p.Role == nil || len(p.doubts)+len(p.limits) > 0 {
		return true
	}
	allows := func(action string) bool {
		return slices.ContainsFunc(m.identity(p, action).identity, func(s *statement) bool { return s.Effect != "Deny" || s.open.effect })
	}
	return allows(action) || slices.Contains(operations, strings.ToLower(action)) && allows("kms:CreateGrant")
}

// Comers returns the principals that may, or perhaps may, become a role or have a service act as it. Of selects
// principals by title; nil selects all. An access's action is how: assumes, or passes to a service.
func (m *Model) Comers(role *template.Resource, of func(title string) bool) []Access {
	p := m.principalOf(role)
	if p == nil {
		return nil
	}
	var all []Access
	for _, e := range m.comers(p, of) {
		a := Access{Who: e.from, Title: e.from.Title(), Action: e.hop.How, Resource: role.String(), Verdict: e.hop.Verdict}
		a.Anyone = e.from.Kind == Service && m.anyone(e.from, "sts:AssumeRole", m.thing(role, ""))
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b Access) int { return strings.Compare(a.Title, b.Title) })
	return all
}

// Beyond returns the roles in no template that a role or user may, or perhaps may, assume.
func (m *Model) Beyond(of *Principal) []Hop {
	var all []Hop
	for _, e := range m.leadsOf(of) {
		all = append(all, e.hop)
	}
	return all
}

// Refusal returns the reason why a principal may not do something with a place.
func (m *Model) Refusal(title, action string, at Place) string {
	who, err := m.principal(title)
	if err != nil {
		return "there is no " + title
	}
	whole := m.whole(at)
	one := func(t string) bool { return t == title }
	if len(m.candidates(action, whole, speaking(whole.policies, action), one)) == 0 {
		return "nothing allows it"
	}
	for _, on := range m.parts(action, at, whole) {
		a := m.one(who, action, on)
		if a.Key != nil && a.Key.Allowed == No {
			return "the key of " + on.name + " is not its to use"
		}
		if v := m.judge(who, action, on, nil); v.Allowed != Yes {
			return v.text()
		}
	}
	return "nothing allows it"
}

// text returns a refusal in words.
func (v Verdict) text() string {
	lines := slices.Clone(v.Doubts)
	for _, s := range v.Why {
		lines = append(lines, s.String())
	}
	if len(lines) == 0 {
		return "nothing allows it"
	}
	return strings.Join(lines, "; ")
}

// Told returns an access in one line: the statements that give it, and what is not known.
func (a Access) Told() string {
	var parts []string
	for _, s := range a.Why {
		parts = append(parts, s.String())
	}
	if a.Key != nil {
		for _, s := range a.Key.Why {
			parts = append(parts, "its key: "+s.String())
		}
	}
	for _, d := range a.Doubts {
		parts = append(parts, "perhaps: "+d)
	}
	if len(parts) == 0 {
		return fmt.Sprintf("whatever %s allows itself", a.Title)
	}
	return strings.Join(parts, "; ")
}
