package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"livechat.example/cloud/config"
	"livechat.example/cloud/constructs/cache"
	"livechat.example/cloud/constructs/database"
	"livechat.example/cloud/constructs/key"
	"livechat.example/cloud/constructs/logs"
	"livechat.example/cloud/constructs/network"
	"livechat.example/cloud/constructs/segment"
)

const (
	databaseClass = "db.r7g.large" // the newest that every region has that an environment may name
	databaseName  = "livechat"
	databaseUser  = "livechat_admin" // docs/database.md says what he may do
)

// Data is a region's stores in its VPC.
type Data struct {
	Stack    awscdk.Stack
	Database database.Cluster
	Cache    cache.Cache
}

// NewData is a region's database and cache, in the subnets that have no way out. The primary's database must be there before the
// others', and its master's secret before it.
func NewData(app awscdk.App, env config.Environment, region config.Region, keys Keys, net Network) Data {
	stack := newStack(app, env, region, "data", intent{"databaseCreated": env.DatabaseCreated})
	cluster := database.New(stack, "Database", database.Props{
		Global: globalDatabase(env), Name: clusterName(env, region), Class: databaseClass,
		Subnets: net.VPC.Subnets[network.Data], Group: net.Groups.Of[segment.Aurora],
		Key: keys.Of[key.Database], LogsKey: keys.Of[key.Logs], Master: master(env, region),
	})
	database.NewName(stack, "DatabaseName", database.NameProps{
		Zone: privateZone(env), VPC: net.VPC.ID, Region: region.Name, Cluster: cluster,
	})
	delivery := logs.NewDelivery(stack, "LogDelivery", logs.DeliveryProps{
		Key: keys.Of[key.Logs], Name: dataLogDeliveryName(env), Account: env.Account, Region: region.Name,
	})
	return Data{Stack: stack, Database: cluster, Cache: cache.New(stack, cache.Props{
		VPC: net.VPC, Group: net.Groups.Of[segment.Valkey], Key: keys.Of[key.Cache], Delivery: delivery,
		Account: env.Account, Region: region.Name, Name: cacheName(env), Users: cacheUsers(env),
	})}
}

// master is whom the primary's database is made for; nil for every other region.
func master(env config.Environment, region config.Region) *database.Master {
	if region.Name != env.Primary().Name {
		return nil
	}
	return &database.Master{Created: env.DatabaseCreated, Database: databaseName, User: databaseUser, Secret: masterSecret(env)}
}

func cacheUsers(env config.Environment) map[segment.Party]string {
	users := map[segment.Party]string{}
	for _, service := range cache.Services {
		users[service] = cacheUser(env, service)
	}
	return users
}
