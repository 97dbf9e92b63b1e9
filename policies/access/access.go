// Package access says who can do what in the estate that the templates describe, with the chain of statements that
// gives it.
//
// It decides as IAM does (IAM User Guide, "Policy evaluation logic"): identity policies within their permission
// boundary, resource policies, key policies, which nothing replaces, trust policies, and the policies of VPC endpoints
// that a request goes through; a Deny outweighs every Allow. It follows the roles that can be assumed, or passed to a
// service, and counts the key that a store's data is encrypted with.
//
// What a question leaves open (whether there was a second factor, which prefix is listed) is chosen in the principal's
// favour: Yes says that some request gets through, and with what; [Verdict.Always] that every one does. What the
// templates do not say, or this package does not understand, is Unknown: it neither hides an access nor counts as
// protection.
//
// Out of sight are the organization's own policies, session policies and ACLs, which can only narrow or are refused,
// and the account's identities that are in no template: they are one principal, the account itself.
package access

import (
	"fmt"
	"strings"
	"sync"

	"livechat.example/cloud/policies/template"
)

// Model is the access that an estate gives. It never changes, and goroutines may share it.
type Model struct {
	estate     *template.Estate
	principals []*Principal                        // of the estate, in the order of its stacks
	policies   map[copied][]*statement             // those that lie on a resource, or on its copy in another region
	copies     map[string]copied                   // by ARN, without what AWS adds to a secret's: see copying
	loose      []*statement                        // those that lie on whatever they name
	endpoints  map[*template.Resource][]*statement // of VPC endpoints
	aliases    map[*template.Resource][]string     // of keys
	forms      sync.Map                            // resource -> the ways in which its ARN is written
	spoken     sync.Map                            // asking -> identity
	chains     func() map[*Principal][]edge        // by role, the principals that become it
	leads      func() map[*Principal][]edge        // by principal, the roles in no template that it may assume
}

// Unknown is something that cannot be judged, and that could give access.
type Unknown struct {
	Resource *template.Resource
	Why      string
}

func (u Unknown) Error() string { return fmt.Sprintf("cannot judge %s: %s", u.Resource, u.Why) }

// Unknowns are all that cannot be judged.
type Unknowns []Unknown

func (u Unknowns) Error() string {
	lines := make([]string, len(u))
	for i := range u {
		lines[i] = u[i].Error()
	}
	return strings.Join(lines, "\n")
}

// Read reads the identities and policies of an estate. The error is [Unknowns]: resources that give access in a way
// that is not known here. A statement that cannot be resolved is no error: it makes the answers that depend on it
// unknown.
func Read(e *template.Estate) (*Model, error) {
	r := &reader{m: &Model{
		estate: e, policies: map[copied][]*statement{}, copies: map[string]copied{},
		endpoints: map[*template.Resource][]*statement{}, aliases: map[*template.Resource][]string{},
	}, of: map[*template.Resource]*Principal{}, members: map[*template.Resource][]*Principal{}}
	r.check()
	if len(r.unknown) > 0 {
		return nil, r.unknown
	}
	r.m.copying()
	r.identities()
	r.statements()
	r.keys()
	r.m.chains = sync.OnceValue(r.m.edges)
	r.m.leads = sync.OnceValue(r.m.beyond)
	return r.m, nil
}

// Principals returns the roles and users of the estate, in the order of its stacks.
func (m *Model) Principals() []*Principal { return append([]*Principal(nil), m.principals...) }
