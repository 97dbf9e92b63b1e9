package mutation

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/catalogue"
	"livechat.example/cloud/policies/template"
	"livechat.example/cloud/test/shipped"
)

// A stackMutation is what is done to a stack as a whole: to its template's sections, its intent, or what the manifest
// says of it.
type stackMutation struct {
	policy string                       // the id
	name   string                       // what is done, as a clause
	where  func(s *template.Stack) bool // to which stacks of every environment; nil: all
	// change alters what the manifest says (the stack's exported fields) and a copy of the template; nil removes the stack.
	change func(s *template.Stack, body map[string]any) map[string]any
}

var stackMutations = slices.Concat(estateMutations, intentMutations, sectionMutations)

func TestEveryStackMutationIsKilledByItsPolicy(t *testing.T) {
	for _, env := range shipped.Environments {
		e := shipped.Estate(t, env)
		for _, m := range stackMutations {
			stacks := slices.DeleteFunc(e.Stacks(), func(s *template.Stack) bool { return m.where != nil && !m.where(s) })
			if env == "prod" {
				assert.NotEmpty(t, stacks, "%s %s: no such stack in prod, so it tests nothing", m.policy, m.name)
			}
			if !*all && len(stacks) > 0 {
				i := pick(e, m.policy+m.name, len(stacks))
				stacks = stacks[i : i+1]
			}
			for _, s := range stacks {
				verdict := policies.JudgeOnly(mutated(e, s, m), policy(t, m.policy))
				assert.False(t, verdict.Holds(), "%s survives: %s %s", m.policy, s.Name, m.name)
			}
		}
	}
}

func TestALookupThatTheManifestMissesIsAViolation(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "assembly")
	require.NoError(t, os.CopyFS(dir, os.DirFS(shipped.Assembly(t, "dev"))))
	manifest := filepath.Join(dir, "manifest.json")
	text, err := os.ReadFile(manifest)
	require.NoError(t, err)
	text = []byte(strings.Replace(string(text), "{", `{"missing": [{"key": "availability-zones", "provider": "availability-zones", "props": {}}],`, 1))
	require.NoError(t, os.WriteFile(manifest, text, 0o600))
	e, err := template.Read(dir)
	require.NoError(t, err)
	assert.False(t, policies.JudgeOnly(e, policy(t, "CDK-03")).Holds())
}

func policy(t *testing.T, id string) policies.Policy {
	t.Helper()
	i := slices.IndexFunc(catalogue.All(), func(p policies.Policy) bool { return p.ID == id })
	require.GreaterOrEqual(t, i, 0, "no policy %s", id)
	return catalogue.All()[i]
}

// mutated returns the estate made anew with one stack changed.
func mutated(e *template.Estate, changed *template.Stack, m stackMutation) *template.Estate {
	var stacks []*template.Stack
	for _, s := range e.Stacks() {
		said, body := *s, s.Template()
		said.Dependencies, said.Tags = slices.Clone(s.Dependencies), maps.Clone(s.Tags)
		if s.Name == changed.Name {
			body = m.change(&said, duplicate(body).(map[string]any))
		}
		if body == nil {
			continue
		}
		c := template.NewStack(said.Name, said.Account, said.Region, body)
		c.File, c.Size, c.Dependencies = said.File, said.Size, said.Dependencies
		c.TerminationProtection, c.Tags = said.TerminationProtection, said.Tags
		stacks = append(stacks, c)
	}
	return template.New(stacks...)
}

func duplicate(x any) any {
	switch x := x.(type) {
	case map[string]any:
		c := make(map[string]any, len(x))
		for k, v := range x {
			c[k] = duplicate(v)
		}
		return c
	case []any:
		c := make([]any, len(x))
		for i, v := range x {
			c[i] = duplicate(v)
		}
		return c
	}
	return x
}

// Which stacks, and how most are changed.

func layer(names ...string) func(*template.Stack) bool {
	return func(s *template.Stack) bool { return slices.Contains(names, s.Layer) }
}

func ofPrimary(s *template.Stack) bool {
	return s.Layer == "storage" && s.Intent().Get("regions", "0").Is(s.Region) && s.Intent().Get("regions").Len() > 1
}

func secondaryData(s *template.Stack) bool {
	return s.Layer == "data" && !s.Intent().Get("regions", "0").Is(s.Region)
}

// means sets a stack's intent; nil takes it out.
func means(key string, value any) func(*template.Stack, map[string]any) map[string]any {
	return func(_ *template.Stack, body map[string]any) map[string]any {
		intent := body["Metadata"].(map[string]any)["LiveChat"].(map[string]any)
		if intent[key] = value; value == nil {
			delete(intent, key)
		}
		return body
	}
}

// says changes what the manifest says of a stack.
func says(change func(s *template.Stack)) func(*template.Stack, map[string]any) map[string]any {
	return func(s *template.Stack, body map[string]any) map[string]any {
		change(s)
		return body
	}
}

// has adds an entry to a section of the template.
func has(section, name string, entry any) func(*template.Stack, map[string]any) map[string]any {
	return func(_ *template.Stack, body map[string]any) map[string]any {
		if body[section] == nil {
			body[section] = map[string]any{}
		}
		body[section].(map[string]any)[name] = entry
		return body
	}
}

func waitsNotFor(what string) func(*template.Stack, map[string]any) map[string]any {
	return says(func(s *template.Stack) {
		s.Dependencies = slices.DeleteFunc(s.Dependencies, func(d string) bool { return d != s.Name && strings.HasSuffix(d, "-"+what) })
	})
}

func removed(*template.Stack, map[string]any) map[string]any { return nil }

var estateMutations = []stackMutation{
	{"EST-01", "is removed", nil, removed},
	{"EST-01", "is of another account", nil, says(func(s *template.Stack) { s.Account = foreign })},
	{"EST-01", "has another name", nil, says(func(s *template.Stack) { s.Name += "-2" })},
	{"EST-01", "lies in another region", nil, says(func(s *template.Stack) { s.Region = "eu-north-1" })},
	{"EST-01", "means another primary", nil, means("regions", []any{"us-east-1"})},
	{"EST-01", "means no regions", nil, means("regions", nil)},
	{"EST-01", "means another layer", nil, means("layer", "other")},
	{"EST-01", "means another environment", nil, means("environment", "other")},
	{"EST-02", "loses its termination protection, or gets it unmeant", nil, says(func(s *template.Stack) { s.TerminationProtection = !s.TerminationProtection })},
	{"EST-02", "does not say whether it is protected", nil, means("protected", nil)},
	{"EST-02", "is production and gives up protection altogether", func(s *template.Stack) bool { return strings.HasPrefix(s.Environment, "prod") },
		func(s *template.Stack, body map[string]any) map[string]any {
			s.TerminationProtection = false
			return means("protected", false)(s, body)
		}},
	{"EST-03", "waits for nothing", layer("network", "storage", "data"), says(func(s *template.Stack) { s.Dependencies = nil })},
	{"EST-03", "makes roles before there is a boundary", layer("network"), waitsNotFor("identity")},
	{"EST-03", "is made before its keys", layer("network"), waitsNotFor("keys")},
	{"EST-03", "is made before the endpoint that it is read by", layer("storage"), waitsNotFor("network")},
	{"EST-03", "copies to buckets that are not there yet", ofPrimary, waitsNotFor("storage")},
	{"EST-03", "follows a database that is not there yet", secondaryData, waitsNotFor("data")},
	{"EST-04", "has no tags", nil, says(func(s *template.Stack) { s.Tags = nil })},
	{"EST-04", "is tagged as another environment", nil, says(func(s *template.Stack) { s.Tags["livechat:environment"] = "other" })},
	{"EST-04", "is not tagged with its layer", nil, says(func(s *template.Stack) { delete(s.Tags, "livechat:layer") })},
	{"CDK-03", "is for no certain account", nil, says(func(s *template.Stack) { s.Account = "" })},
	{"CDK-04", "outgrows a megabyte", nil, says(func(s *template.Stack) { s.Size = 950_000 })},
}

var intentMutations = []stackMutation{
	{"DB-13", "has its DNS firewall resolve another private zone", layer("network"), means("privateZone", "other.internal")},
	{"CDK-06", "has a proxy to the database", layer("data"), has("Resources", "Proxy", map[string]any{"Type": "AWS::RDS::DBProxy"})},
	{"DB-10", "has an instance that may be public", layer("data"), has("Resources", "More", map[string]any{"Type": "AWS::RDS::DBInstance"})},
	{"DB-01", "has a second database", layer("data"), has("Resources", "More", map[string]any{"Type": "AWS::RDS::DBCluster"})},
	{"DB-01", "has a second global database", layer("data"), has("Resources", "More", map[string]any{"Type": "AWS::RDS::GlobalCluster"})},
	{"DB-13", "gives the database a second name", layer("data"), has("Resources", "More", map[string]any{"Type": "AWS::Route53::RecordSet"})},
	{"ALARM-02", "means no person on duty", layer("secrets"), means("contact", nil)},
	{"SECRET-01", "means a provider more", layer("secrets"), means("providers", []any{"openai", "anthropic", "other"})},
	{"SECRET-01", "means no providers, and has their keys", layer("secrets"), means("providers", []any{})},
	{"EST-03", "is written before the table is closed", layer("partners-00", "partners-15"), waitsNotFor("registry")},
	{"EST-03", "is made before the rotator", layer("partners-00", "partners-15"), waitsNotFor("secrets")},
	{"EST-03", "copies secrets under keys that are not there yet", func(s *template.Stack) bool { return s.Layer == "secrets" && s.Intent().Get("regions").Len() > 1 },
		says(func(s *template.Stack) { s.Dependencies = s.Dependencies[:0] })},
	{"IAM-01", "means another boundary", layer("identity"), means("boundary", "other")},
	{"IAM-01", "is removed, so no stack says what bounds", layer("identity"), removed},
	{"IAM-12", "means a region more", layer("identity"), means("boundaryRegions", []any{"us-east-1", "eu-west-1", "eu-north-1"})},
	{"IAM-14", "means no people", layer("identity"), means("humans", []any{})},
	{"IAM-14", "means people who have no role", layer("identity"), means("humans", []any{"livechat-other"})},
	{"IAM-14", "breaks the glass with a role that is no person's", layer("identity"), means("breakGlass", "livechat-other")},
	{"IAM-14", "means that people sign in otherwise", layer("identity"), means("signIn", map[string]any{"by": "identityCenter"})},
	{"IAM-14", "means no way to sign in", layer("identity"), means("signIn", nil)},
	{"IAM-15", "breaks the glass with another role", layer("identity"), means("breakGlass", "livechat-dev-reader")},
	{"IAM-17", "means no pipelines", layer("identity"), means("pipelines", nil)},
	{"IAM-17", "means a pipeline of anybody", layer("identity"), means("pipelines", map[string]any{"livechat-other": "repo:*"})},
	{"IAM-17", "means a repository by its own number and its owner's name", layer("identity"), means("pipelines", map[string]any{"livechat-other": "repo:o/cloud@456789:pull_request"})},
	{"IAM-19", "means no provider, and makes one, or the other way round", layer("identity"), func(s *template.Stack, body map[string]any) map[string]any {
		other := map[string]string{"create": "existing", "existing": "create", "off": "create"}
		return means("oidcProvider", other[s.Intent().Get("oidcProvider").Text()])(s, body)
	}},
}

var sectionMutations = []stackMutation{
	{"CDK-06", "has a user", nil, has("Resources", "Mallory", map[string]any{"Type": "AWS::IAM::User"})},
	{"CDK-06", "has an access key", nil, has("Resources", "Key", map[string]any{"Type": "AWS::IAM::AccessKey"})},
	{"IAM-01", "has a role that the library made behind our back", nil, has("Resources", "Provider", map[string]any{"Type": "AWS::IAM::Role"})},
	{"IAM-14", "has a role that people take up without a second factor", nil, has("Resources", "Back", map[string]any{
		"Type": "AWS::IAM::Role", "Properties": map[string]any{"AssumeRolePolicyDocument": map[string]any{
			"Statement": []any{allow(map[string]any{"AWS": "arn:aws:iam::111122223333:root"}, "sts:AssumeRole", "")}}}})},
	{"CDK-06", "has another identity provider", nil, has("Resources", "SAML", map[string]any{"Type": "AWS::IAM::SAMLProvider"})},
	{"CDK-04", "has too many outputs", nil, func(_ *template.Stack, body map[string]any) map[string]any {
		for i := range 201 {
			has("Outputs", fmt.Sprint("O", i), map[string]any{"Value": "x"})(nil, body)
		}
		return body
	}},
	{"CDK-04", "has too many resources", nil, func(_ *template.Stack, body map[string]any) map[string]any {
		for i := range 451 {
			has("Resources", fmt.Sprint("R", i), map[string]any{"Type": "AWS::EC2::EIP"})(nil, body)
		}
		return body
	}},
	{"CDK-05", "gives out what is not there", nil, has("Outputs", "Gone", map[string]any{"Value": map[string]any{"Fn::GetAtt": []any{"Nothing", "Arn"}}})},
	{"FN-01", "has a function that the library made behind our back", nil, has("Resources", "Handler", map[string]any{"Type": "AWS::Lambda::Function"})},
	{"CDK-07", "takes a parameter", nil, has("Parameters", "Public", map[string]any{"Type": "String", "Default": "false"})},
	{"CDK-07", "takes another kind of bootstrap version", nil, has("Parameters", "BootstrapVersion", map[string]any{"Type": "String"})},
	{"CDK-07", "has conditions", nil, has("Conditions", "Never", map[string]any{"Fn::Equals": []any{"a", "b"}})},
	{"CDK-07", "runs a macro", nil, func(_ *template.Stack, body map[string]any) map[string]any {
		body["Transform"] = "AWS::Serverless-2016-10-31"
		return body
	}},
	{"CDK-08", "gives a credential out", nil, has("Outputs", "Key", map[string]any{"Value": "AKIAIOSFODNN7EXAMPLE"})},
	{"CDK-08", "carries a password in its metadata", nil, means("password", "hunter2")},
	{"CDK-09", "has a table that is not retained", nil, has("Resources", "Partners", map[string]any{"Type": "AWS::DynamoDB::Table"})},
}
