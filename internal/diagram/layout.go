package diagram

import (
	"slices"
	"strings"
)

// Measures, in pixels.
const (
	margin     = 24.0
	boxWidth   = 132.0
	boxHeight  = 36.0
	portHeight = 18.0 // of an inlet, where a box has several
	boxGap     = 12.0
	layerGap   = 58.0
	tierGap    = 84.0
	padding    = 14.0
	lineHeight = 14.0
	small      = 10.5
	hostHeight = 17.0
	lowerWidth = 196.0 // of a tier of the lower row
	outside    = 152.0 // the boxes beyond the VPC
	edgeWidth  = 76.0  // the internet gateway, on the VPC's border
	hook       = 46.0  // room for arrows that go round the right side
)

// The tiers that lie below the others, since the way out leads back through them, and the one next to the way in.
var below = []string{"egress", "firewall", "llm"}

const wayIn = "public"

// plan is where everything of a drawing lies.
type plan struct {
	*network
	layers
	size         point
	vpc, gateway rect
	internet     rect
	allowed      rect // the hosts
	tierAt       map[*tier]rect
	devices      map[*subnet]rect
	lower        map[string]*node // the parties of the tiers below
	columns      []column
	panel        rect
	notes        float64 // where they begin
	corridor     float64 // between the upper and the lower row
}

// tabled reports whether a party is drawn as a column of the table of endpoints: one that every party calls would hide
// the rest behind arrows. An endpoint that is part of the way in is not.
func (n *network) tabled(p *party) bool {
	if p.endpoint == nil {
		return false
	}
	return !slices.ContainsFunc(n.flows, func(f flow) bool { return f.To == p.name && n.tierOf(f.From) == wayIn })
}

func (n *network) tierOf(name string) string {
	for _, p := range n.parties {
		if p.name == name {
			return p.tier
		}
	}
	return ""
}

// upper returns the tiers of the way in, from left to right, and their parties.
func (n *network) upper() (tiers []*tier, groups [][]string) {
	for _, t := range n.tiers {
		if slices.Contains(below, t.name) {
			continue
		}
		var group []string
		for _, p := range n.parties {
			if p.tier == t.name && !n.tabled(p) {
				group = append(group, p.name)
			}
		}
		tiers, groups = append(tiers, t), append(groups, group)
	}
	return tiers, groups
}

func newPlan(n *network) *plan {
	p := &plan{network: n, tierAt: map[*tier]rect{}, devices: map[*subnet]rect{}, lower: map[string]*node{}}
	for _, x := range n.parties { // one whose tier no subnet has is drawn all the same
		n.tier(x.tier)
	}
	tiers, groups := n.upper()
	p.layers = newLayers(append([][]string{{"internet"}}, groups...), n.drawnFlows())
	p.placeUpper(tiers, groups)
	p.placeLower(tiers)
	p.placeTable()
	p.placeOutside()
	return p
}

// drawnFlows returns those that are arrows: not those to the endpoints of the table, nor those to hosts, which are at
// the end of the way out.
func (n *network) drawnFlows() []flow {
	return slices.DeleteFunc(slices.Clone(n.flows), func(f flow) bool { return n.inTable(f) || slices.Contains(n.hosts, f.To) })
}

// placeUpper puts the tiers of the way in side by side, each as wide as its layers and all as high as the highest.
func (p *plan) placeUpper(tiers []*tier, groups [][]string) {
	height := p.settle(func(n *node) float64 {
		switch {
		case n.name == "":
			return portHeight
		case len(n.ports) > 1:
			return max(boxHeight, portHeight*float64(len(n.ports))+8)
		}
		return boxHeight
	}, boxGap)
	header, footer := 0.0, 0.0
	for i, t := range tiers {
		w := p.widthOf(groups[i])
		header = max(header, 26+lineHeight*float64(rowsOf(t, w)))
		footer = max(footer, 10+lineHeight*float64(len(t.footer(w))))
	}
	x, top := margin+outside+20+edgeWidth+28, 132.0
	p.vpc = rect{x: x - 28 - edgeWidth/2, y: top - 36}
	first := 1 // after the internet's layer
	for i, t := range tiers {
		at := rect{x, top, p.widthOf(groups[i]), header + height + footer}
		p.tierAt[t] = at
		for d := range p.depthOf(groups[i]) {
			for _, n := range p.of[first+d] {
				n.at.x, n.at.w = at.x+padding+float64(d)*(boxWidth+layerGap), boxWidth
				n.at.y += top + header
			}
		}
		first += p.depthOf(groups[i])
		x = at.right() + tierGap
	}
	p.vpc.w = x - tierGap + hook + 10 - p.vpc.x
	internet := p.named["internet"]
	internet.at = rect{margin, internet.at.y + top + header, outside, 52}
	p.internet = internet.at
}

// widthOf returns that of a tier with so many layers.
func (p *plan) widthOf(group []string) float64 {
	return float64(p.depthOf(group))*(boxWidth+layerGap) - layerGap + 2*padding
}

// depthOf returns how many layers a group has.
func (p *plan) depthOf(group []string) int {
	if len(group) == 0 {
		return 1
	}
	first, last := len(p.of), 0
	for _, name := range group {
		first, last = min(first, p.named[name].layer), max(last, p.named[name].layer)
	}
	return last - first + 1
}

// footer returns what a tier says of its ways, in lines of its width: one that does not fit goes on in the next.
func (t *tier) footer(room float64) []string {
	if len(t.routes) == 0 {
		return []string{"no way out"}
	}
	var lines []string
	for _, text := range t.routes {
		from, to, _ := strings.Cut(text, " → ")
		if width(text, small) <= room-2*padding {
			lines = append(lines, text)
		} else {
			lines = append(lines, from, "   → "+to)
		}
	}
	return lines
}

// cell is the room of a subnet's name and block in a tier's header.
const cell = 106.0

func rowsOf(t *tier, width float64) int {
	perRow := max(int((width-2*padding+10)/cell), 1)
	return (len(t.subnets) + perRow - 1) / perRow
}

// placeOutside puts the gateway on the VPC's border, and the internet's two sides left of it.
func (p *plan) placeOutside() {
	tall := 30 + hostHeight*float64(len(p.network.hosts))
	top, end := p.vpc.bottom(), p.internet.bottom()
	for s, at := range p.devices {
		if s.device == natGateway {
			top, end = min(top, at.y), max(end, at.bottom())
		}
	}
	p.allowed = rect{margin, max(p.internet.bottom()+40, (min(top, end)+end-tall)/2), outside, tall}
	if len(p.network.hosts) > 0 {
		end = max(end, p.allowed.bottom())
	}
	p.gateway = rect{p.vpc.x - edgeWidth/2, p.internet.y - 14, edgeWidth, end + 28 - p.internet.y}
	p.size = point{p.vpc.right() + margin, p.notes + margin}
}
