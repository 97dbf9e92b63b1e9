package network

import (
	"maps"
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var groupPolicies = []policies.Policy{groupsAreTheParties, groupRulesAreNarrow, groupRulesNameGroups, groupsAreTheFlows, onlyOwnGroupsAreNamed}

const (
	groupIngressType = "AWS::EC2::SecurityGroupIngress"
)

// maxGroupRules is the quota of a group in one direction ("Amazon VPC quotas"). The prefix lists of S3 and DynamoDB count
// once ("Available AWS-managed prefix lists": weight 1).
const maxGroupRules = 60

var groupsAreTheParties = policies.Policy{
	ID: "NET-27", Title: "Every party of the network has exactly one security group in every VPC, in its tier, and there is no other group",
	Source:    policies.LateralMovement,
	Component: policies.Network, STRIDE: "STE", Severity: policies.High,
	Fix:   "name the party in constructs/segment/party.go, and here among the members; let segment.New make the group",
	Reads: []string{intent.VPCType, intent.GroupType},
	Check: func(e *template.Estate, f *policies.Findings) {
		type place struct {
			vpc   *template.Resource
			party string
		}
		has := map[place]bool{}
		for g := range e.All(intent.GroupType) {
			f.Examined(g)
			checkGroup(f, g)
			at := place{intent.VPCOf(e, g), intent.PartyOf(g)}
			if at.vpc == nil || at.vpc.Stack != g.Stack {
				f.Fail(g, "is of a VPC that cannot be known, or of another stack's")
			} else if has[at] {
				f.Fail(g, "is not the only group of %q", at.party)
			}
			has[at] = true
		}
		for vpc := range e.All(intent.VPCType) {
			f.Examined(vpc)
			for _, party := range slices.Sorted(maps.Keys(intent.Parties)) {
				if !has[place{vpc, party}] {
					f.Fail(vpc, "has no group of %s", party)
				}
			}
		}
	},
}

func checkGroup(f *policies.Findings, g *template.Resource) {
	f.AllowOnly(g, "GroupDescription", "SecurityGroupEgress", "SecurityGroupIngress", "Tags", "VpcId")
	if g.Get("GroupDescription").Text() == "" {
		f.Fail(g, "does not say whose it is")
	}
	if tier, known := intent.Parties[intent.PartyOf(g)]; !known {
		f.Fail(g, "is tagged with no party that the threat model knows")
	} else if intent.TierOf(g) != tier {
		f.Fail(g, "is of tier %q; %s lies in %s", intent.TierOf(g), intent.PartyOf(g), tier)
	}
}

var groupRulesAreNarrow = policies.Policy{
	ID: "NET-28", Title: "Every rule of a group is TCP on one port over IPv4 with one peer and a reason, every group says what it lets out, and none has more than its quota",
	Source:    policies.Risk("Public Exposure of Services", "Restrict public endpoints, use WAF, enforce HTTPS, monitor for open ports."),
	Component: policies.Network, STRIDE: "TIE", Severity: policies.High,
	Fix:   "state the flow in constructs/segment/flows.go: a group without an egress rule lets out everything",
	Reads: []string{intent.GroupType, groupIngressType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for g := range e.All(intent.GroupType) {
			f.Examined(g)
			if g.Get("SecurityGroupEgress").Len() == 0 {
				f.Fail(g, "does not say what it lets out, which AWS takes for everything")
			}
		}
		type direction struct {
			group  *template.Resource
			egress bool
		}
		count := map[direction]int{}
		for _, rule := range groupRules(e) {
			f.Examined(rule.at)
			if rule.group == nil {
				f.Fail(rule.at, "is a rule of a group that cannot be known")
			} else if d := (direction{rule.group, rule.egress}); count[d] == maxGroupRules {
				f.Fail(rule.at, "has more than the %d rules that AWS takes in one direction", maxGroupRules)
			} else {
				count[d]++
			}
			checkGroupRule(f, rule)
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

// groupRules are all of them. A rule for what a group lets out stands in the group: as a resource of its own it is of no type
// that is judged.
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
	groups := intent.GroupsByID(e)
	for r := range e.All(groupIngressType) {
		rules = append(rules, groupRule{r, groups[r.Get("GroupId").Text()], false, r.Properties()})
	}
	return rules
}

// side is what the properties of a rule begin with that name its peer.
func (r groupRule) side() string {
	return map[bool]string{true: "Destination", false: "Source"}[r.egress]
}

// nothing says that a rule lets out no packet, and is there so that the group says so.
func (r groupRule) nothing() bool {
	return r.egress && r.says.Len() == 5 && r.says.Get("CidrIp").Is("255.255.255.255/32") && r.says.Get("IpProtocol").Is("icmp") &&
		r.says.Get("FromPort").Is("252") && r.says.Get("ToPort").Is("86") && r.says.Get("Description").Text() != ""
}

// port is the one that a rule is about, 0 if it is about more or about another protocol.
func (r groupRule) port() int {
	from, known := r.says.Get("FromPort").Int()
	to, ok := r.says.Get("ToPort").Int()
	if !r.says.Get("IpProtocol").Is("tcp") || !known || !ok || from != to || from < 1 || from > 65535 {
		return 0
	}
	return from
}

func checkGroupRule(f *policies.Findings, rule groupRule) {
	if rule.nothing() {
		return
	}
	if rule.says.Unknown() {
		f.Refuse(rule.at, "a rule", rule.says)
		return
	}
	peers := []string{"CidrIp", rule.side() + "SecurityGroupId", rule.side() + "PrefixListId"}
	known := append([]string{"Description", "FromPort", "IpProtocol", "ToPort"}, peers...)
	if rule.at != rule.group {
		known = append(known, "GroupId")
	}
	named := 0
	for _, key := range rule.says.Keys() {
		if slices.Contains(peers, key) {
			named++
		} else if !slices.Contains(known, key) {
			f.Fail(rule.at, "a rule sets %s, which nothing here needs", key)
		}
	}
	if named != 1 {
		f.Fail(rule.at, "a rule names %d peers, not one: %s", named, rule.says)
	}
	if rule.port() == 0 {
		f.Fail(rule.at, "a rule is not of one TCP port: %s", rule.says)
	}
	if rule.says.Get("Description").Text() == "" {
		f.Fail(rule.at, "a rule gives no reason: %s", rule.says)
	}
}
