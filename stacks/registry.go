package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"livechat.example/cloud/config"
	"livechat.example/cloud/constructs/key"
	"livechat.example/cloud/constructs/network"
	"livechat.example/cloud/constructs/registry"
	"livechat.example/cloud/constructs/role"
	"livechat.example/cloud/constructs/segment"
)

// Registry is the partner registry of all regions.
type Registry struct {
	Stack    awscdk.Stack
	Registry registry.Registry
}

// registryReaders are who reads the registry in every region: gate and authorizer judge by it, and dashboard shows partners their
// records. In the primary worker purges by it.
var registryReaders = []string{"gate", "authorizer", "dashboard"}

// NewRegistry is the registry, which CloudFormation wants to be one resource in one region for all of them.
func NewRegistry(app awscdk.App, env config.Environment, primary Region, code Lambdas) Registry {
	region := env.Primary()
	stack := newStack(app, env, region, "registry", intent{"registry": registryTable(env)})
	readers := map[string][]string{}
	for _, r := range env.Regions {
		for _, task := range registryReaders {
			readers[r.Name] = append(readers[r.Name], roleARN(env, serviceRole(env, r, task)))
		}
	}
	readers[region.Name] = append(readers[region.Name], roleARN(env, serviceRole(env, region, "worker")))
	return Registry{Stack: stack, Registry: registry.New(stack, registry.Props{
		Table: registryTable(env), Account: env.Account, Regions: env.RegionNames(), Tags: stackTags(env, "registry"),
		KeyAlias: keyAlias(env, key.Registry), Key: primary.Keys.Of[key.Registry], LogKey: primary.Keys.Of[key.Logs],
		Readers: readers,
		Mends: append(role.Bootstrap(env.Account, env.Delivery.Qualifier, []string{region.Name}, "cfn-exec"),
			roleARN(env, roleName(env, "break-glass"))),
		Registrar:   registry.Function{Name: stackName(env, region.Name, registrar), Code: code[registrar]},
		TablePolicy: registry.Function{Name: stackName(env, region.Name, tablePolicy), Code: code[tablePolicy]},
		Network:     primary.Network.place(network.App, segment.Registrar),
	})}
}
