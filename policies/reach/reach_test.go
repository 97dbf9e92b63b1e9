package reach_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/reach"
	"livechat.example/cloud/policies/template"
)

// A network is one of testdata/bases.yaml with some resources changed, and what a person who drew it on paper says of it.
type network struct {
	Name string         `yaml:"name"`
	Why  string         `yaml:"why"`
	Base string         `yaml:"base"`
	With map[string]any `yaml:"with"` // a resource, or with dots one of its properties; null takes it away
	// Refused is a pattern for what cannot be judged; then nothing is asked.
	Refused string `yaml:"refused"`
	Asks    []ask  `yaml:"asks"`
}

type ask struct {
	From     string `yaml:"from"`
	To       string `yaml:"to"`
	Port     int    `yaml:"port"`
	Protocol string `yaml:"protocol"`
	Speaks   string `yaml:"speaks"`

	Open   bool     `yaml:"open"`   // always so, unless Unless says where not
	Stops  string   `yaml:"stops"`  // a pattern for the hop that stops it
	Unless string   `yaml:"unless"` // a pattern for the hop that stops it in some zone, for some address or port
	Path   []string `yaml:"path"`   // patterns for hops, in this order
}

func TestTheModelAgreesWithThePersonWhoDrewTheNetwork(t *testing.T) {
	bases := read[map[string]map[string]any](t, "testdata/bases.yaml")
	files, err := filepath.Glob("testdata/[^b]*.yaml")
	require.NoError(t, err)
	networks := 0
	for _, file := range files {
		for _, c := range read[[]network](t, file) {
			networks++
			t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml")+"/"+c.Name, func(t *testing.T) {
				require.NotEmpty(t, bases[c.Base], "there is no base %q", c.Base)
				require.NotEmpty(t, c.Why)
				judge(t, c, estate(t, changed(bases[c.Base], c.With)))
			})
		}
	}
	assert.GreaterOrEqual(t, networks, 40)
}

func judge(t *testing.T, c network, e *template.Estate) {
	networks, err := reach.Read(e)
	if c.Refused != "" {
		require.Error(t, err)
		assert.Regexp(t, c.Refused, err.Error())
		return
	}
	require.NoError(t, err)
	require.NotEmpty(t, c.Asks)
	for _, ask := range c.Asks {
		q := reach.Question{From: ask.From, To: ask.To, Port: ask.Port, Protocol: ask.Protocol, Speaks: ask.Speaks}
		a, err := networks[0].Ask(q)
		require.NoError(t, err)
		require.True(t, ask.Open == (ask.Stops == ""), "%s: say that it is open, or what stops it", q)
		assert.Equal(t, ask.Open, a.Open, "%s: %s", q, reach.Path(a.Hops()))
		assert.Equal(t, ask.Open && ask.Unless == "", a.Always, "%s: %s", q, reach.Path(a.Failure()))
		if ask.Stops != "" {
			assert.Regexp(t, ask.Stops, a.Stop().String(), "%s: %s", q, reach.Path(a.Hops()))
		}
		if failure := a.Failure(); ask.Unless != "" && assert.NotEmpty(t, failure, q) {
			assert.Regexp(t, ask.Unless, failure[len(failure)-1].String(), "%s: %s", q, reach.Path(failure))
		}
		inOrder(t, q, a.Hops(), ask.Path)
	}
}

func inOrder(t *testing.T, q reach.Question, hops []reach.Hop, patterns []string) {
	t.Helper()
	next := 0
	for _, h := range hops {
		if next < len(patterns) && regexp.MustCompile(patterns[next]).MatchString(h.String()) {
			next++
		}
	}
	if next < len(patterns) {
		assert.Fail(t, "not on the way", "%s: %q\n%s", q, patterns[next], strings.ReplaceAll(reach.Path(hops), "; ", "\n"))
	}
}

func read[T any](t testing.TB, file string) T {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var out T
	require.NoError(t, yaml.UnmarshalWithOptions(text, &out, yaml.Strict()), file)
	return out
}

// changed returns the resources of a base with some exchanged, and some properties of others.
func changed(base map[string]any, with map[string]any) map[string]any {
	resources := map[string]any{}
	for id, short := range base {
		resources[id] = resource(short)
	}
	for _, id := range slices.Sorted(maps.Keys(with)) {
		value := with[id]
		if id, path, dotted := strings.Cut(id, "."); dotted {
			set(resources[id].(map[string]any)["Properties"], strings.Split(path, "."), written(value))
		} else if value == nil {
			delete(resources, id)
		} else {
			resources[id] = resource(value)
		}
	}
	return map[string]any{"Resources": resources}
}

// resource writes [type, properties] out.
func resource(short any) any {
	list := short.([]any)
	typ := list[0].(string)
	if !strings.Contains(typ, "::") {
		typ = "AWS::EC2::" + typ
	}
	return map[string]any{"Type": typ, "Properties": written(list[1])}
}

// written writes the references out: see bases.yaml.
func written(x any) any {
	switch x := x.(type) {
	case map[string]any:
		out := maps.Clone(x)
		for key, value := range x {
			out[key] = written(value)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i := range x {
			out[i] = written(x[i])
		}
		return out
	case string:
		name, is := strings.CutPrefix(x, "@")
		if !is {
			return x
		}
		if firewall, is := strings.CutPrefix(name, "endpoint:"); is {
			only := map[string]any{"Fn::Select": []any{0, map[string]any{"Fn::GetAtt": []any{firewall, "EndpointIds"}}}}
			return map[string]any{"Fn::Select": []any{1, map[string]any{"Fn::Split": []any{":", only}}}}
		}
		if id, attribute, dotted := strings.Cut(name, "."); dotted {
			return map[string]any{"Fn::GetAtt": []any{id, attribute}}
		}
		return map[string]any{"Ref": name}
	}
	return x
}

func set(x any, path []string, value any) {
	for _, key := range path[:len(path)-1] {
		switch here := x.(type) {
		case map[string]any:
			x = here[key]
		case []any:
			x = here[key[0]-'0']
		}
	}
	last := path[len(path)-1]
	switch here := x.(type) {
	case map[string]any:
		if here[last] = value; value == nil {
			delete(here, last)
		}
	case []any:
		here[last[0]-'0'] = value
	}
}

func estate(t testing.TB, body map[string]any) *template.Estate {
	t.Helper()
	return template.New(template.NewStack("dev-eu-west-1-network", "111122223333", "eu-west-1", body))
}
