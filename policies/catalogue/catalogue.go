// Package catalogue lists every policy. It alone imports the components.
package catalogue

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/assembly"
	"livechat.example/cloud/policies/audit"
	"livechat.example/cloud/policies/data"
	"livechat.example/cloud/policies/egress"
	"livechat.example/cloud/policies/identity"
	"livechat.example/cloud/policies/network"
	"livechat.example/cloud/policies/proof"
	"livechat.example/cloud/policies/secrets"
	"livechat.example/cloud/policies/services"
	"livechat.example/cloud/policies/storage"
	"livechat.example/cloud/policies/template"
)

// prefixes begin the ids of policies, in the order of the threat model's components.
var prefixes = []string{
	"STORE", "DB", "KEY", "NET", "FN", "CACHE", "REG", "TASK", "REACH", "ACC", "LOG", "IAM", "PART", "SECRET", "ALARM", "CDK", "EST",
}

// all is every policy, by the prefix of its id and its number.
var all = policies.Prepared(ordered(ofComponents, []policies.Policy{everythingIsStated}))

var ofComponents = slices.Concat(storage.Policies, data.Policies, secrets.Policies, network.Policies, egress.Policies, services.Policies,
	proof.Policies, audit.Policies, identity.Policies, assembly.Policies)

func ordered(lists ...[]policies.Policy) []policies.Policy {
	place := func(p policies.Policy) int {
		prefix, _, _ := strings.Cut(p.ID, "-")
		return slices.Index(prefixes, prefix)
	}
	return slices.SortedFunc(slices.Values(slices.Concat(lists...)), func(a, b policies.Policy) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.ID, b.ID))
	})
}

// All returns every policy, in the order of the threat model's components.
func All() []policies.Policy { return slices.Clone(all) }

// Retired are the ids of policies that are no more, so that none is given out again.
var Retired = []string{
	"KEY-04", "KEY-05", // what a key's policy must be is one sentence: KEY-03
	"SECRET-04",                                    // nothing else of Secrets Manager: CDK-06
	"LOG-03",                                       // a log outlives its stack: CDK-09
	"DB-14",                                        // CDK-06 refuses what no policy states
	"NET-09",                                       // in CDK-06: a type that no policy states is a finding
	"NET-29",                                       // in NET-30: a rule that names another peer is no flow
	"STORE-06",                                     // CDK-06 refuses what no policy states
	"STORE-07",                                     // a bucket outlives its stack: CDK-09
	"STORE-11", "STORE-22", "STORE-23", "STORE-29", // what a bucket's policy refuses is one table: STORE-08
	"IAM-02", // CDK-06: no policy states a user, a group, an access key, or who else a policy is attached to
	"IAM-13", // IAM-12 states the whole boundary; CDK-06 and IAM-15 that it is attached to no role
}

// Waivers are all that hold. An expired one holds nothing, and one that waives nothing is refused by a test.
var Waivers []policies.Waiver

// Types returns the resource types that policies state, sorted.
func Types() []string { return slices.Sorted(maps.Keys(stated)) }

// Judge holds every policy against an estate on a day, which waivers expire by.
func Judge(e *template.Estate, today time.Time) policies.Verdict { return JudgeBy(e, all, today) }

// JudgeBy does what Judge does, by some policies of the catalogue.
func JudgeBy(e *template.Estate, list []policies.Policy, today time.Time) policies.Verdict {
	return policies.Judge(e, list, Waivers, today)
}

// JudgeChange does what Judge does, for an estate that [template.Estate.With] made of one that holds, by changing a
// resource: it was as given.
func JudgeChange(e *template.Estate, was *template.Resource, today time.Time) policies.Verdict {
	return policies.JudgeChange(e, was, all, Waivers, today)
}

// ExemptPrincipals are those that no permission names.
const ExemptPrincipals = proof.ExemptPrincipals

// Permissions returns who may do what, in the order of the policies.
func Permissions() []proof.Permission { return proof.Permissions() }
