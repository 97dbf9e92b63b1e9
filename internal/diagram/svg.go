package diagram

import (
	"encoding/xml"
	"fmt"
	"math"
	"strings"
)

// canvas writes SVG: attributes alone, no style sheet, no script and nothing from elsewhere, so that it shows the same
// in a browser, an editor and a word processor.
type canvas struct{ strings.Builder }

type point struct{ x, y float64 }

type rect struct{ x, y, w, h float64 }

func (r rect) right() float64  { return r.x + r.w }
func (r rect) bottom() float64 { return r.y + r.h }
func (r rect) middle() float64 { return r.y + r.h/2 }
func (r rect) center() float64 { return r.x + r.w/2 }

// escaped returns text as XML has it.
func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}

// attributes returns pairs of names and values.
func attributes(pairs []string) string {
	var b strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		fmt.Fprintf(&b, ` %s="%s"`, pairs[i], escaped(pairs[i+1]))
	}
	return b.String()
}

// element writes one with a title, which viewers show on it; without one it stands alone.
func (c *canvas) element(name, title string, pairs ...string) {
	if title == "" {
		fmt.Fprintf(c, "<%s%s/>\n", name, attributes(pairs))
		return
	}
	fmt.Fprintf(c, "<%s%s><title>%s</title></%s>\n", name, attributes(pairs), escaped(title), name)
}

func (c *canvas) open(pairs ...string) { fmt.Fprintf(c, "<g%s>\n", attributes(pairs)) }
func (c *canvas) close()               { c.WriteString("</g>\n") }

func number(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.1f", x), "0"), ".")
}

func (c *canvas) rect(r rect, radius float64, pairs ...string) {
	c.element("rect", "", append([]string{"x", number(r.x), "y", number(r.y), "width", number(r.w), "height", number(r.h),
		"rx", number(radius)}, pairs...)...)
}

// text writes a line in that size, or in a smaller one if it would be wider than room.
func (c *canvas) text(at point, s string, size, room float64, pairs ...string) {
	if w := width(s, size); room > 0 && w > room {
		size *= room / w
	}
	pairs = append([]string{"x", number(at.x), "y", number(at.y), "font-size", number(size)}, pairs...)
	fmt.Fprintf(c, "<text%s>%s</text>\n", attributes(pairs), escaped(s))
}

// width returns about what a text takes in the widest of the common fonts (DejaVu Sans).
func width(s string, size float64) float64 {
	w := 0.0
	for _, r := range s {
		switch {
		case strings.ContainsRune("iljI.,:;'|! ", r):
			w += 0.33
		case strings.ContainsRune("tfr()-/", r):
			w += 0.40
		case strings.ContainsRune("mwMW→–", r):
			w += 0.92
		default:
			w += 0.63
		}
	}
	return w * size
}

// curve returns a path through points, each left and entered horizontally.
func curve(points ...point) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%s %s", number(points[0].x), number(points[0].y))
	for i := 1; i < len(points); i++ {
		from, to := points[i-1], points[i]
		bend := max((to.x-from.x)/2, 12)
		if to.x < from.x {
			bend = 60
		}
		if from.y == to.y && to.x > from.x {
			fmt.Fprintf(&b, "L%s %s", number(to.x), number(to.y))
			continue
		}
		fmt.Fprintf(&b, "C%s %s %s %s %s %s", number(from.x+bend), number(from.y), number(to.x-bend), number(to.y), number(to.x), number(to.y))
	}
	return b.String()
}

// elbow returns a path of straight lines whose corners are rounded.
func elbow(points ...point) string {
	var b strings.Builder
	last := len(points) - 1
	fmt.Fprintf(&b, "M%s %s", number(points[0].x), number(points[0].y))
	for i := 1; i < last; i++ {
		in, out := near(points[i], points[i-1]), near(points[i], points[i+1])
		fmt.Fprintf(&b, "L%s %sQ%s %s %s %s", number(in.x), number(in.y), number(points[i].x), number(points[i].y), number(out.x), number(out.y))
	}
	fmt.Fprintf(&b, "L%s %s", number(points[last].x), number(points[last].y))
	return b.String()
}

// near returns a point by a corner, on the way to another point.
func near(corner, to point) point {
	length := math.Hypot(to.x-corner.x, to.y-corner.y)
	if length == 0 {
		return corner
	}
	part := min(10, length/2) / length
	return point{corner.x + (to.x-corner.x)*part, corner.y + (to.y-corner.y)*part}
}

func line(points ...point) string {
	var b strings.Builder
	for i, p := range points {
		fmt.Fprintf(&b, "%s%s %s", map[bool]string{true: "M", false: "L"}[i == 0], number(p.x), number(p.y))
	}
	return b.String()
}
