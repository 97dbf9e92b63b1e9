package proof

import (
	"maps"
	"slices"
	"strings"
)

// Sentence is who may do something to a kind of thing, as a policy holds it.
type Sentence struct {
	Policy  string // its id
	Thing   string
	Does    string
	Actions []string // of IAM
	Who     string   // and nobody else, but those who are [Standing]
}

// Standing are those whom no sentence names, and who may do what the thing's own policy does not refuse.
const Standing = "the account itself (its root user, and identities that no template holds) and `break-glass`, which a person takes up by a second factor"

// Sentences are all of them, in the order of the policies.
func Sentences() []Sentence {
	var all []Sentence
	say := func(policy, thing string, uses []permission) {
		for _, u := range uses {
			all = append(all, Sentence{policy, thing, u.does, u.actions, u.by.words()})
		}
	}
	say("ACC-01", "Partners' knowledge, in each region", bucketUses["knowledge"])
	for _, bucket := range slices.Sorted(maps.Keys(bucketUses)) {
		if bucket != "knowledge" {
			say("ACC-02", "The bucket `"+bucket+"`", bucketUses[bucket])
		}
	}
	for _, class := range slices.Sorted(maps.Keys(classUses)) {
		say("ACC-03", "The key of `"+class+"`, in each region", classUses[class])
	}
	say("ACC-04", "Every role", roleUses)
	for _, user := range append(slices.Clone(databaseUsers), "any") {
		say("ACC-05", "The database, in each region", loginUses(user))
	}
	say("ACC-06", "The cache, in each region", []permission{{"connect to it", []string{"elasticache:Connect"}, services(cacheUsers...)}})
	say("ACC-07", "The registry, in each region", tableUses)
	say("ACC-07", "The registry's index of partners, in each region", indexUses)
	for _, kind := range secretKinds {
		say("ACC-08", kind.says+", in each region", kind.uses)
	}
	return all
}

// words are who is meant, without those of whom there is nobody.
func (w principals) words() string {
	if w.says == "" {
		return "nobody"
	}
	return strings.ReplaceAll(w.says, "REGION", "<region>")
}
