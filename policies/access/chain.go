package access

import (
	"maps"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// Hop is a step on the way from a principal to the role that has the access.
type Hop struct {
	Role    string  `json:"role"` // its title, or its ARN if it is in no template
	How     string  `json:"how"`  // assumes, or passes to a service
	Verdict Verdict `json:"verdict"`
}

// edge is a principal that becomes a role, or has a service act as it.
type edge struct {
	from *Principal
	hop  Hop
}

// edges returns, by role, the principals that become it.
func (m *Model) edges() map[*Principal][]edge {
	all := map[*Principal][]edge{}
	for _, r := range m.principals {
		if list := m.comers(r, nil); len(list) > 0 {
			all[r] = list
		}
	}
	return all
}

// comers returns the principals that become a role. Of selects them by title; nil selects all.
func (m *Model) comers(r *Principal, of func(title string) bool) (all []edge) {
	if r.Kind != Role {
		return nil
	}
	on := m.thing(r.Role, "")
	direct := map[*Principal]bool{}
	for _, p := range m.candidates("sts:AssumeRole", on, on.policies, of) {
		direct[p] = true
		if p == r {
			continue
		}
		if v := m.quickly(p, assumption(p), on, nil); v.Allowed != No {
			all = append(all, edge{p, Hop{r.Title(), "assumes", v}})
		} else {
			direct[p] = false
		}
	}
	services := m.trusted(r, on)
	for _, p := range m.principals {
		if p != r && !direct[p] && (of == nil || of(p.Title())) && m.mayAsk(p, "iam:PassRole") {
			if e, passes := m.passes(p, r, on, services); passes {
				all = append(all, e)
			}
		}
	}
	return all
}

// trusted returns the services that may become a role.
func (m *Model) trusted(r *Principal, on *object) (all []string) {
	for _, service := range r.trusts()["Service"] {
		if m.quickly(named(Service, service), "sts:AssumeRole", on, nil).Allowed != No {
			all = append(all, service)
		}
	}
	return all
}

// assumption returns the action that makes a principal a role.
func assumption(from *Principal) string {
	switch {
	case from.Kind == Federated && strings.Contains(from.Name, ":saml-provider/"):
		return "sts:AssumeRoleWithSAML"
	case from.Kind == Federated:
		return "sts:AssumeRoleWithWebIdentity"
	}
	return "sts:AssumeRole"
}

// passes reports whether a principal may pass a role to a service that may become it, so that the service acts as the
// role (IAM User Guide, "Grant a user permissions to pass a role to an AWS service").
func (m *Model) passes(from, r *Principal, on *object, services []string) (edge, bool) {
	for _, service := range services {
		v := m.quickly(from, "iam:PassRole", on, map[string][]string{"iam:PassedToService": {service}})
		if v.Allowed != No {
			return edge{from, Hop{r.Title(), "passes to " + service, v}}, true
		}
	}
	return edge{}, false
}

// quickly returns what judge does, without the reason of a refusal.
func (m *Model) quickly(who *Principal, action string, on *object, context map[string][]string) Verdict {
	if m.evaluation(who, action, on, context).decide() == no {
		return Verdict{}
	}
	return m.judge(who, action, on, context)
}

// outsiders returns the principals in no template that the policies on an object name, and always the object's account.
func (m *Model) outsiders(on *object, there []*statement) []*Principal {
	seen := map[string]bool{}
	var all []*Principal
	add := func(p *Principal) {
		if p.Kind != Role && p.Kind != User || !m.has(p.ARN) {
			if title := p.Title(); !seen[title] {
				seen[title] = true
				all = append(all, p)
			}
		}
	}
	if on.account != "" {
		add(account(on.account))
	}
	for _, s := range there {
		if s.Effect == "Deny" {
			continue
		}
		for _, kind := range slices.Sorted(maps.Keys(s.Principals)) {
			for _, name := range s.Principals[kind] {
				add(outsider(kind, name))
			}
		}
		if s.AnyPrincipal() || s.open.who {
			add(named(Anonymous, "*"))
			add(account(stranger))
		}
	}
	return all
}

// has reports whether a principal's ARN is one of the estate.
func (m *Model) has(arn string) bool {
	r := m.estate.Find(template.Of(arn), "AWS::IAM::Role", "AWS::IAM::User")
	return r != nil && m.principalOf(r) != nil
}

// beyond returns the roles in no template that a principal may assume.
func (m *Model) beyond() map[*Principal][]edge {
	all := map[*Principal][]edge{}
	for _, p := range m.principals {
		if list := m.leadsOf(p); len(list) > 0 {
			all[p] = list
		}
	}
	return all
}

// leadsOf returns those of one principal.
func (m *Model) leadsOf(p *Principal) (all []edge) {
	for _, s := range p.identity {
		if s.Effect != "Allow" || !s.Covers("sts:AssumeRole") {
			continue
		}
		list := s.Resources
		if len(s.NotResources) > 0 || s.open.resource {
			list = append(slices.Clone(list), "*")
		}
		for _, arn := range list {
			if arn == "*" {
				arn = "arn:aws:iam::" + p.Account + ":role/*"
			}
			if m.has(arn) || !strings.HasPrefix(arn, "arn:") {
				continue
			}
			if v := m.quickly(p, "sts:AssumeRole", m.object(arn), nil); v.Allowed != No {
				all = append(all, edge{p, Hop{arn, "assumes", v}})
			}
		}
	}
	return all
}
