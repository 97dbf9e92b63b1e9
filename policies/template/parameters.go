package template

import (
	"reflect"
	"strings"
)

// pseudo returns the value of a pseudo parameter in a stack.
func pseudo(s *Stack, name string) (x any, is bool) {
	if !strings.HasPrefix(name, "AWS::") {
		return nil, false
	}
	known := func(t, what string) (any, bool) {
		if t == "" {
			return unknown("the stack says no %s", what), true
		}
		return t, true
	}
	switch name {
	case "AWS::NoValue":
		return absent{}, true
	case "AWS::Region":
		return known(s.Region, "region")
	case "AWS::AccountId":
		return known(s.Account, "account")
	case "AWS::Partition":
		return known(s.Partition(), "partition")
	case "AWS::StackName":
		return s.Name, true
	case "AWS::URLSuffix":
		if s.Partition() == "aws-cn" {
			return "amazonaws.com.cn", true
		}
		return "amazonaws.com", true
	case "AWS::StackId":
		return token(s.Name, name, refAttribute), true
	}
	return unknown("%s is known at deploy", name), true
}

// parameter returns a parameter's value: what the manifest passes, or its default. A default that is a name to look up,
// or that hides a secret, says nothing.
func parameter(s *Stack, name string, declaration any) any {
	p, _ := declaration.(map[string]any)
	kind, _ := p["Type"].(string)
	x, given := any(s.arguments[name]), false
	if _, given = s.arguments[name]; !given {
		x, given = p["Default"]
	}
	text, plain := textOf(x)
	switch {
	case Of(p["NoEcho"]).True():
		return unknown("parameter %s is hidden", name)
	case strings.HasPrefix(kind, "AWS::SSM::Parameter::"):
		return unknown("parameter %s is looked up at deploy", name)
	case !given || !plain:
		return unknown("parameter %s is given at deploy", name)
	case kind != "CommaDelimitedList" && !strings.HasPrefix(kind, "List<"):
		return text
	}
	list := []any{}
	for part := range strings.SplitSeq(text, ",") {
		list = append(list, strings.TrimSpace(part))
	}
	return list
}

// truth is a condition's value, if it is known.
type truth struct {
	yes, known bool
	why        string
}

func (t truth) reason(name string) string {
	if t.why == "" {
		return "there is no condition " + name
	}
	return t.why
}

// logic evaluates the conditions of one template, each once.
type logic struct {
	s    *Stack
	r    resolver
	raw  map[string]any
	done map[string]truth
	busy map[string]bool
}

func evaluateConditions(s *Stack, p *plan) map[string]truth {
	in := *s
	in.plan = p
	l := logic{s: &in, r: resolver{condition: true}, raw: section(p.body, "Conditions"), done: map[string]truth{}, busy: map[string]bool{}}
	for name := range l.raw {
		l.named(name)
	}
	return l.done
}

func (l *logic) named(name string) truth {
	if t, ok := l.done[name]; ok {
		return t
	}
	raw, ok := l.raw[name]
	switch {
	case !ok:
		return truth{why: "there is no condition " + name}
	case l.busy[name]:
		return truth{why: "condition " + name + " depends on itself"}
	}
	l.busy[name] = true
	t := l.eval(raw)
	l.done[name] = t
	return t
}

func (l *logic) eval(x any) truth {
	m, _ := x.(map[string]any)
	if len(m) != 1 {
		return truth{why: "a condition is not a function"}
	}
	for name, arg := range m {
		parts, _ := arg.([]any)
		switch {
		case name == "Condition":
			other, _ := arg.(string)
			return l.named(other)
		case name == "Fn::Equals" && len(parts) == 2:
			return l.equals(parts)
		case name == "Fn::Not" && len(parts) == 1:
			t := l.eval(parts[0])
			return truth{!t.yes, t.known, t.why}
		case name == "Fn::And":
			return l.combine(parts, false)
		case name == "Fn::Or":
			return l.combine(parts, true)
		}
		return truth{why: name + " is resolved at deploy"}
	}
	panic("unreachable")
}

// combine returns And (decided by a false) and Or (decided by a true).
func (l *logic) combine(parts []any, decides bool) truth {
	all := truth{yes: !decides, known: true}
	for _, p := range parts {
		t := l.eval(p)
		if t.known && t.yes == decides {
			return t
		}
		if !t.known && all.known {
			all = t
		}
	}
	return all
}

func (l *logic) equals(parts []any) truth {
	a, b := l.r.eval(l.s, parts[0]), l.r.eval(l.s, parts[1])
	if u := firstUnknown([]any{a, b}); u != nil {
		return truth{why: u.Why}
	}
	s, sok := textOf(a)
	t, tok := textOf(b)
	if sok && tok {
		return truth{yes: s == t, known: true}
	}
	return truth{yes: reflect.DeepEqual(a, b), known: true}
}
