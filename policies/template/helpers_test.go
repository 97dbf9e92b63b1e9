package template_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/template"
)

const account = "111122223333"

// stack returns a stack of dev in eu-west-1, of a template as a person writes it.
func stack(t testing.TB, layer, body string) *template.Stack {
	return stackIn(t, "eu-west-1", layer, body)
}

func stackIn(t testing.TB, region, layer, body string) *template.Stack {
	t.Helper()
	return template.NewStack("dev-"+region+"-"+layer, account, region, object(t, body))
}

func object(t testing.TB, text string) map[string]any {
	t.Helper()
	var m map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &m), text)
	return m
}

// evaluated returns what an expression comes to, in a stack with a parameter, a mapping, conditions, and a few resources.
func evaluated(t testing.TB, expression string) template.Value {
	t.Helper()
	e := template.New(
		stack(t, "data", `{
			"Parameters": {
				"Size": {"Type": "String", "Default": "large"},
				"Count": {"Type": "Number", "Default": 3},
				"Subnets": {"Type": "CommaDelimitedList", "Default": "a, b,c"},
				"Given": {"Type": "String"},
				"Hidden": {"Type": "String", "Default": "x", "NoEcho": true},
				"Looked": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/name"}
			},
			"Mappings": {"Regions": {"eu-west-1": {"zones": ["a", "b"], "name": "Ireland"}}},
			"Conditions": {
				"Large": {"Fn::Equals": [{"Ref": "Size"}, "large"]},
				"Small": {"Fn::Not": [{"Condition": "Large"}]},
				"Open": {"Fn::Equals": [{"Ref": "Given"}, "x"]},
				"LargeOrOpen": {"Fn::Or": [{"Condition": "Open"}, {"Condition": "Large"}]},
				"SmallAndOpen": {"Fn::And": [{"Condition": "Open"}, {"Condition": "Small"}]},
				"LargeAndOpen": {"Fn::And": [{"Condition": "Large"}, {"Condition": "Open"}]},
				"Circle": {"Fn::Not": [{"Condition": "Circle"}]}
			},
			"Resources": {
				"Subject": {"Type": "Test::Subject", "Properties": {"X": `+expression+`, "Y": "unmoved"}},
				"Named": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": "chat-${AWS::AccountId}"}}},
				"Unnamed": {"Type": "AWS::S3::Bucket"},
				"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
				"Firewall": {"Type": "AWS::NetworkFirewall::Firewall", "Properties": {"SubnetMappings": [{"SubnetId": "subnet-1"}]}},
				"Wide": {"Type": "AWS::NetworkFirewall::Firewall", "Properties": {"SubnetMappings": [{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}]}},
				"Bare": {"Type": "AWS::NetworkFirewall::Firewall"},
				"Never": {"Type": "AWS::SNS::Topic", "Condition": "Small"},
				"Maybe": {"Type": "AWS::SNS::Topic", "Condition": "Open"}
			},
			"Outputs": {
				"Own": {"Value": {"Ref": "Named"}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-bucket"}}},
				"None": {"Condition": "Small", "Value": "x", "Export": {"Name": "none"}}
			}
		}`),
		stackIn(t, "us-east-1", "edge", `{
			"Resources": {"Distribution": {"Type": "AWS::CloudFront::Distribution"}},
			"Outputs": {"Id": {"Value": {"Ref": "Distribution"}, "Export": {"Name": "edge-id"}}}
		}`),
	)
	return e.Resource("dev-eu-west-1-data", "Subject").Get("X")
}
