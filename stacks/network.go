package stacks

import (
	"net/netip"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"livechat.example/cloud/config"
	"livechat.example/cloud/constructs/endpoint"
	"livechat.example/cloud/constructs/firewall"
	"livechat.example/cloud/constructs/function"
	"livechat.example/cloud/constructs/key"
	"livechat.example/cloud/constructs/logs"
	"livechat.example/cloud/constructs/network"
	"livechat.example/cloud/constructs/resolver"
	"livechat.example/cloud/constructs/segment"
	"livechat.example/cloud/constructs/vpctask"
)

// Network is a region's VPC.
type Network struct {
	Stack  awscdk.Stack
	VPC    network.VPC
	Groups segment.Groups
	// Endpoints are those that what is stored is read by.
	Endpoints endpoint.Endpoints
}

// NewNetwork is a region's VPC: six tiers over its zones, each with its own routes and NACL, one inspected way out, a record of all
// traffic and of every name that is asked for, and no names but the known ones.
func NewNetwork(app awscdk.App, env config.Environment, region config.Region, keys Keys, code Lambdas) Network {
	block := netip.MustParsePrefix(region.CIDR)
	stack := newStack(app, env, region, "network", intent{
		"cidr": region.CIDR, "zones": region.Zones, "tiers": tierBlocks(block), "nat": env.Switches.NATGateways,
		"hosts": llmHosts(env), "privateZone": privateZone(env), "blockPublicAccess": string(env.Switches.VPCBlockPublicAccess),
	})
	vpc := network.NewVPC(stack, "Vpc", network.VPCProps{
		CIDR: block, Zones: region.Zones, NAT: env.Switches.NATGateways, Flows: segment.TierFlows(),
	})
	network.NewFlowLog(stack, "FlowLog", network.FlowLogProps{
		VPC: vpc, Key: keys.Of[key.Logs], Account: env.Account, Region: region.Name,
	})
	network.NewBlockPublicAccess(stack, "BlockPublicAccess", vpc, network.Blocking(env.Switches.VPCBlockPublicAccess))
	delivery := logs.NewDelivery(stack, "LogDelivery", logs.DeliveryProps{
		Key: keys.Of[key.Logs], Name: logDeliveryName(env), Account: env.Account, Region: region.Name,
	})
	firewall.New(stack, firewall.Props{
		VPC: vpc, Name: firewallName(env), Hosts: llmHosts(env), Delivery: delivery, Protected: !env.Ephemeral,
	})
	task := vpctask.New(stack, "VpcTask", vpctask.Props{
		Name: stackName(env, region.Name, vpcTask), Code: code[vpcTask], Key: keys.Of[key.Logs], Account: env.Account, Region: region.Name,
		DefaultGroup: vpc.DefaultGroup,
	})
	task.EmptyDefaultGroup("DefaultGroupEmptied")
	groups := segment.New(stack, segment.Props{
		VPC: vpc, S3: task.PrefixList("S3Addresses", "s3"), DynamoDB: task.PrefixList("DynamoDBAddresses", "dynamodb"),
	})
	endpoints := endpoint.New(stack, endpoint.Props{VPC: vpc, Account: env.Account, Region: region.Name, Groups: groups.Of})
	resolver.NewFirewall(stack, "Names", resolver.FirewallProps{
		VPC: vpc, Hosts: llmHosts(env), PrivateZone: privateZone(env), Protected: !env.Ephemeral,
	})
	resolver.NewQueryLog(stack, "QueryLog", resolver.QueryLogProps{VPC: vpc, Delivery: delivery})
	return Network{Stack: stack, VPC: vpc, Groups: groups, Endpoints: endpoints}
}

// place is where a function lies as a party.
func (n Network) place(tier network.Tier, party segment.Party) function.Network {
	in := function.Network{Group: n.Groups.Of[party]}
	for _, subnet := range n.VPC.Subnets[tier] {
		in.Subnets = append(in.Subnets, subnet.SubnetID)
	}
	return in
}

func tierBlocks(vpc netip.Prefix) map[string]any {
	blocks := map[string]any{}
	for _, t := range network.Tiers {
		blocks[string(t)] = network.Block(vpc, t).String()
	}
	return blocks
}

// llmHosts are the only names outside AWS that anything may call, sorted.
func llmHosts(env config.Environment) []string {
	var hosts []string
	for _, p := range env.LLM {
		hosts = append(hosts, p.Hosts...)
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}
