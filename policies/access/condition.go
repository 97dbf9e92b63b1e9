package access

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"livechat.example/cloud/policies/template"
)

// operator is a condition operator taken apart ("IAM JSON policy elements: Condition operators").
type operator struct {
	name     string // without what follows
	not      bool
	ifExists bool
	all, any bool // ForAllValues, ForAnyValue ("Multivalued context keys")
}

func parse(text string) operator {
	var o operator
	o.name = strings.ToLower(text)
	o.name, o.all = strings.CutPrefix(o.name, "forallvalues:")
	o.name, o.any = strings.CutPrefix(o.name, "foranyvalue:")
	o.name, o.ifExists = strings.CutSuffix(o.name, "ifexists")
	if i := strings.Index(o.name, "not"); i >= 0 {
		o.not = true
		o.name = o.name[:i] + o.name[i+3:]
	}
	return o
}

// comparisons are the operators without their negation, by what they compare.
var comparisons = map[string]func(pattern, text string) truth{
	"stringequals":             func(p, t string) truth { return is(exactly(p, t)) },
	"stringequalsignorecase":   func(p, t string) truth { return is(strings.EqualFold(p, t)) },
	"stringlike":               func(p, t string) truth { return is(like(p, t)) },
	"bool":                     func(p, t string) truth { return is(strings.EqualFold(p, t)) },
	"arnequals":                func(p, t string) truth { return is(likeARN(p, t)) },
	"arnlike":                  func(p, t string) truth { return is(likeARN(p, t)) },
	"binaryequals":             func(p, t string) truth { return is(p == t) },
	"ipaddress":                inBlock,
	"numericequals":            numeric(func(t, p float64) bool { return t == p }),
	"numericlessthan":          numeric(func(t, p float64) bool { return t < p }),
	"numericlessthanequals":    numeric(func(t, p float64) bool { return t <= p }),
	"numericgreaterthan":       numeric(func(t, p float64) bool { return t > p }),
	"numericgreaterthanequals": numeric(func(t, p float64) bool { return t >= p }),
	"dateequals":               dated(func(t, p float64) bool { return t == p }),
	"datelessthan":             dated(func(t, p float64) bool { return t < p }),
	"datelessthanequals":       dated(func(t, p float64) bool { return t <= p }),
	"dategreaterthan":          dated(func(t, p float64) bool { return t > p }),
	"dategreaterthanequals":    dated(func(t, p float64) bool { return t >= p }),
}

// condition reports whether the request meets one condition of a statement.
func (e *evaluation) condition(s *statement, c template.Condition) truth {
	o := parse(c.Operator)
	f := e.fact(c.Key)
	switch {
	case f.why != "":
		e.doubt(f.why)
		return maybe
	case f.open:
		if t, certain := whatever(o, c); certain {
			return t
		}
		e.depend(c.Key)
		return maybe
	case o.name == "null" && len(c.Values) > 0:
		return is((len(f.values) == 0) == strings.EqualFold(c.Values[0], "true"))
	}
	compare := comparisons[o.name]
	if compare == nil || len(c.Values) == 0 {
		e.doubt(s.String() + ": " + c.Operator + " is not understood")
		return maybe
	}
	if len(f.values) == 0 { // absent: IfExists and ForAllValues hold, and so does a negation unless some value must be there
		return is(o.ifExists || o.all || o.not && !o.any)
	}
	return e.values(s, o, c, f.values)
}

// whatever returns what a condition comes to for every value of its key.
func whatever(o operator, c template.Condition) (truth, bool) {
	return yes, o.name == "stringlike" && !o.not && (o.ifExists || o.all) && slices.Contains(c.Values, "*")
}

// values compares those of the request with those of the condition.
func (e *evaluation) values(s *statement, o operator, c template.Condition, have []string) truth {
	if len(have) > 1 && !o.all && !o.any {
		e.doubt(s.String() + ": " + c.Operator + " on the several values of " + c.Key + " is not defined")
		return maybe
	}
	all, some := yes, no
	for _, v := range have {
		t := e.one(s, o, c, v)
		all, some = both(all, t), either(some, t)
	}
	if o.any {
		return some
	}
	return all
}

// one compares one value of the request: a condition's values are alternatives; a negation admits none of them.
func (e *evaluation) one(s *statement, o operator, c template.Condition, have string) truth {
	t := no
	for _, want := range c.Values {
		plain, unset, open := e.substitute(s, want)
		switch {
		case open != "":
			e.depend(open)
			t = either(t, maybe)
		case unset && o.not:
			e.doubt(s.String() + ": a variable of " + want + " is not in the request")
			t = either(t, maybe)
		case !unset:
			t = either(t, e.pair(s, o, c, plain, have))
		}
	}
	if o.not {
		return t.not()
	}
	return t
}

func (e *evaluation) pair(s *statement, o operator, c template.Condition, want, have string) truth {
	if len(tokens(want)) > 0 || len(tokens(have)) > 0 {
		return e.assigned(s, o, c, want, have)
	}
	return comparisons[o.name](want, have)
}

// assigned compares where a part of one side is assigned by AWS at the deploy.
func (e *evaluation) assigned(s *statement, o operator, c template.Condition, want, have string) truth {
	forms, of := []string{have}, (*template.Resource)(nil)
	switch {
	case slices.Contains(e.on.forms, have):
		forms, of = e.on.forms, e.on.r
	case slices.Contains(e.who.arns, have):
		forms, of = e.who.arns, e.who.Role
	}
	same := exactly
	if strings.HasPrefix(o.name, "arn") {
		same = likeARN
	} else if o.name == "stringlike" {
		same = like
	}
	t := e.m.meets(want, of, forms, same)
	if t == maybe {
		e.doubt(s.String() + ": " + c.Key + " is compared with what is not known before the deploy")
	}
	return t
}

// compare returns a single comparison of a key with values, outside of a condition.
func (e *evaluation) compare(key string, want []string, same func(pattern, text string) bool) truth {
	f := e.fact(key)
	if f.open {
		e.depend(key)
		return maybe
	}
	return is(slices.ContainsFunc(want, func(w string) bool {
		return slices.ContainsFunc(f.values, func(v string) bool { return same(w, v) })
	}))
}

// likeARN compares part by part, each with its wildcards.
func likeARN(pattern, text string) bool {
	p, t := strings.SplitN(pattern, ":", 6), strings.SplitN(text, ":", 6)
	if len(p) < 6 || len(t) < 6 {
		return len(p) == 1 && len(t) == 1 && like(pattern, text) || pattern == text || pattern == "*"
	}
	for i := range p {
		if !like(p[i], t[i]) {
			return false
		}
	}
	return true
}

func inBlock(block, address string) truth {
	b, err := netip.ParsePrefix(block)
	if err != nil {
		one, err := netip.ParseAddr(block)
		if err != nil {
			return maybe
		}
		b = netip.PrefixFrom(one, one.BitLen())
	}
	a, err := netip.ParseAddr(address)
	if err != nil {
		return no
	}
	return is(b.Contains(a))
}

func numeric(holds func(text, pattern float64) bool) func(pattern, text string) truth {
	return func(pattern, text string) truth {
		p, err := strconv.ParseFloat(pattern, 64)
		if err != nil {
			return maybe
		}
		t, err := strconv.ParseFloat(text, 64)
		return is(err == nil && holds(t, p))
	}
}

func dated(holds func(text, pattern float64) bool) func(pattern, text string) truth {
	return func(pattern, text string) truth {
		p, err := instant(pattern)
		if err != nil {
			return maybe
		}
		t, err := instant(text)
		return is(err == nil && holds(t, p))
	}
}

// instant returns a date of a policy in seconds: ISO 8601 or seconds since 1970.
func instant(text string) (float64, error) {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		return seconds, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return float64(t.Unix()), nil
		}
	}
	return 0, strconv.ErrSyntax
}
