package network

import (
	"cmp"
	"fmt"
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// maxACLEntries is the quota of 20 a direction less the default deny rule, which the VPC guide counts in.
const maxACLEntries = 19

var aclEntriesAreBounded = policies.Policy{
	ID: "NET-12", Title: "Every NACL entry allows or denies a range of TCP ports over IPv4 under a number of its own, and no NACL has more than its quota",
	Source:    policies.NetworkRow,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix:   "state the flow in constructs/network/acl.go; what is not TCP or has no range is too much",
	Reads: []string{aclType, aclEntryType},
	Check: func(e *template.Estate, f *policies.Findings) {
		type direction struct {
			acl    *template.Resource
			egress bool
		}
		type numbered struct {
			direction
			number int
		}
		count, taken := map[direction]int{}, map[numbered]bool{}
		for r := range e.All(aclEntryType) {
			f.Examined(r)
			checkACLEntry(f, r)
			d := direction{e.Find(r.Get("NetworkAclId"), aclType), r.Get("Egress").True()}
			if d.acl == nil {
				f.Fail(r, "is of a NACL that cannot be known")
				continue
			}
			number, ok := r.Get("RuleNumber").Int()
			if !ok || number < 1 || number > 32766 || taken[numbered{d, number}] {
				f.Fail(r, "%s is no rule number of its own", r.Get("RuleNumber"))
			}
			taken[numbered{d, number}] = true
			if count[d]++; count[d] > maxACLEntries {
				f.Fail(r, "is entry %d of its NACL in one direction: AWS takes %d", count[d], maxACLEntries)
			}
		}
	},
}

func checkACLEntry(f *policies.Findings, r *template.Resource) {
	f.AllowOnly(r, "CidrBlock", "Egress", "NetworkAclId", "PortRange", "Protocol", "RuleAction", "RuleNumber")
	if !r.Get("Egress").True() && !r.Get("Egress").False() {
		f.Fail(r, "its direction is not stated")
	}
	if !r.Get("RuleAction").Is("allow") && !r.Get("RuleAction").Is("deny") {
		f.Fail(r, "its action is %s, neither allow nor deny", r.Get("RuleAction"))
	}
	if !r.Get("Protocol").Is("6") {
		f.Fail(r, "its protocol is %s, not TCP", r.Get("Protocol"))
	}
	if _, ok := parseBlock(r.Get("CidrBlock")); !ok {
		f.Fail(r, "%s is no block of IPv4 addresses", r.Get("CidrBlock"))
	}
	from, known := r.Get("PortRange", "From").Int()
	to, ok := r.Get("PortRange", "To").Int()
	if !known || !ok || from < 1 || from > to || to > 65535 {
		f.Fail(r, "%s is no range of ports", r.Get("PortRange"))
	}
}

// tierFlow says which tier may open connections to which, on one port. The answers come from any ephemeral port.
type tierFlow struct {
	from, to string
	port     int
}

// tierFlows are the arrows of the threat model's high-level design, one a line, and the way that each takes through the
// tiers. It is a second reading, on purpose apart from what the network is built of.
var tierFlows = []tierFlow{
	// "PUB/CAU -- HTTPS / WebSocket --> ALB": users and admins on 443, partners' mTLS on 8443.
	{intent.Internet, "public", 443},
	{intent.Internet, "public", 8443},
	// "ALB -- API --> AGW" by the gateway's endpoint, "ALB -- WebSocket --> ECS" straight to a task.
	{"public", "app", 443},
	{"public", "app", 8443},
	// "AGW --> ECS", "ECS --> LOGS", secrets and keys: by endpoints in the app tier; services call each other on 8443.
	{"app", "app", 443},
	{"app", "app", 8443},
	// "ALB -- WebSocket --> ECS", onwards from the gate to chat.
	{"app", "app", 8444},
	// "ECS --> LLM".
	{"app", "llm", 8443},
	// "ECS --> RDS", "ECS --> REDIS", "LLM --> RDS".
	{"app", "data", 5432},
	{"app", "data", 6379},
	{"llm", "data", 5432},
	// "LLM -- FAQ/Knowledge Access --> S3PRIV" and the AWS APIs: by endpoints in the app tier.
	{"llm", "app", 443},
	// "ECS -- FAQ/Knowledge Access --> S3PRIV": the gateway endpoint answers from S3's public addresses.
	{"app", intent.Internet, 443},
	// "LLM -- API Call --> LLMAPI".
	{"llm", intent.Internet, 443},
}

// transits are the tiers that a crossing leads through. A firewall keeps both addresses and a NAT gateway the client's on its
// inner side, so that the NACL of such a tier sees the client's packets come and go on, and the answers likewise.
var transits = map[tierFlow][]string{
	{"llm", intent.Internet, 443}: {"firewall", "egress"},
}

// aclRule is what one NACL entry lets through, or denies.
type aclRule struct {
	egress   bool
	deny     bool
	peer     string // address block
	from, to int    // ports
}

// aclRules are the entries that a tier's NACL must have, no more and no less, for the crossings to work. Where it has one for
// the internet, it denies the VPC, which is not meant by that.
func aclRules(p plan, tier string) map[aclRule]bool {
	all := map[aclRule]bool{}
	add := func(egress bool, peer string, from, to int) {
		if peer != intent.Internet {
			all[aclRule{egress, false, p.tiers[peer].String(), from, to}] = true
			return
		}
		all[aclRule{egress, false, anywhere, from, to}] = true
		all[aclRule{egress, true, p.vpc.String(), 1, 65535}] = true
	}
	for _, c := range tierFlows {
		transit := slices.Contains(transits[c], tier)
		if c.from == tier || transit {
			add(true, c.to, c.port, c.port)
			add(false, c.to, 1024, 65535)
		}
		if c.to == tier || transit {
			add(false, c.from, c.port, c.port)
			add(true, c.from, 1024, 65535)
		}
	}
	return all
}

var aclsAreTheFlowsBetweenTiers = policies.Policy{
	ID: "NET-13", Title: "Every tier's NACL lets through exactly the flows of the threat model: data is reached from app and llm only, and what is for the internet is not for the rest of the VPC",
	Source:    policies.LateralMovement,
	Component: policies.Network, STRIDE: "TIE", Severity: policies.High,
	Fix:   "state the flow in constructs/network/acl.go and, if the threat model knows it, among the crossings of this policy",
	Reads: []string{intent.VPCType, aclType, aclEntryType},
	Check: func(e *template.Estate, f *policies.Findings) {
		entries := map[*template.Resource][]*template.Resource{}
		for r := range e.All(aclEntryType) {
			f.Examined(r)
			acl := e.Find(r.Get("NetworkAclId"), aclType)
			entries[acl] = append(entries[acl], r)
		}
		plans := map[*template.Resource]plan{nil: {}}
		for vpc := range e.All(intent.VPCType) {
			plans[vpc], _ = planOf(vpc) // without one, nothing is let through
		}
		for a := range e.All(aclType) {
			f.Examined(a)
			checkPassages(f, a, aclRules(plans[intent.VPCOf(e, a)], intent.TierOf(a)), entries[a])
		}
		for _, r := range entries[nil] {
			f.Fail(r, "lets something through a NACL that cannot be known")
		}
	},
}

func checkPassages(f *policies.Findings, acl *template.Resource, wanted map[aclRule]bool, entries []*template.Resource) {
	reached := map[bool]int{} // the rank that a direction has come to
	slices.SortFunc(entries, func(a, b *template.Resource) int { return cmp.Compare(numberOf(a), numberOf(b)) })
	for _, r := range entries {
		from, _ := r.Get("PortRange", "From").Int()
		to, _ := r.Get("PortRange", "To").Int()
		p := aclRule{r.Get("Egress").True(), r.Get("RuleAction").Is("deny"), r.Get("CidrBlock").Text(), from, to}
		if !wanted[p] || !r.Get("Protocol").Is("6") || !p.deny && !r.Get("RuleAction").Is("allow") {
			f.Fail(r, "has %s in tier %q, which no flow asks for, or asks for twice", p, intent.TierOf(acl))
			continue
		}
		delete(wanted, p)
		if p.rank() < reached[p.egress] {
			f.Fail(r, "has %s after the internet's, or the rest of the VPC's, so that it decides nothing", p)
		}
		reached[p.egress] = p.rank()
	}
	for p := range wanted {
		f.Fail(acl, "does not have %s, so tier %q is cut off or open", p, intent.TierOf(acl))
	}
}

func numberOf(entry *template.Resource) int {
	n, _ := entry.Get("RuleNumber").Int()
	return n
}

// rank is the order that the entries of a direction stand in: the tiers of the VPC, then nothing more of it, then the internet,
// of whose addresses the VPC's would otherwise be some.
func (p aclRule) rank() int {
	switch {
	case p.deny:
		return 1
	case p.peer == anywhere:
		return 2
	}
	return 0
}

// anywhere is every address.
const anywhere = "0.0.0.0/0"

func (p aclRule) String() string {
	direction := map[bool]string{true: "to", false: "from"}[p.egress]
	action := map[bool]string{true: "deny", false: "allow"}[p.deny]
	return fmt.Sprintf("%s TCP %d-%d %s %s", action, p.from, p.to, direction, cmp.Or(p.peer, "anywhere"))
}
