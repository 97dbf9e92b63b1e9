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
	every     = ports{1, 65535}
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
	deny   bool
	peer   string // CIDR
	ports  ports
}

// rules are those that the flows ask of a tier's NACL, without repetition: first the tiers of the VPC, in the order of the flows;
// last the internet, before which the rest of the VPC is denied, since it is part of every address too.
func rules(vpc netip.Prefix, t Tier) []rule {
	var inside, outside []rule
	add := func(egress bool, peer Tier, p ports) {
		r := rule{egress: egress, peer: "0.0.0.0/0", ports: p}
		list := &outside
		if peer != internet {
			r.peer, list = Block(vpc, peer).String(), &inside
		} else if rest := (rule{egress: egress, deny: true, peer: vpc.String(), ports: every}); !slices.Contains(outside, rest) {
			outside = append(outside, rest)
		}
		if !slices.Contains(*list, r) {
			*list = append(*list, r)
		}
	}
	for _, f := range flows {
		through := slices.Contains(f.via, t)
		if f.from == t || through {
			add(true, f.to, f.ports)
			add(false, f.to, ephemeral)
		}
		if f.to == t || through {
			add(false, f.from, f.ports)
			add(true, f.from, ephemeral)
		}
	}
	return slices.Concat(inside, outside)
}

// newACL is the NACL of a tier, by its id: nothing enters or leaves its subnets that no flow names.
func newACL(scope constructs.Construct, vpc *string, block netip.Prefix, t Tier) *string {
	acl := awsec2.NewCfnNetworkAcl(scope, id(t, "Acl"), &awsec2.CfnNetworkAclProps{VpcId: vpc, Tags: tags(t, string(t))}).Ref()
	number := map[bool]int{}
	for _, r := range rules(block, t) {
		number[r.egress] += 10
		direction, action := "In", "allow"
		if r.egress {
			direction = "Out"
		}
		if r.deny {
			action = "deny"
		}
		awsec2.NewCfnNetworkAclEntry(scope, id(t, fmt.Sprintf("Acl%s%d", direction, number[r.egress])), &awsec2.CfnNetworkAclEntryProps{
			NetworkAclId: acl,
			Egress:       r.egress,
			RuleNumber:   new(float64(number[r.egress])),
			RuleAction:   new(action),
			Protocol:     new(6.0),
			CidrBlock:    new(r.peer),
			PortRange:    &awsec2.CfnNetworkAclEntry_PortRangeProperty{From: new(float64(r.ports.from)), To: new(float64(r.ports.to))},
		})
	}
	return acl
}
