package template_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/policies/template"
)

func TestABodySaysMoreThanProperties(t *testing.T) {
	e := template.New(stackIn(t, "us-east-1", "a", `{
		"Parameters": {"Keep": {"Type": "String", "Default": "Retain"}},
		"Conditions": {"Yes": {"Fn::Equals": ["a", "a"]}},
		"Resources": {"A": {"Type": "T", "Condition": "Yes", "DeletionPolicy": {"Ref": "Keep"}, "DependsOn": "B",
			"Metadata": {"why": "x"}, "Properties": {"List": ["a", "b"]}}, "B": {"Type": "T", "Properties": {"Fn::Transform": {"Name": "M"}}}}}`))
	a, b := e.Resource("dev-us-east-1-a", "A"), e.Resource("dev-us-east-1-a", "B")
	assert.Equal(t, "Yes", a.Condition())
	assert.Equal(t, "Retain", a.DeletionPolicy())
	assert.Equal(t, []string{"B"}, a.DependsOn())
	assert.Equal(t, "x", a.Metadata().Get("why").Text())
	assert.Equal(t, 2, a.Get("List").Len())
	assert.Contains(t, b.Get("X").Why(), "Fn::Transform writes the properties at deploy")
	assert.Empty(t, b.Attribute(""))
}

func TestACloneMayBeChanged(t *testing.T) {
	e := template.New(stack(t, "a", `{"Resources": {"A": {"Type": "T", "Properties": {"X": {"Y": "old"}}}}}`))
	a := e.Resource("dev-eu-west-1-a", "A")
	a.Clone()["Properties"].(map[string]any)["X"].(map[string]any)["Y"] = "new"
	assert.Equal(t, "old", a.Get("X.Y").Text())
	assert.Equal(t, "T", a.Raw()["Type"])
}

func TestAStackKnowsItsPlace(t *testing.T) {
	body := object(t, `{"Resources": {}}`)
	regional := template.NewStack("prod-eu-eu-west-1-keys", account, "eu-west-1", body)
	assert.Equal(t, []string{"prod-eu", "keys"}, []string{regional.Environment, regional.Layer})
	assert.False(t, regional.Global())
	global := template.NewStack("prod-global-identity", account, "us-east-1", body)
	assert.Equal(t, []string{"prod", "identity"}, []string{global.Environment, global.Layer})
	assert.True(t, global.Global())
	assert.Equal(t, "aws-us-gov", template.NewStack("x", account, "us-gov-west-1", body).Partition())
	told := template.NewStack("x", account, "eu-west-1", object(t, `{"Metadata": {"LiveChat": {"environment": "e", "layer": "l"}}}`))
	assert.Equal(t, []string{"e", "l"}, []string{told.Environment, told.Layer})
}

func TestStacksOfOneNameAreRefused(t *testing.T) {
	assert.PanicsWithError(t, "two stacks are named dev-eu-west-1-a", func() { template.New(stack(t, "a", `{}`), stack(t, "a", `{}`)) })
}
