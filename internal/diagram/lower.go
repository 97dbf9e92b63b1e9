package diagram

import "slices"

// placeLower puts the tiers of the way out in a row below, the first under the first of those above and the last under
// their last.
func (p *plan) placeLower(upper []*tier) {
	var row []*tier
	for _, name := range below {
		if i := slices.IndexFunc(p.tiers, func(t *tier) bool { return t.name == name }); i >= 0 {
			row = append(row, p.tiers[i])
		}
	}
	left := rect{x: p.vpc.x + edgeWidth/2 + 28, y: p.vpc.y + 36}
	right, y := left, left.y
	if len(upper) > 0 {
		right = p.tierAt[upper[len(upper)-1]]
	}
	for _, t := range upper {
		y = max(y, p.tierAt[t].bottom()+48)
	}
	tall := 0.0
	for _, t := range row {
		tall = max(tall, p.heightOf(t))
	}
	p.corridor = y - 24
	for i, t := range row {
		x := left.x
		if n := len(row) - 1; n > 0 {
			x += (right.x - left.x) * float64(i) / float64(n)
		}
		p.tierAt[t] = rect{x, y, lowerWidth, tall}
		p.fill(t)
	}
	p.vpc.w = max(p.vpc.w, right.x+lowerWidth+hook+10-p.vpc.x)
	p.vpc.h = y + tall + 20 - p.vpc.y
}

// fill places what lies in a tier below: devices, or parties.
func (p *plan) fill(t *tier) {
	at := p.tierAt[t]
	y := at.y + p.headerOf(t)
	for _, s := range t.subnets {
		if s.device != "" {
			p.devices[s] = rect{at.x + padding, y, at.w - 2*padding, boxHeight}
			y += boxHeight + boxGap
		}
	}
	for _, x := range p.parties {
		if x.tier != t.name || p.tabled(x) {
			continue
		}
		n := &node{name: x.name, at: rect{at.x + padding, y, boxWidth, boxHeight}}
		for _, f := range p.drawnFlows() {
			if f.To == x.name && !slices.Contains(n.ports, f.port()) {
				n.ports = append(n.ports, f.port())
			}
		}
		slices.SortFunc(n.ports, byNumber)
		n.at.h = max(boxHeight, portHeight*float64(len(n.ports))+8)
		y += n.at.h + boxGap
		p.lower[x.name] = n
	}
}

// headerOf returns the height of a lower tier's name and of the subnets that have no device to be named with.
func (p *plan) headerOf(t *tier) float64 {
	lines := 0
	for _, s := range t.subnets {
		if s.device == "" {
			lines++
		}
	}
	return 28 + lineHeight*float64(lines)
}

func (p *plan) heightOf(t *tier) float64 {
	boxes := 0
	for _, s := range t.subnets {
		if s.device != "" {
			boxes++
		}
	}
	for _, x := range p.parties {
		if x.tier == t.name && !p.tabled(x) {
			boxes++
		}
	}
	return p.headerOf(t) + float64(boxes)*(boxHeight+boxGap) + lineHeight*float64(len(t.footer(lowerWidth))) + 10
}
