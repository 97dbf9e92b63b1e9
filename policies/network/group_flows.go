package network

import (
	"strconv"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var groupRulesNameGroups = policies.Policy{
	ID: "NET-29", Title: "Every rule of a group names another group of its VPC; the exceptions are the internet to the load balancer's listeners and from llm, and the prefix lists of S3 and DynamoDB",
	Source:    policies.Risk("Public Exposure of Services", "Use a single, well-audited gateway (API Gateway/ELB) for all public, partner, and admin access to reduce attack surface."),
	Component: policies.Network, STRIDE: "STE", Severity: policies.High,
	Fix:   "name a party in constructs/segment/flows.go; an exception more is a line of policies/intent/flows.go, with what asks for it",
	Reads: []string{intent.VPCType, intent.GroupType, groupIngressType, intent.PrefixListType},
	Check: func(e *template.Estate, f *policies.Findings) {
		peers := peersIn(e)
		for _, rule := range groupRules(e) {
			f.Examined(rule.at)
			if rule.nothing() {
				continue
			}
			flow := peers.flow(rule)
			switch peer := peers.of(rule); {
			case peer == "":
				f.Fail(rule.at, "a rule names nobody of its network: %s", rule.says)
			case intent.Parties[peer] == "" && !isFlow[flow]:
				f.Fail(rule.at, "a rule is open to %s, which is no named exception: %s", peer, flow)
			}
		}
	},
}

var groupsAreTheFlows = policies.Policy{
	ID: "NET-30", Title: "Each group lets out and in exactly the flows of the threat model: every arrow works, no service reaches another's store, and there is no other flow",
	Source:    policies.InternalSegmentation,
	Component: policies.Network, STRIDE: "TIE", Severity: policies.High,
	Fix:   "state the flow in constructs/segment/flows.go and, with the words of the threat model that ask for it, in policies/intent/flows.go",
	Reads: []string{intent.VPCType, intent.GroupType, groupIngressType, intent.PrefixListType},
	Check: func(e *template.Estate, f *policies.Findings) {
		has := map[half]bool{}
		peers := peersIn(e)
		for _, rule := range groupRules(e) {
			f.Examined(rule.at)
			if rule.nothing() {
				if rule.group.Get("SecurityGroupEgress").Len() != 1 {
					f.Fail(rule.at, "says that it lets out nothing, among others")
				}
				continue
			}
			h := half{peers.vpc(rule.group), rule.egress, peers.flow(rule)}
			if !isFlow[h.flow] {
				f.Fail(rule.at, "lets %s, which no flow asks for", h.flow)
			} else if has[h] {
				f.Fail(rule.at, "lets %s, as another rule does", h.flow)
			}
			has[h] = true
		}
		for vpc := range e.All(intent.VPCType) {
			f.Examined(vpc)
			checkHalves(f, vpc, has)
		}
	},
}

// half is what one rule does for a flow: its source lets it out, its destination lets it in.
type half struct {
	vpc    *template.Resource
	egress bool
	flow   intent.Flow
}

func checkHalves(f *policies.Findings, vpc *template.Resource, has map[half]bool) {
	for flow := range isFlow {
		if intent.Parties[flow.From] != "" && !has[half{vpc, true, flow}] {
			f.Fail(vpc, "%s does not let out to %s on %d, so a flow fails", flow.From, flow.To, flow.Port)
		}
		if intent.Parties[flow.To] != "" && !has[half{vpc, false, flow}] {
			f.Fail(vpc, "%s does not let in %s on %d, so a flow fails", flow.To, flow.From, flow.Port)
		}
	}
}

// isFlow are the flows, whatever asks for them.
var isFlow = func() map[intent.Flow]bool {
	m := map[intent.Flow]bool{}
	for _, f := range intent.Flows {
		f.Because = ""
		m[f] = true
	}
	return m
}()

// peers tell who a rule's peer is.
type peers struct {
	e      *template.Estate
	groups map[string]*template.Resource
}

func peersIn(e *template.Estate) peers { return peers{e, intent.GroupsByID(e)} }

// of is the party that a rule names, or internet, s3 or dynamodb; "" if it is none of the rule's own VPC, or there are several.
func (p peers) of(rule groupRule) string {
	block := rule.says.Get("CidrIp")
	id, list := rule.says.Get(rule.side()+"SecurityGroupId"), rule.says.Get(rule.side()+"PrefixListId")
	switch {
	case rule.group == nil:
		return ""
	case list.Missing() && id.Missing() && block.Is(anywhere):
		return intent.Internet
	case block.Missing() && id.Missing():
		return p.listed(list, rule.group.Stack)
	case list.Missing() && block.Missing():
		if g := p.groups[id.Text()]; g != nil && p.vpc(g) != nil && p.vpc(g) == p.vpc(rule.group) {
			return intent.PartyOf(g)
		}
	}
	return ""
}

// listed is the service whose addresses in a stack's region a prefix list has; "" if nobody found the list by its name.
func (p peers) listed(list template.Value, in *template.Stack) string {
	found := p.e.Find(list, intent.PrefixListType)
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

// flow is what a rule allows, as far as that is known; on port 0 if it allows more.
func (p peers) flow(rule groupRule) intent.Flow {
	if rule.group == nil {
		return intent.Flow{}
	}
	if own := intent.PartyOf(rule.group); rule.egress {
		return intent.Flow{From: own, To: p.of(rule), Port: rule.port()}
	} else {
		return intent.Flow{From: p.of(rule), To: own, Port: rule.port()}
	}
}

func (p peers) vpc(group *template.Resource) *template.Resource {
	if group == nil {
		return nil
	}
	return intent.VPCOf(p.e, group)
}

var onlyOwnGroupsAreNamed = policies.Policy{
	ID: "NET-31", Title: "Every security group that a resource names is a party's, of its own stack's region, and nobody uses a VPC's default one",
	Source:    policies.LateralMovement,
	Component: policies.Network, STRIDE: "STE", Severity: policies.High,
	Fix:   "bind the resource to the group that segment.New made for it",
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

// checkNamedGroup looks at a value that a key, or a literal id, says is a group.
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
		if g != nil && (g.Stack.Region != r.Stack.Region || g.Stack.Account != r.Stack.Account) {
			g = nil
		}
		if g == nil && (names || strings.HasPrefix(v, "sg-")) {
			f.Fail(r, "%s is %s, which is no group of the estate in its region", strings.Join(path, "."), v)
		}
	default:
		if names {
			f.Fail(r, "%s names a group that cannot be known", strings.Join(path, "."))
		}
	}
}
