package template_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/template"
)

// chain returns a bucket, an output of it, and readers in its own stack and another.
func chain(t testing.TB) *template.Estate {
	return template.New(
		stack(t, "a", `{
			"Resources": {
				"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "old", "Tags": []}},
				"Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Statement": [
					{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": {"Fn::Sub": "${Bucket.Arn}/*"}}]}}},
				"Bystander": {"Type": "T", "Properties": {"V": {"Ref": "AWS::Region"}}}
			},
			"Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Bucket", "Arn"]}, "Export": {"Name": "arn"}}}}`),
		stack(t, "b", `{
			"Resources": {
				"Far": {"Type": "T", "Properties": {"V": {"Fn::ImportValue": "arn"}}},
				"Late": {"Type": "T", "Properties": {"V": {"Fn::ImportValue": "to-come"}}},
				"Literal": {"Type": "T", "Properties": {"V": "arn:aws:s3:::new"}}}}`),
	)
}

func at(e *template.Estate, layer, id string) *template.Resource {
	return e.Resource("dev-eu-west-1-"+layer, id)
}

func TestRenamingABucketChangesEverythingThatMeansIt(t *testing.T) {
	e := chain(t)
	body := at(e, "a", "Bucket").Clone()
	body["Properties"].(map[string]any)["BucketName"] = "new"
	n := e.With(at(e, "a", "Bucket"), body)

	assert.Equal(t, "new", at(n, "a", "Policy").Get("Bucket").Text())
	assert.Equal(t, "arn:aws:s3:::new", at(n, "b", "Far").Get("V").Text())
	assert.Equal(t, []string{"arn:aws:s3:::new/*"}, at(n, "a", "Policy").Statements()[0].Resources)
	assert.Same(t, at(n, "a", "Bucket"), n.Find(at(n, "b", "Literal").Get("V")))
	assert.Nil(t, n.Find(template.Of("old")))
	assert.Equal(t, "new", n.Stack("dev-eu-west-1-a").Template()["Resources"].(map[string]any)["Bucket"].(map[string]any)["Properties"].(map[string]any)["BucketName"])

	assert.Equal(t, "old", at(e, "a", "Policy").Get("Bucket").Text(), "the original stays as it was")
	assert.Equal(t, "arn:aws:s3:::old", at(e, "b", "Far").Get("V").Text())
	assert.Equal(t, []string{"arn:aws:s3:::old/*"}, at(e, "a", "Policy").Statements()[0].Resources)
	assert.Nil(t, e.Find(at(e, "b", "Literal").Get("V")))
	assert.Same(t, at(e, "a", "Bucket"), e.Find(template.Of("old")))
	assert.Equal(t, "old", e.Stack("dev-eu-west-1-a").Template()["Resources"].(map[string]any)["Bucket"].(map[string]any)["Properties"].(map[string]any)["BucketName"])
}

func TestRemovingAResourceLeavesItsReadersUnknown(t *testing.T) {
	e := chain(t)
	n := e.With(at(e, "a", "Bucket"), nil)
	assert.Nil(t, at(n, "a", "Bucket"))
	assert.Contains(t, at(n, "a", "Policy").Get("Bucket").Why(), "Ref Bucket")
	assert.Contains(t, at(n, "b", "Far").Get("V").Why(), "Fn::GetAtt Bucket")
	assert.NotEmpty(t, at(n, "a", "Policy").Statements()[0].Unknown)
	assert.Nil(t, n.Find(template.Of("old")))
	assert.Equal(t, "eu-west-1", at(n, "a", "Bystander").Get("V").Text())
	for r := range n.All() {
		assert.NotEqual(t, "Bucket", r.ID)
	}
	assert.Len(t, n.Stack("dev-eu-west-1-a").Resources(), 2)

	again := n.With(at(e, "a", "Bucket"), at(e, "a", "Bucket").Raw())
	assert.Equal(t, "arn:aws:s3:::old", at(again, "b", "Far").Get("V").Text(), "and it can come back")
	assert.NotNil(t, again.Find(template.Of("old")))
}

func TestAChangedTypeIsListedAsSuch(t *testing.T) {
	e := chain(t)
	body := at(e, "a", "Bucket").Clone()
	body["Type"] = "AWS::S3::Other"
	n := e.With(at(e, "a", "Bucket"), body)
	for range n.All("AWS::S3::Bucket") {
		t.Error("there is no bucket any more")
	}
	for r := range n.All("AWS::S3::Other") {
		assert.Equal(t, "Bucket", r.ID)
	}
	assert.Equal(t, "${dev-eu-west-1-a/Bucket.Ref}", at(n, "a", "Policy").Get("Bucket").Text())
}

func TestAMutantOfAMutantHasBothChanges(t *testing.T) {
	e := chain(t)
	renamed := at(e, "a", "Bucket").Clone()
	renamed["Properties"].(map[string]any)["BucketName"] = "new"
	n := e.With(at(e, "a", "Bucket"), renamed)
	m := n.With(at(n, "b", "Far"), object(t, `{"Type": "T", "Properties": {"V": {"Fn::Join": ["", [{"Fn::ImportValue": "arn"}, "/x"]]}}}`))
	assert.Equal(t, "arn:aws:s3:::new/x", at(m, "b", "Far").Get("V").Text())
	assert.Equal(t, "arn:aws:s3:::new", at(n, "b", "Far").Get("V").Text())

	renamed["Properties"].(map[string]any)["BucketName"] = "newest"
	l := m.With(at(m, "a", "Bucket"), renamed)
	assert.Equal(t, "arn:aws:s3:::newest/x", at(l, "b", "Far").Get("V").Text())
	assert.Nil(t, l.Find(template.Of("new")))
	assert.Nil(t, l.Find(template.Of("old")))
	assert.Same(t, at(l, "a", "Bucket"), l.Find(template.Of("newest")))
	assert.Equal(t, "new", at(n, "a", "Policy").Get("Bucket").Text(), "what was given to With was copied")
}

func TestRemovingAnOutputLeavesItsImportersUnknown(t *testing.T) {
	e := chain(t)
	body := template.Of(e.Stack("dev-eu-west-1-a").Template()).Any().(map[string]any)
	delete(body, "Outputs")
	n := e.WithStack(e.Stack("dev-eu-west-1-a"), body)
	assert.Contains(t, at(n, "b", "Far").Get("V").Why(), "no stack of eu-west-1 exports it")
	assert.Equal(t, "old", at(n, "a", "Policy").Get("Bucket").Text())
	assert.Same(t, at(n, "a", "Bucket"), n.Find(template.Of("old")))
	assert.Equal(t, "arn:aws:s3:::old", at(e, "b", "Far").Get("V").Text())

	gone := n.WithStack(n.Stack("dev-eu-west-1-a"), nil)
	assert.Len(t, gone.Stacks(), 1)
	assert.Nil(t, at(gone, "a", "Bucket"))
	assert.Nil(t, gone.Find(template.Of("old")))
}

func TestAnAddedOutputReachesWhoMissedIt(t *testing.T) {
	e := chain(t)
	require.True(t, at(e, "b", "Late").Get("V").Unknown())
	body := template.Of(e.Stack("dev-eu-west-1-a").Template()).Any().(map[string]any)
	body["Outputs"] = object(t, `{"Late": {"Value": "here", "Export": {"Name": "to-come"}}}`)
	n := e.WithStack(e.Stack("dev-eu-west-1-a"), body)
	assert.Equal(t, "here", at(n, "b", "Late").Get("V").Text())
	assert.Equal(t, []string{"dev-eu-west-1-a", "dev-eu-west-1-b"}, []string{n.Stacks()[0].Name, n.Stacks()[1].Name})
	assert.True(t, at(e, "b", "Late").Get("V").Unknown())
}

// TestEveryChangeGivesWhatAFreshEstateWould changes each resource of an estate in each way, and compares with building
// the changed templates anew.
func TestEveryChangeGivesWhatAFreshEstateWould(t *testing.T) {
	e := generated(3, 20)
	for r := range e.All() {
		for name, body := range map[string]map[string]any{"removed": nil, "renamed": renamed(r), "emptied": {"Type": r.Type}} {
			n := e.With(r, body)
			same(t, anew(n), n, r.String()+" "+name)
		}
	}
	same(t, generated(3, 20), e, "the original")
}

// anew builds the templates of an estate again.
func anew(e *template.Estate) *template.Estate {
	var stacks []*template.Stack
	for _, s := range e.Stacks() {
		c := template.NewStack(s.Name, s.Account, s.Region, s.Template())
		c.Dependencies = s.Dependencies
		stacks = append(stacks, c)
	}
	return template.New(stacks...)
}

// same holds that two estates answer alike.
func same(t *testing.T, want, got *template.Estate, what string) {
	t.Helper()
	names := func(e *template.Estate) (all []string) {
		for r := range e.All() {
			all = append(all, r.String()+" "+r.Type+" "+r.Properties().String())
			for _, attribute := range []string{"", "Arn"} {
				text := r.Attribute(attribute)
				found := e.Find(r.Value(text))
				if found != nil {
					all = append(all, text+" is "+found.String())
				}
			}
			for _, s := range r.Statements() {
				s.Resource = nil
				all = append(all, template.Of(s).String())
			}
		}
		return all
	}
	expected, actual := names(want), names(got)
	for i := range min(len(expected), len(actual)) {
		require.Equal(t, expected[i], actual[i], what)
	}
	require.Len(t, actual, len(expected), what)
}

func TestWhatChangedIsWhatWasReplacedAndWhatShowsIt(t *testing.T) {
	e := chain(t)
	bucket := at(e, "a", "Bucket")
	names := func(n *template.Estate) (list []string) {
		for _, r := range n.Changed() {
			list = append(list, r.ID)
		}
		return list
	}
	body := bucket.Clone()
	body["Properties"].(map[string]any)["BucketName"] = "new"
	assert.Equal(t, []string{"Bucket", "Policy", "Far"}, names(e.With(bucket, body)))
	assert.Equal(t, []string{"Policy", "Far"}, names(e.With(bucket, nil)), "what is gone is not there to be judged")
	body = bucket.Clone()
	body["Properties"].(map[string]any)["Tags"] = []any{"other"}
	assert.Equal(t, []string{"Bucket"}, names(e.With(bucket, body)), "no resource shows its tags")
	assert.Empty(t, e.Changed())
}
