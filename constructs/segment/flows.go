package segment

import (
	"cmp"
	"slices"

	"livechat.example/cloud/constructs/network"
)

// flow says that each of some parties may open TCP connections to each of others on a port, and why. The reason becomes the
// description of the rules.
type flow struct {
	from, to []Party
	port     int
	why      string
}

// What has no group, so that a rule cannot name it. Every flow from or to one of these is a named exception.
const (
	internet Party = "internet" // 0.0.0.0/0
	s3       Party = "s3"       // the prefix list of the gateway endpoint
	dynamodb Party = "dynamodb" // the same
)

// The ports: a service listens on 8443, chat's sockets on one of their own.
const (
	https    = 443
	partners = 8443 // the load balancer's mTLS listener
	service  = 8443
	socket   = 8444
	postgres = 5432
	cache    = 6379
)

// tasks are the parties that run a container: each pulls its image, writes its log and is watched while it runs.
var tasks = []Party{Gate, Chat, Dashboard, LLM, Worker, Migrate}

// flows are who may talk to whom. What is not here cannot: a group has no other rule.
var flows = []flow{
	{of(internet), of(ALB), https, "exception: end users and admins come from anywhere"},
	{of(internet), of(ALB), partners, "exception: partner backends come from anywhere, each with its certificate"},
	{of(ALB), of(ExecuteAPI), https, "REST, to the private API"},
	{of(ALB), of(Gate), service, "WebSocket"},
	{of(VPCLink), of(InternalALB), https, "what the private API let through"},
	{of(InternalALB), of(Chat, Dashboard), service, "REST, by host and path"},
	{of(Gate), of(Chat), socket, "the sockets, which nobody else reaches"},
	{of(Chat), of(LLM), service, "questions to answer"},

	{of(Chat, Dashboard, Worker, Migrate, Rotator, LLM), of(Aurora), postgres, "the database"},
	{of(Gate, Chat), of(Valkey), cache, "sessions and quotas"},
	{of(LLM), of(internet), https, "exception: LLM providers have no fixed addresses; the firewall knows their names"},

	{tasks, of(ECRAPI, ECRDocker), https, "images"},
	{tasks, of(Logs), https, "logs"},
	{tasks, of(GuardDuty), https, "runtime monitoring"},
	{of(Gate, Dashboard, LLM, Migrate, Authorizer, Rotator), of(SecretsManager), https, "secrets"},
	{of(Dashboard), of(STS), https, "sessions that sign upload URLs"},
	{of(LLM), of(Bedrock), https, "the guardrail"},

	{tasks, of(s3), https, "exception: image layers and knowledge; a gateway endpoint has no group"},
	{of(Registrar), of(s3), https, "exception: a custom resource answers by an S3 URL; a gateway endpoint has no group"},
	{of(Gate, Authorizer, Dashboard, Worker, Registrar), of(dynamodb), https, "exception: the registry; a gateway endpoint has no group"},
}

func of(parties ...Party) []Party { return parties }

// TierFlows are the flows as the NACLs see them, from the edge inwards and the internet last: what has no group answers from public
// addresses.
func TierFlows() []network.Flow {
	tiers := map[Party]network.Tier{internet: network.Internet, s3: network.Internet, dynamodb: network.Internet}
	for _, p := range Parties {
		tiers[p.Party] = p.Tier
	}
	var crossing []network.Flow
	for _, f := range flows {
		for _, from := range f.from {
			for _, to := range f.to {
				crossing = append(crossing, network.Flow{From: tiers[from], To: tiers[to], Port: f.port})
			}
		}
	}
	inwards := []network.Tier{network.Public, network.App, network.LLM, network.Data, network.Internet}
	depth := func(t network.Tier) int { return slices.Index(inwards, t) }
	slices.SortFunc(crossing, func(a, b network.Flow) int {
		return cmp.Or(
			cmp.Compare(max(depth(a.From), depth(a.To)), max(depth(b.From), depth(b.To))),
			cmp.Compare(depth(a.From), depth(b.From)), cmp.Compare(depth(a.To), depth(b.To)), cmp.Compare(a.Port, b.Port))
	})
	return slices.Compact(crossing)
}
