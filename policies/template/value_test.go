package template_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/policies/template"
)

func TestAValueReadsAsCloudFormationWritesIt(t *testing.T) {
	for want, x := range map[string]any{"x": "x", "true": true, "3": 3, "1.5": 1.5, "123456789012": 123456789012, "": []any{"a"}, "0": "0"} {
		assert.Equal(t, want, template.Of(x).Text())
	}
	assert.True(t, template.Of(true).True())
	assert.True(t, template.Of("true").True())
	assert.True(t, template.Of("false").False())
	n, ok := template.Of("35").Int()
	assert.Equal(t, 35, n)
	assert.True(t, ok)
	_, ok = template.Of("3.5").Int()
	assert.False(t, ok)
}

func TestAMissingValueIsNeitherTrueNorFalseNorEmptyText(t *testing.T) {
	var v template.Value
	assert.True(t, v.Missing())
	assert.False(t, v.Unknown())
	assert.False(t, v.True())
	assert.False(t, v.False())
	assert.False(t, v.Is(""))
	assert.True(t, template.Of("").Is(""))
	assert.Empty(t, v.List())
	assert.Empty(t, v.Keys())
	assert.True(t, v.Get("a", "b").Missing())
	assert.True(t, template.Of(nil).Missing())
}

func TestGetFollowsKeysPositionsAndDots(t *testing.T) {
	v := template.Of(map[string]any{"a": []any{map[string]any{"b": "x"}}, "rds.force_ssl": "1", "Parameters": map[string]any{"rds.force_ssl": "2"}})
	assert.Equal(t, "x", v.Get("a", "0", "b").Text())
	assert.Equal(t, "x", v.Get("a.0.b").Text())
	assert.Equal(t, "1", v.Get("rds.force_ssl").Text(), "a key with dots is a key")
	assert.Equal(t, "2", v.Get("Parameters", "rds.force_ssl").Text())
	for _, wrong := range []string{"a.1.b", "a.-1", "a.x", "a.0.b.c", "z"} {
		assert.True(t, v.Get(wrong).Missing(), wrong)
	}
}

func TestALoneValueIsAListOfOne(t *testing.T) {
	assert.Len(t, template.Of("a").List(), 1)
	assert.Len(t, template.Of(map[string]any{"a": 1}).List(), 1)
	assert.Len(t, template.Of([]string{"a", "b"}).List(), 2)
}

func TestAMapIsReadInTheOrderOfItsKeys(t *testing.T) {
	var keys []string
	for k, v := range template.Of(map[string]any{"b": 1, "a": 2, "c.d": 3}).Map() {
		keys = append(keys, k+v.Text())
	}
	assert.Equal(t, []string{"a2", "b1", "c.d3"}, keys)
	for k, v := range evaluated(t, `{"Ref": "Given"}`).Map() {
		assert.Empty(t, k)
		assert.True(t, v.Unknown(), "a loop meets what is unknown")
		keys = nil
	}
	assert.Nil(t, keys)
}

func TestOfCopies(t *testing.T) {
	inner := map[string]any{"a": "x"}
	v := template.Of(map[string]any{"m": inner})
	inner["a"] = "y"
	assert.Equal(t, "x", v.Get("m.a").Text())
}

func TestWalkMeetsEverythingOuterFirst(t *testing.T) {
	var met []string
	template.Walk(map[string]any{"b": []any{"x", map[string]any{}}, "a": 1.0}, func(path []string, v any) {
		met = append(met, strings.Join(path, ".")+"="+template.Of(v).String())
	})
	assert.Equal(t, []string{`={"a":1,"b":["x",{}]}`, "a=1", `b=["x",{}]`, "b.0=x", "b.1={}"}, met)
}
