package network

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

// The block works at the internet gateway, so what goes through a NAT gateway counts as of the gateway's subnet: public subnets are
// excluded both ways, and those of NAT gateways outwards.
var vpcsAreBlocked = policies.Policy{
	ID: "NET-22", Title: "The account's VPCs are blocked from the internet, except public and NAT gateways' subnets",
	Source:    policies.Risk("Public Exposure of Services", "Restrict public endpoints, use WAF, enforce HTTPS, monitor for open ports."),
	Component: policies.Network, STRIDE: "ID", Severity: policies.High,
	Fix: "let network.NewBlockPublicAccess make it, by the vpcBlockPublicAccess switch",
	Expect: expect.Shapes{
		exclusionType: {
			"SubnetId": expect.Own(intent.SubnetType),
			"InternetGatewayExclusionMode": expect.Equals("that of its subnet's tier", func(at expect.At) string {
				return exclusionOf(at.Estate.Find(at.Resource.Get("SubnetId"), intent.SubnetType))
			}, intent.SubnetType),
		},
		publicBlockType: {
			"InternetGatewayBlockMode": expect.Is("block-bidirectional"),
			"DeletionPolicy":           expect.Is("Retain").Because("a block that is deleted opens all VPCs of the account"),
			"DependsOn":                afterExclusions,
		},
	},
	MayBeAbsent: "an environment may switch the block off, or leave it to another stack of the account",
	Reads:       []string{intent.VPCType, intent.SubnetType},
	Check: func(e *template.Estate, f *policies.Findings) {
		excluded, blocks := map[*template.Resource]int{}, map[*template.Stack]int{}
		for x := range e.All(exclusionType) {
			excluded[e.Find(x.Get("SubnetId"), intent.SubnetType)]++
		}
		for s := range e.All(intent.SubnetType) {
			f.Examined(s)
			must := 0
			if !s.Stack.Intent().Get("blockPublicAccess").Is("off") && exclusionOf(s) != "" {
				must = 1
			}
			if excluded[s] != must {
				f.Fail(s, "has %d exclusions, must have %d", excluded[s], must)
			}
		}
		for b := range e.All(publicBlockType) {
			blocks[b.Stack]++
		}
		for vpc := range e.All(intent.VPCType) {
			f.Examined(vpc)
			checkBlocking(f, vpc, blocks[vpc.Stack])
		}
	},
}

// afterExclusions is a block that takes effect when the exclusions of its stack are there.
var afterExclusions = expect.Want{Text: "every exclusion of its stack", Reads: []string{exclusionType}, Breaks: []any{"other"},
	Holds: func(at expect.At, _ template.Value) bool {
		for x := range at.Estate.All(exclusionType) {
			if x.Stack == at.Stack() && !slices.Contains(at.Resource.DependsOn(), x.ID) {
				return false
			}
		}
		return true
	}}

// exclusionOf returns how a subnet meets the internet although it is blocked, "" if not at all.
func exclusionOf(s *template.Resource) string {
	switch {
	case s == nil:
	case intent.TierOf(s) == "public":
		return "allow-bidirectional"
	case intent.TierOf(s) == "egress" && s.Stack.Intent().Get("nat").True():
		return "allow-egress"
	}
	return ""
}

func checkBlocking(f *policies.Findings, vpc *template.Resource, blocks int) {
	must, meant := 0, vpc.Stack.Intent().Get("blockPublicAccess")
	switch meant.Text() {
	case "create":
		must = 1
	case "existing", "off":
	default:
		f.FailStack(vpc.Stack, "blockPublicAccess is %s, must be one of create, existing, off", meant)
	}
	if blocks != must {
		f.Fail(vpc, "has %d blocks of public access in its stack, must have %d", blocks, must)
	}
}
