package stacks

import (
	"crypto/sha256"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"livechat.example/cloud/config"
)

// shards is how many stacks the partners are divided over: 1,000 partners are 63 in each, and a stack takes 500 resources. It never
// changes, since another number would move partners' secrets from stack to stack, which deletes them.
const shards = 16

// Partners are the stacks of what belongs to one partner each, in the primary region.
type Partners struct {
	Stacks []awscdk.Stack
}

// NewPartners is a stack for each shard, also for one without a partner: a stack that leaves the app stays in AWS, with all that its last
// partner had.
func NewPartners(app awscdk.App, env config.Environment) Partners {
	var all Partners
	for shard := range shards {
		all.Stacks = append(all.Stacks, newShard(app, env, shard))
	}
	return all
}

func newShard(app awscdk.App, env config.Environment, shard int) awscdk.Stack {
	ids := []any{}
	for _, p := range env.Partners {
		if shardOf(p.ID) == shard {
			ids = append(ids, p.ID)
		}
	}
	stack := newStack(app, env, env.Primary(), fmt.Sprintf("partners-%02d", shard), intent{"shard": shard, "partners": ids})
	// A template needs one resource.
	awscdk.NewCfnWaitConditionHandle(stack, new("Shard"), nil)
	return stack
}

// shardOf is by the partner's id alone, so that one partner more moves none.
func shardOf(partner string) int {
	sum := sha256.Sum256([]byte(partner))
	return int(sum[0]) % shards
}
