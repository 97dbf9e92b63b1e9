package policies

import (
	"cmp"
	"reflect"
	"slices"
	"time"

	"livechat.example/cloud/policies/template"
)

// Verdict is what policies say of an estate.
type Verdict struct {
	Policies int       // how many were judged
	Examined int       // how many resources and stacks they looked at, summed over the policies
	Findings []Finding // ordered by policy, stack and logical id
	Waived   []Finding
}

// Holds reports whether nothing was found.
func (v Verdict) Holds() bool { return len(v.Findings) == 0 }

// Judge holds policies against an estate on a day, which waivers expire by.
func Judge(e *template.Estate, list []Policy, waivers []Waiver, today time.Time) Verdict {
	return judge(e, list, waivers, today, nil)
}

// JudgeChange does what Judge does, for an estate that [template.Estate.With] made of one that holds, by changing a
// resource: it was as given. It asks only the policies that read a type that changed, and those that judge each
// resource alone only of those that did.
func JudgeChange(e *template.Estate, was *template.Resource, list []Policy, waivers []Waiver, today time.Time) Verdict {
	changed := changeOf(e, was)
	var asked []Policy
	for _, p := range list {
		if p.readsAny(changed.types) {
			asked = append(asked, p)
		}
	}
	return judge(e, asked, waivers, today, changed)
}

// JudgeOnly holds one policy against an estate, waivers aside.
func JudgeOnly(e *template.Estate, p Policy) Verdict {
	return judge(e, []Policy{p}, nil, time.Time{}, nil)
}

func judge(e *template.Estate, list []Policy, waivers []Waiver, today time.Time, changed *Change) Verdict {
	verdict := Verdict{Policies: len(list)}
	shared := map[reflect.Type]any{}
	for _, p := range list {
		f := &Findings{policy: p, changed: changed, shared: shared}
		f.expect(e)
		if p.Check != nil {
			p.Check(e, f)
		}
		if f.examined == 0 && len(f.list) == 0 && p.MayBeAbsent == "" {
			f.FailEstate("nothing is examined, so nothing is proved: the estate has none of %v", p.Types())
		}
		verdict.Examined += f.examined
		for _, finding := range f.list {
			if waived(finding, waivers, today) {
				verdict.Waived = append(verdict.Waived, finding)
			} else {
				verdict.Findings = append(verdict.Findings, finding)
			}
		}
	}
	order(verdict.Findings)
	order(verdict.Waived)
	return verdict
}

func order(list []Finding) {
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Policy.ID, b.Policy.ID), cmp.Compare(a.Resource(), b.Resource()), cmp.Compare(a.Message, b.Message))
	})
}
