package diagram

import (
	"fmt"
	"strings"
)

// drawWaysOut draws the routes to devices and from them: that of a default route in full, that of an answer dashed.
func (d *drawing) drawWaysOut() {
	for _, t := range d.tiers {
		for _, s := range t.subnets {
			for _, w := range s.ways {
				d.drawWay(t, s, w)
			}
		}
	}
	for _, t := range d.tiers {
		for _, s := range t.subnets {
			at, has := d.devices[s]
			if !has {
				continue
			}
			d.open("data-device", string(s.device)+" "+s.zone)
			d.rect(at, 6, "fill", paper, "stroke", wayOut, "stroke-width", "1.2")
			d.text(point{at.center(), at.y + 15}, string(s.device)+" "+letter(s.zone), 12, at.w-12, "text-anchor", "middle", "fill", ink)
			d.text(point{at.center(), at.y + 29}, s.cidr, small, at.w-12, "text-anchor", "middle", "fill", faint)
			d.close()
		}
	}
}

// drawWay draws one route. A tier without devices leads from its edge; its way to the internet gateway is what the
// arrows from the internet show, so it stands in the tier's text alone.
func (d *drawing) drawWay(t *tier, s *subnet, w way) {
	to, known := d.deviceOf(w)
	from, has := d.devices[s]
	if !known || !has && w.to == internetGateway {
		return
	}
	title := fmt.Sprintf("route of %s %s: %s → %s", s.tier, letter(s.zone), w.destination, strings.TrimSpace(string(w.to)+" "+w.zone))
	pairs := []string{"data-route", title}
	switch {
	case !has:
		from = d.tierAt[t]
		from.y, from.h = to.y, to.h // from the edge, straight across
	case w.destination != everywhere:
		pairs = append(pairs, "stroke-dasharray", "5 4")
		d.arrow(line(point{from.right(), from.middle() + 10}, point{to.x, to.middle() + 10}), point{to.x, to.middle() + 10}, rightwards, wayOut, "1.2", title, pairs...)
		return
	}
	end := point{to.right(), to.middle()}
	if w.to == internetGateway {
		end.y = from.middle()
	}
	d.arrow(line(point{from.x, from.middle()}, end), end, leftwards, wayOut, "2.2", title, pairs...)
}

const everywhere = "0.0.0.0/0"

// deviceOf returns where a route leads to.
func (d *drawing) deviceOf(w way) (rect, bool) {
	if w.to == internetGateway {
		return d.gateway, true
	}
	for _, t := range d.tiers {
		for _, s := range t.subnets {
			if s.device == w.to && s.zone == w.zone {
				at, known := d.devices[s]
				return at, known
			}
		}
	}
	return rect{}, false
}

// drawOutside draws the internet, the gateway to it, and the hosts that may be called there.
func (d *drawing) drawOutside() {
	if len(d.network.hosts) > 0 {
		d.drawHosts()
	}
	if !d.edge {
		return
	}
	d.rect(d.internet, 6, "fill", "#f6f8fa", "stroke", ink, "stroke-width", "1.2")
	d.text(point{d.internet.center(), d.internet.middle() + 4.5}, "internet", 13, outside-20, "text-anchor", "middle", "font-weight", "600", "fill", ink)
	d.rect(d.gateway, 6, "fill", paper, "stroke", ink, "stroke-width", "1.2")
	for i, word := range strings.Fields(string(internetGateway)) {
		d.text(point{d.gateway.center(), d.gateway.middle() + 15*float64(i)}, word, 12, edgeWidth-12, "text-anchor", "middle", "fill", ink)
	}
}

// drawHosts draws the end of the way out: an arrow to each host that some party can call.
func (d *drawing) drawHosts() {
	d.rect(d.allowed, 6, "fill", paper, "stroke", wayOut, "stroke-width", "1.2")
	d.text(point{d.allowed.x + 10, d.allowed.y + 18}, "let through by name", small, outside-20, "fill", faint)
	for i, host := range d.network.hosts {
		at := point{d.allowed.x + 10, d.allowed.y + 36 + hostHeight*float64(i)}
		d.text(at, host, 12, outside-48, "fill", ink)
		for _, f := range d.flows {
			if f.To != host {
				continue
			}
			end := point{d.allowed.right(), at.y - 4}
			d.text(point{end.x - 30, at.y}, f.port(), small, 24, "fill", wayOut, "font-weight", "600")
			d.arrow(line(point{d.gateway.x, end.y}, end), end, leftwards, wayOut, "2.2", f.String(), "data-flow", f.String())
		}
	}
}
