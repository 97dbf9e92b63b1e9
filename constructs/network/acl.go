package network

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
)

// ports is an inclusive range of TCP ports.
type ports struct{ from, to int }

func port(n int) ports { return ports{n, n} }

// The ports of the estate. Nothing but TCP crosses a subnet's edge: the VPC's resolver is not subject to NACLs.
var (
	https     = port(443)
	partners  = port(8443) // the ALB's mTLS listener
	service   = port(8443) // what a task listens on
	socket    = port(8444) // chat's WebSocket, for gate alone
	postgres  = port(5432)
	valkey    = port(6379)
	ephemeral = ports{1024, 65535} // NACLs keep no state: an answer needs a rule of its own
)

// internet is every address. NACLs cannot name prefix lists, and the S3 gateway endpoint answers from public ranges, so
// the tiers that reach S3 must let it in on ephemeral ports; security groups hold what NACLs then cannot (DEPLOY-TRAPS §3).
const internet Tier = "internet"

// flow says that connections on some ports go from one tier to another: a rule there and a rule for the answer.
type flow struct {
	from, to Tier
	ports    ports
	// via are the tiers that the packets lead through with both addresses unchanged on the side of from: a firewall keeps
	// them, and a NAT gateway shows its own only to the internet. Their NACLs see a connection come and go.
	via []Tier
}

// flows are all that crosses between tiers. What is not here is dropped at the subnet's edge, even where a security group errs.
var flows = []flow{
	{from: internet, to: Public, ports: https},
	{from: internet, to: Public, ports: partners},
	{from: Public, to: App, ports: https},   // ALB -> execute-api endpoint
	{from: Public, to: App, ports: service}, // ALB -> gate
	{from: App, to: App, ports: https},      // VPC link, interface endpoints
	{from: App, to: App, ports: service},
	{from: App, to: App, ports: socket}, // gate -> chat
	{from: App, to: LLM, ports: service},
	{from: LLM, to: App, ports: https}, // interface endpoints
	{from: App, to: Data, ports: postgres},
	{from: App, to: Data, ports: valkey},
	{from: LLM, to: Data, ports: postgres},
	{from: App, to: internet, ports: https}, // the S3 and DynamoDB gateway endpoints: there is no route to anywhere else
	{from: LLM, to: internet, ports: https, via: []Tier{Firewall, Egress}},
}

// rule is one line of a NACL.
type rule struct {
	egress bool
	peer   string // CIDR
	ports  ports
}

// rules are those that the flows ask of a tier's NACL, without repetition, in the order of the flows.
func rules(vpc netip.Prefix, t Tier) []rule {
	block := func(t Tier) string {
		if t == internet {
			return "0.0.0.0/0"
		}
		return Block(vpc, t).String()
	}
	var all []rule
	seen := map[rule]bool{}
	add := func(r rule) {
		if !seen[r] {
			seen[r] = true
			all = append(all, r)
		}
	}
	for _, f := range flows {
		through := slices.Contains(f.via, t)
		if f.from == t || through {
			add(rule{egress: true, peer: block(f.to), ports: f.ports})
			add(rule{egress: false, peer: block(f.to), ports: ephemeral})
		}
		if f.to == t || through {
			add(rule{egress: false, peer: block(f.from), ports: f.ports})
			add(rule{egress: true, peer: block(f.from), ports: ephemeral})
		}
	}
	return all
}

// newACL is the NACL of a tier, by its id: nothing enters or leaves its subnets that no flow names.
func newACL(scope constructs.Construct, vpc *string, block netip.Prefix, t Tier) *string {
	acl := awsec2.NewCfnNetworkAcl(scope, id(t, "Acl"), &awsec2.CfnNetworkAclProps{VpcId: vpc, Tags: tags(t, string(t))}).Ref()
	number := map[bool]int{}
	for _, r := range rules(block, t) {
		number[r.egress] += 10
		direction := "In"
		if r.egress {
			direction = "Out"
		}
		awsec2.NewCfnNetworkAclEntry(scope, id(t, fmt.Sprintf("Acl%s%d", direction, number[r.egress])), &awsec2.CfnNetworkAclEntryProps{
			NetworkAclId: acl,
			Egress:       r.egress,
			RuleNumber:   new(float64(number[r.egress])),
			RuleAction:   new("allow"),
			Protocol:     new(6.0),
			CidrBlock:    new(r.peer),
			PortRange:    &awsec2.CfnNetworkAclEntry_PortRangeProperty{From: new(float64(r.ports.from)), To: new(float64(r.ports.to))},
		})
	}
	return acl
}
