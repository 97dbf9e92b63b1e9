package reach_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/policies/reach"
)

func TestTheFlowsAreWhatTheGroupsLetThroughAndTheNetworkCarries(t *testing.T) {
	for _, c := range []struct {
		base string
		with map[string]any
		want []string
	}{
		{"tiers", nil, []string{"chat → aurora on TCP 5432"}},
		{"door", nil, []string{"alb → gate on TCP 8443", "gate → s3 on TCP 443", "internet → alb on TCP 443"}},
		{"door", map[string]any{"Alb.SecurityGroupIngress": []any{map[string]any{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}}},
			[]string{"alb → gate on TCP 8443", "gate → s3 on TCP 443", "internet → alb on ICMP", "internet → alb on ICMPv6", "internet → alb on all TCP",
				"internet → alb on all UDP", "internet → alb on protocol 253"}},
		{"tiers", map[string]any{"AppOut.PortRange": map[string]any{"From": 5432, "To": 6000}, "DataIn.Protocol": -1,
			"ChatToAurora.ToPort": 5500, "AuroraFromChat.FromPort": 0, "AuroraFromChat.ToPort": 9999}, []string{"chat → aurora on TCP 5432-5500"}},
		{"tiers", map[string]any{"DataOut": nil}, nil},
	} {
		n := one(t, c.base, c.with)
		var got []string
		for _, o := range n.Flows() {
			got = append(got, o.String())
			a, err := n.Ask(o.Question())
			require.NoError(t, err)
			assert.True(t, a.Open, "%s: %s", o, reach.Path(a.Hops()))
		}
		assert.ElementsMatch(t, c.want, got, "%s %v", c.base, c.with)
	}
}

func TestOpeningsOfATierAreThoseOfItsNACL(t *testing.T) {
	n := one(t, "tiers", nil)
	open, err := n.Openings("tier:app", "tier:data")
	require.NoError(t, err)
	assert.Equal(t, []reach.Opening{{From: "tier:app", To: "tier:data", Protocol: "tcp", Ports: [2]int{5432, 5432}}}, open)
	_, err = n.Openings("nobody", "tier:data")
	assert.ErrorContains(t, err, `eu-west-1 has no "nobody"`)
}

func TestAQuestionThatNamesNothingIsAnError(t *testing.T) {
	n := one(t, "door", nil)
	for q, want := range map[reach.Question]string{
		{From: "internet", To: "nobody", Port: 1}:                     `has no "nobody"`,
		{From: "internet", To: "group:app", Port: 1}:                  `has no "group:app"`,
		{From: "internet", To: "alb"}:                                 "a port from 1 to 65535 is missing",
		{From: "internet", To: "alb", Port: 70000}:                    "a port from 1 to 65535 is missing",
		{From: "internet", To: "s3", Port: 443}:                       "neither end lies in the network",
		{From: "internet", To: "alb", Port: 443, Protocol: "carrier"}: "is no protocol",
	} {
		_, err := n.Ask(q)
		assert.ErrorContains(t, err, want, q.String())
	}
}

func TestTheResolverAnswersUnlessARuleBlocks(t *testing.T) {
	open, hop := one(t, "exit", nil).Resolves("evil.com")
	assert.True(t, open)
	assert.Contains(t, hop.String(), "no DNS firewall is associated")
}

func BenchmarkRead(b *testing.B) {
	e := estate(b, changed(read[map[string]map[string]any](b, "testdata/bases.yaml")["exit"], nil))
	for b.Loop() {
		if _, err := reach.Read(e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFlows(b *testing.B) {
	n := one(b, "tiers", nil)
	for b.Loop() {
		n.Flows()
	}
}

func BenchmarkOpeningsThroughTheFirewall(b *testing.B) {
	n := one(b, "exit", nil)
	for b.Loop() {
		if _, err := n.Openings("tier:llm", "internet"); err != nil {
			b.Fatal(err)
		}
	}
}

func one(t testing.TB, base string, with map[string]any) *reach.Network {
	t.Helper()
	networks, err := reach.Read(estate(t, changed(read[map[string]map[string]any](t, "testdata/bases.yaml")[base], with)))
	require.NoError(t, err)
	require.Len(t, networks, 1)
	return networks[0]
}
