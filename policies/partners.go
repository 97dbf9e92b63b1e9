package policies

import (
	"crypto/sha256"
	"fmt"

	"livechat.example/cloud/policies/template"
)

var partnerPolicies = []Policy{partnersStayInTheirShard}

// shards is how many stacks the partners of an environment are divided over. Another number would move their secrets.
const shards = 16

const handleType = "AWS::CloudFormation::WaitConditionHandle"

func shardLayers() []string {
	layers := make([]string, shards)
	for i := range layers {
		layers[i] = shardLayer(i)
	}
	return layers
}

func shardLayer(shard int) string { return fmt.Sprintf("partners-%02d", shard) }

// shardOf is the shard that a partner's id puts it in.
func shardOf(partner string) int {
	sum := sha256.Sum256([]byte(partner))
	return int(sum[0]) % shards
}

var partnersStayInTheirShard = Policy{
	ID: "PART-01", Title: "Every partner is in the one stack that its id alone decides, so that another partner moves none, and no stack is ever empty",
	Source:    answer("How are we ensuring that in case of API key compromise of any partner", "Each partner has unique API and secret keys. Access is scoped per partner, and keys cannot be used to access other partners' data or services."),
	Component: Services, STRIDE: "ID", Severity: Medium,
	Fix:   "let stacks.NewPartners divide them",
	Reads: []string{handleType},
	Check: func(e *template.Estate, f *Findings) {
		for _, s := range e.Stacks() {
			shard, ok := s.Intent().Get("shard").Int()
			if s.Intent().Get("shard").Missing() {
				continue
			}
			f.SawStack(s)
			if !ok || s.Layer != shardLayer(shard) {
				f.FailStack(s, "says that it is shard %s", s.Intent().Get("shard"))
			}
			for _, p := range s.Intent().Get("partners").List() {
				if in := shardLayer(shardOf(p.Text())); in != s.Layer || p.Text() == "" {
					f.FailStack(s, "has partner %s, who belongs to %s", p, in)
				}
			}
			if shard := s.Resource("Shard"); shard == nil || shard.Type != handleType {
				f.FailStack(s, "has no resource of its own, so that it cannot be deployed when its last partner has gone")
			}
		}
		for h := range e.All(handleType) {
			f.Saw(h)
			allowOnly(f, h)
			if h.Stack.Intent().Get("shard").Missing() || h.ID != "Shard" {
				f.Fail(h, "is nothing that a stack of partners is kept by")
			}
		}
	},
}
