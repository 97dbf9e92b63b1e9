package stacks

import (
	"livechat.example/cloud/config"
	"livechat.example/cloud/constructs/key"
	"livechat.example/cloud/constructs/segment"
	"livechat.example/cloud/internal/names"
)

// What two regions, or a person, must know of each other has a name computed here; the rest is left to CloudFormation.

// globalRegion is where the services that have one home live: IAM, CloudFront, Route 53, the trail.
const globalRegion = names.GlobalRegion

// prefix starts the name of everything in an environment's account that AWS lets us name.
func prefix(env config.Environment) string { return names.Prefix(env.Name) }

func stackName(env config.Environment, place, layer string) string {
	return env.Name + "-" + place + "-" + layer
}

func boundaryName(env config.Environment) string { return names.Boundary(env.Name) }

func roleName(env config.Environment, role string) string { return names.Role(env.Name, role) }

// serviceRole is that of a region's service or function, as in serviceRole(env, region, "dashboard"): IAM knows no regions, so the name does.
func serviceRole(env config.Environment, region config.Region, service string) string {
	return roleName(env, region.Name+"-"+service)
}

func roleARN(env config.Environment, name string) string {
	return "arn:aws:iam::" + env.Account + ":role/" + name
}

// adminOrigin is that of the dashboard's pages, as a browser says it.
func adminOrigin(env config.Environment) string { return "https://admin." + env.Domain }

// keyAlias is the same in every region, without "alias/".
func keyAlias(env config.Environment, c key.Class) string { return prefix(env) + "-" + string(c) }

// bucketName carries account and region, since S3's names are one worldwide space.
func bucketName(env config.Environment, region config.Region, bucket string) string {
	return prefix(env) + "-" + env.Account + "-" + region.Name + "-" + bucket
}

// privateZone is the DNS zone of names that only the environment's VPCs know.
func privateZone(env config.Environment) string { return prefix(env) + ".internal" }

// firewallName begins the names of a region's firewalls and of what they do.
func firewallName(env config.Environment) string { return prefix(env) + "-egress" }

// logDeliveryName is that of a region's policy for the logs that AWS's services deliver.
func logDeliveryName(env config.Environment) string { return prefix(env) + "-log-delivery" }

// masterSecret is that of the database's master.
func masterSecret(env config.Environment) string { return names.MasterSecret(env.Name) }

// providerSecret is that of an LLM provider's key; of "*" it is the pattern, in IAM, of all.
func providerSecret(env config.Environment, provider string) string {
	return prefix(env) + "/llm/" + provider
}

// partnerSecrets begins the names of partners' secrets.
func partnerSecrets(env config.Environment) string { return prefix(env) + "/partner/" }

// signingSecret is that of a partner's signing key; of "*" it is the pattern, in IAM, of all.
func signingSecret(env config.Environment, partner string) string {
	return partnerSecrets(env) + partner + "/signing"
}

// databaseHost is the name by which a region's VPC knows the database that writes.
func databaseHost(env config.Environment) string { return "database." + privateZone(env) }

// formationRole is whom CloudFormation acts as in a region, as `cdk bootstrap` made it.
func formationRole(env config.Environment, region string) string {
	return "cdk-" + env.Delivery.Qualifier + "-cfn-exec-role-" + env.Account + "-" + region
}

// alarmName is that of an alarm, or of the topic where all go.
func alarmName(env config.Environment, alarm string) string { return prefix(env) + "-" + alarm }

// dataLogDeliveryName is that of the policy for the logs that are delivered into a region's data stack.
func dataLogDeliveryName(env config.Environment) string { return prefix(env) + "-data-log-delivery" }

// cacheName is that of a region's replication group, and of its users' group. A role's policy names the first.
func cacheName(env config.Environment) string { return prefix(env) + "-cache" }

// cacheUser is the name that a service logs in to the cache by, which its role's policy names.
func cacheUser(env config.Environment, service segment.Party) string {
	return prefix(env) + "-" + string(service)
}

// globalDatabase is the identifier of what the clusters of all regions are members of.
func globalDatabase(env config.Environment) string { return prefix(env) }

// clusterName is that of a region's database. Its log group has it, and must be there before the cluster.
func clusterName(env config.Environment, region config.Region) string {
	return prefix(env) + "-" + region.Name
}

// registryTable is the name of the registry's table, the same in every region.
func registryTable(env config.Environment) string { return prefix(env) + "-registry" }
