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

var (
	every     = ports{1, 65535}
	ephemeral = ports{1024, 65535} // NACLs keep no state: an answer needs a rule of its own
)

// Internet is every address. NACLs cannot name prefix lists, and the S3 gateway endpoint answers from public ranges, so
// the tiers that reach S3 must let it in on ephemeral ports; security groups hold what NACLs then cannot (DEPLOY-TRAPS §3).
const Internet Tier = "internet"

// Flow is that TCP connections to a port go from one tier to another. What no flow names is dropped at the subnet's edge, even where
// a security group errs. The VPC's resolver is not subject to NACLs.
type Flow struct {
	From, To Tier
	Port     int
}

// via are the tiers that the packets of a flow lead through with both addresses unchanged on the side of From: a firewall keeps
// them, and a NAT gateway shows its own only to the internet. Their NACLs see a connection come and go.
func (f Flow) via() []Tier {
	if f.From == LLM && f.To == Internet {
		return []Tier{Firewall, Egress}
	}
	return nil
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
func rules(vpc netip.Prefix, t Tier, flows []Flow) []rule {
	var inside, outside []rule
	add := func(egress bool, peer Tier, p ports) {
		r := rule{egress: egress, peer: "0.0.0.0/0", ports: p}
		list := &outside
		if peer != Internet {
			r.peer, list = Block(vpc, peer).String(), &inside
		} else if rest := (rule{egress: egress, deny: true, peer: vpc.String(), ports: every}); !slices.Contains(outside, rest) {
			outside = append(outside, rest)
		}
		if !slices.Contains(*list, r) {
			*list = append(*list, r)
		}
	}
	for _, f := range flows {
		through, port := slices.Contains(f.via(), t), ports{f.Port, f.Port}
		if f.From == t || through {
			add(true, f.To, port)
			add(false, f.To, ephemeral)
		}
		if f.To == t || through {
			add(false, f.From, port)
			add(true, f.From, ephemeral)
		}
	}
	return slices.Concat(inside, outside)
}

// newACL is the NACL of a tier, by its id: nothing enters or leaves its subnets that no flow names.
func newACL(scope constructs.Construct, vpc *string, p VPCProps, t Tier) *string {
	acl := awsec2.NewCfnNetworkAcl(scope, id(t, "Acl"), &awsec2.CfnNetworkAclProps{VpcId: vpc, Tags: tags(t, string(t))}).Ref()
	number := map[bool]int{}
	for _, r := range rules(p.CIDR, t, p.Flows) {
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
