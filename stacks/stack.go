package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"livechat.example/cloud/config"
)

// intent is a stack's share of what was meant: templates alone cannot say which zones, buckets or roles were asked for.
// It stands in the template's Metadata.LiveChat, and the policies hold the resources against it.
type intent map[string]any

// newStack is a stack of one layer in one region, protected unless the environment is ephemeral.
func newStack(app awscdk.App, env config.Environment, region config.Region, layer string, meant intent) awscdk.Stack {
	return place(app, env, region.Name, region.Name, layer, meant)
}

// newGlobalStack is a stack of a layer that the environment has once.
func newGlobalStack(app awscdk.App, env config.Environment, layer string, meant intent) awscdk.Stack {
	return place(app, env, "global", globalRegion, layer, meant)
}

func place(app awscdk.App, env config.Environment, place, region, layer string, meant intent) awscdk.Stack {
	id := stackName(env, place, layer)
	stack := awscdk.NewStack(app, new(id), &awscdk.StackProps{
		StackName:             new(id),
		Description:           new("Live chat, " + env.Name + ": " + layer),
		Env:                   &awscdk.Environment{Account: new(env.Account), Region: new(region)},
		TerminationProtection: new(!env.Ephemeral),
		Tags:                  pointers(stackTags(env, layer)),
	})
	share := map[string]any{
		"environment": env.Name, "region": region, "layer": layer, "regions": env.RegionNames(), "protected": !env.Ephemeral,
	}
	for k, v := range meant {
		share[k] = v
	}
	stack.TemplateOptions().SetMetadata(&map[string]any{"LiveChat": share})
	return stack
}

// stackTags are what everything of a stack is tagged with.
func stackTags(env config.Environment, layer string) map[string]string {
	return map[string]string{"livechat:environment": env.Name, "livechat:layer": layer}
}

func pointers(tags map[string]string) *map[string]*string {
	all := map[string]*string{}
	for k, v := range tags {
		all[k] = new(v)
	}
	return &all
}
