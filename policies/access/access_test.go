package access_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/access"
	"livechat.example/cloud/policies/template"
)

// A world is a few resources, and what a person who knows IAM says of them.
type world struct {
	Name  string           `yaml:"name"`
	World map[string]thing `yaml:"world"`
	Cases []question       `yaml:"cases"`
}

type question struct {
	Who  string              `yaml:"who"`
	Does string              `yaml:"does"`
	On   string              `yaml:"on"`
	With map[string][]string `yaml:"with"`

	Is     string              `yaml:"is"`
	Always bool                `yaml:"always"`
	By     string              `yaml:"by"`    // a pattern for the statement that decides, or for what is not known
	Needs  map[string][]string `yaml:"needs"` // what the request must have
	Why    string              `yaml:"why"`   // in a line, with the page of the IAM User Guide or of the service's guide
}

func TestTheModelAgreesWithThePersonWhoKnowsIAM(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	require.NoError(t, err)
	cases := 0
	for _, file := range files {
		for _, w := range read[[]world](t, file) {
			m, err := access.Read(estate(t, w.World))
			require.NoError(t, err, w.Name)
			for i, q := range w.Cases {
				cases++
				t.Run(fmt.Sprintf("%s/%s/%d", strings.TrimSuffix(filepath.Base(file), ".yaml"), w.Name, i+1), func(t *testing.T) { ask(t, m, q) })
			}
		}
	}
	assert.GreaterOrEqual(t, cases, 80)
}

func ask(t *testing.T, m *access.Model, q question) {
	require.NotEmpty(t, q.Why)
	resource := q.On
	if resource != "*" && !strings.HasPrefix(resource, "arn:") {
		resource = layer + "/" + resource
	}
	v, err := m.May(access.Request{Principal: q.Who, Action: q.Does, Resource: resource, Context: tokens(q.With)})
	require.NoError(t, err)
	told := v.Doubts
	for _, s := range v.Why {
		told = append(told, s.String())
	}
	text := strings.Join(told, "\n")
	assert.Equal(t, q.Is, v.Allowed.String(), "%s\n%v\n%s", q.Why, v.With, text)
	assert.Equal(t, q.Always, v.Always, "always: %v", text)
	if q.By == "" {
		assert.Empty(t, told, "say which statement decides")
	} else {
		assert.Regexp(t, q.By, text)
	}
	for key, values := range tokens(q.Needs) {
		have, is := v.With[key]
		assert.True(t, is, "%s is not needed, but %v", key, v.With)
		assert.ElementsMatch(t, values, have, key)
	}
}

// tokens writes endpoints out: @Name is what Ref gives for one.
func tokens(context map[string][]string) map[string][]string {
	all := map[string][]string{}
	for key, values := range context {
		all[key] = []string{}
		for _, v := range values {
			if name, is := strings.CutPrefix(v, "@"); is {
				v = "${" + layer + "/" + name + ".Ref}"
			}
			all[key] = append(all[key], v)
		}
	}
	return all
}

func TestWhatGivesAccessInAnUnknownWayIsRefused(t *testing.T) {
	for kind, properties := range map[string]map[string]any{
		"AWS::SSO::Assignment": {}, "AWS::S3::AccessPoint": {}, "AWS::RAM::ResourceShare": {}, "AWS::IAM::Tomorrow": {},
		"AWS::S3::Bucket": {"AccessControl": "PublicRead"},
	} {
		e := template.New(template.NewStack(layer, account, region, object{"Resources": object{"It": object{"Type": kind, "Properties": properties}}}))
		_, err := access.Read(e)
		var unknown access.Unknowns
		require.ErrorAs(t, err, &unknown, kind)
		assert.Contains(t, err.Error(), layer+"/It")
	}
}

func TestAPolicyThatMayBeAnybodysMakesAllUnknown(t *testing.T) {
	everything := object{"Statement": []any{object{"Effect": "Allow", "Action": "*", "Resource": "*"}}}
	for _, to := range []any{object{"Ref": "Given"}, "{{resolve:ssm:/name}}"} {
		for says, stray := range map[string]object{
			"is attached to role:r":  {"Type": "AWS::IAM::Policy", "Properties": object{"Roles": []any{to}, "PolicyDocument": everything}},
			"adds user:u to a group": {"Type": "AWS::IAM::UserToGroupAddition", "Properties": object{"Users": []any{to}, "GroupName": "g"}},
		} {
			body := object{
				"Parameters": object{"Given": object{"Type": "String"}},
				"Resources": object{
					"Role":  object{"Type": "AWS::IAM::Role", "Properties": object{"RoleName": "r"}},
					"User":  object{"Type": "AWS::IAM::User", "Properties": object{"UserName": "u"}},
					"Group": object{"Type": "AWS::IAM::Group", "Properties": object{"GroupName": "g", "Policies": []any{object{"PolicyName": "all", "PolicyDocument": everything}}}},
					"Stray": stray,
				},
			}
			m, err := access.Read(template.New(template.NewStack(layer, account, region, body)))
			require.NoError(t, err)
			who := map[bool]string{true: "role:r", false: "user:u"}[strings.HasSuffix(says, "role:r")]
			v, err := m.May(access.Request{Principal: who, Action: "s3:GetObject", Resource: "*"})
			require.NoError(t, err)
			assert.Equal(t, access.Unsure, v.Allowed, says)
			assert.Contains(t, strings.Join(v.Doubts, ""), "whether "+layer+"/Stray "+says)
		}
	}
}

// TestADenyNeverGivesAndAnUnknownNeverHides changes every world of the table in two ways that have one direction each.
func TestADenyNeverGivesAndAnUnknownNeverHides(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	require.NoError(t, err)
	for _, file := range files {
		for _, w := range read[[]world](t, file) {
			plain := model(t, w.World)
			denied := model(t, grown(w.World, "deny s3:*,kms:*,sts:* on *"))
			vague := model(t, grown(w.World, "deny * on * if StringEquals aws:PrincipalOrgID=o-1"))
			for _, q := range w.Cases {
				was, less, perhaps := allowed(t, plain, q), allowed(t, denied, q), allowed(t, vague, q)
				assert.LessOrEqual(t, less, was, "%s: %s", w.Name, q.Why)
				assert.Equal(t, was == access.No, perhaps == access.No, "%s: %s", w.Name, q.Why)
			}
		}
	}
}

func allowed(t *testing.T, m *access.Model, q question) access.Answer {
	resource := q.On
	if resource != "*" && !strings.HasPrefix(resource, "arn:") {
		resource = layer + "/" + resource
	}
	v, err := m.May(access.Request{Principal: q.Who, Action: q.Does, Resource: resource, Context: tokens(q.With)})
	require.NoError(t, err)
	return v.Allowed
}

// grown returns a world whose roles have one statement more.
func grown(things map[string]thing, statement string) map[string]thing {
	all := map[string]thing{}
	for name, x := range things {
		if x.Role != nil && (len(*x.Role) != 1 || (*x.Role)[0] != "$Given") {
			list := append(append([]string{}, *x.Role...), statement)
			x.Role = &list
		}
		all[name] = x
	}
	return all
}
