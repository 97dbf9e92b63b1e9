package diagram

import (
	"fmt"
	"slices"
	"strings"
)

// drawTable draws who calls which endpoint: a line for each caller, and a dot where it does.
func (d *drawing) drawTable() {
	if len(d.columns) == 0 {
		return
	}
	d.rect(d.panel, 8, "fill", "#f6f8fa", "stroke", border, "stroke-dasharray", "4 3")
	d.text(point{d.panel.x + padding, d.panel.y + 22}, "endpoints of AWS's services", 13, 300, "font-weight", "600", "fill", ink)
	d.text(point{d.panel.x + padding + 230, d.panel.y + 22}, "a dot is a connection to the endpoint, on port "+d.usual()+" where it names no other", small,
		d.panel.w-260, "fill", faint)
	for _, c := range d.columns {
		d.drawHead(c)
	}
	for i, caller := range d.callers() {
		d.drawRow(caller, d.panel.y+tableTop+rowHeight*(float64(i)+0.5))
	}
}

func (d *drawing) drawHead(c column) {
	kind, title := "party", c.name
	if c.gateway != nil {
		kind, title = "gateway", "gateway endpoint of "+c.gateway.service+", in the routes of "+strings.Join(c.gateway.tiers, ", ")
	}
	d.open("data-"+kind, c.name)
	fmt.Fprintf(d, "<title>%s</title>\n", escaped(title))
	d.rect(c.at, 6, "fill", paper, "stroke", ink, "stroke-width", "1.2")
	under := "in " + strings.Join(d.tiersOf(c), ", ")
	d.text(point{c.at.center(), c.at.y + 14}, c.label, 11.5, c.at.w-8, "text-anchor", "middle", "fill", ink)
	d.text(point{c.at.center(), c.at.y + 26}, under, 9, c.at.w-8, "text-anchor", "middle", "fill", faint)
	d.close()
}

func (d *drawing) tiersOf(c column) []string {
	if c.gateway == nil {
		return []string{d.tierOf(c.name)}
	}
	return []string{"routes of " + strings.Join(c.gateway.tiers, ", ")}
}

// usual returns the port that most of the table's flows are on.
func (d *drawing) usual() string {
	count, most := map[string]int{}, ""
	for _, f := range d.flows {
		if d.inTable(f) {
			count[f.port()]++
		}
	}
	for _, port := range sorted(count) {
		if most == "" || count[port] > count[most] {
			most = port
		}
	}
	return most
}

func (d *drawing) drawRow(caller string, y float64) {
	left := d.panel.x + padding
	d.text(point{left, y + 4}, caller, 12, rowLabel-8, "fill", ink)
	last := left + rowLabel
	var calls []flow
	for _, f := range d.flows {
		if f.From == caller && d.inTable(f) {
			calls = append(calls, f)
			last = max(last, d.head(f.To).at.center())
		}
	}
	d.element("path", "", "d", line(point{left + rowLabel - 4, y}, point{last, y}), "stroke", border, "stroke-width", "1")
	usual := d.usual()
	for _, f := range calls {
		x := d.head(f.To).at.center()
		d.element("circle", f.String(), "cx", number(x), "cy", number(y), "r", "5", "fill", d.colors[f.port()], "data-flow", f.String())
		if f.port() != usual {
			d.text(point{x + 8, y + 4}, f.port(), small, 40, "fill", d.colors[f.port()], "font-weight", "600")
		}
	}
}

func (d *drawing) head(name string) column {
	return d.columns[slices.IndexFunc(d.columns, func(c column) bool { return c.name == name })]
}

// remarks returns what the drawing says in words.
func (d *drawing) remarks(others []*network) []string {
	var lines []string
	if len(d.names) > 0 {
		lines = append(lines, "Names: the VPC's resolver answers by the first rule that a name is in: "+strings.Join(d.names, "; ")+".")
	}
	for _, n := range others {
		lines = append(lines, d.compared(n)+".")
	}
	return lines
}

func (d *drawing) drawNotes(lines []string) {
	for i, text := range lines {
		d.text(point{margin, d.notes + lineHeight*1.3*float64(i)}, text, 12, d.size.x-2*margin, "fill", ink)
	}
}
