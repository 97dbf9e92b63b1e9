package access

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// enough bounds how many assumptions one question may need; a real one needs a few dozen.
const enough = 3000

// search reports whether some request is allowed, by trying what the question leaves open: the values that the
// statements set apart. What was assumed for a yes is left in given.
func (e *evaluation) search() truth {
	t := e.decide()
	if t != maybe || len(e.opens) == 0 {
		return t
	}
	if e.left--; e.left < 0 {
		e.doubts = []string{"too many conditions hang together to try them all"}
		return maybe
	}
	key, values, complete := e.next()
	t = no
	var doubts []string
	for _, v := range values {
		e.given[key] = v
		switch e.search() {
		case yes:
			return yes
		case maybe:
			t = maybe
			for _, d := range e.doubts {
				if !slices.Contains(doubts, d) {
					doubts = append(doubts, d)
				}
			}
		}
	}
	delete(e.given, key)
	if t == no && !complete {
		t, doubts = maybe, append(doubts, "whether some value of "+key+" meets every pattern is not known")
	}
	e.doubts, e.opens = doubts, nil
	return t
}

// next returns the key to try, and its values: first the one that the values of others are made of.
func (e *evaluation) next() (key string, values [][]string, complete bool) {
	key = e.opens[0]
	for tried := []string{}; ; {
		values, complete, inner := e.candidates(key)
		tried = append(tried, key)
		if inner == "" || slices.Contains(tried, inner) {
			return key, values, complete && inner == ""
		}
		key = inner
	}
}

// mention is a value that a statement compares a key with.
type mention struct {
	o     operator
	value string
}

// candidates returns the values of a key that the statements tell apart, whether there are no others, and a key left
// open that some of them are made of.
func (e *evaluation) candidates(key string) (values [][]string, complete bool, inner string) {
	if key == secondFactor && e.who.unattended {
		return [][]string{{"false"}, nil}, true, ""
	}
	in := e.mentions(key)
	var list []string
	patterns := 0
	for _, m := range in.mentions {
		made, pattern := m.examples()
		if pattern {
			patterns++
		}
		list = append(list, made...)
	}
	list = append(list, between(in.mentions)...)
	list = append(list, in.parts...)
	list = append(list, "other")
	for _, v := range distinct(list) {
		values = append(values, []string{v})
	}
	together := slices.Contains(several, key) && len(list) > 2
	if together {
		values = append(values, distinct(list[:len(list)-1]))
	}
	if !e.present(key) {
		values = append(values, nil)
	}
	return values, patterns < 2 && !together && !in.loose && (len(in.parts) == 0 || patterns == 0), in.inner
}

func distinct(list []string) []string {
	var kept []string
	for _, v := range list {
		if !slices.Contains(kept, v) {
			kept = append(kept, v)
		}
	}
	return kept
}

// usage is how statements use a key.
type usage struct {
	mentions []mention
	parts    []string // of other values, that the key as a variable may stand for
	loose    bool     // it may stand for more than those
	inner    string   // a key left open that its own values are made of
}

// mentions returns how the statements in question use a key.
func (e *evaluation) mentions(key string) usage {
	var u usage
	for _, list := range e.everything() {
		for _, s := range list {
			if !s.Covers(e.action) && !s.open.action {
				continue
			}
			for _, r := range append(slices.Clone(s.Resources), s.NotResources...) {
				u.within(s, key, r, e.on.forms[len(e.on.forms)-1])
			}
			for _, names := range s.Principals {
				u.mentions = append(u.mentions, sessions(key, names)...)
			}
			for _, c := range s.Conditions {
				e.mentioned(&u, s, key, c)
			}
		}
	}
	return u
}

func (e *evaluation) mentioned(u *usage, s *statement, key string, c template.Condition) {
	for _, v := range c.Values {
		if u.within(s, key, v, e.fact(c.Key).values...) {
			u.loose = true
		}
		if !strings.EqualFold(c.Key, key) {
			continue
		}
		plain, unset, open := e.substitute(s, v)
		if open != "" {
			u.inner = strings.ToLower(open)
			e.written(open)
		} else if !unset {
			u.mentions = append(u.mentions, mention{parse(c.Operator), plain})
		}
	}
}

// within notes that the key stands as a variable in a text that is compared with others: between slashes it stands for
// a part of those, and otherwise perhaps for more or less.
func (u *usage) within(s *statement, key, text string, others ...string) bool {
	text = strings.ToLower(text)
	i := strings.Index(text, "${"+key)
	if i < 0 || !s.variables() {
		return false
	}
	after := text[i:]
	after = after[strings.IndexByte(after, '}')+1:]
	if i > 0 && text[i-1] != '/' || after != "" && after[0] != '/' {
		u.loose = true
	}
	for _, o := range others {
		u.parts = append(u.parts, o)
		for _, part := range strings.FieldsFunc(o, func(r rune) bool { return r == '/' || r == ':' }) {
			u.parts = append(u.parts, strings.TrimSuffix(part, assignedSuffix))
		}
	}
	return true
}

// sessions returns the names of sessions that a statement speaks of.
func sessions(key string, names []string) (all []mention) {
	for _, name := range names {
		if key == sessionName && strings.Contains(name, ":assumed-role/") {
			all = append(all, mention{operator{name: "stringequals"}, last(name)})
		}
	}
	return all
}

// everything returns all statements that may have to do with the request.
func (e *evaluation) everything() [][]*statement {
	lists := [][]*statement{e.own.identity, e.own.boundary, e.there}
	if door := e.door(); door != nil {
		lists = append(lists, e.m.endpoints[door])
	}
	return lists
}
