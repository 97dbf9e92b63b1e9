package template_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/policies/template"
)

const twoFirewalls = `{"Resources": {
	"A": {"Type": "AWS::NetworkFirewall::Firewall", "Properties": {"SubnetMappings": [{"SubnetId": "subnet-a"}]}},
	"B": {"Type": "AWS::NetworkFirewall::Firewall", "Properties": {"SubnetMappings": [{"SubnetId": "subnet-b"}, {"SubnetId": "subnet-c"}]}},
	"Bucket": {"Type": "AWS::S3::Bucket"},
	"Route": {"Type": "AWS::EC2::Route", "Properties": {"VpcEndpointId": VALUE}}
}}`

func endpointIn(t *testing.T, value string) (*template.Estate, *template.Resource) {
	e := template.New(stack(t, "network", strings.Replace(twoFirewalls, "VALUE", value, 1)))
	return e, e.FindEndpoint(e.Resource("dev-eu-west-1-network", "Route").Get("VpcEndpointId"))
}

// endpoint returns the expression for a part of one of a firewall's endpoints.
func endpoint(firewall, i, by, part string) string {
	return `{"Fn::Select": [` + part + `, {"Fn::Split": ["` + by + `", {"Fn::Select": [` + i + `, {"Fn::GetAtt": ["` + firewall + `", "EndpointIds"]}]}]}]}`
}

func TestAnEndpointIsFoundOnlyWhereItIsCertain(t *testing.T) {
	e, found := endpointIn(t, endpoint("A", "0", ":", "1"))
	assert.Same(t, e.Resource("dev-eu-west-1-network", "A"), found)

	for name, value := range map[string]string{
		"one of two":         endpoint("B", "0", ":", "1"),
		"the second of one":  endpoint("A", "1", ":", "1"),
		"its zone":           endpoint("A", "0", ":", "0"),
		"another part":       endpoint("A", "0", "-", "1"),
		"the firewall":       `{"Ref": "A"}`,
		"a bucket":           endpoint("Bucket", "0", ":", "1"),
		"of no resource":     endpoint("Nobody", "0", ":", "1"),
		"of another account": `"vpce-0123456789abcdef0"`,
	} {
		_, found := endpointIn(t, value)
		assert.Nil(t, found, name)
	}
}

func TestAFirewallThatGainsASubnetLosesItsEndpoint(t *testing.T) {
	e, found := endpointIn(t, endpoint("A", "0", ":", "1"))
	body := found.Clone()
	body["Properties"].(map[string]any)["SubnetMappings"] = []any{map[string]any{"SubnetId": "subnet-a"}, map[string]any{"SubnetId": "subnet-b"}}
	changed := e.With(found, body)
	assert.True(t, changed.Resource("dev-eu-west-1-network", "Route").Get("VpcEndpointId").Unknown())
}
