// Package firewall holds the one inspected way out of the VPC.
package firewall

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsnetworkfirewall"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"livechat.example/cloud/constructs/logs"
	"livechat.example/cloud/constructs/network"
)

// Props are the network whose way out is inspected, what may be called there, and where it is recorded.
type Props struct {
	VPC      network.VPC    // required
	Name     string         // required: how the firewalls, their policy and its groups begin, unlike any other in the account and region
	Hosts    []string       // required: the hosts that may be called, exactly
	Delivery *logs.Delivery // required
	// Protected keeps a firewall from deletion, and its subnets and policy from being exchanged, until it is taken off.
	Protected bool
}

// New is a way out of the llm tier that nobody takes but by TLS to one of the hosts, and that no packet takes unseen. Without
// NAT gateways there is no way out, and no firewall.
//
// What it believes is the name that the client asks for (SNI): that the address belongs to it is the DNS firewall's part.
func New(scope constructs.Construct, p Props) {
	if !p.VPC.NAT {
		return
	}
	if p.VPC.ID == nil || p.Name == "" || len(p.Hosts) == 0 || p.Delivery == nil {
		panic("firewall.Props: VPC, Name, Hosts and Delivery are all required")
	}
	policy := newPolicy(scope, p).Ref()
	alerts, flows := *p.Delivery.Group("FirewallAlerts").LogGroupName(), *p.Delivery.Group("FirewallFlows").LogGroupName()
	for i, z := range p.VPC.Subnets[network.Firewall] {
		letter := strings.ToUpper(z.Zone[len(z.Zone)-1:])
		firewall := awsnetworkfirewall.NewCfnFirewall(scope, new("Firewall"+letter), &awsnetworkfirewall.CfnFirewallProps{
			FirewallName: new(p.Name + "-" + z.Zone), FirewallPolicyArn: policy, VpcId: p.VPC.ID,
			// One subnet, and a firewall for each zone: the endpoints of a firewall with several are in no order.
			SubnetMappings:   []any{&awsnetworkfirewall.CfnFirewall_SubnetMappingProperty{SubnetId: z.SubnetID}},
			DeleteProtection: p.Protected, SubnetChangeProtection: p.Protected, FirewallPolicyChangeProtection: p.Protected,
		})
		record(scope, "FirewallLog"+letter, firewall.Ref(), alerts, flows).AddResourceDependency(p.Delivery.Policy(), nil)
		p.VPC.Inspect(scope, i, endpoint(firewall))
	}
}

// endpoint is the one of a firewall's, from its only "zone:endpoint".
func endpoint(f awsnetworkfirewall.CfnFirewall) *string {
	only := awscdk.Fn_Select(new(0.0), f.AttrEndpointIds())
	return awscdk.Fn_Select(new(1.0), awscdk.Fn_Split(new(":"), only, nil))
}

// newPolicy is what every firewall of the region does: all packets go to the stateful rules, in a strict order; what they do not
// let through is dropped, and reported, as soon as the client has said what it asks for: a ClientHello may take two segments.
func newPolicy(scope constructs.Construct, p Props) awsnetworkfirewall.CfnFirewallPolicy {
	refused := refused(scope, p.Name+"-refused", p.VPC.CIDR).Ref()
	allowed := allowed(scope, p.Name+"-allowed", p.Hosts).Ref()
	return awsnetworkfirewall.NewCfnFirewallPolicy(scope, new("FirewallPolicy"), &awsnetworkfirewall.CfnFirewallPolicyProps{
		FirewallPolicyName: new(p.Name),
		FirewallPolicy: &awsnetworkfirewall.CfnFirewallPolicy_FirewallPolicyProperty{
			StatelessDefaultActions:         jsii.Strings("aws:forward_to_sfe"),
			StatelessFragmentDefaultActions: jsii.Strings("aws:forward_to_sfe"),
			StatefulDefaultActions:          jsii.Strings("aws:drop_established_app_layer_to_server", "aws:alert_established_app_layer_to_server"),
			StatefulEngineOptions: &awsnetworkfirewall.CfnFirewallPolicy_StatefulEngineOptionsProperty{
				RuleOrder: new("STRICT_ORDER"), StreamExceptionPolicy: new("DROP"),
			},
			StatefulRuleGroupReferences: []any{inOrder(1, refused), inOrder(2, allowed)},
			// Without it the allow-list is held against the addresses of the firewall's own VPC, wherever it is used.
			PolicyVariables: &awsnetworkfirewall.CfnFirewallPolicy_PolicyVariablesProperty{RuleVariables: map[string]any{
				"HOME_NET": &awsnetworkfirewall.CfnFirewallPolicy_IPSetProperty{Definition: jsii.Strings(p.VPC.CIDR.String())},
			}},
		},
	})
}

func inOrder(priority int, group *string) any {
	return &awsnetworkfirewall.CfnFirewallPolicy_StatefulRuleGroupReferenceProperty{ResourceArn: group, Priority: new(float64(priority))}
}

// record keeps what a firewall dropped, and every connection that it saw.
func record(scope constructs.Construct, id string, firewall *string, alerts, flows string) awsnetworkfirewall.CfnLoggingConfiguration {
	to := func(kind, group string) any {
		return &awsnetworkfirewall.CfnLoggingConfiguration_LogDestinationConfigProperty{
			LogType: new(kind), LogDestinationType: new("CloudWatchLogs"), LogDestination: map[string]string{"logGroup": group},
		}
	}
	return awsnetworkfirewall.NewCfnLoggingConfiguration(scope, new(id), &awsnetworkfirewall.CfnLoggingConfigurationProps{
		FirewallArn: firewall,
		LoggingConfiguration: &awsnetworkfirewall.CfnLoggingConfiguration_LoggingConfigurationProperty{
			LogDestinationConfigs: []any{to("ALERT", alerts), to("FLOW", flows)},
		},
	})
}
