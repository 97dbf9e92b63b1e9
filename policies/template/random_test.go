package template_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/policies/template"
)

// random makes templates whose values lead through each other every way that there is, also in circles and into nothing.
type random struct{ *rand.Rand }

const layers, things = "abc", 5

func (r random) stackName() string { return "dev-eu-west-1-" + string(layers[r.IntN(len(layers))]) }

func (r random) thing() string { return fmt.Sprintf("R%d", r.IntN(things+1)) } // the last is not there

// expression returns a value, most of the time one that depends on something.
func (r random) expression(depth int) any {
	if depth == 0 {
		return []any{"x", "arn:aws:s3:::new", "new", map[string]any{"Ref": "AWS::Region"}}[r.IntN(4)]
	}
	e := func() any { return r.expression(depth - 1) }
	switch r.IntN(14) {
	case 0, 1, 2:
		return map[string]any{"Ref": r.thing()}
	case 3, 4:
		return map[string]any{"Fn::GetAtt": []any{r.thing(), []string{"Arn", "BucketName", "X"}[r.IntN(3)]}}
	case 5:
		return map[string]any{"Fn::Sub": "${" + r.thing() + "}-${" + r.thing() + ".Arn}"}
	case 6:
		return map[string]any{"Fn::Sub": []any{"${A}/${A}", map[string]any{"A": e()}}}
	case 7:
		return map[string]any{"Fn::Join": []any{"+", []any{e(), e()}}}
	case 8:
		return map[string]any{"Fn::ImportValue": map[string]any{"Fn::Sub": r.stackName() + "-" + r.thing()}}
	case 9:
		return map[string]any{"Fn::GetStackOutput": map[string]any{"StackName": r.stackName(), "OutputName": r.thing()}}
	case 10:
		return map[string]any{"Fn::If": []any{[]string{"Yes", "No", "Open"}[r.IntN(3)], e(), e()}}
	case 11:
		return map[string]any{"Fn::Select": []any{r.IntN(2), map[string]any{"Fn::Split": []any{":", e()}}}}
	case 12:
		return []any{e(), map[string]any{"Ref": "AWS::NoValue"}, map[string]any{"k": e()}}
	}
	return map[string]any{"Ref": "P"}
}

func (r random) resource() map[string]any {
	body := map[string]any{"Type": []string{"AWS::S3::Bucket", "AWS::IAM::Role", "AWS::SNS::Topic", "T"}[r.IntN(4)]}
	p := map[string]any{"X": r.expression(3), "Y": r.expression(2)}
	for _, name := range []string{"BucketName", "RoleName", "TopicName"} {
		if r.IntN(2) == 0 {
			p[name] = r.expression(1 + r.IntN(2))
		}
	}
	if r.IntN(3) == 0 {
		p["Policy"] = map[string]any{"Statement": []any{map[string]any{"Effect": "Allow", "Action": "s3:*", "Resource": r.expression(2)}}}
	}
	body["Properties"] = p
	if r.IntN(6) == 0 {
		body["Condition"] = []string{"Yes", "No", "Open"}[r.IntN(3)]
	}
	return body
}

func (r random) template() map[string]any {
	resources, outputs := map[string]any{}, map[string]any{}
	for i := range things {
		id := fmt.Sprintf("R%d", i)
		resources[id] = r.resource()
		if r.IntN(2) == 0 {
			outputs[id] = map[string]any{"Value": r.expression(1), "Export": map[string]any{"Name": map[string]any{"Fn::Sub": "${AWS::StackName}-" + id}}}
		}
	}
	return map[string]any{"Resources": resources, "Outputs": outputs, "Parameters": map[string]any{"P": map[string]any{"Type": "String"}},
		"Conditions": map[string]any{"Yes": map[string]any{"Fn::Equals": []any{"a", "a"}}, "No": map[string]any{"Fn::Equals": []any{"a", "b"}},
			"Open": map[string]any{"Fn::Equals": []any{"a", map[string]any{"Ref": "P"}}}}}
}

func (r random) estate() *template.Estate {
	var stacks []*template.Stack
	for _, l := range layers {
		stacks = append(stacks, template.NewStack("dev-eu-west-1-"+string(l), account, "eu-west-1", r.template()))
	}
	return template.New(stacks...)
}

// change makes one random change.
func (r random) change(e *template.Estate) *template.Estate {
	s := e.Stacks()[r.IntN(len(e.Stacks()))]
	if r.IntN(4) == 0 {
		return e.WithStack(s, r.template())
	}
	resources := s.Resources()
	if len(resources) == 0 {
		return e
	}
	target := resources[r.IntN(len(resources))]
	if r.IntN(3) == 0 {
		return e.With(target, nil)
	}
	return e.With(target, r.resource())
}

// FuzzWith: an estate changed step by step says what one built anew says, and what it was made from stays as it was.
func FuzzWith(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed)
	}
	f.Add(uint64(420)) // a circle that is only seen from one side
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := random{rand.New(rand.NewPCG(seed, 0))}
		e := r.estate()
		steps := []*template.Estate{e}
		for range 4 {
			if r.IntN(2) == 0 {
				judgeQuietly(e)
			}
			e = r.change(e)
			steps = append(steps, e)
		}
		for i, step := range steps {
			same(t, anew(step), step, fmt.Sprintf("seed %d, after %d changes", seed, i))
		}
	})
}

func judgeQuietly(e *template.Estate) {
	for r := range e.All() {
		r.Properties()
		e.Find(r.Value(r.Attribute("Arn")))
	}
}

func TestManyMayReadAndChangeAnEstateAtOnce(t *testing.T) {
	e := generated(2, 40)
	want := e.Resource("dev-eu-west-1-s001", "Policy0001").Get("Bucket").Text()
	e = generated(2, 40)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			bucket := e.Resource("dev-eu-west-1-s001", fmt.Sprintf("Bucket%04d", i%4))
			n := e.With(bucket, renamed(bucket))
			judge(n)
			assert.Equal(t, want, e.Resource("dev-eu-west-1-s001", "Policy0001").Get("Bucket").Text())
			for range e.Statements() {
			}
		})
	}
	all.Wait()
}
