package readback

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// inspect is an inspection of a stack of which CloudFormation has made a bucket named b-1 and imports and outputs are known.
func inspect() *inspection {
	s := Stack{
		Name: "s", Region: "eu-west-1", Account: "111122223333",
		Resources: map[string]Resource{"B": {"AWS::S3::Bucket", "b-1", "CREATE_COMPLETE"}, "Q": {"AWS::SQS::Queue", "q", "CREATE_COMPLETE"}},
	}
	here := Stack{Name: "k", Region: "eu-west-1", Outputs: map[string]string{"O": "here"}, Exports: map[string]string{"E": "exported"}}
	there := Stack{Name: "k", Region: "us-east-1", Outputs: map[string]string{"O": "there"}, Exports: map[string]string{"F": "abroad"}}
	return &inspection{stack: s, all: []Stack{s, here, there}, seen: map[string]observed{
		"B": {Attributes: map[string]any{"Arn": "arn:aws:s3:::b-1"}},
	}}
}

func fn(name string, argument any) map[string]any { return map[string]any{name: argument} }

func TestATemplatesValuesResolveToWhatCameUp(t *testing.T) {
	for want, v := range map[string]any{
		"b-1":                fn("Ref", "B"),
		"eu-west-1":          fn("Ref", "AWS::Region"),
		"arn:aws:s3:::b-1":   fn("Fn::GetAtt", []any{"B", "Arn"}),
		"arn:aws:s3:::b-1/*": fn("Fn::Join", []any{"", []any{fn("Fn::GetAtt", []any{"B", "Arn"}), "/*"}}),
		"aws b-1 arn:aws:s3:::b-1 ${x}": fn("Fn::Sub", []any{
			"${p} ${B} ${B.Arn} ${!x}", map[string]any{"p": fn("Ref", "AWS::Partition")},
		}),
		"y":        fn("Fn::Select", []any{"1", fn("Fn::Split", []any{"-", "x-y"})}),
		"exported": fn("Fn::ImportValue", "E"),
		"here":     fn("Fn::GetStackOutput", map[string]any{"StackName": "k", "OutputName": "O"}),
		"there":    fn("Fn::GetStackOutput", map[string]any{"StackName": "k", "OutputName": "O", "Region": "us-east-1"}),
	} {
		assert.Equal(t, any(want), inspect().resolve(v))
	}
	assert.Equal(t, map[string]any{"a": []any{"b-1"}},
		inspect().resolve(map[string]any{"a": []any{fn("Ref", "B"), fn("Ref", "AWS::NoValue")}, "c": fn("Ref", "AWS::NoValue")}))
}

func TestWhatCannotBeResolvedEqualsNothing(t *testing.T) {
	for name, v := range map[string]any{
		"an unknown reference":                fn("Ref", "Nobody"),
		"an unknown function":                 fn("Fn::Transform", "x"),
		"an attribute that no reader gives":   fn("Fn::GetAtt", []any{"B", "WebsiteURL"}),
		"an attribute of a type without one":  fn("Fn::GetAtt", []any{"Q", "Arn"}),
		"an export of another region":         fn("Fn::ImportValue", "F"),
		"an output that is not there":         fn("Fn::GetStackOutput", map[string]any{"StackName": "k", "OutputName": "P"}),
		"a text that holds one of them":       fn("Fn::Sub", "x ${Nobody}"),
		"a list that holds one of them":       fn("Fn::Join", []any{"", []any{"x", fn("Ref", "Nobody")}}),
		"a selection beyond the list's end":   fn("Fn::Select", []any{"2", []any{"a"}}),
		"a selection from what is not a list": fn("Fn::Select", []any{"0", "a"}),
	} {
		t.Run(name, func(t *testing.T) {
			got := inspect().resolve(v)
			assert.IsType(t, unresolved(""), got)
			tally := newTally()
			tally.record(Difference{Type: "T", Property: "P", Want: canonical("P", got), Got: canonical("P", string(got.(unresolved)))})
			assert.Len(t, tally.Differences, 1)
		})
	}
}

func TestValuesThatMeanTheSameAreEqualAndOthersAreNot(t *testing.T) {
	policy := map[string]any{"Statement": []any{map[string]any{"Action": []any{"b", "a"}, "Resource": "*"}}}
	for _, same := range [][2]any{
		{true, "true"}, {int32(365), "365"}, {[]any{"a", "b"}, []string{"b", "a"}}, {[]any{"a"}, "a"},
		{policy, `{"Statement": {"Resource": ["*"], "Action": ["a", "b"]}}`},
	} {
		assert.Equal(t, canonical("KeyPolicy", same[0]), canonical("KeyPolicy", same[1]))
	}
	for _, other := range [][2]any{
		{true, false}, {"a", nil}, {[]any{}, nil}, {[]any{"a", "a"}, []any{"a"}}, {[]any{"a", "b"}, []any{"a", "c"}},
		{policy, `{"Statement": {"Resource": "*", "Action": ["a", "b"], "Condition": {}}}`},
	} {
		assert.NotEqual(t, canonical("KeyPolicy", other[0]), canonical("KeyPolicy", other[1]))
	}
}

func TestADifferenceShowsOnlyWhatDiffers(t *testing.T) {
	want := map[string]any{"Statement": []any{map[string]any{"Action": "a", "Sid": "One"}, map[string]any{"Action": "b", "Sid": "Two"}}}
	got := map[string]any{"Statement": []any{map[string]any{"Action": "a", "Sid": "One"}, map[string]any{"Action": "c", "Sid": "Two"}}}
	d := Difference{Stack: "s", LogicalID: "K", Type: "AWS::KMS::Key", Property: "KeyPolicy", Want: plain(want), Got: plain(got)}
	assert.Equal(t, "s K (AWS::KMS::Key) KeyPolicy.Statement[1].Action:\n    template  \"b\"\n    read back \"c\"", d.String())
}

func TestAnExceptionCoversItsPropertyOnlyAndIsStaleOnceItNeverDiffers(t *testing.T) {
	e := exceptions[0]
	wrong := Difference{Type: e.Type, Property: e.Property, Want: "a", Got: "b"}
	right := Difference{Type: e.Type, Property: e.Property, Want: "a", Got: "a"}
	other := Difference{Type: e.Type, Property: "Other", Want: "a", Got: "b"}

	tally := newTally()
	tally.record(wrong)
	tally.record(right)
	tally.record(other)
	report := tally.report()
	assert.Equal(t, []Difference{other}, report.Differences)
	assert.Equal(t, []Difference{wrong}, report.Excepted)
	assert.Empty(t, report.Stale)

	tally = newTally()
	tally.record(right)
	assert.Equal(t, []Exception{e}, tally.report().Stale)
	tally = newTally()
	assert.Empty(t, tally.report().Stale, "what was not compared says nothing")
}

func TestEveryExceptionNamesATypeThatIsReadAndItsReason(t *testing.T) {
	seen := map[exceptionKey]bool{}
	for _, e := range exceptions {
		assert.Contains(t, readers, e.Type)
		assert.NotEmpty(t, e.Reason)
		assert.False(t, seen[e.key()], "%v twice", e.key())
		seen[e.key()] = true
	}
}

func TestAResourceInheritsItsStacksTagsIfItTakesTags(t *testing.T) {
	s := Stack{Tags: map[string]string{"env": "dev", "own": "stack"}}
	own := map[string]any{"Tags": []any{map[string]any{"Key": "own", "Value": "resource"}}}
	taggable := observed{Properties: map[string]any{"Tags": []any{}}}
	assert.Equal(t, []any{map[string]any{"Key": "env", "Value": "dev"}, map[string]any{"Key": "own", "Value": "resource"}},
		s.inherit(own, taggable)["Tags"])
	assert.NotContains(t, s.inherit(map[string]any{}, observed{}), "Tags")
}
