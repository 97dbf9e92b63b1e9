// Package segment says who may talk to whom: a security group for each service, store and endpoint, and the rules between them.
package segment

import "livechat.example/cloud/constructs/network"

// Party is who takes part in the network: a load balancer, a service, a function, a store or an endpoint. Each has a
// security group of its own, and what is made of it later binds that group and lies in the subnets of its tier.
type Party string

// The parties.
const (
	ALB         Party = "alb"          // the internet-facing load balancer
	VPCLink     Party = "vpc-link"     // the private REST API's way to the internal load balancer
	InternalALB Party = "internal-alb" // in front of chat and dashboard
	Gate        Party = "gate"
	Chat        Party = "chat"
	Dashboard   Party = "dashboard"
	Worker      Party = "worker"
	Migrate     Party = "migrate"
	LLM         Party = "llm"
	Authorizer  Party = "authorizer" // Lambda: tokens on the REST API
	Rotator     Party = "rotator"    // Lambda: secrets
	Registrar   Party = "registrar"  // Lambda: the registry's partner records
	Aurora      Party = "aurora"
	Valkey      Party = "valkey"

	ExecuteAPI     Party = "endpoint-execute-api"
	ECRAPI         Party = "endpoint-ecr-api"
	ECRDocker      Party = "endpoint-ecr-dkr"
	Logs           Party = "endpoint-logs"
	SecretsManager Party = "endpoint-secretsmanager"
	STS            Party = "endpoint-sts"
	GuardDuty      Party = "endpoint-guardduty-data"
	Bedrock        Party = "endpoint-bedrock-runtime"
)

// Parties are all of them and the tier that each lies in, in an order in which nobody opens a connection to one before it.
var Parties = []struct {
	Party Party
	Tier  network.Tier
}{
	{ALB, network.Public},
	{VPCLink, network.App},
	{InternalALB, network.App},
	{Gate, network.App},
	{Chat, network.App},
	{Dashboard, network.App},
	{Worker, network.App},
	{Migrate, network.App},
	{LLM, network.LLM},
	{Authorizer, network.App},
	{Rotator, network.App},
	{Registrar, network.App},
	{Aurora, network.Data},
	{Valkey, network.Data},
	{ExecuteAPI, network.App},
	{ECRAPI, network.App},
	{ECRDocker, network.App},
	{Logs, network.App},
	{SecretsManager, network.App},
	{STS, network.App},
	{GuardDuty, network.App},
	{Bedrock, network.App},
}
