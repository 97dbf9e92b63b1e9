package estate

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/template"
	"livechat.example/cloud/test/shipped"
)

const (
	vpc          = "AWS::EC2::VPC"
	group        = "AWS::EC2::SecurityGroup"
	groupIngress = "AWS::EC2::SecurityGroupIngress"
)

// arrows are the diagram of the threat model's high-level design, as it is written there, and the connections that each is
// made of. Those of CloudFront are none of a VPC.
var arrows = map[string][]string{
	`PUB -- "HTTPS / WebSocket" --> ALB`: {"internet > alb:443"},
	`CAU -- "HTTPS" --> ALB`:             {"internet > alb:443"},
	`ALB -- "API / WebSocket" --> AGW`:   {"alb > endpoint-execute-api:443"},
	`ALB -- "API / WebSocket" --> ECS`:   {"alb > gate:8443", "gate > chat:8444"},
	`AGW -- "Routes API Calls" --> ECS`:  {"vpc-link > internal-alb:443", "internal-alb > chat:8443"},
	`DASH -- "API Calls" --> AGW`:        {"internet > alb:443", "alb > endpoint-execute-api:443"},
	`ALB -- "Dashboard HTTPS" --> DASH`:  {"vpc-link > internal-alb:443", "internal-alb > dashboard:8443"},
	`ECS -- "FAQ/Knowledge Access" --> S3PRIV`: {
		"gate > s3:443", "chat > s3:443", "dashboard > s3:443", "worker > s3:443", "migrate > s3:443", // image layers too
	},
	`LLM -- "FAQ/Knowledge Access" --> S3PRIV`: {"llm > s3:443"},
	`ECS --> LLM`: {"chat > llm:8443"},
	`ECS --> RDS`: {
		"chat > aurora:5432", "dashboard > aurora:5432", "worker > aurora:5432", "migrate > aurora:5432", "rotator > aurora:5432",
	},
	`ECS --> REDIS`: {"gate > valkey:6379", "chat > valkey:6379"},
	`ECS --> LOGS`: {
		"gate > endpoint-logs:443", "chat > endpoint-logs:443", "dashboard > endpoint-logs:443", "worker > endpoint-logs:443",
		"migrate > endpoint-logs:443", "llm > endpoint-logs:443",
	},
	`LLM --> RDS`:                              {"llm > aurora:5432"},
	`LLM -- "API Call" --> LLMAPI`:             {"llm > internet:443"},
	`CF -- "Serves SPA Static Assets" --> PUB`: nil,
	`S3PUB -- "Static Assets" --> CF`:          nil,
	`S3PUB -- "SDK Static Files" --> CF`:       nil,
}

// undrawn are the connections that the threat model asks for in words, by those words, and by who opens them.
var undrawn = map[string][]string{
	"mTLS for all S2S/API communication":   {"internet > alb:8443"},
	"Signed images":                        eachTo("endpoint-ecr-api:443", "gate", "chat", "dashboard", "worker", "migrate", "llm"),
	"Supply Chain Attacks":                 eachTo("endpoint-ecr-dkr:443", "gate", "chat", "dashboard", "worker", "migrate", "llm"),
	"GuardDuty":                            eachTo("endpoint-guardduty-data:443", "gate", "chat", "dashboard", "worker", "migrate", "llm"),
	"AWS Secrets Manager":                  eachTo("endpoint-secretsmanager:443", "gate", "dashboard", "migrate", "llm", "authorizer", "rotator"),
	"output filtering":                     {"llm > endpoint-bedrock-runtime:443"},
	"pre-signed, time-limited S3 URLs":     {"dashboard > endpoint-sts:443"},
	"Immediately revoke compromised token": eachTo("dynamodb:443", "gate", "authorizer", "dashboard", "worker"),
	"multi-tenancy isolation":              {"registrar > dynamodb:443", "registrar > s3:443"},
}

func TestTheFlowsOfEveryRegionAreTheArrowsOfTheThreatModel(t *testing.T) {
	want := map[string]bool{}
	for _, said := range []map[string][]string{arrows, undrawn} {
		for _, c := range slices.Concat(slices.Collect(maps.Values(said))...) {
			want[c] = true
		}
	}
	for _, env := range shipped.Environments {
		e := shipped.Estate(t, env)
		for vpc := range e.All(vpc) {
			out, in := connections(e, vpc.Stack)
			for c := range want {
				from, to, _ := strings.Cut(c, " > ")
				assert.True(t, out[c] || from == "internet", "%s: %s is not let out", vpc.Stack.Name, c)
				assert.True(t, in[c] || slices.Contains([]string{"internet:443", "s3:443", "dynamodb:443"}, to), "%s: %s is not let in", vpc.Stack.Name, c)
			}
			for _, half := range []map[string]bool{out, in} {
				for c := range half {
					assert.True(t, want[c], "%s: %s is no arrow", vpc.Stack.Name, c)
				}
			}
		}
		for r := range e.All("AWS::EC2::SecurityGroupEgress") {
			assert.Fail(t, "a flow beside the groups", "%s", r)
		}
	}
}

// The words must stand in the threat model, and the diagram must have no other arrow.
func TestTheArrowsAreThoseOfTheThreatModel(t *testing.T) {
	text := threatModel(t)
	for words := range undrawn {
		assert.Contains(t, text, words)
	}
	drawn := regexp.MustCompile(`(?m)^ +(\w+ (?:-- "[^"]+" )?--> \w+)$`).FindAllStringSubmatch(text, -1)
	assert.Len(t, drawn, len(arrows))
	for _, arrow := range drawn {
		assert.Contains(t, arrows, arrow[1])
	}
}

func threatModel(t *testing.T) string {
	t.Helper()
	var all []byte
	for _, file := range []string{"cloud.md", "questions.md"} {
		text, err := os.ReadFile(filepath.Join(shipped.Root, "docs", "threat-model", file))
		require.NoError(t, err)
		all = append(all, text...)
	}
	return string(all)
}

func eachTo(to string, from ...string) []string {
	var list []string
	for _, f := range from {
		list = append(list, f+" > "+to)
	}
	return list
}

// connections are what the groups of a stack let out and in, as "from > to:port".
func connections(e *template.Estate, s *template.Stack) (out, in map[string]bool) {
	out, in = map[string]bool{}, map[string]bool{}
	for _, r := range s.Resources() {
		switch r.Type {
		case group:
			for _, rule := range r.Get("SecurityGroupEgress").List() {
				if !rule.Get("CidrIp").Is("255.255.255.255/32") { // which is no host's address
					out[partyIn(r)+" > "+peerIn(e, rule, "Destination")+":"+portsOf(rule)] = true
				}
			}
			for _, rule := range r.Get("SecurityGroupIngress").List() {
				in[peerIn(e, rule, "Source")+" > "+partyIn(r)+":"+portsOf(rule)] = true
			}
		case groupIngress:
			in[peerIn(e, r.Properties(), "Source")+" > "+partyIn(e.Find(r.Get("GroupId"), group))+":"+portsOf(r.Properties())] = true
		}
	}
	return out, in
}

// peerIn is the party that a rule names; what it cannot tell stands there as the rule does, and is no arrow's.
func peerIn(e *template.Estate, rule template.Value, side string) string {
	if g := e.Find(rule.Get(side+"SecurityGroupId"), group); g != nil && rule.Get("CidrIp").Missing() {
		return partyIn(g)
	}
	if l := e.Find(rule.Get(side+"PrefixListId"), "Custom::PrefixList"); l != nil {
		_, service, _ := strings.Cut(l.Get("Name").Text(), "com.amazonaws."+l.Stack.Region+".")
		return service
	}
	if rule.Get("CidrIp").Is("0.0.0.0/0") {
		return "internet"
	}
	return fmt.Sprint(rule)
}

func partyIn(g *template.Resource) string {
	if g != nil {
		for _, tag := range g.Get("Tags").List() {
			if tag.Get("Key").Is("livechat:group") {
				return tag.Get("Value").Text()
			}
		}
	}
	return "nobody"
}

// portsOf is a rule's one TCP port.
func portsOf(rule template.Value) string {
	from, to := rule.Get("FromPort").Text(), rule.Get("ToPort").Text()
	if !rule.Get("IpProtocol").Is("tcp") || from != to {
		return fmt.Sprint(rule)
	}
	return from
}
