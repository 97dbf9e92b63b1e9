package mutation

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/catalogue"
	"livechat.example/cloud/policies/template"
	"livechat.example/cloud/test/shipped"
)

// A change is judged by fewer policies, of fewer resources, than an estate: that must not hide anything. Tried are one
// of each kind of change to a property, of each mutation, a removal, and a change of type into each other type of the
// estate; in the sample it is one in two hundred of those.
func TestAChangeIsJudgedAsTheWholeEstateWouldBe(t *testing.T) {
	for _, env := range sampled() {
		e := shipped.Estate(t, env)
		tried := int(fingerprint(e) % 200)
		same := func(r *template.Resource, what string, body map[string]any) {
			if tried++; !*all && tried%200 != 0 {
				return
			}
			changed := e.With(r, body)
			whole := lines(catalogue.Judge(changed, shipped.Today))
			assert.ElementsMatch(t, whole, lines(catalogue.JudgeChange(changed, r, shipped.Today)), "%s: %s", r, what)
		}
		seen := map[string]bool{}
		for _, r := range shuffled(e) {
			if !seen[r.Type] {
				seen[r.Type] = true
				same(r, "is gone", nil)
				for _, typ := range catalogue.Types() {
					same(r, "becomes "+typ, becomes(typ)(r.Clone()))
				}
			}
			for _, c := range changes(r) {
				if kind := r.Type + " " + c.path + " " + c.what; !seen[kind] {
					seen[kind] = true
					same(r, c.path+" "+c.what, c.body)
				}
			}
		}
		for _, m := range mutations {
			for _, r := range sample(e, m, instancesOf(e, m)) {
				same(r, m.name, m.change(r.Clone()))
			}
		}
	}
}

// lines returns a verdict's findings as one reads them.
func lines(v policies.Verdict) []string {
	list := make([]string, len(v.Findings))
	for i, f := range v.Findings {
		list[i] = f.Policy.ID + " " + f.Resource() + " " + f.Message
	}
	return list
}
