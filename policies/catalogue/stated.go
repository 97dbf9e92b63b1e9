package catalogue

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/template"
)

// stated are the policies of the components that state each type.
var stated = statements(ofComponents)

// statements returns the policies that state each type.
func statements(list []policies.Policy) map[string][]policies.Policy {
	by := map[string][]policies.Policy{}
	for _, p := range list {
		for typ := range p.Expect {
			by[typ] = append(by[typ], p)
		}
	}
	return by
}

// Owners returns the policies that state each property of a resource, by the property.
func Owners(r *template.Resource) map[string][]string {
	owners := map[string][]string{}
	for _, p := range stated[r.Type] {
		if !p.IsOf(r) {
			continue
		}
		for property := range p.Expect[r.Type] {
			owners[property] = append(owners[property], p.ID)
		}
	}
	return owners
}

// statedElsewhere are the properties that any type may have: stacks hold them for their resources (EST-04).
var statedElsewhere = []string{"Tags"}

// besideProperties are what a resource may say beside its properties. What is retained is CDK-09's, conditions are CDK-07's.
var besideProperties = []string{"Type", "Properties", "DependsOn", "Metadata", "DeletionPolicy", "UpdateReplacePolicy", "Condition"}

// everythingIsStated holds an estate to what other policies state. Each property may open a way, also one that is
// false: a policy must know it.
var everythingIsStated = policies.Policy{
	ID: "CDK-06", Title: "Every resource is of a type, and has no property, but what some policy states",
	Source:    policies.Risk("Supply Chain Attacks (Dependencies, Images)", "Signed images, dependency scanning, SRI, version pinning."),
	Component: policies.Management, STRIDE: "TE", Severity: policies.High,
	Fix:   "take it out, or state it in the shape of the policy that owns the type; a custom resource of the library has a property that avoids it",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for r := range f.Each(e) {
			states, known := stated[r.Type]
			if !known {
				f.Fail(r, "Type is %s, must be one that a policy states", r.Type)
				continue
			}
			for name := range r.Raw() {
				if !slices.Contains(besideProperties, name) {
					f.Fail(r, "%s is set beside the properties, must be absent: no policy states it", name)
				}
			}
			for name := range r.Properties().Map() {
				if !slices.Contains(statedElsewhere, name) && !slices.ContainsFunc(states, func(p policies.Policy) bool { _, is := p.Expect[r.Type][name]; return is && p.IsOf(r) }) {
					f.Fail(r, "%s is set, must be absent: no policy states it", name)
				}
			}
		}
	},
}
