package template

import "strings"

const firewallType = "AWS::NetworkFirewall::Firewall"

// endpointIDs is the attribute that lists a firewall's endpoints as "zone:id" ("AWS::NetworkFirewall::Firewall",
// "Return values").
const endpointIDs = "EndpointIds"

// endpoints returns those of a firewall. The list is in no order, so only a list of one says which endpoint stands where.
func (r *resolver) endpoints(t *Resource) any {
	mappings, ok := r.attribute(t, "SubnetMappings").([]any)
	if !ok || len(mappings) != 1 {
		return unknown("the endpoints of %s are in no order, and it is not known to have just one", t)
	}
	return []any{token(t.Stack.Name, t.ID, endpointIDs+".0")}
}

// FindEndpoint returns the firewall whose one endpoint a value is, as a route names it:
//
//	{"Fn::Select": [1, {"Fn::Split": [":", {"Fn::Select": [0, {"Fn::GetAtt": ["Firewall", "EndpointIds"]}]}]}]}
//
// It is nil if the value is anything else, or the firewall has not exactly one subnet.
func (e *Estate) FindEndpoint(v Value) *Resource {
	if !strings.HasSuffix(v.Text(), "."+endpointIDs+".0.split(:).1}") {
		return nil
	}
	return e.Find(v, firewallType)
}
