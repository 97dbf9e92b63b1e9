package diagram

import (
	"fmt"
	"strings"

	"livechat.example/cloud/policies/reach"
)

// network is one VPC, as far as it is drawn.
type network struct {
	environment, region, cidr string
	zones                     []string
	tiers                     []*tier
	parties                   []*party
	gateways                  []*endpoint // endpoints that routes lead to
	flows                     []flow
	edge                      bool     // an internet gateway is attached
	hosts                     []string // what the firewall lets through by name
	names                     []string // what the resolver does about names, a line a rule
}

// tier is the subnets of one tag, and who lies in them.
type tier struct {
	name    string
	subnets []*subnet // by zone
	routes  []string  // what their tables say, a line each
}

type subnet struct {
	tier, zone, cidr string
	device           device // "" if there is none
	ways             []way  // its routes, but those to gateway endpoints
}

// device is what stands in a subnet for packets to go through.
type device string

// The devices, and the gateway that stands at the edge of the VPC.
const (
	natGateway      device = "NAT gateway"
	firewall        device = "firewall endpoint"
	internetGateway device = "internet gateway"
)

// way is a route: from a subnet to a device in some zone, or to the internet gateway.
type way struct {
	destination string
	to          device
	zone        string
}

// party is a security group, by its tag or logical id, as the reachability model has it.
type party struct {
	name, tier string
	endpoint   *endpoint // whose group it is, nil if of none
}

// endpoint is one of a VPC for a service of AWS.
type endpoint struct {
	name, service string // as the reachability model and as AWS calls it
	tiers         []string
}

// label returns the service without what is the same everywhere.
func (e *endpoint) label(region string) string {
	return strings.TrimPrefix(e.service, "com.amazonaws."+region+".")
}

// flow is an opening, and the protocol and ports in a word.
type flow struct{ reach.Opening }

// port returns what stands where the arrow ends.
func (f flow) port() string {
	ports := fmt.Sprint(f.Ports[0])
	if f.Ports[0] != f.Ports[1] {
		ports = fmt.Sprintf("%d–%d", f.Ports[0], f.Ports[1])
	}
	if f.Protocol != "tcp" {
		return strings.ToUpper(f.Protocol) + " " + ports
	}
	return ports
}
