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
	Data     Data
	Services Services
}

// Build adds an environment's stacks to an app. Reading it top to bottom is reading the cloud, in the order it is deployed.
func Build(app awscdk.App, env config.Environment, code Lambdas) {
	identity := NewIdentity(app, env)

	regions := map[string]Region{}
	for _, r := range env.Regions {
		keys := NewKeys(app, env, r)
		net := NewNetwork(app, env, r, keys, code)
		data := NewData(app, env, r, keys, net)
		regions[r.Name] = Region{
			Keys:     keys,
			Network:  net,
			Storage:  NewStorage(app, env, r, keys, net),
			Data:     data,
			Services: NewServices(app, env, r, keys, data),
		}
	}

	primary := regions[env.Primary().Name]
	secrets := NewSecrets(app, env, primary.Keys, primary.Network, code)
	registry := NewRegistry(app, env, primary, code)
	partners := NewPartners(app, env, primary.Keys, registry, secrets)

	order(env, identity, regions, secrets, registry, partners)
	carryBoundary(app, env)
}

// order states what must exist before what, where no reference says so already.
func order(env config.Environment, identity Identity, regions map[string]Region, secrets Secrets, registry Registry, partners Partners) {
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
		// Secrets and the registry have replicas there, made with them, each under its region's key.
		after(secrets.Stack, regions[r.Name].Keys.Stack)
		after(registry.Stack, regions[r.Name].Keys.Stack)
		// A secondary joins the global database that the primary made, once it has a writer.
		after(regions[r.Name].Data.Stack, primary.Data.Stack)
	}
	after(secrets.Stack, identity.Stack)
	after(registry.Stack, identity.Stack)
	// CloudFormation reads the master's password when it makes the database.
	after(primary.Data.Stack, secrets.Stack)
	for _, shard := range partners.Stacks {
		// What is to be rotated needs who does it.
		after(shard, secrets.Stack)
		// No record is written before every replica has its policy.
		after(shard, registry.Stack)
	}
}

func after(later, earlier awscdk.Stack) {
	later.AddStackDependency(earlier, new("stacks.order"))
}
