package proof

import (
	"maps"
	"slices"
	"strings"

	"livechat.example/cloud/policies/intent"
)

// Permission is a row of docs/access.md: which principals may do something with a kind of resource, as a policy holds it.
type Permission struct {
	Policy     string // its id
	Resource   string
	Does       string
	Actions    []string // of IAM
	Principals string   // and no other, except for [ExemptPrincipals]
}

// ExemptPrincipals are those that no permission names, and that may do what the resource's own policy does not deny.
const ExemptPrincipals = "the account itself (its root user, and identities in no template) and `break-glass`, which a person assumes by MFA"

// Permissions are all of them, in the order of the policies.
func Permissions() []Permission {
	var all []Permission
	add := func(policy, resource string, uses []permission) {
		for _, u := range uses {
			by := strings.ReplaceAll(intent.OrElse(u.by.says, "no principal"), "REGION", "<region>")
			all = append(all, Permission{policy, resource, u.does, u.actions, by})
		}
	}
	add("ACC-01", "Partners' knowledge, in each region", bucketUses["knowledge"])
	for _, bucket := range slices.Sorted(maps.Keys(bucketUses)) {
		if bucket != "knowledge" {
			add("ACC-02", "The bucket `"+bucket+"`", bucketUses[bucket])
		}
	}
	for _, class := range slices.Sorted(maps.Keys(classUses)) {
		add("ACC-03", "The key of `"+class+"`, in each region", classUses[class])
	}
	add("ACC-04", "Every role", roleUses)
	for _, user := range append(slices.Clone(databaseUsers), otherUser) {
		add("ACC-05", "The database, in each region", loginUses(user))
	}
	add("ACC-06", "The cache, in each region", connectUses(taskRoles(cacheUsers...)))
	add("ACC-07", "The registry, in each region", tableUses)
	add("ACC-07", "The registry's index of partners, in each region", indexUses)
	for _, kind := range secretKinds {
		add("ACC-08", kind.says+", in each region", kind.uses)
	}
	return all
}
