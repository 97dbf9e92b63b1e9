// Package diagram draws a network and its flows from an assembly, as a picture for a document.
//
// Everything that it draws is in the templates: tiers, subnets and routes as they stand there, and which ends can reach
// each other as package reach finds it. What that cannot judge is not drawn around: it is an error.
package diagram

import (
	"fmt"
	"slices"
	"strings"

	"livechat.example/cloud/policies/template"
)

// Draw returns the SVG of a region's network, "" meaning the primary region: then it says too how the others differ
// from it.
func Draw(e *template.Estate, region string) (string, error) {
	all, err := readAll(e)
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		return "", fmt.Errorf("there is no VPC in these templates")
	}
	n, others := all[0], all[1:]
	if region != "" {
		i := slices.IndexFunc(all, func(n *network) bool { return n.region == region })
		if i < 0 {
			return "", fmt.Errorf("no VPC lies in region %q; there is one in %s", region, strings.Join(regions(all), ", "))
		}
		n, others = all[i], nil
	}
	return newPlan(n).draw(others), nil
}

func regions(all []*network) (names []string) {
	for _, n := range all {
		names = append(names, n.region)
	}
	return names
}

// The colours: dark on light, each distinguished, also without seeing colours, by the port that is written there.
const (
	ink    = "#1f2328"
	faint  = "#59636e"
	border = "#8c959f"
	paper  = "#ffffff"
	wayOut = "#bc4c00"
)

var (
	shades     = map[string]string{"public": "#eef4ff", "app": "#f2fbf4", "data": "#f8f1ff", "llm": "#fff6ec", "firewall": "#fff6ec", "egress": "#fff6ec"}
	portColors = []string{"#0969da", "#1a7f37", "#8250df", "#bf3989", "#0e7490", "#7d4e00", "#57606a"}
)

// fonts are those that some system has; the texts' room allows for the widest.
const fonts = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"

// drawing is a plan on its canvas.
type drawing struct {
	*plan
	canvas
	colors map[string]string // by port
}

func (p *plan) draw(others []*network) string {
	d := &drawing{plan: p, colors: map[string]string{}}
	var ports []string
	for _, f := range p.flows {
		if !slices.Contains(ports, f.port()) && !slices.Contains(p.network.hosts, f.To) {
			ports = append(ports, f.port())
		}
	}
	slices.SortFunc(ports, byNumber)
	for i, port := range ports {
		d.colors[port] = portColors[i%len(portColors)]
	}
	lines := d.remarks(others)
	d.size.y += lineHeight * 1.3 * float64(len(lines))
	d.begin()
	d.drawTiers()
	d.drawWaysOut()
	d.drawFlows()
	d.drawOutside()
	d.drawParties()
	d.drawTable()
	d.drawNotes(lines)
	d.WriteString("</svg>\n")
	return d.String()
}

func (d *drawing) begin() {
	size := number(d.size.x) + " " + number(d.size.y)
	fmt.Fprintf(d, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s" width="%s" height="%s" role="img" font-family="%s">`+"\n",
		size, number(d.size.x), number(d.size.y), fonts)
	title := fmt.Sprintf("The network of %s in %s", d.environment, d.region)
	fmt.Fprintf(d, "<title>%s</title>\n<desc>%s</desc>\n", escaped(title), escaped(fmt.Sprintf(
		"A VPC of %s over %s, with %s and %s that they and the network let through. Each flow is named in a title of the drawing.",
		many(len(d.tiers), "tier"), many(len(d.zones), "zone"), many(len(d.parties), "security group"), many(len(d.flows), "flow"))))
	d.rect(rect{0, 0, d.size.x, d.size.y}, 0, "fill", paper)
	d.text(point{margin, 44}, title, 22, d.size.x-2*margin, "font-weight", "600", "fill", ink)
	legend := "An arrow or dot is a connection that can be opened, with its port: what has none cannot be reached."
	if len(d.devices) > 0 {
		legend += " Orange is the way out by the routes, and dashed the answers' way back."
	}
	d.text(point{margin, 66}, legend, 12.5, d.size.x-2*margin, "fill", faint)
}

// many returns a number of things.
func many(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprint(n, " ", thing)
}

func (d *drawing) drawTiers() {
	d.rect(d.vpc, 10, "fill", "#fbfcfd", "stroke", border, "stroke-width", "1.5")
	d.text(point{d.vpc.x + edgeWidth/2 + 28, d.vpc.y + 24}, fmt.Sprintf("VPC %s, zones %s", d.cidr, strings.Join(d.zones, ", ")), 13,
		d.vpc.w-edgeWidth-40, "font-weight", "600", "fill", ink)
	for _, t := range d.tiers {
		at, placed := d.tierAt[t]
		if !placed {
			continue
		}
		d.open("data-tier", t.name)
		shade, known := shades[t.name]
		if !known {
			shade = "#f6f8fa"
		}
		d.rect(at, 8, "fill", shade, "stroke", border, "stroke-dasharray", "4 3")
		d.text(point{at.x + padding, at.y + 19}, t.name, 13, at.w-2*padding, "font-weight", "600", "fill", ink)
		d.drawSubnets(t, at)
		lines := t.footer(at.w)
		for i, text := range lines {
			y := at.bottom() - 8 - lineHeight*float64(len(lines)-1-i)
			d.text(point{at.x + padding, y}, text, small, at.w-2*padding, "fill", faint)
		}
		d.close()
	}
}

// drawSubnets writes the zones and blocks of a tier, but for those that a device stands in, which names its own.
func (d *drawing) drawSubnets(t *tier, at rect) {
	perRow := max(int((at.w-2*padding+10)/cell), 1)
	i := 0
	for _, s := range t.subnets {
		if s.device != "" {
			continue
		}
		d.text(point{at.x + padding + cell*float64(i%perRow), at.y + 34 + lineHeight*float64(i/perRow)}, letter(s.zone)+"  "+s.cidr,
			small, cell-4, "fill", faint)
		i++
	}
}

// party returns the box of a name, nil if it has none.
func (d *drawing) party(name string) *node {
	if n := d.named[name]; n != nil {
		return n
	}
	return d.lower[name]
}

func (d *drawing) drawParties() {
	for _, x := range d.parties {
		n := d.party(x.name)
		if n == nil {
			continue
		}
		label, title := x.name, x.name+", in tier "+x.tier
		if x.endpoint != nil {
			label, title = x.endpoint.label(d.region), x.name+": endpoint of "+x.endpoint.service+", in tier "+x.tier
		}
		d.box(n, x.name, label, title)
	}
}

// box draws a party, with the ports that arrows end at on the side where they do.
func (d *drawing) box(n *node, name, label, title string) {
	d.open("data-party", name)
	fmt.Fprintf(d, "<title>%s</title>\n", escaped(title))
	d.rect(n.at, 6, "fill", paper, "stroke", ink, "stroke-width", "1.2")
	room, x := n.at.w-12, n.at.center()
	if len(n.ports) > 0 {
		room, x = room-36, x+18
	}
	d.text(point{x, n.at.middle() + 4.5}, label, 13, room, "text-anchor", "middle", "fill", ink)
	for _, port := range n.ports {
		at := n.inlet(port)
		d.text(point{at.x + 6, at.y + 3.8}, port, small, 34, "fill", d.colors[port], "font-weight", "600")
	}
	d.close()
}
