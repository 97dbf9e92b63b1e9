package services

import (
	"crypto/sha256"

	"livechat.example/cloud/policies"
	"livechat.example/cloud/policies/expect"
	"livechat.example/cloud/policies/intent"
	"livechat.example/cloud/policies/template"
)

var partnerPolicies = []policies.Policy{partnersStayInTheirShard}

const handleType = "AWS::CloudFormation::WaitConditionHandle"

// shardOf is the shard that a partner's id puts it in.
func shardOf(partner string) int {
	sum := sha256.Sum256([]byte(partner))
	return int(sum[0]) % intent.Shards
}

var partnersStayInTheirShard = policies.Policy{
	ID: "PART-01", Title: "Every partner is in the stack that its id decides, and no such stack is ever empty",
	Source:    policies.Answer("How are we ensuring that in case of API key compromise of any partner", "Each partner has unique API and secret keys. Access is scoped per partner, and keys cannot be used to access other partners' data or services."),
	Component: policies.Services, STRIDE: "ID", Severity: policies.Medium,
	Fix:    "let stacks.NewPartners divide them",
	Expect: expect.Shapes{handleType: {}},
	Reads:  []string{handleType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range e.Stacks() {
			stated := s.Intent().Get("shard")
			if stated.Missing() {
				continue
			}
			f.ExaminedStack(s)
			if shard, ok := stated.Int(); !ok || s.Layer != intent.ShardLayer(shard) {
				f.FailStack(s, "shard is %s, must be that of its name", stated)
			}
			for _, p := range s.Intent().Get("partners").List() {
				if layer := intent.ShardLayer(shardOf(p.Text())); layer != s.Layer || p.Text() == "" {
					f.FailStack(s, "has partner %s, must be in %s", p, layer)
				}
			}
			if shard := s.Resource("Shard"); shard == nil || shard.Type != handleType {
				f.FailStack(s, "has no Shard, must have 1: an empty stack cannot be deployed when its last partner leaves")
			}
		}
		for h := range e.All(handleType) {
			if h.Stack.Intent().Get("shard").Missing() || h.ID != "Shard" {
				f.Fail(h, "is an empty resource, must be the Shard of a stack of partners")
			}
		}
	},
}
