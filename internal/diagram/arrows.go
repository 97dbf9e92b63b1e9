package diagram

import "fmt"

// heading is where an arrow's head points to: a step back from it, and one aside.
type heading struct{ back, aside point }

var (
	rightwards = heading{point{-7, 0}, point{0, 4}}
	leftwards  = heading{point{7, 0}, point{0, 4}}
	upwards    = heading{point{0, 7}, point{4, 0}}
)

// arrow draws a path with a head.
func (d *drawing) arrow(path string, end point, h heading, color, strokeWidth, title string, pairs ...string) {
	d.element("path", title, append([]string{"d", path, "fill", "none", "stroke", color, "stroke-width", strokeWidth}, pairs...)...)
	back := point{end.x + h.back.x, end.y + h.back.y}
	d.element("path", "", "d", line(point{back.x - h.aside.x, back.y - h.aside.y}, end, point{back.x + h.aside.x, back.y + h.aside.y})+"Z", "fill", color)
}

// drawFlows draws the arrows between parties, and from the internet to them.
func (d *drawing) drawFlows() {
	aside := 0.0 // of the last one that went below
	for _, f := range d.drawnFlows() {
		from, to := d.party(f.From), d.party(f.To)
		if from == nil || to == nil {
			continue
		}
		end, h := to.inlet(f.port()), rightwards
		var path string
		switch way := d.via[f]; {
		case way != nil:
			path = curve(through(way, end)...)
		case d.lower[f.To] == to && d.free(from, d.gutter(to)):
			path = elbow(from.outlet(), point{d.gutter(to), from.at.middle()}, point{d.gutter(to), end.y}, end)
		case d.lower[f.From] == from && to.at.right() >= from.at.right()-1: // above it: round the right side
			end, h = point{to.at.right(), end.y}, leftwards
			path = fmt.Sprintf("M%s %sC%s %s %s %s %s %s", number(from.at.right()), number(from.at.middle()), number(from.at.right()+hook),
				number(from.at.middle()), number(end.x+hook), number(end.y), number(end.x), number(end.y))
		default:
			path, end, h = d.under(f, from, to, aside)
			aside += 5
		}
		d.arrow(path, end, h, d.colors[f.port()], "1.6", f.String(), "data-flow", f.String())
	}
}

// gutter returns where arrows go down to a party of the lower row: left of its tier.
func (d *drawing) gutter(to *node) float64 { return d.tierAt[d.tier(d.tierOf(to.name))].x - tierGap/2 }

// free reports whether no box is between a party and a line to the right of it.
func (d *drawing) free(from *node, x float64) bool {
	if from.at.right() > x {
		return false
	}
	for _, n := range d.named {
		if n != from && n.at.x > from.at.x && n.at.x < x && n.at.y < from.at.middle() && n.at.bottom() > from.at.middle() {
			return false
		}
	}
	return true
}

// under returns the way of an arrow that does not go to the right: between the upper and the lower row, and up to its
// end from below.
func (d *drawing) under(f flow, from, to *node, aside float64) (string, point, heading) {
	y := d.corridor + aside
	start := point{from.at.right() - 14 - aside, from.at.bottom()}
	if d.lower[f.From] == from {
		start.y = from.at.y
	}
	if d.lower[f.To] == to {
		x, end := d.gutter(to)-aside, to.inlet(f.port())
		return elbow(start, point{start.x, y}, point{x, y}, point{x, end.y}, end), end, rightwards
	}
	end := point{to.at.right() - 14 - aside, to.at.bottom()}
	d.text(point{end.x - 30, end.y + 18}, f.port(), small, 24, "fill", d.colors[f.port()], "font-weight", "600")
	return elbow(start, point{start.x, y}, point{end.x, y}, end), end, upwards
}

// through returns the points of a way: straight past each layer, and from it to the next.
func through(way []*node, end point) []point {
	points := []point{way[0].outlet()}
	for _, n := range way[1 : len(way)-1] {
		points = append(points, point{n.at.x, n.at.middle()}, point{n.at.right(), n.at.middle()})
	}
	return append(points, end)
}
