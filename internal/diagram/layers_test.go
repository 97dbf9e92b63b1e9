package diagram

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"livechat.example/cloud/policies/reach"
)

// calls returns flows on port 443, each written "from to".
func calls(pairs ...string) []flow {
	var flows []flow
	for _, p := range pairs {
		from, to, _ := strings.Cut(p, " ")
		flows = append(flows, flow{reach.Opening{From: from, To: to, Protocol: "tcp", Ports: [2]int{443, 443}}})
	}
	return flows
}

func TestWhoCallsStandsLeftOfWhoIsCalled(t *testing.T) {
	l := newLayers([][]string{{"a"}, {"b", "c", "d", "lonely"}, {"e"}}, calls("a b", "b c", "c d", "b e", "lonely e"))
	for name, layer := range map[string]int{"a": 0, "b": 1, "c": 2, "d": 3, "lonely": 3, "e": 4} {
		assert.Equal(t, layer, l.named[name].layer, name)
	}
	assert.Len(t, l.via[calls("b e")[0]], 4, "it passes two layers")
}

func TestACircleOfCallsEnds(t *testing.T) {
	l := newLayers([][]string{{"a", "b", "c"}}, calls("a b", "b c", "c a", "a a"))
	assert.Len(t, l.named, 3)
	for _, n := range l.named {
		assert.Less(t, n.layer, len(l.of))
	}
}

func TestArrowsCrossNoMoreThanTheyMust(t *testing.T) {
	l := newLayers([][]string{{"a", "b", "c"}, {"x", "y", "z"}}, calls("a z", "b y", "c x"))
	assert.Zero(t, l.crossings())
}

func TestNoTwoBoxesOfALayerTouch(t *testing.T) {
	var left, right, pairs []string
	for i := range 9 {
		left, right = append(left, fmt.Sprint("l", i)), append(right, fmt.Sprint("r", i))
		for j := range 9 {
			if (i*j+i)%4 == 0 {
				pairs = append(pairs, fmt.Sprintf("l%d r%d", i, j))
			}
		}
	}
	l := newLayers([][]string{left, right}, calls(pairs...))
	l.settle(func(n *node) float64 { return boxHeight + 10*float64(len(n.name)) }, boxGap)
	for _, layer := range l.of {
		for i := 1; i < len(layer); i++ {
			assert.GreaterOrEqual(t, layer[i].at.y+0.01, layer[i-1].at.bottom()+boxGap)
		}
	}
}

func TestATextFitsItsRoomAndIsText(t *testing.T) {
	var c canvas
	c.text(point{}, strings.Repeat(`<script>&"`, 9), 13, 100)
	assert.NotContains(t, c.String(), "<script>")
	assert.Contains(t, c.String(), "&lt;script&gt;&amp;&#34;")
	var size float64
	_, err := fmt.Sscanf(c.String(), `<text x="0" y="0" font-size="%f"`, &size)
	assert.NoError(t, err)
	assert.LessOrEqual(t, width(strings.Repeat(`<script>&"`, 9), size), 105.0)
}

func TestAPortIsSaidInAWord(t *testing.T) {
	for want, o := range map[string]reach.Opening{
		"443":        {Protocol: "tcp", Ports: [2]int{443, 443}},
		"1024–65535": {Protocol: "tcp", Ports: [2]int{1024, 65535}},
		"UDP 53":     {Protocol: "udp", Ports: [2]int{53, 53}},
	} {
		assert.Equal(t, want, flow{o}.port())
	}
}

func TestARouteSaysWhetherItStaysInItsZone(t *testing.T) {
	for want, w := range map[string]way{
		"0.0.0.0/0 → NAT gateway, same zone": {"0.0.0.0/0", natGateway, "eu-west-1a"},
		"0.0.0.0/0 → NAT gateway b":          {"0.0.0.0/0", natGateway, "eu-west-1b"},
		"llm → firewall endpoint, same zone": {"llm a", firewall, "eu-west-1a"},
		"llm b → firewall endpoint a":        {"llm b", firewall, "eu-west-1a"},
		"0.0.0.0/0 → internet gateway":       {"0.0.0.0/0", internetGateway, ""},
	} {
		assert.Equal(t, want, w.said("eu-west-1a"))
	}
}
