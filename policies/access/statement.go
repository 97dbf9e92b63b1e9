package access

import (
	"fmt"
	"strings"

	"livechat.example/cloud/policies/template"
)

// statement is one of a policy, with what of it cannot be resolved.
type statement struct {
	template.Statement
	role string // what its policy is for who asks, for a person
	open struct{ effect, who, action, resource, condition bool }
	lies string // why it is not known whether it lies on what it is put on
}

func newStatement(s template.Statement) *statement {
	if s.Kind.Has(template.Identity) {
		s.Resources, s.NotResources = completed(s.Resources), completed(s.NotResources)
	}
	if s.Resource.Type == "AWS::Lambda::Permission" {
		s.Resources = invoked(s)
	}
	w := &statement{Statement: s, role: roleOf(s.Kind)}
	w.open.effect, w.open.who = s.Opens("Effect"), s.Opens("Principal", "NotPrincipal")
	w.open.action, w.open.resource = s.Opens("Action", "NotAction"), s.Opens("Resource", "NotResource")
	w.open.condition = s.Opens("Condition")
	return w
}

// invoked returns the ARNs that a permission is for. What it says of a function holds for each of its aliases and
// versions, and what it says of one of those for that one ("Using Lambda aliases in event sources and permissions
// policies").
func invoked(s template.Statement) []string {
	of := s.Resource.Stack
	in := "arn:" + of.Partition() + ":lambda:" + of.Region + ":" + of.Account + ":function:"
	var all []string
	for _, name := range s.Resources {
		arn := name
		if _, rest, is := strings.Cut(name, "function:"); is { // an ARN, in whole or in part
			name = rest
		}
		if !strings.HasPrefix(arn, "arn:") && !strings.HasSuffix(arn, ".Arn}") {
			arn = in + name
		}
		all = append(all, arn)
		if !strings.Contains(name, ":") {
			all = append(all, arn+":*")
		}
	}
	return all
}

func roleOf(k template.Kind) string {
	switch {
	case k.Has(template.Trust):
		return "trust policy"
	case k.Has(template.Key):
		return "key policy"
	case k.Has(template.Endpoint):
		return "endpoint policy"
	case k.Has(template.Identity):
		return "identity policy"
	}
	return "resource policy"
}

// String returns where the statement stands.
func (s *statement) String() string {
	text := s.Resource.String()
	if s.Path != "" {
		text += " " + s.Path
	}
	text += fmt.Sprintf("[%d]", s.Index)
	if s.Sid != "" {
		text += " " + s.Sid
	}
	return text
}

// meets reports whether a statement speaks of the request, and why not.
func (e *evaluation) meets(s *statement) (truth, string) {
	opens, doubts := len(e.opens), len(e.doubts)
	t, why := e.covers(s)
	if t != maybe { // what it would have depended on does not matter
		e.opens, e.doubts = e.opens[:opens], e.doubts[:doubts]
	}
	return t, why
}

func (e *evaluation) covers(s *statement) (truth, string) {
	t := is(s.Covers(e.action))
	if s.open.action {
		t = maybe
		e.doubt(s.String() + ": its action cannot be resolved: " + s.Unknown)
	}
	if t == no {
		return no, ""
	}
	if s.lies != "" {
		t = maybe
		e.doubt(s.String() + ": " + s.lies)
	}
	on := e.reaches(s)
	if on == no {
		return no, "it speaks of other resources"
	}
	t = both(t, on)
	for _, c := range s.Conditions {
		met := e.condition(s, c)
		switch {
		case met == no && e.keep:
			return no, e.unmet(s, c)
		case met == no:
			return no, ""
		}
		t = both(t, met)
	}
	if s.open.condition {
		t = both(t, maybe)
		e.doubt(s.String() + ": its condition cannot be resolved: " + s.Unknown)
	}
	return t, ""
}

// unmet returns which condition is not met, and what the request has instead.
func (e *evaluation) unmet(s *statement, c template.Condition) string {
	f := e.fact(c.Key)
	have := "the request has none"
	if len(f.values) > 0 {
		have = "the request has " + strings.Join(f.values, ", ")
	}
	return fmt.Sprintf("%s %s %s is not met: %s", c.Operator, c.Key, strings.Join(c.Values, " | "), have)
}

// reaches reports whether a statement speaks of the resource. What lies on a resource may leave it out, or name itself
// by "*".
func (e *evaluation) reaches(s *statement) truth {
	if len(s.Resources)+len(s.NotResources) == 0 && !s.Kind.Has(template.Identity) {
		if s.open.resource {
			return maybe
		}
		return yes
	}
	t := no
	list := s.Resources
	if len(s.NotResources) > 0 {
		list = s.NotResources
	}
	for _, pattern := range list {
		t = either(t, e.resource(s, pattern))
	}
	if len(s.NotResources) > 0 {
		t = t.not()
	}
	if s.open.resource && t != yes || s.open.resource && len(s.NotResources) > 0 {
		t = maybe
		e.doubt(s.String() + ": its resource cannot be resolved: " + s.Unknown)
	}
	return t
}

// resource reports whether a pattern means what the request is about.
func (e *evaluation) resource(s *statement, pattern string) truth {
	if pattern == "*" {
		return yes
	}
	plain, unset, open := e.substitute(s, pattern)
	switch {
	case unset: // a variable that the request does not have: the statement does not apply ("Variables and tags")
		return no
	case open != "":
		if e.m.meets(loosened(pattern), e.on.r, e.on.forms, like) == no {
			return no
		}
		e.depend(open)
		return maybe
	}
	t := e.m.meets(plain, e.on.r, e.on.forms, like)
	if t == maybe {
		e.doubt(fmt.Sprintf("%s: %s may mean %s, whose name is not known before the deploy", s, pattern, e.on))
	}
	return t
}
