package estate

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"livechat.example/cloud/internal/diagram"
	"livechat.example/cloud/policies/reach"
	"livechat.example/cloud/policies/template"
	"livechat.example/cloud/test/shipped"
)

func TestTheCommittedDiagramIsProds(t *testing.T) {
	committed, err := os.ReadFile(filepath.Join(shipped.Root, "docs", "network.svg"))
	require.NoError(t, err)
	assert.True(t, draw(t, shipped.Estate(t, "prod"), "") == string(committed), "docs/network.svg is not what prod's templates are; run: make diagram ENV=prod OUT=docs/network.svg")
}

func TestTheDiagramHasEveryPartyAndEveryFlowOnce(t *testing.T) {
	for _, env := range shipped.Environments {
		networks, err := reach.Read(shipped.Estate(t, env))
		require.NoError(t, err)
		for _, n := range networks {
			picture := elements(t, draw(t, shipped.Estate(t, env), n.Region))
			assert.ElementsMatch(t, n.Groups(), valuesOf(picture, "data-party"), n.Region)

			var flows []string
			for _, o := range n.Flows() {
				flows = append(flows, o.String())
			}
			for _, host := range n.Names() {
				openings, err := n.Openings("group:llm", host)
				require.NoError(t, err)
				for _, o := range openings {
					o.From = "llm"
					flows = append(flows, o.String())
				}
			}
			assert.ElementsMatch(t, flows, valuesOf(picture, "data-flow"), n.Region)
			assert.Len(t, valuesOf(picture, "data-tier"), len(n.Tiers()), n.Region)
		}
	}
}

// Each zone of the llm tier leads through its own firewall endpoint and NAT gateway, and the answers back the same way.
func TestTheDiagramShowsTheWayOutZoneByZone(t *testing.T) {
	routes := valuesOf(elements(t, draw(t, shipped.Estate(t, "prod"), "eu-west-1")), "data-route")
	for _, letter := range []string{"a", "b", "c"} {
		zone := "eu-west-1" + letter
		for _, want := range []string{
			"route of llm " + letter + ": 0.0.0.0/0 → firewall endpoint " + zone,
			"route of firewall " + letter + ": 0.0.0.0/0 → NAT gateway " + zone,
			"route of egress " + letter + ": 0.0.0.0/0 → internet gateway",
			"route of egress " + letter + ": llm " + letter + " → firewall endpoint " + zone,
		} {
			assert.Contains(t, routes, want)
		}
	}
	assert.Len(t, routes, 12)
}

func TestNoPartyOfTheDiagramLiesOnAnother(t *testing.T) {
	for _, env := range shipped.Environments {
		type box struct{ x, y, w, h float64 }
		var boxes []box
		inParty := false
		for _, e := range elements(t, draw(t, shipped.Estate(t, env), "")) {
			switch e.Name.Local {
			case "g":
				inParty = value(e, "data-party") != ""
			case "rect":
				if inParty {
					boxes = append(boxes, box{measure(t, e, "x"), measure(t, e, "y"), measure(t, e, "width"), measure(t, e, "height")})
					inParty = false
				}
			}
		}
		require.NotEmpty(t, boxes)
		for i, a := range boxes {
			for _, b := range boxes[i+1:] {
				assert.False(t, a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h, "%s: %v and %v", env, a, b)
			}
		}
	}
}

func TestTheDiagramNeedsNothingElseAndIsTheSameTwice(t *testing.T) {
	picture := draw(t, shipped.Estate(t, "prod"), "")
	assert.Equal(t, picture, draw(t, shipped.Estate(t, "prod"), ""))
	for _, e := range elements(t, picture) {
		assert.Contains(t, []string{"svg", "title", "desc", "g", "rect", "path", "text", "circle"}, e.Name.Local)
		for _, a := range e.Attr {
			assert.NotContains(t, a.Value, "url(")
			assert.False(t, strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" || a.Name.Local == "style", a.Name.Local)
		}
	}
	assert.Equal(t, 1, strings.Count(picture, "http"), "the namespace alone")
}

func TestAChangedTemplateIsAChangedDiagram(t *testing.T) {
	e := shipped.Estate(t, "dev")
	before := draw(t, e, "")
	for _, typ := range []string{groupIngress, "AWS::EC2::Subnet", "AWS::EC2::Route", "AWS::EC2::NatGateway",
		"AWS::Route53Resolver::FirewallRuleGroupAssociation"} {
		for r := range e.All(typ) {
			after, err := diagram.Draw(e.With(r, nil), "")
			assert.True(t, err != nil || after != before, "%s is gone, and the picture is the same", r)
		}
	}
}

func draw(t *testing.T, e *template.Estate, region string) string {
	t.Helper()
	picture, err := diagram.Draw(e, region)
	require.NoError(t, err)
	return picture
}

// elements returns those of a picture, in their order; it must be well-formed.
func elements(t *testing.T, picture string) []xml.StartElement {
	t.Helper()
	var all []xml.StartElement
	for d := xml.NewDecoder(strings.NewReader(picture)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		if start, is := token.(xml.StartElement); is {
			all = append(all, start.Copy())
		}
	}
}

func value(e xml.StartElement, attribute string) string {
	i := slices.IndexFunc(e.Attr, func(a xml.Attr) bool { return a.Name.Local == attribute })
	if i < 0 {
		return ""
	}
	return e.Attr[i].Value
}

func valuesOf(list []xml.StartElement, attribute string) (values []string) {
	for _, e := range list {
		if v := value(e, attribute); v != "" {
			values = append(values, v)
		}
	}
	return values
}

func measure(t *testing.T, e xml.StartElement, attribute string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(value(e, attribute), 64)
	require.NoError(t, err)
	return x
}
