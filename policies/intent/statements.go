package intent

import (
	"fmt"
	"slices"

	"livechat.example/cloud/policies/template"
)

// StatementName returns the name of a statement of a resource.
func StatementName(s template.Statement) string {
	if s.Sid != "" {
		return s.Path + ", " + s.Sid
	}
	return fmt.Sprintf("%s, statement %d", s.Path, s.Index+1)
}

// GrantTypes are the types that say what a role may do.
var GrantTypes = []string{"AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"}

// GrantsByRole returns all statements that give a role something, or take it away, by the role.
func GrantsByRole(e *template.Estate) map[*template.Resource][]template.Statement {
	by := map[*template.Resource][]template.Statement{}
	for r := range e.All(GrantTypes...) {
		for _, s := range r.Statements() {
			for _, holder := range e.Holders(s) {
				by[holder] = append(by[holder], s)
			}
		}
	}
	return by
}

// IsOnEverything says that a key's statement is about the key, which a key policy calls *.
func IsOnEverything(s template.Statement) bool { return slices.Equal(s.Resources, []string{"*"}) }

// IsForEverybody reports whether a statement names all callers: the one principal that a gateway endpoint takes.
func IsForEverybody(s template.Statement) bool {
	return len(s.Principals) == 1 && (SameList(s.Principals["*"], []string{"*"}) || SameList(s.Principals["AWS"], []string{"*"}))
}

// When returns one condition, to be compared with a statement's.
func When(operator, key string, values ...string) template.Condition {
	return template.Condition{Operator: operator, Key: key, Values: values}
}

// HasExactlyConditions reports whether a statement holds under exactly these conditions: one more narrows a Deny, one
// less opens an Allow.
func HasExactlyConditions(s template.Statement, want ...template.Condition) bool {
	if len(s.Conditions) != len(want) {
		return false
	}
	for _, w := range want {
		if !SameSet(s.Condition(w.Operator, w.Key), w.Values) {
			return false
		}
	}
	return true
}

// IsReadable says that all of a statement is known and none of it is said by exception.
func IsReadable(s template.Statement) bool {
	return s.Unknown == "" && len(s.NotPrincipals)+len(s.NotActions)+len(s.NotResources) == 0
}

// SolePrincipals returns the principals of the one kind that a statement names; nil if it names none, several kinds, or
// all but some.
func SolePrincipals(s template.Statement, kind string) []string {
	if len(s.Principals) != 1 || len(s.NotPrincipals) > 0 {
		return nil
	}
	return s.Principals[kind]
}
