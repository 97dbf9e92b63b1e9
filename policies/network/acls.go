package network

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// maxACLEntries is the quota of 20 a direction less the default deny rule, which the VPC guide counts in.
const maxACLEntries = 19

var aclEntriesAreBounded = policies.Policy{
	ID: "NET-12", Title: "Every NACL entry is of TCP under a number of its own, and every NACL keeps to its quota",
	Source:    policies.NetworkRow,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix: "let network.NewVPC make the entries, from the flows of constructs/segment",
	Expect: expect.Shapes{aclEntryType: {
		"NetworkAclId": expect.Own(aclType),
		"Egress":       expect.OneOf(true, false),
		"RuleNumber":   expect.Between(1, 32766),
		"RuleAction":   expect.OneOf("allow", "deny"),
		"Protocol":     expect.Is(6).Because("only TCP crosses the edge of a subnet"),
		"CidrBlock":    expect.Checked,
		"PortRange":    expect.Object(expect.Shape{"From": expect.Checked, "To": expect.Checked}),
	}},
	Check: func(e *template.Estate, f *policies.Findings) {
		type direction struct{ acl, egress string }
		taken := map[direction][]string{}
		for r := range e.All(aclEntryType) {
			d, number := direction{r.Get("NetworkAclId").Text(), r.Get("Egress").Text()}, r.Get("RuleNumber").Text()
			if slices.Contains(taken[d], number) {
				f.Fail(r, "RuleNumber is %s, must be its own: another entry has it", number)
			}
			if taken[d] = append(taken[d], number); len(taken[d]) > maxACLEntries {
				f.Fail(r, "is entry %d of its NACL in one direction, must be one of %d: AWS takes no more", len(taken[d]), maxACLEntries)
			}
		}
	},
}

// tierFlow says that connections to a port go from one tier to another.
type tierFlow struct {
	from, to string
	port     int
}

// tierFlows are the flows between the parties as a NACL sees them. S3 and DynamoDB answer from public addresses.
var tierFlows = func() map[tierFlow]bool {
	tierOf := func(party string) string { return cmp.Or(intent.Parties[party], intent.Internet) }
	m := map[tierFlow]bool{}
	for _, f := range intent.Flows {
		m[tierFlow{tierOf(f.From), tierOf(f.To), f.Port}] = true
	}
	return m
}()

// transits are the tiers that a flow leads through. A firewall keeps both addresses and a NAT gateway the client's on its
// inner side, so that the NACL of such a tier sees the client's packets come and go on, and the answers likewise.
var transits = map[tierFlow][]string{
	{"llm", intent.Internet, 443}: {"firewall", "egress"},
}

// anywhere is every address.
const anywhere = "0.0.0.0/0"

// The order among the entries of the VPC decides nothing, and a denial that stops a flow is REACH-05's.
var aclsAdmitTheFlows = policies.Policy{
	ID: "NET-13", Title: "A NACL admits its tier's flows and their answers only, and the VPC never as the internet",
	Source:    policies.LateralMovement,
	Component: policies.Network, STRIDE: "TIE", Severity: policies.High,
	Fix:   "state the flow in constructs/segment/flows.go and, with the words of the threat model that ask for it, in policies/intent/flows.go",
	Reads: []string{aclType, aclEntryType},
	Check: func(e *template.Estate, f *policies.Findings) {
		entries := map[*template.Resource][]*template.Resource{}
		for r := range e.All(aclEntryType) {
			f.Examined(r)
			acl := e.Find(r.Get("NetworkAclId"), aclType)
			entries[acl] = append(entries[acl], r)
		}
		for acl := range e.All(aclType) {
			p, _ := planOf(acl.Stack) // without one, nothing is admitted
			checkEntries(f, p, acl, entries[acl])
		}
	},
}

func numberOf(entry *template.Resource) int {
	n, _ := entry.Get("RuleNumber").Int()
	return n
}

// checkEntries judges the entries of a NACL, in the order of their numbers.
func checkEntries(f *policies.Findings, p plan, acl *template.Resource, entries []*template.Resource) {
	slices.SortFunc(entries, func(a, b *template.Resource) int { return cmp.Compare(numberOf(a), numberOf(b)) })
	needed := p.needed(intent.TierOf(acl))
	missing, denied := maps.Clone(needed), map[bool]bool{} // whether the VPC is denied, by whether outwards
	for _, r := range entries {
		x := readEntry(r)
		if r.Get("RuleAction").Is("deny") {
			denied[x.egress] = denied[x.egress] || x == aclEntry{x.egress, p.vpc.String(), 1, 65535}
			continue
		}
		switch {
		case !needed[x]:
			f.Fail(r, "admits %s, must be what a flow of tier %q or its answer needs", x, intent.TierOf(acl))
		case x.peer == anywhere && !denied[x.egress]:
			f.Fail(r, "admits %s, must stand after an entry that denies the VPC: it is no part of the internet", x)
		}
		delete(missing, x)
	}
	for x := range missing {
		f.Fail(acl, "does not admit %s, must admit it: a flow of tier %s or its answer needs it", x, intent.TierOf(acl))
	}
}

// aclEntry is which TCP packets a NACL entry is about.
type aclEntry struct {
	egress   bool
	peer     string // address block
	from, to int    // ports
}

func readEntry(r *template.Resource) aclEntry {
	from, _ := r.Get("PortRange", "From").Int()
	to, _ := r.Get("PortRange", "To").Int()
	return aclEntry{r.Get("Egress").True(), r.Get("CidrBlock").Text(), from, to}
}

func (x aclEntry) String() string {
	return fmt.Sprintf("TCP %d-%d %s %s", x.from, x.to, map[bool]string{true: "to", false: "from"}[x.egress], x.peer)
}

// needed returns what the flows of a tier and their answers need of its NACL.
func (p plan) needed(tier string) map[aclEntry]bool {
	all := map[aclEntry]bool{}
	block := func(of string) string {
		if of == intent.Internet {
			return anywhere
		}
		return p.tiers[of].String()
	}
	for c := range tierFlows {
		through := slices.Contains(transits[c], tier)
		if c.from == tier || through {
			all[aclEntry{true, block(c.to), c.port, c.port}] = true
			all[aclEntry{false, block(c.to), 1024, 65535}] = true
		}
		if c.to == tier || through {
			all[aclEntry{false, block(c.from), c.port, c.port}] = true
			all[aclEntry{true, block(c.from), 1024, 65535}] = true
		}
	}
	return all
}
