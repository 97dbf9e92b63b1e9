package template_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/template"
)

// granting returns an estate with a policy document in every kind of place.
func granting(t testing.TB) *template.Estate {
	return template.New(stack(t, "a", `{
	"Parameters": {"Given": {"Type": "String"}},
	"Resources": {
		"Role": {"Type": "AWS::IAM::Role", "Properties": {
			"RoleName": "role",
			"PermissionsBoundary": {"Ref": "Boundary"},
			"ManagedPolicyArns": [{"Ref": "Managed"}, "arn:aws:iam::aws:policy/ReadOnlyAccess"],
			"AssumeRolePolicyDocument": {"Statement": {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}},
			"Policies": [{"PolicyName": "one", "PolicyDocument": {"Statement": [
				{"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:List*"], "Resource": {"Fn::Sub": "${Bucket.Arn}/*"}},
				{"Effect": "Deny", "NotAction": "s3:*", "NotResource": ["a", "b"]}]}}]}},
		"Inline": {"Type": "AWS::IAM::Policy", "Properties": {"Roles": [{"Ref": "Role"}], "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}},
		"Managed": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}}},
		"Boundary": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"ManagedPolicyName": "bound", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}},
		"Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": [{"Effect": "Allow", "Principal": {"AWS": ["a", "b"]}, "Action": "kms:*", "Resource": "*",
			"Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}, "aws:SourceArn": ["x", "y"]}, "Bool": {"aws:SecureTransport": true}}}]}}},
		"Endpoint": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"PolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}}},
		"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "b"}},
		"BucketPolicy": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Statement": [{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": "*"}]}}},
		"Logs": {"Type": "AWS::Logs::ResourcePolicy", "Properties": {"PolicyDocument": {"Fn::Sub": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"Service\": \"es.amazonaws.com\"}, \"Action\": \"logs:*\", \"Resource\": \"arn:aws:logs:${AWS::Region}:*\"}]}"}}},
		"Hidden": {"Type": "AWS::Logs::ResourcePolicy", "Properties": {"PolicyDocument": "{\"\\u0053tatement\": [{\"\\u0045ffect\": \"Deny\", \"Action\": \"x:y\"}]}"}},
		"Twice": {"Type": "AWS::Tomorrow::Thing", "Properties": {"Text": "{\"Statement\": [{\"Effect\": \"Allow\"}], \"Statement\": 1}"}},
		"Board": {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": "{\"widgets\": []}", "Other": "{no JSON}"}},
		"Broken": {"Type": "AWS::Logs::ResourcePolicy", "Properties": {"PolicyDocument": "{\"Statement\": [{\"Effect\": \"Allow\""}},
		"Bus": {"Type": "AWS::Events::EventBusPolicy", "Properties": {"StatementId": "x", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": "*"}}},
		"Function": {"Type": "AWS::Lambda::Permission", "Properties": {"FunctionName": "f", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com", "SourceArn": {"Fn::GetAtt": ["Bucket", "Arn"]}, "SourceAccount": "1"}},
		"New": {"Type": "AWS::Tomorrow::Thing", "Properties": {"Deep": [{"Er": {"Statement": [{"Effect": "Allow", "Action": "x:y", "Principal": "*"}]}}]}},
		"Waf": {"Type": "AWS::WAFv2::WebACL", "Properties": {"Rules": [{"Statement": {"RateBasedStatement": {"Limit": 1}}}]}},
		"Open": {"Type": "AWS::SQS::QueuePolicy", "Properties": {"PolicyDocument": {"Ref": "Given"}}},
		"Later": {"Type": "AWS::SNS::TopicPolicy", "Properties": {"PolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "{{resolve:ssm:/x}}"}, "Action": "sns:Publish", "Resource": "*"}]}}},
		"Partly": {"Type": "AWS::SNS::TopicPolicy", "Properties": {"PolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": {"AWS": {"Ref": "Given"}}, "Action": "sns:Publish", "Resource": "*"}]}}}
	}}`))
}

func TestEveryPolicyDocumentIsFoundAndItsKindKnown(t *testing.T) {
	var got []string
	for s := range granting(t).Statements() {
		got = append(got, fmt.Sprintf("%s %s %d: kind %d", s.Resource.ID, s.Path, s.Index, s.Kind))
	}
	slices.Sort(got)
	assert.Equal(t, []string{
		fmt.Sprintf("Boundary PolicyDocument 0: kind %d", template.Identity|template.Boundary),
		fmt.Sprintf("Broken PolicyDocument 0: kind %d", template.ResourceBased),
		fmt.Sprintf("BucketPolicy PolicyDocument 0: kind %d", template.ResourceBased),
		fmt.Sprintf("Bus  0: kind %d", template.ResourceBased),
		fmt.Sprintf("Endpoint PolicyDocument 0: kind %d", template.Endpoint),
		fmt.Sprintf("Function  0: kind %d", template.ResourceBased),
		fmt.Sprintf("Hidden PolicyDocument 0: kind %d", template.ResourceBased),
		fmt.Sprintf("Inline PolicyDocument 0: kind %d", template.Identity),
		fmt.Sprintf("Key KeyPolicy 0: kind %d", template.Key),
		fmt.Sprintf("Later PolicyDocument 0: kind %d", template.ResourceBased),
		fmt.Sprintf("Logs PolicyDocument 0: kind %d", template.ResourceBased),
		fmt.Sprintf("Managed PolicyDocument 0: kind %d", template.Identity),
		fmt.Sprintf("New Deep.0.Er 0: kind %d", template.ResourceBased),
		fmt.Sprintf("Open PolicyDocument 0: kind %d", template.ResourceBased),
		fmt.Sprintf("Partly PolicyDocument 0: kind %d", template.ResourceBased),
		fmt.Sprintf("Role AssumeRolePolicyDocument 0: kind %d", template.Trust),
		fmt.Sprintf("Role Policies.0.PolicyDocument 0: kind %d", template.Identity),
		fmt.Sprintf("Role Policies.0.PolicyDocument 1: kind %d", template.Identity),
		fmt.Sprintf("Twice Text 0: kind %d", template.ResourceBased),
	}, got)
}

func TestStatementsAreChosenByKind(t *testing.T) {
	var ids []string
	for s := range granting(t).Statements(template.Key, template.Boundary) {
		ids = append(ids, s.Resource.ID)
	}
	assert.Equal(t, []string{"Boundary", "Key"}, ids)
}

func TestAStatementIsTakenApart(t *testing.T) {
	e := granting(t)
	role := at(e, "a", "Role").Statements()
	require.Len(t, role, 3)
	assert.Equal(t, map[string][]string{"Service": {"ecs-tasks.amazonaws.com"}}, role[0].Principals)
	assert.Equal(t, "Read", role[1].Sid)
	assert.Equal(t, []string{"arn:aws:s3:::b/*"}, role[1].Resources)
	assert.Equal(t, []string{"s3:*"}, role[2].NotActions)
	assert.Equal(t, []string{"a", "b"}, role[2].NotResources)

	key := at(e, "a", "Key").Statements()[0]
	assert.Equal(t, []template.Condition{
		{Operator: "Bool", Key: "aws:SecureTransport", Values: []string{"true"}},
		{Operator: "StringEquals", Key: "aws:SourceAccount", Values: []string{account}},
		{Operator: "StringEquals", Key: "aws:SourceArn", Values: []string{"x", "y"}}}, key.Conditions)
	assert.Equal(t, []string{"x", "y"}, key.Condition("stringequals", "AWS:SourceArn"))
	assert.Nil(t, key.Condition("StringLike", "aws:SourceArn"))

	assert.Equal(t, []string{"arn:aws:logs:eu-west-1:*"}, at(e, "a", "Logs").Statements()[0].Resources)

	permission := at(e, "a", "Function").Statements()[0]
	assert.Equal(t, map[string][]string{"Service": {"s3.amazonaws.com"}}, permission.Principals)
	assert.Equal(t, []string{"arn:aws:s3:::b"}, permission.Condition("ArnLike", "aws:SourceArn"))
	assert.Equal(t, []string{"1"}, permission.Condition("StringEquals", "aws:SourceAccount"))

	assert.True(t, at(e, "a", "BucketPolicy").Statements()[0].AnyPrincipal())
	assert.True(t, at(e, "a", "Endpoint").Statements()[0].AnyPrincipal())
	assert.False(t, key.AnyPrincipal())
}

func TestAStatementThatCannotBeResolvedSaysSo(t *testing.T) {
	e := granting(t)
	assert.Equal(t, "parameter Given is given at deploy", at(e, "a", "Open").Statements()[0].Unknown)
	assert.Equal(t, "parameter Given is given at deploy", at(e, "a", "Partly").Statements()[0].Unknown)
	assert.Equal(t, "the policy is not JSON", at(e, "a", "Broken").Statements()[0].Unknown)
	assert.Equal(t, `the policy cannot be read: line 1 (byte 48): the key "Statement" stands twice`, at(e, "a", "Twice").Statements()[0].Unknown)
	later := at(e, "a", "Later").Statements()[0]
	assert.Equal(t, "{{resolve:ssm:/x}} is resolved at deploy", later.Unknown)
	assert.True(t, later.Opens("Principal", "NotPrincipal"))
	assert.False(t, later.Opens("Effect", "Action", "Resource", "Condition"))
	assert.True(t, at(e, "a", "Open").Statements()[0].Opens("Effect"))
	assert.Equal(t, "Deny", at(e, "a", "Hidden").Statements()[0].Effect)
	assert.Empty(t, at(e, "a", "Key").Statements()[0].Unknown)
}

func TestActionsAreComparedAsIAMDoes(t *testing.T) {
	e := granting(t)
	read, except := at(e, "a", "Role").Statements()[1], at(e, "a", "Role").Statements()[2]
	assert.True(t, read.Allows("S3:getobject"))
	assert.True(t, read.Allows("s3:ListBucket"))
	assert.False(t, read.Allows("s3:PutObject"))
	assert.False(t, read.Denies("s3:GetObject"))
	assert.True(t, read.Touches("s3:*Object"))
	assert.False(t, read.Touches("s3:Put*"))
	assert.True(t, except.Denies("sqs:SendMessage"))
	assert.False(t, except.Denies("s3:GetObject"))
	assert.True(t, except.Touches("*"))
	assert.False(t, except.Touches("s3:Get*"))
}

func TestHoldersAreWhoAStatementGivesItsPermissionsTo(t *testing.T) {
	e := granting(t)
	role := at(e, "a", "Role")
	holders := func(id string) []*template.Resource { return e.Holders(at(e, "a", id).Statements()[0]) }
	assert.Equal(t, []*template.Resource{role}, holders("Inline"))
	assert.Equal(t, []*template.Resource{role}, holders("Managed"))
	assert.Empty(t, holders("Boundary"), "a boundary gives nothing")
	assert.Empty(t, holders("Key"))
	assert.Equal(t, []*template.Resource{role}, e.Holders(role.Statements()[1]))
}

func TestReferrersAreFoundByAnyNameTheyUse(t *testing.T) {
	e := granting(t)
	assert.Equal(t, []*template.Resource{at(e, "a", "BucketPolicy")}, e.Referrers(at(e, "a", "Bucket"), "AWS::S3::BucketPolicy", "Bucket"))
	assert.Equal(t, []*template.Resource{at(e, "a", "Inline")}, e.Referrers(at(e, "a", "Role"), "AWS::IAM::Policy", "Roles"))
	assert.Empty(t, e.Referrers(at(e, "a", "Bucket"), "AWS::IAM::Policy", "Roles"))
	n := e.With(at(e, "a", "BucketPolicy"), nil)
	assert.Empty(t, n.Referrers(at(n, "a", "Bucket"), "AWS::S3::BucketPolicy", "Bucket"))
}

func TestABoundaryIsOneAsLongAsSomebodyHasIt(t *testing.T) {
	e := granting(t)
	body := at(e, "a", "Role").Clone()
	delete(body["Properties"].(map[string]any), "PermissionsBoundary")
	n := e.With(at(e, "a", "Role"), body)
	assert.Equal(t, template.Identity, at(n, "a", "Boundary").Statements()[0].Kind)
	assert.True(t, at(e, "a", "Boundary").Statements()[0].Kind.Has(template.Boundary))
}

func TestWildcardsMatchAsIAMDoes(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"*", "", true}, {"*", "s3:GetObject", true}, {"s3:Get*", "s3:GetObject", true}, {"s3:*Object", "s3:GetObject", true},
		{"s3:G?tObject", "s3:GetObject", true}, {"s3:G?Object", "s3:GetObject", false}, {"s3:GetObject", "s3:GetObjects", false},
		{"s3:Get", "s3:GetObject", false}, {"", "", true}, {"", "a", false}, {"a*b*c", "axxbyyc", true}, {"a*b*c", "axxcyyb", false},
		{"**a**", "a", true}, {"?", "", false}, {"*?", "ab", true}, {"S3:GET*", "s3:getObject", true},
	} {
		assert.Equal(t, c.want, template.Matches(c.pattern, c.text), "%s %s", c.pattern, c.text)
	}
	assert.False(t, template.Like("arn:aws:s3:::B", "arn:aws:s3:::b"), "names keep their case")
	assert.True(t, template.Like("arn:aws:s3:::b/*", "arn:aws:s3:::b/k"))
}

func TestOverlapIsASharedText(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"s3:Get*", "s3:*Object", true}, {"s3:Get*", "s3:Put*", false}, {"*", "", true}, {"a?c", "ab?", true}, {"a?c", "a?", false},
		{"*:GetObject", "s3:*", true}, {"s3:*", "sqs:*", false}, {"a*", "*b", true}, {"?", "*", true}, {"", "", true}, {"", "?", false}, {"S3:*", "s3:X", true},
	} {
		assert.Equal(t, c.want, template.Overlap(c.a, c.b), "%s %s", c.a, c.b)
		assert.Equal(t, c.want, template.Overlap(c.b, c.a), "%s %s", c.b, c.a)
		text, is := template.Meet(c.a, c.b)
		assert.Equal(t, c.want, is, "%s %s", c.a, c.b)
		assert.True(t, !is || template.Matches(c.a, text) && template.Matches(c.b, text), "%s %s: %s", c.a, c.b, text)
	}
}

// FuzzOverlap compares with trying: whatever text both patterns match, they overlap.
func FuzzOverlap(f *testing.F) {
	f.Add("s3:Get*", "s3:*Object", "s3:GetObject")
	f.Fuzz(func(t *testing.T, a, b, text string) {
		if len(a) > 1000 || len(b) > 1000 {
			return
		}
		if template.Matches(a, text) && template.Matches(b, text) && !template.Overlap(a, b) {
			t.Errorf("%q and %q both match %q", a, b, text)
		}
		if text, is := template.Meet(a, b); is && (!template.Matches(a, text) || !template.Matches(b, text)) {
			t.Errorf("%q is not what %q and %q both mean", text, a, b)
		}
		if plain := strings.ToLower(a); !strings.ContainsAny(plain, "*?") && template.Overlap(a, b) != template.Matches(b, a) {
			t.Errorf("%q is plain, and overlaps %q otherwise than it matches", a, b)
		}
	})
}
