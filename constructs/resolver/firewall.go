// Package resolver holds what the VPC's own DNS resolver answers, and the record of what it was asked.
package resolver

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53resolver"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"livechat.example/cloud/constructs/network"
)

// FirewallProps are the VPC and the names that are known in it, besides those of AWS.
type FirewallProps struct {
	VPC         network.VPC // required
	Hosts       []string    // required: exact names outside AWS
	PrivateZone string      // required: the zone of the VPC's own names
	// Protected keeps the rules on the VPC, also against whoever may change them, until the protection is taken off first.
	Protected bool
}

// awsNames are what endpoints, stores and load balancers are called. They are answered by AWS's own servers alone, so that no
// query for one carries anything to anybody else. Those of dual-stack endpoints (api.aws) are of no use without IPv6.
const awsNames = "*.amazonaws.com."

// Priorities of the rules, lowest first, and of the group among the VPC's (101 to 9899), with room between them.
const (
	first      = 100.0
	second     = 200.0
	last       = 1000.0
	ofTheGroup = 101.0
)

// NewFirewall lets nobody in the VPC resolve a name that is not one of the hosts, AWS's or the VPC's own, and so tell one to the
// name server of a stranger: queries to the resolver pass no security group, NACL or Network Firewall.
func NewFirewall(scope constructs.Construct, id string, p FirewallProps) {
	if p.VPC.ID == nil || len(p.Hosts) == 0 || p.PrivateZone == "" {
		panic(fmt.Sprintf("resolver.FirewallProps of %s: VPC, Hosts and PrivateZone are all required: %+v", id, p))
	}
	hosts := make([]string, len(p.Hosts))
	for i, h := range p.Hosts {
		hosts[i] = h + "." // as the service keeps it: without the dot the list would differ from its template for ever
	}
	rules := awsroute53resolver.NewCfnFirewallRuleGroup(scope, new(id), &awsroute53resolver.CfnFirewallRuleGroupProps{
		FirewallRules: []*awsroute53resolver.CfnFirewallRuleGroup_FirewallRuleProperty{
			// The hosts are aliases of names of content networks, which change as their owners please.
			allow(first, newList(scope, id+"Hosts", hosts...), "TRUST_REDIRECTION_DOMAIN"),
			// One list for both: a private name is an alias of a database's, and all of a chain must be on its rule's list.
			allow(second, newList(scope, id+"Own", awsNames, "*."+p.PrivateZone+".", p.PrivateZone+"."), "INSPECT_REDIRECTION_DOMAIN"),
			// NXDOMAIN is for the name, whatever its type, so that who asks neither tries another type nor waits and tries again.
			{Action: new("BLOCK"), BlockResponse: new("NXDOMAIN"), Priority: new(last),
				FirewallDomainListId: newList(scope, id+"Everything", "*.")},
		},
	}).Ref()
	protection := "DISABLED"
	if p.Protected {
		protection = "ENABLED"
	}
	awsroute53resolver.NewCfnFirewallRuleGroupAssociation(scope, new(id+"Associated"), &awsroute53resolver.CfnFirewallRuleGroupAssociationProps{
		FirewallRuleGroupId: rules, VpcId: p.VPC.ID, Priority: new(ofTheGroup), MutationProtection: new(protection),
	})
}

// newList is a list of names, by its id. A leading asterisk stands for any number of labels.
func newList(scope constructs.Construct, id string, names ...string) *string {
	return awsroute53resolver.NewCfnFirewallDomainList(scope, new(id), &awsroute53resolver.CfnFirewallDomainListProps{
		Domains: jsii.Strings(names...),
	}).Ref()
}

func allow(priority float64, list *string, redirection string) *awsroute53resolver.CfnFirewallRuleGroup_FirewallRuleProperty {
	return &awsroute53resolver.CfnFirewallRuleGroup_FirewallRuleProperty{
		Action: new("ALLOW"), Priority: new(priority), FirewallDomainListId: list, FirewallDomainRedirectionAction: new(redirection),
	}
}
