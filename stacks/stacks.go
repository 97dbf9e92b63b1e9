// Package stacks is the estate: which stacks there are, in which regions, and in which order.
package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"livechat.example/cloud/config"
)

// Region is one region's stacks.
type Region struct {
	Keys     Keys
	Storage  Storage
	Network  Network
	Services Services
}

// Build adds an environment's stacks to an app. Reading it top to bottom is reading the cloud, in the order it is deployed.
func Build(app awscdk.App, env config.Environment, code Lambdas) {
	identity := NewIdentity(app, env)

	regions := map[string]Region{}
	for _, r := range env.Regions {
		keys := NewKeys(app, env, r)
		regions[r.Name] = Region{
			Keys:     keys,
			Network:  NewNetwork(app, env, r, keys, code),
			Storage:  NewStorage(app, env, r, keys),
			Services: NewServices(app, env, r, keys, nil),
		}
	}

	partners := NewPartners(app, env)

	order(env, identity, regions, partners)
	carryBoundary(app, env)
}

// order states what must exist before what, where no reference says so already.
func order(env config.Environment, identity Identity, regions map[string]Region, partners Partners) {
	for _, r := range env.Regions {
		// Every role names the boundary.
		after(regions[r.Name].Network.Stack, identity.Stack)
		after(regions[r.Name].Storage.Stack, identity.Stack)
		after(regions[r.Name].Services.Stack, identity.Stack)
	}
	primary := regions[env.Primary().Name]
	for _, r := range env.Secondaries() {
		// Replication begins when its rule is written: the bucket and the key that it names must be there.
		after(primary.Storage.Stack, regions[r.Name].Storage.Stack)
	}
	for _, shard := range partners.Stacks {
		after(shard, primary.Keys.Stack)
	}
}

func after(later, earlier awscdk.Stack) {
	later.AddStackDependency(earlier, new("stacks.order"))
}
