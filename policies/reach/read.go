package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// carriers are the services whose resources can carry, divert or filter packets. Each type of theirs must be known.
var carriers = []string{
	"AWS::EC2::", "AWS::NetworkFirewall::", "AWS::Route53Resolver::", "AWS::VpcLattice::", "AWS::NetworkManager::", "AWS::DirectConnect::",
	"AWS::GlobalAccelerator::", "AWS::RAM::", "AWS::RTBFabric::", "AWS::ODB::", "AWS::Lightsail::", "AWS::Cloud9::", "AWS::WorkSpaces",
}

// known are the types that the model reads, and the properties that it understands or that carry no packet.
var known = map[string][]string{
	"AWS::EC2::VPC":                         {"CidrBlock", "EnableDnsHostnames", "EnableDnsSupport", "InstanceTenancy", "Tags"},
	"AWS::EC2::VPCCidrBlock":                {"CidrBlock", "Ipv6CidrBlock", "Ipv6Pool", "VpcId"},
	"AWS::EC2::Subnet":                      {"AssignIpv6AddressOnCreation", "AvailabilityZone", "CidrBlock", "Ipv6CidrBlock", "MapPublicIpOnLaunch", "Tags", "VpcId"},
	"AWS::EC2::RouteTable":                  {"Tags", "VpcId"},
	"AWS::EC2::SubnetRouteTableAssociation": {"RouteTableId", "SubnetId"},
	"AWS::EC2::Route": {"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId", "GatewayId", "NatGatewayId",
		"RouteTableId", "VpcEndpointId"},
	"AWS::EC2::NetworkAcl":                  {"Tags", "VpcId"},
	"AWS::EC2::NetworkAclEntry":             {"CidrBlock", "Egress", "Icmp", "Ipv6CidrBlock", "NetworkAclId", "PortRange", "Protocol", "RuleAction", "RuleNumber"},
	"AWS::EC2::SubnetNetworkAclAssociation": {"NetworkAclId", "SubnetId"},
	"AWS::EC2::InternetGateway":             {"Tags"},
	"AWS::EC2::VPCGatewayAttachment":        {"InternetGatewayId", "VpcId"},
	"AWS::EC2::EIP":                         {"Domain", "Tags"},
	"AWS::EC2::NatGateway":                  {"AllocationId", "ConnectivityType", "SubnetId", "Tags"},
	"AWS::EC2::SecurityGroup":               {"GroupDescription", "GroupName", "SecurityGroupEgress", "SecurityGroupIngress", "Tags", "VpcId"},
	"AWS::EC2::SecurityGroupIngress":        {"CidrIp", "CidrIpv6", "Description", "FromPort", "GroupId", "IpProtocol", "SourcePrefixListId", "SourceSecurityGroupId", "ToPort"},
	"AWS::EC2::SecurityGroupEgress":         {"CidrIp", "CidrIpv6", "Description", "DestinationPrefixListId", "DestinationSecurityGroupId", "FromPort", "GroupId", "IpProtocol", "ToPort"},
	"AWS::EC2::PrefixList":                  {"AddressFamily", "Entries", "MaxEntries", "PrefixListName", "Tags"},
	"AWS::EC2::VPCEndpoint": {"DnsOptions", "IpAddressType", "PolicyDocument", "PrivateDnsEnabled", "RouteTableIds", "SecurityGroupIds", "ServiceName",
		"SubnetIds", "Tags", "VpcEndpointType", "VpcId"},
	"AWS::EC2::VPCBlockPublicAccessOptions":   {"InternetGatewayBlockMode"},
	"AWS::EC2::VPCBlockPublicAccessExclusion": {"InternetGatewayExclusionMode", "SubnetId", "Tags", "VpcId"},
	"AWS::NetworkFirewall::Firewall": {"DeleteProtection", "Description", "EnabledAnalysisTypes", "FirewallName", "FirewallPolicyArn",
		"FirewallPolicyChangeProtection", "SubnetChangeProtection", "SubnetMappings", "Tags", "VpcId"},
	"AWS::NetworkFirewall::FirewallPolicy":                        {"Description", "FirewallPolicy", "FirewallPolicyName", "Tags"},
	"AWS::NetworkFirewall::RuleGroup":                             {"Capacity", "Description", "RuleGroup", "RuleGroupName", "Tags", "Type"},
	"AWS::Route53Resolver::FirewallDomainList":                    {"Domains", "Name", "Tags"},
	"AWS::Route53Resolver::FirewallRuleGroup":                     {"FirewallRules", "Name", "Tags"},
	"AWS::Route53Resolver::FirewallRuleGroupAssociation":          {"FirewallRuleGroupId", "MutationProtection", "Name", "Priority", "Tags", "VpcId"},
	"Custom::PrefixList":                                          nil,
	"AWS::EC2::FlowLog":                                           nil,
	"AWS::NetworkFirewall::LoggingConfiguration":                  nil,
	"AWS::Route53Resolver::ResolverQueryLoggingConfig":            nil,
	"AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation": nil,
}

// Reads reports whether a resource of a type may change what is found.
func Reads(typ string) bool {
	_, is := known[typ]
	return is || carries(typ)
}

func carries(typ string) bool {
	return slices.ContainsFunc(carriers, func(c string) bool { return strings.HasPrefix(typ, c) })
}

// reader reads the networks of one region.
type reader struct {
	e       *template.Estate
	region  string
	of      map[string][]*template.Resource
	unknown Unknowns

	networks  map[*template.Resource]*Network
	subnets   map[*template.Resource]*subnet
	tables    map[*template.Resource]*table
	attached  map[*template.Resource]*Network // internet gateways
	lists     map[*template.Resource]*prefixList
	rules     map[*template.Resource]*ruleGroup
	mentioned []netip.Prefix
	starts    []int
	numbers   []int
	names     []string
	apps      []string
}

func readRegion(e *template.Estate, region string) ([]*Network, Unknowns) {
	r := &reader{
		e: e, region: region, of: map[string][]*template.Resource{}, networks: map[*template.Resource]*Network{},
		subnets: map[*template.Resource]*subnet{}, tables: map[*template.Resource]*table{}, attached: map[*template.Resource]*Network{},
		lists: map[*template.Resource]*prefixList{}, rules: map[*template.Resource]*ruleGroup{}, starts: []int{1, ephemeral.from},
	}
	r.sort()
	networks := r.readVPCs()
	r.readSubnets()
	r.readLists()
	r.readTables()
	r.readACLs()
	r.readGroups()
	r.readEndpoints()
	r.readPublicAccess()
	r.readResolver()
	for _, n := range networks {
		r.finish(n)
	}
	return networks, r.unknown
}

// sort lists the region's resources by type, and refuses what could carry a packet in a way that is not known.
func (r *reader) sort() {
	for _, s := range r.e.Stacks() {
		if s.Region != r.region {
			continue
		}
		for _, t := range s.Resources() {
			properties, is := known[t.Type]
			switch {
			case !is && carries(t.Type):
				r.doubt(t, "%s is not known", t.Type)
			case is:
				r.of[t.Type] = append(r.of[t.Type], t)
				r.check(t, properties)
			}
		}
	}
}

// check refuses properties that are not understood or not resolved.
func (r *reader) check(t *template.Resource, understood []string) {
	if understood == nil {
		return
	}
	all, _ := t.Properties().Any().(map[string]any)
	for name := range all {
		if !slices.Contains(understood, name) {
			r.doubt(t, "its %s is not understood", name)
		}
	}
	if t.HasUnknown() {
		r.doubt(t, "%s", t.Properties().Why())
	}
}

func (r *reader) doubt(t *template.Resource, why string, args ...any) {
	u := Unknown{t, fmt.Sprintf(why, args...)}
	if !slices.Contains(r.unknown, u) {
		r.unknown = append(r.unknown, u)
	}
}

// block returns the IPv4 or IPv6 block of a resource, whichever it has; there must be one and only one.
func (r *reader) block(t *template.Resource, four, six string) (netip.Prefix, bool) {
	v4, v6 := t.Get(four), t.Get(six)
	v := v4
	if v4.Missing() {
		v = v6
	}
	p, ok := r.prefix(v)
	return p, ok && (v4.Missing() || v6.Missing())
}

// prefix returns an address block, which sets some addresses apart from others.
func (r *reader) prefix(v template.Value) (netip.Prefix, bool) {
	p, err := netip.ParsePrefix(v.Text())
	if err != nil {
		return p, false
	}
	p = p.Masked()
	if !slices.Contains(r.mentioned, p) {
		r.mentioned = append(r.mentioned, p)
	}
	return p, true
}

// ports notes a range of ports that some rule sets apart.
func (r *reader) ports(s span) {
	for _, start := range []int{s.from, s.to + 1} {
		if start >= 1 && start <= anyPort.to && !slices.Contains(r.starts, start) {
			r.starts = append(r.starts, start)
		}
	}
}

func (r *reader) protocol(number int) {
	if number != every && !slices.Contains(r.numbers, number) {
		r.numbers = append(r.numbers, number)
	}
}

// vpcOf returns the network that a resource says it lies in, nil if that is none of the region.
func (r *reader) vpcOf(t *template.Resource) *Network {
	n := r.networks[r.e.Find(t.Get("VpcId"), "AWS::EC2::VPC")]
	if n == nil {
		r.doubt(t, "its VPC is none of the region's templates")
	}
	return n
}

func (r *reader) subnet(v template.Value) *subnet {
	return r.subnets[r.e.Find(v, "AWS::EC2::Subnet")]
}

// tag returns the value of a resource's tag, "" if it has none.
func tag(t *template.Resource, key string) string {
	for _, tag := range t.Get("Tags").List() {
		if tag.Get("Key").Is(key) {
			return tag.Get("Value").Text()
		}
	}
	return ""
}

// finish gives a network what the rules of its region set apart.
func (r *reader) finish(n *Network) {
	slices.Sort(r.starts)
	slices.Sort(r.names)
	n.starts, n.numbers, n.names, n.apps = r.starts, r.numbers, slices.Compact(r.names), r.apps
	n.strangers = n.strange()
	reservedEnds := make([]netip.Addr, len(reserved))
	for i, p := range reserved {
		reservedEnds[i] = after(p)
	}
	n.outside = samples(netip.MustParsePrefix("0.0.0.0/0"), r.mentioned, reservedEnds, n.public)
	n.outside6 = samples(global, r.mentioned, nil, n.public)
	for _, s := range n.subnets {
		for _, b := range s.blocks {
			s.samples = append(s.samples, samples(b, r.mentioned, nil, func(netip.Addr) bool { return true })...)
		}
	}
}
