package proof

import (
	"fmt"
	"slices"
	"strings"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/reach"
	"livechat.example/cloud/policies/template"
)

// The other policies of the network hold each part to what it should be. These hold all parts together: they ask a model of what AWS
// does with them what can reach what, and a finding names the way, hop by hop.
var reachPolicies = []policies.Policy{onlyTheDoorIsReachable, onlyDeclaredHosts, noOtherWayOut, nothingFlowsButTheArrows, everyArrowWorks}

const closeTheHop = "follow the way in the finding, and close the hop that should have stopped it"

// llmTier is the one tier that has a way out.
const llmTier = "llm"

// hostsOf returns the hosts that were declared for a network.
func hostsOf(n *reach.Network) []string { return intent.Texts(n.VPC.Stack.Intent().Get("hosts")) }

var onlyTheDoorIsReachable = policies.Policy{
	ID: "REACH-01", Title: "The internet reaches only the load balancer's listeners on 443 and 8443",
	Source:    policies.Risk("Public Exposure of Services", "Use a single, well-audited gateway (API Gateway/ELB) for all public, partner, and admin access to reduce attack surface."),
	Component: policies.Network, STRIDE: "STID", Severity: policies.High,
	Fix:   closeTheHop,
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		listener := func(o reach.Opening) bool {
			port, is := onePort(o)
			return is && (port == 443 || port == 8443)
		}
		for _, n := range bareNetworks(f, e) {
			for _, tier := range n.Tiers() {
				var may func(reach.Opening) bool
				if tier == "public" {
					may = listener
				}
				reportOpenings(f, n, intent.Internet, "tier:"+tier, may)
			}
			for _, party := range n.Groups() {
				var may func(reach.Opening) bool
				if party == "alb" {
					may = listener
				}
				reportOpenings(f, n, intent.Internet, "group:"+party, may)
			}
		}
	},
}

var onlyDeclaredHosts = policies.Policy{
	ID: "REACH-02", Title: "The llm tier reaches only the declared hosts, by TLS on 443 through its zone's firewall",
	Source:    policies.Table("LLM Context Service", "IAM, input validation, output filtering, least privilege"),
	Component: policies.LLMContext, STRIDE: "TIE", Severity: policies.High,
	Fix:   closeTheHop + "; only environment.yaml allows hosts",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, n := range bareNetworks(f, e) {
			hosts := hostsOf(n)
			reportOpenings(f, n, "tier:"+llmTier, intent.Internet, nil)
			for _, name := range n.Names() {
				if !slices.Contains(hosts, name) {
					undeclaredName(f, n, strings.TrimPrefix(name, "."))
				}
			}
			for _, host := range hosts {
				reportOpenings(f, n, "tier:"+llmTier, host, func(o reach.Opening) bool { port, is := onePort(o); return is && port == 443 })
				declaredHost(f, n, host)
			}
			if open, hop := n.Resolves(undeclaredHost); open {
				f.Fail(n.VPC, "DNS exfiltration: the resolver answers queries for arbitrary names: %s", hop)
			}
		}
	},
}

// undeclaredHost is a host that no network declares.
const undeclaredHost = "stranger.example"

// undeclaredName reports an undeclared name that the firewall passes to any address.
func undeclaredName(f *policies.Findings, n *reach.Network, name string) {
	q := reach.Question{From: "tier:" + llmTier, To: intent.Internet, Port: 443, Speaks: "tls", Name: name}
	if open, err := n.Open(q); err != nil || open {
		reportWay(f, n, q, fmt.Sprintf("TLS to %s, which was not declared,", name))
	}
}

// declaredHost reports each way to a host that is not TLS, passes no firewall, and leaves the zone that it begins in.
func declaredHost(f *policies.Findings, n *reach.Network, host string) {
	q := reach.Question{From: "tier:" + llmTier, To: host, Port: 443}
	for _, speaks := range []string{"http", "plain"} {
		other := q
		other.Speaks = speaks
		if open, _ := n.Open(other); open {
			reportWay(f, n, other, fmt.Sprintf("%s to %s on 443", speaks, host))
		}
	}
	a, err := n.Ask(q)
	if err != nil {
		return // reported with its openings
	}
	reported := map[string]bool{} // a zone has more than one way: for anything in the tier, and for its group
	for _, w := range a.Ways {
		if !w.Open || reported[w.FromZone] {
			continue
		}
		fails := func(fault string) {
			reported[w.FromZone] = true
			f.Fail(n.VPC, "the way from %s to %s %s: %s", w.FromZone, host, fault, reach.Path(w.Hops))
		}
		if slices.ContainsFunc(w.Hops, func(h reach.Hop) bool { return h.Zone != "" && h.Zone != w.FromZone }) {
			fails("leaves its zone")
		}
		if !slices.ContainsFunc(w.Hops, func(h reach.Hop) bool { return h.What == reach.Firewall }) {
			fails("passes no firewall")
		}
	}
}

// Only app and llm have a way to S3 and DynamoDB.
var noOtherWayOut = policies.Policy{
	ID: "REACH-03", Title: "Only the llm tier has a way to the internet",
	Source:    policies.LateralMovement,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix:   closeTheHop + "; app calls AWS by its endpoints",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, n := range bareNetworks(f, e) {
			for _, tier := range n.Tiers() {
				// The public tier answers the internet, so there the group must keep a party from calling.
				if tier == llmTier || tier == "public" {
					continue
				}
				reachesOut(f, n, "tier:"+tier)
				if tier != "app" {
					reportOpenings(f, n, "tier:"+tier, intent.S3, nil)
					reportOpenings(f, n, "tier:"+tier, intent.DynamoDB, nil)
				}
			}
			for _, party := range n.Groups() {
				if n.TierOf(party) == "public" || n.TierOf(party) == "" {
					reachesOut(f, n, "group:"+party)
				}
			}
		}
	},
}

// reachesOut reports each way out of an end.
func reachesOut(f *policies.Findings, n *reach.Network, from string) {
	reportOpenings(f, n, from, intent.Internet, nil)
	for _, host := range hostsOf(n) {
		reportOpenings(f, n, from, host, nil)
	}
}

var nothingFlowsButTheArrows = policies.Policy{
	ID: "REACH-04", Title: "Parties in a network reach each other only along the arrows of the threat model",
	Source:    policies.LateralMovement,
	Component: policies.Network, STRIDE: "STIE", Severity: policies.High,
	Fix:   closeTheHop + "; another arrow is stated in policies/intent/flows.go with the words that ask for it",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, n := range bareNetworks(f, e) {
			for _, o := range n.Flows() {
				if !isArrow(o) {
					reportWay(f, n, o.Question(), o.String())
				}
			}
		}
	},
}

// isArrow reports whether an opening is an arrow.
func isArrow(o reach.Opening) bool {
	port, is := onePort(o)
	return is && slices.ContainsFunc(intent.Flows, func(x intent.Flow) bool { return x.From == o.From && x.To == o.To && x.Port == port })
}

// Llm reaches every declared host.
var everyArrowWorks = policies.Policy{
	ID: "REACH-05", Title: "Every arrow of the threat model works between all zones, its answers included",
	Source:    policies.ToTheProviders,
	Component: policies.Network, STRIDE: "D", Severity: policies.Medium,
	Fix:   "open the hop that stops the connection, or remove the arrow from policies/intent/flows.go",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, n := range networks(f, e) {
			parties := n.Groups()
			is := func(end string) bool {
				return end == intent.Internet || end == intent.S3 || end == intent.DynamoDB || slices.Contains(parties, end)
			}
			for _, arrow := range intent.Flows {
				switch {
				case !is(arrow.From) || !is(arrow.To): // NET-27 holds that every party has its group
				case arrow.To != intent.Internet:
					reportBroken(f, n, reach.Question{From: arrow.From, To: arrow.To, Port: arrow.Port})
				case n.VPC.Stack.Intent().Get("nat").True():
					for _, host := range hostsOf(n) {
						reportBroken(f, n, reach.Question{From: arrow.From, To: host, Port: arrow.Port})
					}
				}
			}
		}
	},
}

// reportBroken reports a connection that fails in a zone, or for an address or a port of the client.
func reportBroken(f *policies.Findings, n *reach.Network, q reach.Question) {
	ok, err := n.Works(q)
	if err != nil {
		f.Fail(n.VPC, "%v", err)
	}
	if ok || err != nil {
		return
	}
	a, _ := n.Ask(q)
	f.Fail(n.VPC, "%s does not work: %s", q, reach.Path(a.Failure()))
}
