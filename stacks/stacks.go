// Package stacks is the estate: which stacks there are, in which regions, and in which order.
package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"livechat.example/cloud/config"
)

// Region is one region's stacks.
type Region struct {
	Keys    Keys
	Storage Storage
	Network Network
	Data    Data
}

// Build adds an environment's stacks to an app. Reading it top to bottom is reading the cloud, in the order it is deployed.
func Build(app awscdk.App, env config.Environment, code Lambdas) {
	identity := NewIdentity(app, env)

	regions := map[string]Region{}
	for _, r := range env.Regions {
		keys := NewKeys(app, env, r)
		net := NewNetwork(app, env, r, keys, code)
		regions[r.Name] = Region{
			Keys:    keys,
			Network: net,
			Storage: NewStorage(app, env, r, keys, net),
			Data:    NewData(app, env, r, keys, net),
		}
	}

	registry := NewRegistry(app, env, regions[env.Primary().Name], code)
	partners := NewPartners(app, env, registry)

	order(env, identity, regions, registry, partners)
	carryBoundary(app, env)
}

// order states what must exist before what, where no reference says so already.
func order(env config.Environment, identity Identity, regions map[string]Region, registry Registry, partners Partners) {
	for _, r := range env.Regions {
		// Every role names the boundary, and the first roles are in the network and storage stacks.
		after(regions[r.Name].Network.Stack, identity.Stack)
		after(regions[r.Name].Storage.Stack, identity.Stack)
	}
	primary := regions[env.Primary().Name]
	for _, r := range env.Secondaries() {
		// Replication begins when its rule is written: the bucket and the key that it names must be there.
		after(primary.Storage.Stack, regions[r.Name].Storage.Stack)
		// A secondary joins the global database that the primary made, once it has a writer.
		after(regions[r.Name].Data.Stack, primary.Data.Stack)
	}
	after(registry.Stack, identity.Stack)
	for _, r := range env.Regions {
		// A replica is encrypted under its region's key, which must be there.
		after(registry.Stack, regions[r.Name].Keys.Stack)
	}
	for _, shard := range partners.Stacks {
		after(shard, primary.Keys.Stack)
		// No record is written before every replica has its policy.
		after(shard, registry.Stack)
	}
}

func after(later, earlier awscdk.Stack) {
	later.AddStackDependency(earlier, new("stacks.order"))
}
