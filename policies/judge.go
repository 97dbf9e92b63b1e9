package policies

import (
	"cmp"
	"slices"
	"time"

	"livechat.example/cloud/policies/template"
)

// Verdict is what the catalogue says of an estate.
type Verdict struct {
	Policies int       // how many were judged
	Examined int       // how many resources and stacks they looked at, summed over the policies
	Findings []Finding // ordered by policy, stack and logical id
	Waived   []Finding
}

// Holds says that nothing was found.
func (v Verdict) Holds() bool { return len(v.Findings) == 0 }

// Judge holds every policy of the catalogue against an estate on a day, which waivers expire by.
func Judge(e *template.Estate, today time.Time) Verdict {
	return judge(e, Catalogue(), Waivers, today)
}

// JudgeChange is Judge for an estate in which only resources of some types differ from one that holds: it asks only the
// policies that read them.
func JudgeChange(e *template.Estate, today time.Time, types ...string) Verdict {
	var asked []Policy
	for _, p := range Catalogue() {
		if p.reads(types) {
			asked = append(asked, p)
		}
	}
	return judge(e, asked, Waivers, today, types...)
}

// JudgeOnly holds one policy against an estate, waivers aside.
func JudgeOnly(e *template.Estate, p Policy) Verdict { return judge(e, []Policy{p}, nil, time.Time{}) }

func judge(e *template.Estate, catalogue []Policy, waivers []Waiver, today time.Time, changed ...string) Verdict {
	verdict := Verdict{Policies: len(catalogue)}
	for _, p := range catalogue {
		f := &Findings{policy: p, changed: changed}
		p.Check(e, f)
		if f.examined == 0 {
			f.FailEstate("nothing was examined, so nothing is proved: the estate has none of %v", p.Reads)
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
