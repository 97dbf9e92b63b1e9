package intent

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The table of flows is a reading of the threat model: these are its sentences, held against the table itself.

func TestOnlyTheLoadBalancerIsReachedFromTheInternetAndOnlyAtItsListeners(t *testing.T) {
	assert.ElementsMatch(t, []string{"alb on 443", "alb on 8443"}, ends(func(f Flow) bool { return f.From == Internet }, Flow.destination))
}

func TestOnlyTheLLMServiceReachesTheInternetAndOnlyByTLS(t *testing.T) {
	assert.Equal(t, []string{"llm"}, ends(func(f Flow) bool { return f.To == Internet }, Flow.source))
	assert.Equal(t, []string{"internet on 443"}, ends(func(f Flow) bool { return f.To == Internet }, Flow.destination))
}

func TestStoresAndEndpointsOpenNoConnection(t *testing.T) {
	for _, f := range Flows {
		assert.NotContains(t, []string{"aurora", "valkey", S3, DynamoDB}, f.From)
		assert.NotRegexp(t, "^endpoint-", f.From)
	}
}

func TestNoServiceReachesAnothersStore(t *testing.T) {
	reaches := func(to string) []string { return ends(func(f Flow) bool { return f.To == to }, Flow.source) }
	assert.ElementsMatch(t, []string{"chat", "dashboard", "llm", "worker", "migrate", "rotator"}, reaches("aurora"), "the gate keeps no data, and the authorizer none in the database")
	assert.ElementsMatch(t, []string{"gate", "chat"}, reaches("valkey"), "sessions are the gate's and chat's alone")
	assert.ElementsMatch(t, []string{"gate", "authorizer", "dashboard", "worker", "registrar"}, reaches(DynamoDB), "chat and llm never see a partner's record")
	assert.ElementsMatch(t, []string{"gate", "chat", "dashboard", "llm", "worker", "migrate", "registrar"}, reaches(S3))
	assert.NotContains(t, reaches("endpoint-secretsmanager"), "chat", "chat never sees signing secrets")
}

func TestOnlyTheGateReachesChatsSockets(t *testing.T) {
	sockets := func(f Flow) bool { return f.Port == 8444 }
	assert.Equal(t, []string{"gate"}, ends(sockets, Flow.source))
	assert.Equal(t, []string{"chat on 8444"}, ends(sockets, Flow.destination))
}

func TestEveryFlowIsBetweenPartiesAndGivenOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Flows {
		assert.True(t, Parties[f.From] != "" || f.From == Internet, "%s is no party", f.From)
		assert.True(t, Parties[f.To] != "" || slices.Contains([]string{Internet, S3, DynamoDB}, f.To), "%s is no party", f.To)
		assert.False(t, seen[f.String()], "%s is given twice", f)
		seen[f.String()] = true
	}
	for party := range Parties {
		part := slices.ContainsFunc(Flows, func(f Flow) bool { return f.From == party || f.To == party })
		assert.True(t, part, "%s has no flow", party)
	}
}

func TestEveryFlowStandsOnWordsOfTheThreatModelOrTheDesign(t *testing.T) {
	said := ""
	for _, file := range []string{"threat-model/cloud.md", "threat-model/questions.md", "DESIGN.md"} {
		text, err := os.ReadFile("../../docs/" + file)
		require.NoError(t, err)
		said += strings.Join(strings.Fields(string(text)), " ") + "\n"
	}
	for _, f := range Flows {
		assert.Contains(t, said, f.Because, "%s", f)
		assert.NotEmpty(t, f.Because, "%s", f)
	}
}

// noFlows are the diagram's arrows that are no connection inside a VPC or over its edge.
var noFlows = []string{
	`CF -- "Serves SPA Static Assets" --> PUB`, // CloudFront stands outside of every VPC
	`S3PUB -- "Static Assets" --> CF`,
	`S3PUB -- "SDK Static Files" --> CF`,
	`CAU -- "HTTPS" --> ALB`,      // the same door as the users'
	`DASH -- "API Calls" --> AGW`, // a program in the admin's browser: it comes in as CAU does
}

func TestEveryArrowOfTheDiagramIsAFlow(t *testing.T) {
	document, err := os.ReadFile("../../docs/threat-model/cloud.md")
	require.NoError(t, err)
	arrows := regexp.MustCompile(`(?m)^ +(\w+ (?:-- "[^"]+" )?--> \w+)$`).FindAllStringSubmatch(string(document), -1)
	require.Len(t, arrows, 18)
	for _, arrow := range arrows {
		asked := slices.ContainsFunc(Flows, func(f Flow) bool { return f.Because == arrow[1] })
		assert.NotEqual(t, asked, slices.Contains(noFlows, arrow[1]), "%s", arrow[1])
	}
}

// ends returns one end of some flows, each once.
func ends(of func(Flow) bool, end func(Flow) string) []string {
	var list []string
	for _, f := range Flows {
		if of(f) && !slices.Contains(list, end(f)) {
			list = append(list, end(f))
		}
	}
	return list
}

func (f Flow) source() string { return f.From }

func (f Flow) destination() string { return strings.TrimPrefix(f.String(), f.From+" reach ") }
