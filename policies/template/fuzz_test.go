package template_test

import (
	"encoding/json"
	"testing"
	"testing/fstest"
	"time"

	"livechat.example/cloud/policies/template"
)

// FuzzReadFS: whatever lies in the folder, reading and judging it ends, soon, and without a panic.
func FuzzReadFS(f *testing.F) {
	for _, file := range files(f) {
		f.Add(file.Data, true)
		f.Add(file.Data, false)
	}
	f.Add([]byte(`{"Resources": {"A": {"Type": "T", "Type": "U"}}}`), false)
	f.Add([]byte(`{"Metadata": {"LiveChat": {"region": "eu-west-1"}}, "Resources": {"A": {"Type": "T", "Properties": {"X": {"Fn::Select": [0, {"Ref": "A"}]}}}}}`), false)
	manifest := files(f)["manifest.json"]
	f.Fuzz(func(t *testing.T, data []byte, listed bool) {
		folder := fstest.MapFS{"dev-us-east-1-keys.template.json": {Data: data}}
		if listed {
			folder = files(t)
			folder["dev-us-east-1-keys.template.json"] = &fstest.MapFile{Data: data}
			folder["manifest.json"] = manifest
		}
		started := time.Now()
		e, err := template.ReadFS(folder, "out")
		if err == nil {
			judge(e)
		}
		if spent := time.Since(started); spent > 5*time.Second {
			t.Errorf("took %s", spent)
		}
		if err == nil && !json.Valid(data) {
			t.Error("read what is not JSON")
		}
	})
}

// FuzzResolve: whatever stands in a property, its value is found, the same whether on its own or with others.
func FuzzResolve(f *testing.F) {
	for _, seed := range []string{`{"Ref": "Named"}`, `{"Fn::Sub": ["${A}${B}", {"A": "x", "B": {"Ref": "Vpc"}}]}`, `{"Fn::GetAtt": ["Subject", "X"]}`,
		`{"Fn::Join": ["", [{"Fn::Select": [0, {"Fn::Split": [":", {"Ref": "Unnamed"}]}]}]]}`, `{"Fn::Cidr": ["10.0.0.0/8", 256, 8]}`,
		`{"Statement": [{"Effect": "Allow", "Action": {"Fn::If": ["Open", "a", "b"]}}]}`, `"{\"Statement\": {\"Effect\": 1}}"`, `{"Fn::FindInMap": ["Regions", {"Ref": "AWS::Region"}, "name"]}`,
		`{"Fn::ImportValue": {"Fn::Sub": "${AWS::StackName}-bucket"}}`, `{"Fn::ToJsonString": {"Fn::Length": [1]}}`, `{"Fn::Base64": "x"}`, `{"Fn::Transform": {}}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		var x any
		if json.Unmarshal([]byte(expression), &x) != nil {
			return
		}
		started := time.Now()
		v := evaluated(t, expression)
		if again := evaluated(t, expression); again.String() != v.String() {
			t.Errorf("%s is %s, and then %s", expression, v, again)
		}
		if spent := time.Since(started); spent > 5*time.Second {
			t.Errorf("took %s", spent)
		}
		if v.Unknown() && v.Why() == "" {
			t.Errorf("%s is unknown, and does not say why", expression)
		}
	})
}

// judge reads everything that a policy could.
func judge(e *template.Estate) {
	for _, s := range e.Stacks() {
		_ = s.Intent().String()
		for range s.Outputs() {
		}
	}
	for r := range e.All() {
		_ = r.Properties().String() + r.DeletionPolicy() + r.Attribute("") + r.Attribute("Arn")
		e.Find(r.Value(r.Attribute("Arn")))
		r.Statements()
		n := e.With(r, nil)
		for other := range n.All() {
			other.Statements()
		}
	}
}
