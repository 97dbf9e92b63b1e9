package template

import (
	"slices"
	"strings"
)

// Referrers returns the resources of a type whose property at the path means r, alone or in a list: the policies of a
// bucket are e.Referrers(bucket, "AWS::S3::BucketPolicy", "Bucket"). The path of a list's element leaves out its
// number, so that "SubnetMappings", "SubnetId" looks at every mapping.
func (e *Estate) Referrers(r *Resource, kind string, path ...string) []*Resource {
	key := kind + " " + strings.Join(path, ".")
	known, ok := e.referrers.Load(key)
	if !ok {
		known, _ = e.referrers.LoadOrStore(key, e.pointers(kind, path))
	}
	var found []*Resource
	for _, slot := range known.(map[int][]int)[r.slot] {
		found = append(found, &e.slots[slot])
	}
	return found
}

// pointers returns, by the resource that a property means, the resources that have it.
func (e *Estate) pointers(kind string, path []string) map[int][]int {
	by := map[int][]int{}
	for r := range e.All(kind) {
		for _, v := range r.Properties().every(path) {
			if to := e.Find(v); to != nil && !slices.Contains(by[to.slot], r.slot) {
				by[to.slot] = append(by[to.slot], r.slot)
			}
		}
	}
	return by
}

// every returns each value at a path that leads through lists.
func (v Value) every(path []string) []Value {
	var all []Value
	for _, e := range v.List() {
		if len(path) == 0 {
			all = append(all, e)
		} else {
			all = append(all, e.entry(path[0]).every(path[1:])...)
		}
	}
	return all
}

// Holders returns the roles, users and groups that an identity statement gives its permissions to: the one that carries
// it, or those that its policy is attached to from either side. A policy attached to no role, user or group of the
// estate has none.
func (e *Estate) Holders(s Statement) []*Resource {
	if !s.Kind.Has(Identity) {
		return nil
	}
	switch s.Resource.Type {
	default:
		return []*Resource{s.Resource}
	case "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy":
	}
	var found []*Resource
	keep := func(r *Resource) {
		if r != nil && !slices.Contains(found, r) {
			found = append(found, r)
		}
	}
	for property, kind := range map[string]string{"Role": "AWS::IAM::Role", "User": "AWS::IAM::User", "Group": "AWS::IAM::Group"} {
		for _, v := range append(s.Resource.Get(property+"s").List(), s.Resource.Get(property+"Name").List()...) {
			keep(e.Find(v, kind))
		}
		for _, r := range e.Referrers(s.Resource, kind, "ManagedPolicyArns") {
			keep(r)
		}
	}
	slices.SortFunc(found, func(a, b *Resource) int { return a.slot - b.slot })
	return found
}
