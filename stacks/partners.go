package stacks

import (
	"crypto/sha256"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"livechat.example/cloud/config"
	"livechat.example/cloud/constructs/registry"
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
func NewPartners(app awscdk.App, env config.Environment, keys Keys, registry Registry, secrets Secrets) Partners {
	var all Partners
	for shard := range shards {
		all.Stacks = append(all.Stacks, newShard(app, env, shard, keys, registry, secrets))
	}
	return all
}

func newShard(app awscdk.App, env config.Environment, shard int, keys Keys, registry Registry, secrets Secrets) awscdk.Stack {
	var here []config.Partner
	ids, records := []any{}, map[string]any{}
	for _, p := range env.Partners {
		if shardOf(p.ID) == shard {
			here, ids, records[p.ID] = append(here, p), append(ids, p.ID), partnerIntent(env, p)
		}
	}
	stack := newStack(app, env, env.Primary(), fmt.Sprintf("partners-%02d", shard), intent{"shard": shard, "partners": ids, "records": records})
	// A template needs one resource.
	awscdk.NewCfnWaitConditionHandle(stack, new("Shard"), nil)
	for _, p := range here {
		// A scope of the partner's own, by whose hash two ids differ that differ in dashes alone.
		scope := constructs.NewConstruct(stack, new(p.ID))
		newRecord(scope, env, p, registry)
		newSigning(scope, env, p, keys, secrets)
	}
	return stack
}

// newRecord is what the registry has of a partner.
func newRecord(scope constructs.Construct, env config.Environment, p config.Partner, in Registry) {
	record := registry.Partner{
		ID: p.ID, Name: p.Name, Tier: string(p.Tier), Residency: string(p.Residency), Contact: p.Contact,
		AuthoritySubject: p.Certificate.Authority.Subject, AuthoritySHA256: p.Certificate.Authority.SHA256,
		AllowedAddresses: p.AllowedAddresses, SDKDomains: p.SDKDomains,
		RequestsPerSecond: p.Rate.RequestsPerSecond, Burst: p.Rate.Burst, RequestsPerMonth: p.Rate.RequestsPerMonth,
		RetentionDays: p.RetentionDays, ReviewedOn: p.ReviewedOn.String(), SigningSecret: signingSecret(env, p.ID),
	}
	if p.Certificate.CA == "" {
		record.CommonName = p.ID
	}
	in.Registry.Record(scope, "Record", record)
}

// newSigning is the key that a partner signs end users' tokens with. Who checks tokens reads it in every region; the dashboard hands it to the partner.
func newSigning(scope constructs.Construct, env config.Environment, p config.Partner, keys Keys, secrets Secrets) {
	name := signingSecret(env, p.ID)
	key := secret.NewSigning(scope, "Key", secretProps(env, keys, name, rotated(readBy(env, env.Regions, "gate", "authorizer", "dashboard"), env)))
	key.Rotate(scope, "Rotation", secrets.Rotator.ARN, secret.EveryOtherMonth(name), nil)
}

// partnerIntent is what config says of a partner, for the policies to hold his record against.
func partnerIntent(env config.Environment, p config.Partner) map[string]any {
	meant := map[string]any{
		"name": p.Name, "tier": string(p.Tier), "residency": string(p.Residency), "contact": p.Contact,
		"allowedAddresses": p.AllowedAddresses, "sdkDomains": p.SDKDomains,
		"requestsPerSecond": p.Rate.RequestsPerSecond, "burst": p.Rate.Burst, "requestsPerMonth": p.Rate.RequestsPerMonth,
		"retentionDays": p.RetentionDays, "reviewedOn": p.ReviewedOn.String(), "ownCA": p.Certificate.CA != "",
	}
	if p.Certificate.CA != "" {
		meant["authority"] = map[string]any{"subject": p.Certificate.Authority.Subject, "sha256": p.Certificate.Authority.SHA256}
	}
	return meant
}

// shardOf is by the partner's id alone, so that one partner more moves none.
func shardOf(partner string) int {
	sum := sha256.Sum256([]byte(partner))
	return int(sum[0]) % shards
}
