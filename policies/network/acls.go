package network

import (
	"cmp"
	"fmt"
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

// An entry that is missing stops a flow, which REACH-05 reports.
var aclsAdmitOnlyTheFlows = policies.Policy{
	ID: "NET-13", Title: "A NACL admits only its tier's flows and their answers, and the internet but not the VPC with it",
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
		for acl, list := range entries {
			slices.SortFunc(list, func(a, b *template.Resource) int { return cmp.Compare(numberOf(a), numberOf(b)) })
			if acl == nil {
				continue // NET-12 reports it
			}
			p, _ := planOf(acl.Stack) // without one, no entry is what a flow asks for
			checkEntries(f, p, intent.TierOf(acl), list)
		}
	},
}

func numberOf(entry *template.Resource) int {
	n, _ := entry.Get("RuleNumber").Int()
	return n
}

// checkEntries judges the entries of a tier's NACL, in the order of their numbers.
func checkEntries(f *policies.Findings, p plan, tier string, entries []*template.Resource) {
	denied := map[bool]bool{} // the VPC, by whether outwards
	for _, r := range entries {
		x := readEntry(r)
		switch isDeny := r.Get("RuleAction").Is("deny"); {
		case isDeny && x == (aclEntry{x.egress, p.vpc.String(), 1, 65535}):
			denied[x.egress] = true
		case isDeny: // more than the rest of the VPC: at worst, a flow stops
		case !p.needs(tier, x):
			f.Fail(r, "admits %s, must be what a flow of tier %q or its answer needs", x, tier)
		case x.peer == anywhere && !denied[x.egress]:
			f.Fail(r, "admits %s, must stand after an entry that denies the VPC: it is no part of the internet", x)
		}
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

// needs reports whether some flow of a tier, or its answer, is exactly what an entry is about.
func (p plan) needs(tier string, x aclEntry) bool {
	block := func(of string) string {
		if of == intent.Internet {
			return anywhere
		}
		return p.tiers[of].String()
	}
	for c := range tierFlows {
		through := slices.Contains(transits[c], tier)
		asks := x.from == c.port && x.to == c.port
		answers := x.from == 1024 && x.to == 65535
		asClient := (c.from == tier || through) && x.peer == block(c.to) && (x.egress && asks || !x.egress && answers)
		asServer := (c.to == tier || through) && x.peer == block(c.from) && (x.egress && answers || !x.egress && asks)
		if asClient || asServer {
			return true
		}
	}
	return false
}
