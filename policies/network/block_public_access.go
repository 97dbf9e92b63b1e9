package network

import (
	"slices"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var vpcsAreBlocked = policies.Policy{
	ID: "NET-22", Title: "The account's VPCs are blocked from the internet as intended, both ways, except for the public subnets, and outwards the subnets of NAT gateways, which are let out before it blocks",
	Source:    policies.Risk("Public Exposure of Services", "Restrict public endpoints, use WAF, enforce HTTPS, monitor for open ports."),
	Component: policies.Network, STRIDE: "ID", Severity: policies.High,
	Fix:   "let network.NewBlockPublicAccess make it, by the vpcBlockPublicAccess switch",
	Reads: []string{intent.VPCType, intent.SubnetType, publicBlockType, exclusionType},
	Check: func(e *template.Estate, f *policies.Findings) {
		excluded := map[*template.Resource]int{}
		for x := range e.All(exclusionType) {
			f.Examined(x)
			s := e.Find(x.Get("SubnetId"), intent.SubnetType)
			excluded[s]++
			checkExclusion(f, x, s)
		}
		for s := range e.All(intent.SubnetType) {
			f.Examined(s)
			want := 0
			if vpc := intent.VPCOf(e, s); meansToBlock(vpc) && exclusionOf(s, intent.HasNAT(vpc)) != "" {
				want = 1
			}
			if excluded[s] != want {
				f.Fail(s, "has %d exclusions, not %d", excluded[s], want)
			}
		}
		blocks := map[*template.Stack]int{}
		for b := range e.All(publicBlockType) {
			f.Examined(b)
			blocks[b.Stack]++
			checkBlock(f, b)
		}
		for vpc := range e.All(intent.VPCType) {
			f.Examined(vpc)
			checkBlocking(f, vpc, blocks[vpc.Stack])
		}
	},
}

// meansToBlock says that a VPC was meant to have its exclusions: somebody blocks the account.
func meansToBlock(vpc *template.Resource) bool {
	return vpc != nil && !vpc.Stack.Intent().Get("blockPublicAccess").Is("off")
}

// exclusionOf is how a subnet may meet the internet although it is blocked, "" if not at all. The block works at the internet
// gateway, so what goes through a NAT gateway counts as of the gateway's subnet.
func exclusionOf(s *template.Resource, nat bool) string {
	switch tier := intent.TierOf(s); {
	case tier == "public":
		return "allow-bidirectional"
	case tier == "egress" && nat:
		return "allow-egress"
	}
	return ""
}

func checkExclusion(f *policies.Findings, x, s *template.Resource) {
	f.AllowOnly(x, "InternetGatewayExclusionMode", "SubnetId", "Tags")
	if s == nil {
		f.Fail(x, "excludes something that is no subnet of the estate")
	} else if mode := exclusionOf(s, true); !x.Get("InternetGatewayExclusionMode").Is(mode) {
		f.Fail(x, "is %s for tier %q, not %q", x.Get("InternetGatewayExclusionMode"), intent.TierOf(s), mode)
	}
}

func checkBlock(f *policies.Findings, b *template.Resource) {
	f.AllowOnly(b, "InternetGatewayBlockMode")
	if !b.Get("InternetGatewayBlockMode").Is("block-bidirectional") {
		f.Fail(b, "is %s, not both ways", b.Get("InternetGatewayBlockMode"))
	}
	if b.DeletionPolicy() != "Retain" {
		f.Fail(b, "opens the account's VPCs when it leaves the template")
	}
	for _, r := range b.Stack.Resources() {
		if r.Type == exclusionType && !slices.Contains(b.DependsOn(), r.ID) {
			f.Fail(b, "blocks before %s is made", r.ID)
		}
	}
}

func checkBlocking(f *policies.Findings, vpc *template.Resource, blocks int) {
	meant := vpc.Stack.Intent().Get("blockPublicAccess")
	want := 0
	switch meant.Text() {
	case "create":
		want = 1
	case "existing", "off":
	default:
		f.FailStack(vpc.Stack, "does not say whether it blocks public access: %s", meant)
	}
	if blocks != want {
		f.Fail(vpc, "has %d blocks in its stack, not %d", blocks, want)
	}
}
