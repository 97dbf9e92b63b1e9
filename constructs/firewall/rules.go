package firewall

import (
	"net/netip"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsnetworkfirewall"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// The capacities can never be changed: a group that needs more is another group, under another name. A structured rule takes one, a
// host one for each of its target types ("Setting rule group capacity in AWS Network Firewall"); a policy has 30,000.
const (
	refusedCapacity = 100
	allowedCapacity = 1000
)

// anything is every address or port.
const anything = "ANY"

// refusal is what is dropped before the allow-list is asked.
type refusal struct {
	protocol, ports string
	options         [][2]string // keyword and setting
}

// refusals are all that is not TLS to port 443, which the allow-list does not look at the port of. The policy's default would
// not do: it lets through what has not been answered yet, so a query by UDP would get out. NAT gateways carry TCP, UDP and ICMP,
// and nothing else. That a protocol was not seen to be TLS is said only once it was seen, so the handshakes pass; AWS writes
// this rule so too ("AWS Network Firewall" of the security services' best practices: "Egress Port TCP/443 but not TLS").
var refusals = []refusal{
	{"UDP", anything, nil}, // QUIC, DNS and the rest
	{"ICMP", anything, nil},
	{"TCP", "1:442", nil}, // plain HTTP, DNS, SSH, mail
	{"TCP", "444:65535", nil},
	{"HTTP", "443", nil},
	{"TCP", "443", [][2]string{{"app-layer-protocol", "!tls"}, {"flow", "to_server"}}},
}

// refused is the group of the refusals. Their source is the VPC: with any source they would drop the answers to what is allowed.
func refused(scope constructs.Construct, name string, vpc netip.Prefix) awsnetworkfirewall.CfnRuleGroup {
	rules := make([]any, len(refusals))
	for i, r := range refusals {
		options := []any{option("sid", strconv.Itoa(i+1))}
		for _, o := range r.options {
			options = append(options, option(o[0], o[1]))
		}
		rules[i] = &awsnetworkfirewall.CfnRuleGroup_StatefulRuleProperty{
			Action: new("DROP"),
			Header: &awsnetworkfirewall.CfnRuleGroup_HeaderProperty{
				Protocol: new(r.protocol), Direction: new("FORWARD"),
				Source: new(vpc.String()), SourcePort: new(anything), Destination: new(anything), DestinationPort: new(r.ports),
			},
			RuleOptions: options,
		}
	}
	return group(scope, "FirewallRefused", name, refusedCapacity, &awsnetworkfirewall.CfnRuleGroup_RulesSourceProperty{StatefulRules: rules})
}

func option(keyword, setting string) *awsnetworkfirewall.CfnRuleGroup_RuleOptionProperty {
	return &awsnetworkfirewall.CfnRuleGroup_RuleOptionProperty{Keyword: new(keyword), Settings: jsii.Strings(setting)}
}

// allowed is the group of the hosts, each exactly: a name that began with a dot would let all below it through.
func allowed(scope constructs.Construct, name string, hosts []string) awsnetworkfirewall.CfnRuleGroup {
	return group(scope, "FirewallAllowed", name, allowedCapacity, &awsnetworkfirewall.CfnRuleGroup_RulesSourceProperty{
		RulesSourceList: &awsnetworkfirewall.CfnRuleGroup_RulesSourceListProperty{
			GeneratedRulesType: new("ALLOWLIST"), TargetTypes: jsii.Strings("TLS_SNI"), Targets: jsii.Strings(hosts...),
		},
	})
}

// group is a rule group in strict order, as the policy demands of each.
func group(scope constructs.Construct, id, name string, capacity int, source any) awsnetworkfirewall.CfnRuleGroup {
	return awsnetworkfirewall.NewCfnRuleGroup(scope, new(id), &awsnetworkfirewall.CfnRuleGroupProps{
		RuleGroupName: new(name), Type: new("STATEFUL"), Capacity: new(float64(capacity)),
		RuleGroup: &awsnetworkfirewall.CfnRuleGroup_RuleGroupProperty{
			RulesSource:         source,
			StatefulRuleOptions: &awsnetworkfirewall.CfnRuleGroup_StatefulRuleOptionsProperty{RuleOrder: new("STRICT_ORDER")},
		},
	})
}
