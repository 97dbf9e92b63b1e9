package reach

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// door is an interface endpoint whose service's own name means its addresses, for who asks the network's resolver.
type door struct {
	r       *template.Resource
	names   []string // *.name means all below it
	groups  []*group
	subnets []*subnet
}

// private are services whose private DNS names are not their own labels in reverse: each service's guide, "interface VPC endpoints".
var private = map[string][]string{
	"ecr.dkr": {"*.dkr.ecr"}, "execute-api": {"*.execute-api"}, "kinesis-streams": {"kinesis"}, "kinesis-firehose": {"firehose"},
	"ecs-agent": {"ecs-a", "*.ecs-a"}, "ecs-telemetry": {"ecs-t", "*.ecs-t"},
}

// privateNames returns the names that private DNS gives an endpoint of a service. It takes both of the network's DNS attributes
// ("Access an AWS service using an interface VPC endpoint", private DNS).
func (r *reader) privateNames(t *template.Resource, n *Network, service string) (names []string) {
	if n == nil || !t.Get("PrivateDnsEnabled").True() || !n.VPC.Get("EnableDnsSupport").True() || !n.VPC.Get("EnableDnsHostnames").True() {
		return nil
	}
	own, known := private[service]
	if !known {
		labels := strings.Split(service, ".")
		slices.Reverse(labels)
		own = []string{strings.Join(labels, ".")}
	}
	for _, name := range own {
		names = append(names, name+"."+n.amazonaws())
	}
	return names
}

// amazonaws returns what the names of the region's services end in.
func (n *Network) amazonaws() string {
	if strings.HasPrefix(n.Region, "cn-") {
		return n.Region + ".amazonaws.com.cn"
	}
	return n.Region + ".amazonaws.com"
}

// called returns the ends that a host's name means to who asks the network's resolver for it: the addresses of an interface endpoint, or
// those of a service that gateway endpoints lead to. From outside it means what it means there.
func (n *Network) called(from, to []endpoint) []endpoint {
	if outside(from) || len(to) != 1 || to[0].host == "" {
		return to
	}
	host := to[0].host
	for _, service := range services {
		if name := service + "." + n.amazonaws(); host == name || strings.HasSuffix(host, "."+name) {
			return []endpoint{{addrs: n.outside, host: host, service: service}}
		}
	}
	for _, d := range n.doors {
		if !slices.ContainsFunc(d.names, func(name string) bool { return meansHost(name, host) }) {
			continue
		}
		var ends []endpoint
		for _, g := range d.groups {
			for _, s := range d.subnets {
				e := endpoint{subnet: s, group: g, host: host, door: d.r.ID}
				e.add(s.samples...)
				ends = append(ends, e)
			}
		}
		return ends
	}
	return to
}

func meansHost(name, host string) bool {
	below, wild := strings.CutPrefix(name, "*")
	return name == host || wild && strings.HasSuffix(host, below)
}
