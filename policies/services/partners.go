package services

import (
	"crypto/sha256"

	"livechat.example/cloud/policies"
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
	ID: "PART-01", Title: "Every partner is in the one stack that its id alone decides, so that another partner moves none, and no stack is ever empty",
	Source:    policies.Answer("How are we ensuring that in case of API key compromise of any partner", "Each partner has unique API and secret keys. Access is scoped per partner, and keys cannot be used to access other partners' data or services."),
	Component: policies.Services, STRIDE: "ID", Severity: policies.Medium,
	Fix:   "let stacks.NewPartners divide them",
	Reads: []string{handleType},
	Check: func(e *template.Estate, f *policies.Findings) {
		for _, s := range e.Stacks() {
			shard, ok := s.Intent().Get("shard").Int()
			if s.Intent().Get("shard").Missing() {
				continue
			}
			f.ExaminedStack(s)
			if !ok || s.Layer != intent.ShardLayer(shard) {
				f.FailStack(s, "says that it is shard %s", s.Intent().Get("shard"))
			}
			for _, p := range s.Intent().Get("partners").List() {
				if in := intent.ShardLayer(shardOf(p.Text())); in != s.Layer || p.Text() == "" {
					f.FailStack(s, "has partner %s, who belongs to %s", p, in)
				}
			}
			if shard := s.Resource("Shard"); shard == nil || shard.Type != handleType {
				f.FailStack(s, "has no resource of its own, so that it cannot be deployed when its last partner has gone")
			}
		}
		for h := range e.All(handleType) {
			f.Examined(h)
			f.AllowOnly(h)
			if h.Stack.Intent().Get("shard").Missing() || h.ID != "Shard" {
				f.Fail(h, "is nothing that a stack of partners is kept by")
			}
		}
	},
}
