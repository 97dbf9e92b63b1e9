package config

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/goccy/go-yaml"
	reflector "github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the JSON Schemas anew from the Go types")

func TestTheCommittedSchemasFollowTheTypes(t *testing.T) {
	for file, schema := range map[string][]byte{
		"environment.schema.json": schemaOf(t, Environment{}),
		"partner.schema.json":     schemaOf(t, Partner{}),
	} {
		if *update {
			require.NoError(t, os.WriteFile(file, schema, 0o644))
		}
		committed, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, string(schema), string(committed), "%s is not what the types say; run: go generate ./config", file)
	}
}

func TestTheBinaryPrintsTheCommittedSchemas(t *testing.T) {
	for file, schema := range map[string][]byte{"environment.schema.json": Schema(), "partner.schema.json": PartnerSchema()} {
		committed, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, string(committed), string(schema), file)
	}
}

func TestTheSchemasAcceptEveryCommittedFileAndNoUnknownField(t *testing.T) {
	for pattern, schema := range map[string][]byte{
		"environments/*/environment.yaml": Schema(), "environments/*/partners/*.yaml": PartnerSchema(),
	} {
		judge := compile(t, schema)
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, file := range files {
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.NoError(t, judge.Validate(asJSON(t, content)), file)
			assert.Error(t, judge.Validate(asJSON(t, append(content, "\nunheardOf: true\n"...))), file)
		}
	}
}

// TestTheSchemasRefuseWhatEditorsShouldUnderline takes a valid file and spoils one value at a time.
func TestTheSchemasRefuseWhatEditorsShouldUnderline(t *testing.T) {
	for _, c := range []struct {
		file, old, new string
		schema         []byte
	}{
		{"environments/prod/environment.yaml", "residency: global", "residency: earth", Schema()},
		{"environments/prod/environment.yaml", "name: eu-west-1", "name: eu-wst-1", Schema()},
		{"environments/prod/environment.yaml", "  gate: sha256:", "  gatee: sha256:", Schema()},
		{"environments/prod/environment.yaml", "  chat: sha256:", "  chat: sha1:", Schema()},
		{"environments/prod/environment.yaml", "  qualifier: lcprod", "  qualifier: lcprod\n  ownerId: \"1\"", Schema()},
		{"environments/prod/environment.yaml", "guardDuty: create", "guardDuty: yes", Schema()},
		{"environments/prod/environment.yaml", "shieldAdvanced: true", "shieldAdvance: true", Schema()},
		{"environments/prod/partners/acme.yaml", "tier: enterprise", "tier: golden", PartnerSchema()},
		{"environments/prod/partners/acme.yaml", "retentionDays: 365", "retentionDays: 366", PartnerSchema()},
		{"environments/prod/partners/acme.yaml", "reviewedOn: 2026-11-03", "reviewedOn: 3.11.2026", PartnerSchema()},
		{"environments/prod/partners/acme.yaml", "  request: acme.csr.pem", "  request: a.csr.pem\n  ca: a.ca.pem", PartnerSchema()},
	} {
		content, err := os.ReadFile(c.file)
		require.NoError(t, err)
		require.Contains(t, string(content), c.old)
		spoiled := bytes.Replace(content, []byte(c.old), []byte(c.new), 1)
		assert.Error(t, compile(t, c.schema).Validate(asJSON(t, spoiled)), c.new)
	}
}

func TestEveryCommittedFileNamesItsSchemaForEditors(t *testing.T) {
	require.NoError(t, filepath.WalkDir("environments", func(file string, f fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".yaml" {
			return err
		}
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		name, ok := bytes.CutPrefix(content[:bytes.IndexByte(content, '\n')], []byte("# yaml-language-server: $schema="))
		require.True(t, ok, file)
		want := "partner.schema.json"
		if filepath.Base(file) == "environment.yaml" {
			want = "environment.schema.json"
		}
		assert.Equal(t, want, filepath.Join(filepath.Dir(file), string(name)), file)
		return nil
	}))
}

// schemaOf writes a type's JSON Schema: its shape from the struct, its prose from the doc comments, its words and
// forms from the tables that the checks use.
func schemaOf(t *testing.T, of any) []byte {
	t.Helper()
	r := &reflector.Reflector{FieldNameTag: "yaml", Anonymous: true, Mapper: wordsOf}
	require.NoError(t, r.AddGoComments("livechat.example/cloud/config", "./", reflector.WithFullComment()))
	s := r.Reflect(of)
	for path, f := range map[[2]string]form{
		{"Environment", "account"}: accountForm, {"Environment", "hostedZoneId"}: zoneForm,
		{"Delivery", "repository"}: repositoryForm, {"Delivery", "qualifier"}: qualifierForm,
		{"Delivery", "ownerId"}: gitHubIDForm, {"Delivery", "repositoryId"}: gitHubIDForm,
		{"PermissionSets", "reader"}: setForm, {"PermissionSets", "security"}: setForm,
		{"PermissionSets", "operator"}: setForm, {"PermissionSets", "breakGlass"}: setForm,
		{"Provider", "name"}: providerForm, {"Partner", "id"}: partnerForm,
	} {
		if property(s, path) != nil {
			property(s, path).Pattern = f.pattern.String()
		}
	}
	if p := property(s, [2]string{"Region", "name"}); p != nil {
		p.Enum = anyOf(AllowedRegions())
		property(s, [2]string{"Delivery", "oidcProvider"}).Enum = anyOf([]Singleton{Create, Existing})
		s.Definitions["Delivery"].DependentRequired = map[string][]string{"ownerId": {"repositoryId"}, "repositoryId": {"ownerId"}}
	}
	if p := property(s, [2]string{"Partner", "retentionDays"}); p != nil {
		p.Enum = anyOf(RetentionClasses)
		s.Definitions["Certificate"].MinProperties, s.Definitions["Certificate"].MaxProperties = new(uint64(1)), new(uint64(1))
	}
	text, err := json.MarshalIndent(s, "", "  ")
	require.NoError(t, err)
	return append(text, '\n')
}

func property(s *reflector.Schema, path [2]string) *reflector.Schema {
	definition := s.Definitions[path[0]]
	if definition == nil {
		return nil
	}
	p, _ := definition.Properties.Get(path[1])
	return p
}

// wordsOf is the schema of the types that are a choice of words.
func wordsOf(t reflect.Type) *reflector.Schema {
	switch t {
	case reflect.TypeFor[Residency]():
		return &reflector.Schema{Type: "string", Enum: anyOf(residencies)}
	case reflect.TypeFor[Singleton]():
		return &reflector.Schema{Type: "string", Enum: anyOf(singletons)}
	case reflect.TypeFor[SignIn]():
		return &reflector.Schema{Type: "string", Enum: anyOf(signIns)}
	case reflect.TypeFor[Tier]():
		return &reflector.Schema{Type: "string", Enum: anyOf(tiers)}
	case reflect.TypeFor[Date]():
		return &reflector.Schema{Type: "string", Format: "date"}
	case reflect.TypeFor[map[Service]string]():
		s := &reflector.Schema{Type: "object", Properties: reflector.NewProperties(), Required: texts(services), AdditionalProperties: reflector.FalseSchema}
		for _, service := range services {
			s.Properties.Set(string(service), &reflector.Schema{Type: "string", Pattern: digestForm.pattern.String()})
		}
		return s
	}
	return nil
}

func anyOf[T any](values []T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}

func compile(t *testing.T, schema []byte) *validator.Schema {
	t.Helper()
	parsed, err := validator.UnmarshalJSON(bytes.NewReader(schema))
	require.NoError(t, err)
	c := validator.NewCompiler()
	c.AssertFormat()
	require.NoError(t, c.AddResource("schema.json", parsed))
	compiled, err := c.Compile("schema.json")
	require.NoError(t, err)
	return compiled
}

// asJSON is YAML as a JSON validator sees it.
func asJSON(t *testing.T, content []byte) any {
	t.Helper()
	text, err := yaml.YAMLToJSON(content)
	require.NoError(t, err)
	value, err := validator.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	return value
}
