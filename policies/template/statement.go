package template

import (
	"iter"
	"slices"
	"strings"
)

// Kind is what a policy document is attached to, and so what its statements mean. A managed policy that bounds
// permissions is both Identity and Boundary, so kinds are tested with Has.
type Kind uint8

// The kinds.
const (
	Identity      Kind = 1 << iota // what a role, user, group or permission set may do
	Boundary                       // the most that a role or user may be allowed
	Trust                          // who may assume a role
	ResourceBased                  // who may use a resource: bucket, queue, topic, secret, function, …, and any type not known here
	Key                            // who may use a KMS key
	Endpoint                       // what passes through a VPC endpoint
)

// Has reports whether one of the kinds is among k.
func (k Kind) Has(kinds Kind) bool { return k&kinds != 0 }

// Statement is one statement of a policy document.
type Statement struct {
	Resource *Resource // who carries it
	Kind     Kind
	Path     string // where in the properties the document stands, with dots
	Index    int    // its place in the document
	Version  string // the document's: without 2012-10-17, policy variables mean themselves
	Sid      string
	Effect   string // Allow or Deny
	// Principals and NotPrincipals are by "AWS", "Service", "Federated", "CanonicalUser" or "*".
	Principals, NotPrincipals map[string][]string
	Actions, NotActions       []string
	Resources, NotResources   []string
	Conditions                []Condition
	// Unknown is why a part of the statement cannot be resolved, "" if all of it can. Such a part is left out above.
	Unknown string
	// Open are the elements that Unknown is of, as the document names them; nil is all of them.
	Open []string
}

// Opens reports whether one of the elements cannot be resolved.
func (s Statement) Opens(elements ...string) bool {
	return s.Unknown != "" && (s.Open == nil || slices.ContainsFunc(elements, func(e string) bool { return slices.Contains(s.Open, e) }))
}

// Condition is one condition key under one operator, for example StringEquals, aws:SourceArn.
type Condition struct {
	Operator, Key string
	Values        []string
}

// Statements yields the statements of the estate's policy documents, wherever they stand, in the order of [Estate.All];
// of the kinds, or all if none is given.
func (e *Estate) Statements(kinds ...Kind) iter.Seq[Statement] {
	var wanted Kind
	for _, k := range kinds {
		wanted |= k
	}
	return func(yield func(Statement) bool) {
		for r := range e.All() {
			for _, s := range r.Statements() {
				if (wanted == 0 || s.Kind.Has(wanted)) && !yield(s) {
					return
				}
			}
		}
	}
}

// Statements returns the statements of every policy document in the resource's properties.
func (r *Resource) Statements() []Statement {
	grants := r.node.grants.Load()
	if grants == nil {
		found := read(r)
		grants = &found
		r.node.grants.Store(grants)
	}
	if len(*grants) == 0 {
		return nil
	}
	list := make([]Statement, len(*grants))
	copy(list, *grants)
	for i := range list {
		list[i].Resource = r
		if r.Type == "AWS::IAM::ManagedPolicy" && r.Stack.estate.bounds(r) {
			list[i].Kind |= Boundary
		}
	}
	return list
}

// bounds reports whether some role or user has the policy as its permission boundary.
func (e *Estate) bounds(policy *Resource) bool {
	found := e.limits.Load()
	if found == nil {
		found = &map[int]bool{}
		for r := range e.All("AWS::IAM::Role", "AWS::IAM::User") {
			if b := e.Find(r.Get("PermissionsBoundary"), "AWS::IAM::ManagedPolicy"); b != nil {
				(*found)[b.slot] = true
			}
		}
		e.limits.Store(found)
	}
	return (*found)[policy.slot]
}

// Covers reports whether the statement speaks of the action, for example s3:GetObject, whatever its effect.
func (s Statement) Covers(action string) bool {
	for _, p := range s.Actions {
		if Matches(p, action) {
			return true
		}
	}
	for _, p := range s.NotActions {
		if Matches(p, action) {
			return false
		}
	}
	return len(s.NotActions) > 0
}

// Touches reports whether the statement speaks of at least one action that the pattern means.
func (s Statement) Touches(pattern string) bool {
	for _, p := range s.Actions {
		if Overlap(p, pattern) {
			return true
		}
	}
	for _, p := range s.NotActions {
		if Matches(p, pattern) && !strings.Contains(p, "?") { // every action of the pattern is excepted
			return false
		}
	}
	return len(s.NotActions) > 0
}

// Allows reports whether the statement allows the action on some resource to some principal.
func (s Statement) Allows(action string) bool { return s.Effect == "Allow" && s.Covers(action) }

// Denies reports whether the statement denies the action on some resource to some principal.
func (s Statement) Denies(action string) bool { return s.Effect == "Deny" && s.Covers(action) }

// Condition returns the values of a key under an operator, both without regard to case; nil if there is no such
// condition.
func (s Statement) Condition(operator, key string) []string {
	var values []string
	for _, c := range s.Conditions {
		if strings.EqualFold(c.Operator, operator) && strings.EqualFold(c.Key, key) {
			values = append(values, c.Values...)
		}
	}
	return values
}

// AnyPrincipal reports whether the statement applies to every principal.
func (s Statement) AnyPrincipal() bool {
	for _, list := range s.Principals {
		for _, p := range list {
			if p == "*" {
				return true
			}
		}
	}
	return len(s.NotPrincipals) > 0
}
