package stacks

import (
	"livechat.example/cloud/config"
	"livechat.example/cloud/constructs/key"
	"livechat.example/cloud/constructs/segment"
)

// What two regions, or a person, must know of each other has a name computed here; the rest is left to CloudFormation.

// globalRegion is where the services that have one home live: IAM, CloudFront, Route 53, the trail.
const globalRegion = "us-east-1"

// prefix starts the name of everything in an environment's account that AWS lets us name.
func prefix(env config.Environment) string { return "livechat-" + env.Name }

func stackName(env config.Environment, place, layer string) string {
	return env.Name + "-" + place + "-" + layer
}

func boundaryName(env config.Environment) string { return prefix(env) + "-boundary" }

func roleName(env config.Environment, role string) string { return prefix(env) + "-" + role }

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

// serviceRole is that of a region's service, as in serviceRole(env, region, "dashboard"): IAM knows no regions, so the name does.
func serviceRole(env config.Environment, region config.Region, service string) string {
	return roleName(env, region.Name+"-"+service)
}

func roleARN(env config.Environment, name string) string {
	return "arn:aws:iam::" + env.Account + ":role/" + name
}

// registryName is that of the registry's table, in every region.
func registryName(env config.Environment) string { return prefix(env) + "-registry" }

// cacheName is that of a region's replication group, and of its users' group. A role's policy names the first.
func cacheName(env config.Environment) string { return prefix(env) + "-cache" }

// cacheUser is the name that a service logs in to the cache by, which its role's policy names.
func cacheUser(env config.Environment, service segment.Party) string {
	return prefix(env) + "-" + string(service)
}

// masterSecret is the name of the secret of the database's master.
func masterSecret(env config.Environment) string { return prefix(env) + "/database/master" }

// signingSecrets are the names of all partners' signing secrets, as IAM writes a pattern.
func signingSecrets(env config.Environment) string { return prefix(env) + "/partner/*/signing" }

// providerSecrets are the names of the LLM providers' keys, as IAM writes a pattern.
func providerSecrets(env config.Environment) string { return prefix(env) + "/llm/*" }
