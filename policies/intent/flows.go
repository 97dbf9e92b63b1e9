package intent

import (
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// Flow says that one party of the network may open TCP connections to another on a port, and the words that ask for it:
// an arrow of the threat model's high-level design, a mitigation, or an exception that DESIGN.md names.
type Flow struct {
	From, To string // the group of a party, or internet, s3 or dynamodb
	Port     int
	Because  string
}

// What is no party of the network. S3 and DynamoDB are reached by gateway endpoints, which a group rule names by prefix
// list.
const (
	Internet = "internet"
	S3       = "s3"
	DynamoDB = "dynamodb"
)

// Parties are the parties, each with the tier that it lies in.
var Parties = map[string]string{
	"alb": "public", "vpc-link": "app", "internal-alb": "app",
	"gate": "app", "chat": "app", "dashboard": "app", "worker": "app", "migrate": "app", "llm": "llm",
	"authorizer": "app", "rotator": "app", "registrar": "app",
	"aurora": "data", "valkey": "data",
	"endpoint-execute-api": "app", "endpoint-ecr-api": "app", "endpoint-ecr-dkr": "app", "endpoint-logs": "app",
	"endpoint-secretsmanager": "app", "endpoint-sts": "app", "endpoint-guardduty-data": "app", "endpoint-bedrock-runtime": "app",
}

// taskParties are the parties that run a container.
const taskParties = "gate chat dashboard llm worker migrate"

// Flows are the allowed flows between parties: a second reading, on purpose apart from what the groups are built of.
// The arrows that are no flow of a VPC are CloudFront's: it reads S3 and serves the world outside of any.
var Flows = flowsOf(
	arrows{Internet, "alb", 443, `PUB -- "HTTPS / WebSocket" --> ALB`}, // users, and CAU: admins
	arrows{Internet, "alb", 8443, `Enforce mTLS for all S2S/API communication between partner backends and Sprinklr Cloud backend.`},

	// The gateway is in no VPC: it is entered by its endpoint, and reaches the services by its link.
	arrows{"alb", "endpoint-execute-api", 443, `ALB -- "API / WebSocket" --> AGW`},
	arrows{"alb", "gate", 8443, `ALB -- "API / WebSocket" --> ECS`},
	arrows{"vpc-link", "internal-alb", 443, `AGW -- "Routes API Calls" --> ECS`},
	arrows{"internal-alb", "chat", 8443, `AGW -- "Routes API Calls" --> ECS`},
	arrows{"internal-alb", "dashboard", 8443, `ALB -- "Dashboard HTTPS" --> DASH`},
	arrows{"gate", "chat", 8444, `the only one that reaches chat's socket port`},
	arrows{"chat", "llm", 8443, `ECS --> LLM`},

	arrows{"chat dashboard worker migrate rotator", "aurora", 5432, `ECS --> RDS`},
	arrows{"llm", "aurora", 5432, `LLM --> RDS`},
	arrows{"gate chat", "valkey", 6379, `ECS --> REDIS`},
	arrows{"llm", Internet, 443, `LLM -- "API Call" --> LLMAPI`},

	arrows{taskParties, "endpoint-ecr-api endpoint-ecr-dkr", 443, `Signed images, dependency scanning, SRI, version pinning.`},
	arrows{taskParties, "endpoint-logs", 443, `ECS --> LOGS`},
	arrows{taskParties, "endpoint-guardduty-data", 443, `Enable and monitor CloudTrail, VPC flow logs, and GuardDuty.`},
	arrows{"gate dashboard llm migrate authorizer rotator", "endpoint-secretsmanager", 443,
		`Use a centralized secrets management solution (e.g., AWS Secrets Manager, HashiCorp Vault) for all mTLS certificates, API keys, and sensitive configs.`},
	arrows{"dashboard", "endpoint-sts", 443, `Partners are given pre-signed, time-limited S3 URLs for uploads. Access is scoped to specific buckets and paths per partner.`},
	arrows{"llm", "endpoint-bedrock-runtime", 443, `a Bedrock guardrail that screens prompts and answers`},

	arrows{"gate chat dashboard worker migrate", S3, 443, `ECS -- "FAQ/Knowledge Access" --> S3PRIV`}, // and image layers
	arrows{"llm", S3, 443, `LLM -- "FAQ/Knowledge Access" --> S3PRIV`},
	arrows{"registrar", S3, 443, `the S3 and DynamoDB prefix lists`}, // a custom resource answers by an S3 URL
	arrows{"gate authorizer", DynamoDB, 443, `authorizer and gate read it`},
	arrows{"dashboard worker", DynamoDB, 443, `partner records, written from config by a Go custom resource, and of revocations with expiry`},
	arrows{"registrar", DynamoDB, 443, `written from config by a Go custom resource`},
)

// arrows are flows that the same words ask for: from each of some parties to each of others.
type arrows struct {
	from, to string // separated by spaces
	port     int
	because  string
}

func flowsOf(list ...arrows) []Flow {
	var flows []Flow
	for _, a := range list {
		for _, from := range strings.Fields(a.from) {
			for _, to := range strings.Fields(a.to) {
				flows = append(flows, Flow{from, to, a.port, a.because})
			}
		}
	}
	return flows
}

// FlowsOf returns the flows of a stack's region: a service that runs in the primary alone has none elsewhere.
func FlowsOf(s *template.Stack) []Flow {
	runs := ServicesOf(s)
	return slices.DeleteFunc(slices.Clone(Flows), func(f Flow) bool {
		return slices.Contains(inPrimary, f.From) && !slices.Contains(runs, f.From)
	})
}

// IsFlow reports whether a flow is one of the threat model's in the region of a stack, whatever asks for it.
func IsFlow(s *template.Stack, flow Flow) bool {
	return slices.ContainsFunc(FlowsOf(s), func(f Flow) bool { return f.From == flow.From && f.To == flow.To && f.Port == flow.Port })
}

// String returns a flow as a finding names it.
func (f Flow) String() string {
	return f.From + " reach " + f.To + " on " + template.Of(f.Port).String()
}
