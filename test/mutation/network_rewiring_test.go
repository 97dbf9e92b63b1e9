package mutation

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/catalogue"
	"livechat.example/cloud/policies/template"
	"livechat.example/cloud/test/shipped"
)

// rewirings are mutations that need to know of another resource: one property takes what stands in another, of the same
// stack, so that everything still resolves and only the wrong things are joined.
var rewirings = []struct{ policy, typ, property, fromType, fromProperty string }{
	{"NET-04", subnet, "CidrBlock", subnet, "CidrBlock"},
	{"NET-04", subnet, "AvailabilityZone", subnet, "AvailabilityZone"},
	{"NET-06", subnetRoutes, "RouteTableId", subnetRoutes, "RouteTableId"},
	{"NET-06", subnetRoutes, "SubnetId", subnetRoutes, "SubnetId"},
	{"NET-07", subnetACL, "NetworkAclId", subnetACL, "NetworkAclId"},
	{"NET-07", subnetACL, "SubnetId", subnetACL, "SubnetId"},
	{"NET-08", route, "RouteTableId", subnetRoutes, "RouteTableId"},
	{"NET-08", route, "NatGatewayId", route, "NatGatewayId"},
	{"NET-08", natGateway, "SubnetId", natGateway, "SubnetId"},
	{"NET-08", natGateway, "SubnetId", subnetACL, "SubnetId"},
	{"NET-08", route, "VpcEndpointId", route, "VpcEndpointId"},
	{"NET-11", natGateway, "SubnetId", subnetACL, "SubnetId"},
	{"NET-11", natGateway, "AllocationId", natGateway, "AllocationId"},
	{"NET-21", firewallLog, "FirewallArn", firewallLog, "FirewallArn"},
	{"NET-22", exclusion, "SubnetId", subnetACL, "SubnetId"},
	{"NET-13", aclEntry, "NetworkAclId", subnetACL, "NetworkAclId"},
	{"NET-33", vpcEndpoint, "RouteTableIds", vpcEndpoint, "RouteTableIds"},
	{"NET-35", vpcEndpoint, "PolicyDocument", vpcEndpoint, "PolicyDocument"},
	{"NET-36", vpcEndpoint, "SecurityGroupIds", vpcEndpoint, "SecurityGroupIds"},
}

func TestEveryRewiringOfTheNetworkIsNoticed(t *testing.T) {
	e := shipped.Estate(t, "dev")
	for _, w := range rewirings {
		tried := 0
		for r := range e.All(w.typ) {
			other := differing(e, r, w.property, w.fromType, w.fromProperty)
			if other == nil {
				continue
			}
			tried++
			verdict := catalogue.JudgeChange(e.With(r, set(w.property, other)(r.Clone())), r, shipped.Today)
			killed := slices.ContainsFunc(verdict.Findings, func(f policies.Finding) bool { return f.Policy.ID == w.policy })
			assert.True(t, killed, "%s survives: %s takes %s of a %s", w.policy, r, w.property, w.fromType)
		}
		assert.NotZero(t, tried, "%s: nothing has %s", w.typ, w.property)
	}
}

// differing returns what another resource of r's stack has where r has something else; nil if r has nothing there.
func differing(e *template.Estate, r *template.Resource, property, fromType, fromProperty string) any {
	own := r.Get(property)
	if own.Missing() {
		return nil
	}
	for o := range e.All(fromType) {
		if theirs := o.Get(fromProperty); o.Stack == r.Stack && !theirs.Missing() && theirs.String() != own.String() {
			return o.Raw()["Properties"].(map[string]any)[fromProperty]
		}
	}
	return nil
}
