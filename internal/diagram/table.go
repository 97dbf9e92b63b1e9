package diagram

import (
	"cmp"
	"slices"
)

// column is an endpoint of the table, and row who calls some of them.
type column struct {
	name, label string // as flows name it, and as a person does
	gateway     *endpoint
	at          rect
}

// The table's measures.
const (
	rowHeight  = 20.0
	rowLabel   = 104.0
	tableTop   = 86.0 // its title and the columns' heads
	columnHead = 32.0
)

// inTable reports whether a flow is a dot of the table.
func (n *network) inTable(f flow) bool {
	return slices.ContainsFunc(n.heads(), func(c column) bool { return c.name == f.To })
}

// heads returns the columns, not yet placed: interface endpoints by their groups, then gateway endpoints.
func (n *network) heads() []column {
	var all []column
	for _, p := range n.parties {
		if n.tabled(p) {
			all = append(all, column{name: p.name, label: p.endpoint.label(n.region)})
		}
	}
	for _, g := range n.gateways {
		all = append(all, column{name: g.name, label: g.name, gateway: g})
	}
	return all
}

// callers returns the rows, by their tiers and names.
func (n *network) callers() []string {
	var all []string
	for _, f := range n.flows {
		if n.inTable(f) && !slices.Contains(all, f.From) {
			all = append(all, f.From)
		}
	}
	place := func(name string) int {
		return slices.IndexFunc(n.tiers, func(t *tier) bool { return t.name == n.tierOf(name) })
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b)) })
	return all
}

// placeTable puts the table at the bottom of the VPC, over its whole width.
func (p *plan) placeTable() {
	p.columns = p.heads()
	p.notes = p.vpc.bottom() + 34
	if len(p.columns) == 0 {
		return
	}
	left := p.vpc.x + edgeWidth/2 + 28
	p.panel = rect{left, p.vpc.bottom(), p.vpc.right() - hook - 10 - left, tableTop + rowHeight*float64(len(p.callers())) + 10}
	each := (p.panel.w - 2*padding - rowLabel) / float64(len(p.columns))
	for i := range p.columns {
		w := min(each-6, 118)
		middle := p.panel.x + padding + rowLabel + (float64(i)+0.5)*each
		p.columns[i].at = rect{middle - w/2, p.panel.y + tableTop - columnHead - 10, w, columnHead}
	}
	p.vpc.h = p.panel.bottom() + 20 - p.vpc.y
	p.notes = p.vpc.bottom() + 34
}
