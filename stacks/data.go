package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"livechat.example/cloud/config"
	"livechat.example/cloud/constructs/cache"
	"livechat.example/cloud/constructs/key"
	"livechat.example/cloud/constructs/logs"
	"livechat.example/cloud/constructs/segment"
)

// Data is a region's stores in its VPC.
type Data struct {
	Stack awscdk.Stack
	Cache cache.Cache
}

// NewData is a region's cache, in the subnets that have no way out.
func NewData(app awscdk.App, env config.Environment, region config.Region, keys Keys, net Network) Data {
	stack := newStack(app, env, region, "data", intent{})
	delivery := logs.NewDelivery(stack, "LogDelivery", logs.DeliveryProps{
		Key: keys.Of[key.Logs], Name: dataLogDeliveryName(env), Account: env.Account, Region: region.Name,
	})
	return Data{Stack: stack, Cache: cache.New(stack, cache.Props{
		VPC: net.VPC, Group: net.Groups.Of[segment.Valkey], Key: keys.Of[key.Cache], Delivery: delivery,
		Account: env.Account, Region: region.Name, Name: cacheName(env), Users: cacheUsers(env),
	})}
}

func cacheUsers(env config.Environment) map[segment.Party]string {
	users := map[segment.Party]string{}
	for _, service := range cache.Services {
		users[service] = cacheUser(env, service)
	}
	return users
}
