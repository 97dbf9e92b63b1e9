package stacks

import (
	"crypto/sha256"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/config"
	"livechat.example/cloud/constructs/secret"
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
func NewPartners(app awscdk.App, env config.Environment, keys Keys, secrets Secrets) Partners {
	var all Partners
	for shard := range shards {
		all.Stacks = append(all.Stacks, newShard(app, env, shard, keys, secrets))
	}
	return all
}

func newShard(app awscdk.App, env config.Environment, shard int, keys Keys, secrets Secrets) awscdk.Stack {
	var here []config.Partner
	ids := []any{}
	for _, p := range env.Partners {
		if shardOf(p.ID) == shard {
			here, ids = append(here, p), append(ids, p.ID)
		}
	}
	stack := newStack(app, env, env.Primary(), fmt.Sprintf("partners-%02d", shard), intent{"shard": shard, "partners": ids})
	// A template needs one resource.
	awscdk.NewCfnWaitConditionHandle(stack, new("Shard"), nil)
	for _, p := range here {
		newSigning(stack, env, p, keys, secrets)
	}
	return stack
}

// newSigning is the key that a partner signs end users' tokens with. Who checks tokens reads it in every region; the dashboard hands it to the partner.
func newSigning(stack awscdk.Stack, env config.Environment, p config.Partner, keys Keys, secrets Secrets) {
	name := signingSecret(env, p.ID)
	scope := constructs.NewConstruct(stack, new("Signing-"+p.ID)) // by whose hash two ids differ that differ in dashes alone
	key := secret.NewSigning(scope, "Key", secretProps(env, keys, name, rotated(readBy(env, env.Regions, "gate", "authorizer", "dashboard"), env)))
	key.Rotate(scope, "Rotation", secrets.Rotator.ARN, secret.EveryOtherMonth(name), nil)
}

// shardOf is by the partner's id alone, so that one partner more moves none.
func shardOf(partner string) int {
	sum := sha256.Sum256([]byte(partner))
	return int(sum[0]) % shards
}
