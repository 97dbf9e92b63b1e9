package estate

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/catalogue"
	"livechat.example/cloud/policies/template"
	"livechat.example/cloud/test/generate"
	"livechat.example/cloud/test/shipped"
)

// quotas are the services' defaults that 1,000 partners meet (DEPLOY-TRAPS §19), of an account and region unless it is
// said otherwise.
var quotas = []struct {
	what string
	most int
	has  func(e *template.Estate) int // the fullest
}{
	{"resources of a stack, of CloudFormation's 500", 450, func(e *template.Estate) int {
		most := 0
		for _, s := range e.Stacks() {
			most = max(most, len(s.Resources()))
		}
		return most
	}},
	{"bytes of a template, of CloudFormation's 1 MB", 900_000, func(e *template.Estate) int {
		most := 0
		for _, s := range e.Stacks() {
			most = max(most, s.Size)
		}
		return most
	}},
	{"outputs of a stack", 200, func(e *template.Estate) int {
		most := 0
		for _, s := range e.Stacks() {
			most = max(most, template.Of(s.Template()["Outputs"]).Len())
		}
		return most
	}},
	{"lifecycle rules of a bucket", 1000, fullest("AWS::S3::Bucket", "LifecycleConfiguration", "Rules")},
	{"CORS rules of a bucket", 100, fullest("AWS::S3::Bucket", "CorsConfiguration", "CorsRules")},
	{"replicas of a secret", 30, fullest("AWS::SecretsManager::Secret", "ReplicaRegions")},
	{"roles of an account", 1000, number("AWS::IAM::Role")},
	{"customer managed policies of an account", 1500, number("AWS::IAM::ManagedPolicy")},
	{"functions, whose code shares 75 GB", 500, number("AWS::Lambda::Function")},
	{"alarms, which are billed each", 100, number("AWS::CloudWatch::Alarm")},
	{"rules of the event bus", 300, number("AWS::Events::Rule")},
}

func number(types ...string) func(*template.Estate) int {
	return func(e *template.Estate) int {
		n := 0
		for range e.All(types...) {
			n++
		}
		return n
	}
}

// fullest returns the greatest length of a list that resources of a type have.
func fullest(typ string, path ...string) func(*template.Estate) int {
	return func(e *template.Estate) int {
		most := 0
		for r := range e.All(typ) {
			most = max(most, r.Get(path...).Len())
		}
		return most
	}
}

// ofPartners returns the estate of three regions and so many partners.
func ofPartners(t *testing.T, partners int) *template.Estate {
	t.Helper()
	configuration, out := t.TempDir(), filepath.Join(t.TempDir(), "many")
	require.NoError(t, generate.Environment(filepath.Join(shipped.Root, "config", "environments"), filepath.Join(configuration, "many"), 3, partners))
	shipped.Synthesize(t, "many", out, "-config", configuration)
	e, err := template.Read(out)
	require.NoError(t, err)
	return e
}

func TestAThousandPartnersFitIntoEveryDefaultQuota(t *testing.T) {
	e := ofPartners(t, 1000)
	for _, q := range quotas {
		n := q.has(e)
		t.Logf("%-50s %7d of %d", q.what, n, q.most)
		assert.LessOrEqual(t, n, q.most, q.what)
	}
	assert.True(t, catalogue.Judge(e, shipped.Today).Holds())
}
