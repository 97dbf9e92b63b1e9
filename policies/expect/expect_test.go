package expect

import (
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/template"
)

const (
	thing = "AWS::Test::Thing"
	role  = "AWS::IAM::Role"
)

// sample returns a thing that meets every kind of want, its role and its key, and a key of another class.
func sample() *template.Estate {
	return template.New(template.NewStack("dev-eu-west-1-data", "111122223333", "eu-west-1", map[string]any{
		"Metadata": map[string]any{"LiveChat": map[string]any{"regions": []any{"eu-west-1"}, "name": "mine",
			"keys": map[string]any{"cache": "alias/cache", "logs": "alias/logs"}}},
		"Resources": map[string]any{
			"Key":   map[string]any{"Type": "AWS::KMS::Key"},
			"Alias": map[string]any{"Type": "AWS::KMS::Alias", "Properties": map[string]any{"AliasName": "alias/cache", "TargetKeyId": ref("Key")}},
			"Logs":  map[string]any{"Type": "AWS::KMS::Key"},
			"OfLogs": map[string]any{"Type": "AWS::KMS::Alias",
				"Properties": map[string]any{"AliasName": "alias/logs", "TargetKeyId": ref("Logs")}},
			"Role": map[string]any{"Type": role, "Properties": map[string]any{"RoleName": "worker"}},
			"Thing": map[string]any{"Type": thing, "DeletionPolicy": "Snapshot", "DependsOn": []any{"Key", "Role"}, "Properties": map[string]any{
				"On": true, "Off": "false", "Size": "large", "Days": 7, "Most": 9, "Version": "8.1", "Users": []any{"b", "a"}, "Name": "mine",
				"RoleArn": map[string]any{"Fn::GetAtt": []any{"Role", "Arn"}},
				"Text":    "anything", "Key": ref("Key"), "Role": map[string]any{"Fn::GetAtt": []any{"Role", "Arn"}}, "RoleName": ref("Role"),
				"Nested": map[string]any{"Status": "Enabled"}, "Rules": []any{map[string]any{"Id": "one"}, map[string]any{"Id": "two"}},
				"Pair": []any{"first", 2},
				"Policy": map[string]any{"Statement": []any{
					map[string]any{"Effect": "Allow", "Action": []any{"s3:GetObject"}, "Resource": "arn:aws:s3:::b/*", "Principal": map[string]any{"Service": "x.amazonaws.com"},
						"Condition": map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": "111122223333"}}},
					map[string]any{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*"},
				}},
			}},
		},
	}))
}

func ref(id string) map[string]any { return map[string]any{"Ref": id} }

var shapes = Shapes{thing: {
	"On": True, "Off": False, "Size": OneOf("small", "large"), "Days": Is(7).Because("a week is enough"), "Most": Between(1, 9),
	"Version": Matches(regexp.MustCompile(`^8\.\d$`), "a version of major 8", "7.2", "8"), "Users": Exactly("a", "b"), "Name": Intended("name"),
	"Text": Any, "Key": KeyOf("cache"), "Role": Own(role), "RoleName": Attribute(role, ""), "Nested": Object(Shape{"Status": Is("Enabled"), "Note": Is("none").OrAbsent()}),
	"Rules": Each(Object(Shape{"Id": OneOf("one", "two")})), "Pair": List(Is("first"), Is(2)),
	"RoleArn":        ARNOf("the worker's role", role, func(_ At, r *template.Resource) bool { return r.Get("RoleName").Is("worker") }),
	"DeletionPolicy": Is("Snapshot"), "DependsOn": After(role), "Other": AtLeast(2).OrAbsent(), "Region": Ref(role).OrAbsent(),
	"Policy": Document("what x needs", func(at At) []template.Statement {
		return []template.Statement{
			{Effect: "Deny", Actions: []string{"s3:*"}, Resources: []string{"*"}, Principals: map[string][]string{"*": {"*"}}},
			{Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:::b/*"}, Principals: map[string][]string{"Service": {"x.amazonaws.com"}},
				Conditions: []template.Condition{{Operator: "StringEquals", Key: "aws:SourceAccount", Values: []string{at.Stack().Account}}}},
		}
	}),
}}

// messages returns the faults of an estate.
func messages(e *template.Estate) (list []string) {
	shapes.Judge(e, e.All(shapes.Types()...), func(f Fault) { list = append(list, f.Message) })
	return list
}

func TestWhatMeetsEveryWantHasNoFault(t *testing.T) { assert.Empty(t, messages(sample())) }

func TestEveryDerivedMutantIsRefusedByTheWantThatItBreaks(t *testing.T) {
	e := sample()
	r := e.Resource("dev-eu-west-1-data", "Thing")
	mutants := shapes.Mutants(e, r)
	broken := map[string]bool{}
	for _, m := range mutants {
		found := messages(e.With(r, m.Body))
		require.NotEmpty(t, found, m.Name)
		property := regexp.MustCompile(`^\w+`).FindString(m.Name)
		broken[property] = true
		for _, message := range found {
			assert.Regexp(t, "^"+property, message, m.Name)
		}
	}
	assert.ElementsMatch(t, slices.Collect(maps.Keys(shapes[thing])), slices.Collect(maps.Keys(broken)), "every property has a mutant")
}

func TestAFaultSaysWhatIsWhatMustBeAndWhy(t *testing.T) {
	for name, c := range map[string]struct {
		property string
		value    any
		says     string
	}{
		"another value": {"Days", 8, "Days is 8, must be 7: a week is enough"},
		"missing":       {"Days", nil, "Days is missing, must be 7: a week is enough"},
		"unresolvable":  {"Days", unresolvable, "Days cannot be resolved, must be 7: .*exported-by-no-stack"},
		"not listed":    {"Nested", map[string]any{"Status": "Enabled", "More": false}, "Nested.More is set, must be absent: no policy states it"},
		"a list's item": {"Rules", []any{map[string]any{"Id": "three"}}, "Rules.0.Id is three, must be one of one, two"},
		"no item":       {"Rules", []any{}, "Rules has 0 elements, must have at least 1"},
		"no object":     {"Nested", "Enabled", "Nested is Enabled, must be an object"},
		"no ARN":        {"RoleArn", ref("Role"), "RoleArn is worker, must be the worker's role"},
		"another key":   {"Key", ref("Logs"), "Key is .*Logs.*, must be the region's cache key"},
		"an attribute":  {"RoleName", map[string]any{"Fn::GetAtt": []any{"Role", "Arn"}}, "RoleName is arn:aws:iam::111122223333:role/worker, must be the Ref of an AWS::IAM::Role of its stack"},
		"no statement":  {"Policy", map[string]any{}, "lacks statement Deny to s3:\\* on \\* by \\* \\*, must be what x needs"},
	} {
		t.Run(name, func(t *testing.T) {
			e := sample()
			r := e.Resource("dev-eu-west-1-data", "Thing")
			body := r.Clone()
			properties := body["Properties"].(map[string]any)
			if properties[c.property] = c.value; c.value == nil {
				delete(properties, c.property)
			}
			assert.Regexp(t, c.says, messages(e.With(r, body))[0])
		})
	}
}

func TestATextIsComparedByItselfAndNotAsPartOfALine(t *testing.T) {
	two := template.Statement{Actions: []string{"s3:GetObject", "s3:PutObject"}, Resources: []string{"*"}}
	assert.True(t, Same(two, template.Statement{Effect: "Allow", Actions: []string{"s3:PutObject", "s3:GetObject"}, Resources: []string{"*"}}))
	assert.False(t, Same(two, template.Statement{Effect: "Allow", Actions: []string{"s3:GetObject, s3:PutObject"}, Resources: []string{"*"}}), "a list in one text")
	by := template.Statement{Resources: []string{"b/*"}, Principals: map[string][]string{"AWS": {"*"}}}
	assert.False(t, Same(by, template.Statement{Resources: []string{"b/* by AWS *"}}), "a principal in a resource")
}

func TestAStatementHasWhatIAMKnowsAlone(t *testing.T) {
	for name, c := range map[string]struct {
		statement map[string]any
		odd       bool
	}{
		"plain":                     {map[string]any{"Effect": "Allow", "Action": []any{"a:B", "a:C"}, "Resource": "*", "Condition": map[string]any{"Bool": map[string]any{"k": true}}}, false},
		"another element":           {map[string]any{"Effect": "Deny", "Actions": "*"}, true},
		"a list in a list":          {map[string]any{"Action": []any{[]any{"a:B"}}}, true},
		"an object among resources": {map[string]any{"Resource": []any{map[string]any{"x": "y"}}}, true},
		"no action":                 {map[string]any{"Action": []any{}}, true},
		"an operator without a key": {map[string]any{"Condition": map[string]any{"Bool": map[string]any{}}}, true},
		"a list of lists of values": {map[string]any{"Condition": map[string]any{"Bool": map[string]any{"k": []any{[]any{"v"}}}}}, true},
	} {
		assert.Equal(t, c.odd, oddity(template.Of(c.statement)) != "", name)
	}
}

func TestACensusCountsForRegionsAndForResources(t *testing.T) {
	e := sample()
	judge := func(c Census, e *template.Estate) (list []string) {
		c.Judge(e, func(f Fault) { list = append(list, f.Message) })
		return list
	}
	r := e.Resource("dev-eu-west-1-data", "Thing")
	gone := e.With(r, nil)
	assert.Empty(t, judge(One(thing), e))
	assert.Empty(t, judge(One(thing).Per(Primary), e))
	assert.Empty(t, judge(One(thing, "Role").Per(role), e))
	assert.Equal(t, []string{"eu-west-1 has no AWS::Test::Thing, must have 1"}, judge(One(thing), gone))
	assert.Equal(t, []string{"eu-west-1 has no AWS::Test::Thing, must have at least 1"}, judge(AtLeastOne(thing), gone))
	assert.Equal(t, []string{"has 0 AWS::Test::Thing, must have 1"}, judge(One(thing, "Role").Per(role), gone))
	assert.Contains(t, judge(One("AWS::KMS::Key"), e), "is one of several AWS::KMS::Key in eu-west-1, must be the only one")
	assert.Contains(t, judge(One(thing, "Text").Per(role), e), "Text is anything, must be a reference to AWS::IAM::Role")
}

func TestWhatIsReadAndDescribedFollowsFromTheShapes(t *testing.T) {
	assert.Equal(t, []string{"AWS::IAM::Role", "AWS::KMS::Alias", "AWS::KMS::Key"}, shapes.Reads())
	lines := shapes.Describe()
	assert.Contains(t, lines, "AWS::Test::Thing Days must be 7: a week is enough")
	assert.Contains(t, lines, "AWS::Test::Thing Nested.Note must be none, or absent")
	assert.Contains(t, lines, "AWS::Test::Thing Rules.*.Id must be one of one, two")
}
