package mutation

import (
	"flag"
	"fmt"
	"hash/fnv"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/catalogue"
	"livechat.example/cloud/policies/template"
	"livechat.example/cloud/test/shipped"
)

// A mutation is what an attacker or a careless colleague would do to a resource, and the policy that must notice.
type mutation struct {
	policy string                                   // the id
	typ    string                                   // resource type: it is tried on every instance in every environment
	name   string                                   // what is done, as a clause: "drops the bucket's policy"
	where  func(r *template.Resource) bool          // which instances; nil: all
	change func(body map[string]any) map[string]any // of a copy of the body; nil removes the resource
}

// mutations are all of them, by the file of the policy that they test.
var mutations = slices.Concat(bucketMutations, uploadMutations, databaseMutations, keyMutations, networkMutations, firewallMutations, groupMutations, endpointMutations,
	dnsMutations, functionMutations, secretMutations, cacheMutations, registryMutations, reachMutations, accessMutations, logMutations, identityMutations, templateMutations)

var (
	all = flag.Bool("mutation.all", false, "try every mutation on every instance, not a sample of them")
	of  = flag.String("mutation.of", "", "try only the mutations of policies whose id begins so")
)

func chosen(id string) bool { return strings.HasPrefix(id, *of) }

func TestTheChoiceIsOfSomePolicy(t *testing.T) {
	is := slices.ContainsFunc(catalogue.All(), func(p policies.Policy) bool { return chosen(p.ID) })
	assert.True(t, is, "-mutation.of %s: no policy has an id that begins so", *of)
}

// In the sample it is one instance of each, in one environment.
func TestEveryMutationIsKilledByItsPolicy(t *testing.T) {
	for _, env := range shipped.Environments {
		e := shipped.Estate(t, env)
		tried := map[string]int{}
		var mutants []mutant
		for _, m := range mutations {
			if !chosen(m.policy) {
				continue
			}
			instances := instancesOf(e, m)
			tried[m.policy+" "+m.name] += len(instances)
			if !*all {
				if triedIn(t, m) != env {
					continue
				}
				instances = sample(e, m, instances)
			}
			for _, r := range instances {
				mutants = append(mutants, mutant{m, tryOut{r, m.name, m.change(r.Clone())}})
			}
		}
		killedByTheirPolicies(t, e, mutants)
		if env == "prod" {
			for _, m := range mutations {
				assert.True(t, !chosen(m.policy) || tried[m.policy+" "+m.name] > 0, "%s %s: no instance in prod, so it tests nothing", m.policy, m.name)
			}
		}
	}
}

func killedByTheirPolicies(t *testing.T, e *template.Estate, mutants []mutant) {
	t.Helper()
	sideBySide(mutants, func(m mutant) {
		verdict := catalogue.JudgeChange(e.With(m.of, m.body), m.of, shipped.Today)
		killed := slices.ContainsFunc(verdict.Findings, func(f policies.Finding) bool { return f.Policy.ID == m.policy })
		assert.True(t, killed, "%s survives: %s %s", m.policy, m.of, m.what)
	})
}

// What a policy states as a shape or a census, it must refuse otherwise. In the sample it is one instance of each type,
// in one environment.
func TestEveryDerivedMutantIsKilledByItsPolicy(t *testing.T) {
	for _, env := range shipped.Environments {
		e := shipped.Estate(t, env)
		var mutants []mutant
		for _, p := range catalogue.All() {
			for _, typ := range p.Types() {
				if !chosen(p.ID) {
					continue
				}
				m := mutation{policy: p.ID, typ: typ, name: "derived", where: p.Where}
				instances := instancesOf(e, m)
				if !*all {
					if triedIn(t, m) != env {
						continue
					}
					instances = sample(e, m, instances)
				}
				for _, r := range instances {
					for _, derived := range p.Mutants(e, r) {
						mutants = append(mutants, mutant{m, tryOut{r, derived.Name, derived.Body}})
					}
				}
			}
		}
		killedByTheirPolicies(t, e, mutants)
	}
}

func TestEveryPropertyHasOneOwner(t *testing.T) {
	for _, env := range shipped.Environments {
		for r := range shipped.Estate(t, env).All() {
			for property, owners := range catalogue.Owners(r) {
				assert.Len(t, owners, 1, "%s %s", r, property)
			}
		}
	}
}

func TestEveryPolicyHasAMutation(t *testing.T) {
	for _, p := range catalogue.All() {
		has := p.Expect != nil || p.Count != nil || slices.ContainsFunc(mutations, func(m mutation) bool { return m.policy == p.ID }) ||
			slices.ContainsFunc(stackMutations, func(m stackMutation) bool { return m.policy == p.ID })
		assert.True(t, has, "%s: nothing of the real estate has been seen to fail it", p.ID)
	}
}

// In the sample it is one resource of each type that goes.
func TestAPolicyReadsOnlyWhatItDeclares(t *testing.T) {
	e, tried := shipped.Estate(t, "dev"), map[string]bool{}
	for _, r := range shuffled(e) {
		if tried[r.Type] && !*all {
			continue
		}
		tried[r.Type] = true
		others := slices.DeleteFunc(catalogue.All(), func(p policies.Policy) bool { return reads(p, r.Type) })
		for _, f := range catalogue.JudgeBy(e.With(r, nil), others, shipped.Today).Findings {
			assert.Fail(t, "not declared", "%s depends on %s: %s", f.Policy.ID, r, f.Message)
		}
	}
}

func reads(p policies.Policy, typ string) bool {
	return slices.Contains(p.Types(), policies.Every) || slices.Contains(p.Types(), typ)
}

func instancesOf(e *template.Estate, m mutation) []*template.Resource {
	var found []*template.Resource
	for r := range e.All(m.typ) {
		if m.where == nil || m.where(r) {
			found = append(found, r)
		}
	}
	return found
}

// toldMutation is a mutation, and a pattern of what a finding must say of it: the way that it opens, or who may now do
// what by which statement.
type toldMutation struct {
	mutation
	told string
}

func findingsSay(t *testing.T, list []toldMutation) {
	t.Helper()
	e := shipped.Estate(t, "prod")
	for _, m := range list {
		told := regexp.MustCompile(m.told)
		for _, r := range sample(e, m.mutation, instancesOf(e, m.mutation)) {
			verdict := catalogue.JudgeChange(e.With(r, m.change(r.Clone())), r, shipped.Today)
			var said []string
			for _, f := range verdict.Findings {
				if f.Policy.ID == m.policy {
					said = append(said, f.Message)
				}
			}
			assert.True(t, slices.ContainsFunc(said, told.MatchString), "%s %s %s: %s\n%s", m.policy, r, m.name, m.told, strings.Join(said, "\n"))
		}
	}
}

// tryOut is a change that is to be judged: nil removes the resource.
type tryOut struct {
	of   *template.Resource
	what string
	body map[string]any
}

type mutant struct {
	mutation
	tryOut
}

// sideBySide does something with each of a list, as many at once as there are processors.
func sideBySide[T any](list []T, do func(T)) {
	var workers sync.WaitGroup
	next := make(chan T)
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for x := range next {
				do(x)
			}
		})
	}
	for _, x := range list {
		next <- x
	}
	close(next)
	workers.Wait()
}

// triedIn returns the environment that a mutation is tried in: one that has an instance, another whenever prod changes.
func triedIn(t *testing.T, m mutation) string {
	first := pick(shipped.Estate(t, "prod"), "where "+m.policy+m.name, len(shipped.Environments))
	for i := range shipped.Environments {
		env := shipped.Environments[(first+i)%len(shipped.Environments)]
		if len(instancesOf(shipped.Estate(t, env), m)) > 0 {
			return env
		}
	}
	return "prod" // which says that it has none
}

// sample returns one instance of each mutation, another one whenever the estate changes.
func sample(e *template.Estate, m mutation, instances []*template.Resource) []*template.Resource {
	if len(instances) == 0 {
		return nil
	}
	i := pick(e, m.policy+m.name, len(instances))
	return instances[i : i+1]
}

// pick chooses among n, by what is tried and by the estate.
func pick(e *template.Estate, what string, n int) int {
	h := fnv.New64a()
	fmt.Fprint(h, fingerprint(e), what)
	return int(h.Sum64() % uint64(n))
}

// fingerprint changes with the estate.
func fingerprint(e *template.Estate) uint64 {
	h := fnv.New64a()
	for _, s := range e.Stacks() {
		fmt.Fprint(h, s.Name, s.Size, len(s.Resources()))
	}
	return h.Sum64()
}

// The changes that most mutations are made of. A path is that of a property, with dots; list elements by number.

func remove(map[string]any) map[string]any { return nil }

func set(path string, value any) func(map[string]any) map[string]any {
	return func(body map[string]any) map[string]any {
		keys := strings.Split(path, ".")
		at(body, keys[:len(keys)-1], func(parent any) {
			switch p := parent.(type) {
			case map[string]any:
				p[keys[len(keys)-1]] = value
			case []any:
				p[index(keys[len(keys)-1])] = value
			default:
				panic("nothing at " + path)
			}
		})
		return body
	}
}

func drop(path string) func(map[string]any) map[string]any {
	return func(body map[string]any) map[string]any {
		keys := strings.Split(path, ".")
		at(body, keys[:len(keys)-1], func(parent any) { delete(parent.(map[string]any), keys[len(keys)-1]) })
		return body
	}
}

// edit changes the body by hand.
func edit(change func(properties map[string]any)) func(map[string]any) map[string]any {
	return func(body map[string]any) map[string]any {
		change(body["Properties"].(map[string]any))
		return body
	}
}

// eachStatement changes every statement of the document at a path of properties; returning nil takes the statement out.
func eachStatement(document string, change func(statement map[string]any) map[string]any) func(map[string]any) map[string]any {
	return edit(func(properties map[string]any) {
		doc := properties
		for _, key := range strings.Split(document, ".") {
			doc = doc[key].(map[string]any)
		}
		var kept []any
		for _, s := range doc["Statement"].([]any) {
			if s := change(s.(map[string]any)); s != nil {
				kept = append(kept, s)
			}
		}
		doc["Statement"] = kept
	})
}

// at finds what stands at a path below Properties, making the maps that are missing on the way.
func at(body map[string]any, keys []string, found func(any)) {
	if body["Properties"] == nil {
		body["Properties"] = map[string]any{}
	}
	var here any = body["Properties"]
	for _, key := range keys {
		switch h := here.(type) {
		case map[string]any:
			if h[key] == nil {
				h[key] = map[string]any{}
			}
			here = h[key]
		case []any:
			here = h[index(key)]
		}
	}
	found(here)
}

func index(key string) (i int) {
	if _, err := fmt.Sscan(key, &i); err != nil {
		panic("not a list position: " + key)
	}
	return i
}
