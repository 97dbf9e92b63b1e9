package network

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var groupPolicies = []policies.Policy{groupsAreTheParties, groupRulesAreNarrow, groupsAdmitOnlyTheFlows, onlyOwnGroupsAreNamed, defaultGroupsAreEmptied}

const groupIngressType = "AWS::EC2::SecurityGroupIngress"

var groupsAreTheParties = policies.Policy{
	ID: "NET-27", Title: "Every party has one security group in every VPC, in its tier, and no other group exists",
	Source:    policies.LateralMovement,
	Component: policies.Network, STRIDE: "STE", Severity: policies.High,
	Fix:    "name the party in constructs/segment/party.go and in policies/intent/flows.go; let segment.New make the group",
	Expect: expect.Shapes{intent.GroupType: {"VpcId": expect.Own(intent.VPCType), "GroupDescription": expect.Any}},
	Reads:  []string{intent.VPCType},
	Check: func(e *template.Estate, f *policies.Findings) {
		type place struct {
			stack *template.Stack
			party string
		}
		has := map[place]bool{}
		for g := range e.All(intent.GroupType) {
			at := place{g.Stack, intent.PartyOf(g)}
			switch tier := intent.Parties[at.party]; {
			case tier == "":
				f.Fail(g, "Tags name the party %q, must name one of the threat model", at.party)
			case tier != intent.TierOf(g):
				f.Fail(g, "Tags name the tier %q, must name %s: %s lies there", intent.TierOf(g), tier, at.party)
			case has[at]:
				f.Fail(g, "is another group of %s, must be the only one in its VPC", at.party)
			}
			has[at] = true
		}
		for vpc := range e.All(intent.VPCType) {
			f.Examined(vpc)
			for _, party := range slices.Sorted(maps.Keys(intent.Parties)) {
				if !has[place{vpc.Stack, party}] {
					f.Fail(vpc, "has no group of %s, must have 1", party)
				}
			}
		}
	},
}

// A rule for what a group lets out stands in the group. A rule for what it lets in is a resource, unless it names the internet.
var groupRulesAreNarrow = policies.Policy{
	ID: "NET-28", Title: "Every group says what it lets out, and a rule has TCP, a port, a peer and a reason only",
	Source:    policies.Risk("Public Exposure of Services", "Restrict public endpoints, use WAF, enforce HTTPS, monitor for open ports."),
	Component: policies.Network, STRIDE: "TIE", Severity: policies.High,
	Fix: "state the flow in constructs/segment/flows.go: a group without an egress rule lets out everything",
	Expect: expect.Shapes{
		intent.GroupType: {
			"SecurityGroupEgress": expect.Each(expect.Object(expect.Shape{
				"CidrIp": expect.Checked, "DestinationSecurityGroupId": expect.Checked, "DestinationPrefixListId": expect.Checked,
				"IpProtocol": expect.Checked, "FromPort": expect.Checked, "ToPort": expect.Checked, "Description": expect.Any,
			})).Because("AWS takes no rule for every rule"),
			"SecurityGroupIngress": expect.Each(expect.Object(expect.Shape{
				"CidrIp": expect.Is(anywhere), "IpProtocol": expect.Is("tcp"), "FromPort": expect.Checked, "ToPort": expect.Checked, "Description": expect.Any,
			})).OrAbsent(),
		},
		groupIngressType: {
			"GroupId": expect.Own(intent.GroupType), "SourceSecurityGroupId": expect.Own(intent.GroupType),
			"IpProtocol": expect.Is("tcp"), "FromPort": expect.Checked, "ToPort": expect.Checked, "Description": expect.Any,
		},
	},
}

// A rule that is missing stops a flow, which REACH-05 reports.
var groupsAdmitOnlyTheFlows = policies.Policy{
	ID: "NET-30", Title: "Every rule of a group is one end of a flow of the threat model, and stands once",
	Source:    policies.InternalSegmentation,
	Component: policies.Network, STRIDE: "TIE", Severity: policies.High,
	Fix:   "state the flow in constructs/segment/flows.go and, with the words of the threat model that ask for it, in policies/intent/flows.go",
	Reads: []string{intent.GroupType, groupIngressType, intent.PrefixListType},
	Check: func(e *template.Estate, f *policies.Findings) {
		type end struct {
			stack  *template.Stack
			egress bool
			flow   intent.Flow
		}
		has := map[end]bool{}
		for _, rule := range groupRules(e) {
			f.Examined(rule.at)
			x := end{rule.at.Stack, rule.egress, rule.flow(e)}
			switch {
			case rule.isNothing():
				if n := rule.at.Get("SecurityGroupEgress").Len(); n != 1 {
					f.Fail(rule.at, "SecurityGroupEgress has %d rules, must have 1: it says that it lets out nothing", n)
				}
			case !intent.IsFlow(x.flow):
				f.Fail(rule.at, "lets %s, must be a flow of the threat model", x.flow)
			case has[x]:
				f.Fail(rule.at, "lets %s, must be the only rule that does", x.flow)
			}
			has[x] = true
		}
	},
}

// groupRule is a rule of a security group, wherever it is stated.
type groupRule struct {
	at     *template.Resource // states it: the group, or a resource of its own
	group  *template.Resource // it is of; nil if that cannot be known
	egress bool
	says   template.Value
}

func groupRules(e *template.Estate) []groupRule {
	var rules []groupRule
	for g := range e.All(intent.GroupType) {
		for _, rule := range g.Get("SecurityGroupEgress").List() {
			rules = append(rules, groupRule{g, g, true, rule})
		}
		for _, rule := range g.Get("SecurityGroupIngress").List() {
			rules = append(rules, groupRule{g, g, false, rule})
		}
	}
	for r := range e.All(groupIngressType) {
		rules = append(rules, groupRule{r, e.Find(r.Get("GroupId"), intent.GroupType), false, r.Properties()})
	}
	return rules
}

// isNothing reports whether a rule lets out no packet, and is there so that the group says so.
func (r groupRule) isNothing() bool {
	return r.egress && r.says.Len() == 5 && r.says.Get("CidrIp").Is("255.255.255.255/32") && r.says.Get("IpProtocol").Is("icmp") &&
		r.says.Get("FromPort").Is("252") && r.says.Get("ToPort").Is("86")
}

// flow returns what a rule allows: on port 0 if that is not one TCP port.
func (r groupRule) flow(e *template.Estate) intent.Flow {
	own, peer := "unknown", r.peer(e)
	if r.group != nil {
		own = intent.PartyOf(r.group)
	}
	port, ok := r.says.Get("FromPort").Int()
	if !ok || !r.says.Get("ToPort").Is(strconv.Itoa(port)) || !r.says.Get("IpProtocol").Is("tcp") {
		port = 0
	}
	if r.egress {
		return intent.Flow{From: own, To: peer, Port: port}
	}
	return intent.Flow{From: peer, To: own, Port: port}
}

// peer returns the party of its own VPC that a rule names, or internet, s3 or dynamodb; unknown if it is none of these, or two.
func (r groupRule) peer(e *template.Estate) string {
	side := map[bool]string{true: "Destination", false: "Source"}[r.egress]
	found := []string{}
	if block := r.says.Get("CidrIp"); !block.Missing() {
		found = append(found, map[bool]string{true: intent.Internet}[block.Is(anywhere)])
	}
	if id := r.says.Get(side + "SecurityGroupId"); !id.Missing() {
		party := ""
		if g := e.Find(id, intent.GroupType); g != nil && g.Stack == r.at.Stack {
			party = intent.PartyOf(g)
		}
		found = append(found, party)
	}
	if list := r.says.Get(side + "PrefixListId"); !list.Missing() {
		found = append(found, serviceOf(e, list, r.at.Stack))
	}
	if len(found) != 1 || found[0] == "" {
		return "unknown"
	}
	return found[0]
}

// serviceOf returns the service whose addresses in a stack's region a prefix list has; "" if the list was not found by its name.
func serviceOf(e *template.Estate, list template.Value, in *template.Stack) string {
	found := e.Find(list, intent.PrefixListType)
	if found == nil || found.Stack != in || !list.Is(found.Attribute("")) {
		return ""
	}
	for _, service := range []string{intent.S3, intent.DynamoDB} {
		if found.Get("Name").Is("com.amazonaws." + in.Region + "." + service) {
			return service
		}
	}
	return ""
}

var onlyOwnGroupsAreNamed = policies.Policy{
	ID: "NET-31", Title: "Every security group that a resource names is one of the estate's, of its region",
	Source:    policies.LateralMovement,
	Component: policies.Network, STRIDE: "STE", Severity: policies.High,
	Fix:   "bind the resource to the group that segment.New made for it, never to a VPC's default one",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		groups := intent.GroupsByID(e)
		for r := range f.EachLookingUp(e, intent.GroupType) {
			template.Visit(r.Properties().Any(), func(path []string, v any) {
				if len(path) > 0 {
					checkNamedGroup(f, r, path, v, groups)
				}
			})
		}
	},
}

// checkNamedGroup judges a value that a key, or a literal id, says is a group.
func checkNamedGroup(f *policies.Findings, r *template.Resource, path []string, v any, groups map[string]*template.Resource) {
	key := path[len(path)-1]
	if _, err := strconv.Atoi(key); err == nil && len(path) > 1 {
		key = path[len(path)-2] // an element of a list
	}
	names := strings.Contains(key, "SecurityGroup") || r.Type == groupIngressType && key == "GroupId"
	switch v := v.(type) {
	case map[string]any, []any: // what stands in it is visited too
	case string:
		g := groups[v]
		known := g != nil && g.Stack.Region == r.Stack.Region && g.Stack.Account == r.Stack.Account
		if !known && (names || strings.HasPrefix(v, "sg-")) {
			f.Fail(r, "%s is %s, must be a group of the estate in its region", strings.Join(path, "."), v)
		}
	default:
		if names {
			f.Fail(r, "%s cannot be resolved, must be a group of the estate in its region", strings.Join(path, "."))
		}
	}
}

var defaultGroupsAreEmptied = policies.Policy{
	ID: "NET-37", Title: "Every VPC's default security group is emptied: what names no group reaches nothing",
	Source:    policies.NetworkRow,
	Component: policies.Network, STRIDE: "TIE", Severity: policies.High,
	Fix:   "empty it with vpctask's EmptyDefaultGroup, once for each VPC",
	Count: []expect.Census{expect.One(intent.EmptyGroupType, "GroupId").Per(intent.VPCType)},
	Check: func(e *template.Estate, f *policies.Findings) {
		for c := range e.All(intent.EmptyGroupType) {
			if intent.EmptiedVPC(e, c) == nil {
				f.Fail(c, "GroupId is %s, must be the default group of its stack's VPC", c.Get("GroupId"))
			}
		}
	},
}
