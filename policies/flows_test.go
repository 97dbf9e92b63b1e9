package policies

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
	assert.ElementsMatch(t, []string{"alb on 443", "alb on 8443"}, ends(func(f flow) bool { return f.from == internet }, flow.destination))
}

func TestOnlyTheLLMServiceReachesTheInternetAndOnlyByTLS(t *testing.T) {
	assert.Equal(t, []string{"llm"}, ends(func(f flow) bool { return f.to == internet }, flow.source))
	assert.Equal(t, []string{"internet on 443"}, ends(func(f flow) bool { return f.to == internet }, flow.destination))
}

func TestStoresAndEndpointsOpenNoConnection(t *testing.T) {
	for _, f := range flows {
		assert.NotContains(t, []string{"aurora", "valkey", s3, dynamodb}, f.from)
		assert.NotRegexp(t, "^endpoint-", f.from)
	}
}

func TestNoServiceReachesAnothersStore(t *testing.T) {
	reaches := func(to string) []string { return ends(func(f flow) bool { return f.to == to }, flow.source) }
	assert.ElementsMatch(t, []string{"chat", "dashboard", "llm", "worker", "migrate", "rotator"}, reaches("aurora"), "the gate keeps no data, and the authorizer none in the database")
	assert.ElementsMatch(t, []string{"gate", "chat"}, reaches("valkey"), "sessions are the gate's and chat's alone")
	assert.ElementsMatch(t, []string{"gate", "authorizer", "dashboard", "worker", "registrar"}, reaches(dynamodb), "chat and llm never see a partner's record")
	assert.ElementsMatch(t, []string{"gate", "chat", "dashboard", "llm", "worker", "migrate", "registrar"}, reaches(s3))
	assert.NotContains(t, reaches("endpoint-secretsmanager"), "chat", "chat never sees signing secrets")
}

func TestOnlyTheGateReachesChatsSockets(t *testing.T) {
	sockets := func(f flow) bool { return f.port == 8444 }
	assert.Equal(t, []string{"gate"}, ends(sockets, flow.source))
	assert.Equal(t, []string{"chat on 8444"}, ends(sockets, flow.destination))
}

func TestEveryFlowIsBetweenPartiesAndGivenOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range flows {
		assert.True(t, members[f.from] != "" || f.from == internet, "%s is nobody", f.from)
		assert.True(t, members[f.to] != "" || slices.Contains([]string{internet, s3, dynamodb}, f.to), "%s is nobody", f.to)
		assert.False(t, seen[f.String()], "%s is given twice", f)
		seen[f.String()] = true
	}
	for party := range members {
		part := slices.ContainsFunc(flows, func(f flow) bool { return f.from == party || f.to == party })
		assert.True(t, part, "%s talks to nobody", party)
	}
}

// No flow leaves a tier whose NACL stops it: the two readings of the threat model agree.
func TestEveryFlowBetweenTiersIsACrossing(t *testing.T) {
	tier := func(party string) string {
		if t := members[party]; t != "" {
			return t
		}
		return internet // S3 and DynamoDB answer from public addresses
	}
	for _, f := range flows {
		assert.Contains(t, crossings, crossing{tier(f.from), tier(f.to), f.port}, "%s, for: %s", f, f.because)
	}
}

func TestEveryFlowStandsOnWordsOfTheThreatModelOrTheDesign(t *testing.T) {
	said := ""
	for _, file := range []string{"threat-model/cloud.md", "threat-model/questions.md", "DESIGN.md"} {
		text, err := os.ReadFile("../docs/" + file)
		require.NoError(t, err)
		said += strings.Join(strings.Fields(string(text)), " ") + "\n"
	}
	for _, f := range flows {
		assert.Contains(t, said, f.because, "%s", f)
		assert.NotEmpty(t, f.because, "%s", f)
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
	document, err := os.ReadFile("../docs/threat-model/cloud.md")
	require.NoError(t, err)
	arrows := regexp.MustCompile(`(?m)^ +(\w+ (?:-- "[^"]+" )?--> \w+)$`).FindAllStringSubmatch(string(document), -1)
	require.Len(t, arrows, 18)
	for _, arrow := range arrows {
		asked := slices.ContainsFunc(flows, func(f flow) bool { return f.because == arrow[1] })
		assert.NotEqual(t, asked, slices.Contains(noFlows, arrow[1]), "%s", arrow[1])
	}
}

// ends are one end of some flows, each once.
func ends(of func(flow) bool, end func(flow) string) []string {
	var list []string
	for _, f := range flows {
		if of(f) && !slices.Contains(list, end(f)) {
			list = append(list, end(f))
		}
	}
	return list
}

func (f flow) source() string      { return f.from }
func (f flow) destination() string { return strings.TrimPrefix(f.String(), f.from+" reach ") }
