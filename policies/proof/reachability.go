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

// The other policies of the network hold each part to what it should be. These hold the whole: they ask who can reach whom of
// a model of what AWS does with all parts together, and a finding tells the way, hop by hop.
var reachPolicies = []policies.Policy{onlyTheDoorIsReachable, onlyLLMGetsOut, nobodyElseGetsOut, nothingFlowsButTheArrows, everyArrowWorks}

// llmTier is the one tier that has a way out.
const llmTier = "llm"

// hostsOf are the hosts that were declared for a network.
func hostsOf(n *reach.Network) []string { return intent.Texts(n.VPC.Stack.Intent().Get("hosts")) }

var onlyTheDoorIsReachable = policies.Policy{
	ID: "REACH-01", Title: "From the internet the load balancer's listeners on 443 and 8443 can be reached, and nothing else in any tier",
	Source:    policies.Risk("Public Exposure of Services", "Use a single, well-audited gateway (API Gateway/ELB) for all public, partner, and admin access to reduce attack surface."),
	Component: policies.Network, STRIDE: "STID", Severity: policies.High,
	Fix:   "follow the way that the finding tells, and close the hop that should have stopped it",
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
				opens(f, n, intent.Internet, "tier:"+tier, may)
			}
			for _, party := range n.Groups() {
				var may func(reach.Opening) bool
				if party == "alb" {
					may = listener
				}
				opens(f, n, intent.Internet, "group:"+party, may)
			}
		}
	},
}

var onlyLLMGetsOut = policies.Policy{
	ID: "REACH-02", Title: "The llm tier reaches the declared hosts by TLS on 443 through the firewall of its own zone, and no other name, address, port, protocol or IPv6 address",
	Source:    policies.Table("LLM Context Service", "IAM, input validation, output filtering, least privilege"),
	Component: policies.LLMContext, STRIDE: "TIE", Severity: policies.High,
	Fix:   "follow the way that the finding tells, and close the hop that should have stopped it: allow hosts by environment.yaml alone",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, n := range bareNetworks(f, e) {
			hosts := hostsOf(n)
			opens(f, n, "tier:"+llmTier, intent.Internet, nil)
			for _, name := range n.Names() {
				if !slices.Contains(hosts, name) {
					undeclaredName(f, n, strings.TrimPrefix(name, "."))
				}
			}
			for _, host := range hosts {
				opens(f, n, "tier:"+llmTier, host, func(o reach.Opening) bool { port, is := onePort(o); return is && port == 443 })
				declaredHost(f, n, host)
			}
			if open, hop := n.Resolves(stranger); open {
				f.Fail(n.VPC, "a query for a name tells its owner whatever it holds: %s", hop)
			}
		}
	},
}

// stranger is a host that nobody declares.
const stranger = "stranger.example"

// undeclaredName reports a name that the firewall lets through to any address, and that was not declared.
func undeclaredName(f *policies.Findings, n *reach.Network, name string) {
	q := reach.Question{From: "tier:" + llmTier, To: intent.Internet, Port: 443, Speaks: "tls", Name: name}
	if open, err := n.Open(q); err != nil || open {
		way(f, n, q, fmt.Sprintf("TLS to %s, which was not declared,", name))
	}
}

// declaredHost holds the ways to a host: TLS alone, through a firewall, and not out of the zone that they begin in.
func declaredHost(f *policies.Findings, n *reach.Network, host string) {
	q := reach.Question{From: "tier:" + llmTier, To: host, Port: 443}
	for _, speaks := range []string{"http", "plain"} {
		other := q
		other.Speaks = speaks
		if open, _ := n.Open(other); open {
			way(f, n, other, fmt.Sprintf("%s to %s on 443", speaks, host))
		}
	}
	a, err := n.Ask(q)
	if err != nil {
		return // said of its openings
	}
	said := map[string]bool{} // a zone has more than one way: for anything in the tier, and for its group
	for _, w := range a.Ways {
		inspected := false
		elsewhere := func(h reach.Hop) bool {
			inspected = inspected || h.What == reach.Firewall
			return h.Zone != "" && h.Zone != w.FromZone
		}
		if out := slices.ContainsFunc(w.Hops, elsewhere); w.Open && !said[w.FromZone] && (out || !inspected) {
			said[w.FromZone] = true
			f.Fail(n.VPC, "the way from %s to %s leaves its zone or passes no firewall: %s", w.FromZone, host, reach.Path(w.Hops))
		}
	}
}

var nobodyElseGetsOut = policies.Policy{
	ID: "REACH-03", Title: "No other tier and no party outside of llm has a way to the internet or to a host there, and only app and llm have one to S3 and DynamoDB",
	Source:    policies.LateralMovement,
	Component: policies.Network, STRIDE: "TI", Severity: policies.High,
	Fix:   "follow the way that the finding tells, and close the hop that should have stopped it: app calls AWS by its endpoints",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, n := range bareNetworks(f, e) {
			for _, tier := range n.Tiers() {
				// What lies in public answers the internet, so there it is the group that keeps it from calling.
				if tier == llmTier || tier == "public" {
					continue
				}
				reachesOut(f, n, "tier:"+tier)
				if tier != "app" {
					opens(f, n, "tier:"+tier, intent.S3, nil)
					opens(f, n, "tier:"+tier, intent.DynamoDB, nil)
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
	opens(f, n, from, intent.Internet, nil)
	for _, host := range hostsOf(n) {
		opens(f, n, from, host, nil)
	}
}

var nothingFlowsButTheArrows = policies.Policy{
	ID: "REACH-04", Title: "Nobody in a network reaches anybody else on any port or protocol but along an arrow of the threat model",
	Source:    policies.LateralMovement,
	Component: policies.Network, STRIDE: "STIE", Severity: policies.High,
	Fix:   "follow the way that the finding tells; an arrow more is stated in policies/intent/flows.go with the words that ask for it",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, n := range bareNetworks(f, e) {
			for _, o := range n.Flows() {
				if !drawn(n, o) {
					way(f, n, o.Question(), o.String())
				}
			}
		}
	},
}

// drawn says that an opening is an arrow.
func drawn(n *reach.Network, o reach.Opening) bool {
	port, is := onePort(o)
	return is && intent.IsFlow(n.VPC.Stack, intent.Flow{From: o.From, To: o.To, Port: port})
}

var everyArrowWorks = policies.Policy{
	ID: "REACH-05", Title: "Every arrow of the threat model works from each zone to each zone, its answers included, and llm reaches every declared host",
	Source:    policies.ToTheProviders,
	Component: policies.Network, STRIDE: "D", Severity: policies.Medium,
	Fix:   "open the hop that stops the connection, or take the arrow out of policies/intent/flows.go",
	Reads: []string{policies.Every},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, n := range networks(f, e) {
			parties := n.Groups()
			is := func(end string) bool {
				return end == intent.Internet || end == intent.S3 || end == intent.DynamoDB || slices.Contains(parties, end)
			}
			for _, arrow := range intent.FlowsOf(n.VPC.Stack) {
				switch {
				case !is(arrow.From) || !is(arrow.To): // that every party has its group is NET-27's
				case arrow.To != intent.Internet:
					works(f, n, reach.Question{From: arrow.From, To: arrow.To, Port: arrow.Port})
				case n.VPC.Stack.Intent().Get("nat").True():
					for _, host := range hostsOf(n) {
						works(f, n, reach.Question{From: arrow.From, To: host, Port: arrow.Port})
					}
				}
			}
		}
	},
}

// works reports a connection that fails in some zone, or for some address or port of the client.
func works(f *policies.Findings, n *reach.Network, q reach.Question) {
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
