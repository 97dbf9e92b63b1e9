package diagram

import (
	"cmp"
	"math"
	"slices"
)

// node is a box of the layered part of the drawing, or the place where an arrow passes a layer.
type node struct {
	name          string // "" if only an arrow passes
	ports         []string
	layer         int
	at            rect
	before, after []*node
}

// inlet returns where arrows to a port end.
func (n *node) inlet(port string) point {
	i := slices.Index(n.ports, port)
	return point{n.at.x, n.at.y + n.at.h*float64(i+1)/float64(len(n.ports)+1)}
}

func (n *node) outlet() point { return point{n.at.right(), n.at.middle()} }

// layers are the boxes from left to right, each layer from top to bottom.
type layers struct {
	of    [][]*node
	named map[string]*node
	via   map[flow][]*node // the nodes of a flow's arrow, from end to end
}

// newLayers divides parties over as many layers as the flows between them need. The groups come one after the other: a
// flow within one needs a layer more, and so nothing stands left of what calls it, if it can be helped.
func newLayers(groups [][]string, flows []flow) layers {
	l := layers{named: map[string]*node{}, via: map[flow][]*node{}}
	for _, group := range groups {
		depth, deepest := depths(group, flows)
		first := len(l.of)
		l.of = append(l.of, make([][]*node, deepest+1)...)
		for _, name := range group {
			n := &node{name: name, layer: first + depth[name]}
			l.named[name] = n
			l.of[n.layer] = append(l.of[n.layer], n)
		}
	}
	for _, f := range flows {
		l.connect(f)
	}
	for _, n := range l.named {
		slices.SortFunc(n.ports, byNumber)
	}
	l.order()
	return l
}

// depths returns how many flows of the group lead to each party. A party that no other calls, and that calls none of
// the group, stands with the deepest, next to what it calls.
func depths(group []string, flows []flow) (depth map[string]int, deepest int) {
	depth = map[string]int{}
	for range group { // as often as a path can be long; a circle ends too
		for _, f := range flows {
			if slices.Contains(group, f.From) && slices.Contains(group, f.To) && f.From != f.To {
				depth[f.To] = min(max(depth[f.To], depth[f.From]+1), len(group)-1)
			}
		}
	}
	for _, name := range group {
		deepest = max(deepest, depth[name])
	}
	for _, name := range group {
		alone := !slices.ContainsFunc(flows, func(f flow) bool { return f.To == name || f.From == name && slices.Contains(group, f.To) })
		if alone {
			depth[name] = deepest
		}
	}
	return depth, deepest
}

// connect leads a flow's arrow through the layers between its ends. One that does not go to the right has no way
// through them.
func (l *layers) connect(f flow) {
	from, to := l.named[f.From], l.named[f.To]
	if to != nil && !slices.Contains(to.ports, f.port()) {
		to.ports = append(to.ports, f.port())
	}
	if from == nil || to == nil || from.layer >= to.layer {
		return
	}
	for other, way := range l.via {
		if other.From == f.From && other.To == f.To {
			l.via[f] = way
			return
		}
	}
	way := []*node{from}
	for layer := from.layer + 1; layer < to.layer; layer++ {
		pass := &node{layer: layer}
		l.of[layer] = append(l.of[layer], pass)
		way = append(way, pass)
	}
	way = append(way, to)
	for i := 1; i < len(way); i++ {
		way[i-1].after, way[i].before = append(way[i-1].after, way[i]), append(way[i].before, way[i-1])
	}
	l.via[f] = way
}

// byNumber puts ports in the order of their numbers, as far as they are such.
func byNumber(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }

// order puts each layer in the order in which the fewest arrows cross, as far as going over them a few times finds it:
// each box goes to the mean place of those that it is joined with.
func (l *layers) order() {
	best, fewest := l.copied(), l.crossings()
	for sweep := range 8 {
		for i := range l.of {
			layer, joined := l.of[i], func(n *node) []*node { return n.before }
			if sweep%2 == 1 {
				layer, joined = l.of[len(l.of)-1-i], func(n *node) []*node { return n.after }
			}
			mean := map[*node]float64{}
			for place, n := range layer {
				mean[n] = l.mean(joined(n), float64(place))
			}
			slices.SortStableFunc(layer, func(a, b *node) int { return cmp.Compare(mean[a], mean[b]) })
		}
		if n := l.crossings(); n < fewest {
			best, fewest = l.copied(), n
		}
	}
	l.of = best
	for _, layer := range l.of { // what is joined with nothing goes last, by its name
		slices.SortStableFunc(layer, func(a, b *node) int {
			if a.alone() == b.alone() {
				return 0
			} else if a.alone() {
				return 1
			}
			return -1
		})
	}
}

func (l *layers) mean(of []*node, otherwise float64) float64 {
	if len(of) == 0 {
		return otherwise
	}
	sum := 0.0
	for _, n := range of {
		sum += float64(slices.Index(l.of[n.layer], n))
	}
	return sum / float64(len(of))
}

func (l *layers) copied() [][]*node {
	all := make([][]*node, len(l.of))
	for i := range l.of {
		all[i] = slices.Clone(l.of[i])
	}
	return all
}

func (l *layers) crossings() int {
	count := 0
	for _, layer := range l.of {
		for i, a := range layer {
			for _, b := range layer[i+1:] {
				for _, x := range a.after {
					for _, y := range b.after {
						if slices.Index(l.of[x.layer], x) > slices.Index(l.of[y.layer], y) {
							count++
						}
					}
				}
			}
		}
	}
	return count
}

// settle gives every box its height and its place in the layer, as near as there is room to the middle of those that it
// is joined with, and says how high all of it is.
func (l *layers) settle(height func(*node) float64, gap float64) float64 {
	for _, layer := range l.of {
		y := 0.0
		for _, n := range layer {
			n.at.h = height(n)
			n.at.y, y = y, y+n.at.h+gap
		}
	}
	for sweep := range 12 {
		for i := range l.of {
			layer := l.of[i]
			if sweep%2 == 1 {
				layer = l.of[len(l.of)-1-i]
			}
			spread(slices.DeleteFunc(slices.Clone(layer), (*node).alone), gap)
		}
	}
	for _, layer := range l.of {
		stack(layer, gap)
	}
	top, bottom := math.Inf(1), 0.0
	for _, layer := range l.of {
		for _, n := range layer {
			top = min(top, n.at.y)
		}
	}
	for _, layer := range l.of {
		for _, n := range layer {
			n.at.y -= top
			bottom = max(bottom, n.at.bottom())
		}
	}
	return bottom
}

// alone reports whether no arrow goes from a box to another layer, or comes from there.
func (n *node) alone() bool { return len(n.before)+len(n.after) == 0 }

// stack puts those that are alone below the others of their layer.
func stack(layer []*node, gap float64) {
	for i, n := range layer {
		if n.alone() && i > 0 {
			n.at.y = layer[i-1].at.bottom() + gap
		}
	}
}

// spread moves the boxes of a layer to where they would be, and apart where they would overlap: the least moved in all,
// in squares (pool adjacent violators).
func spread(layer []*node, gap float64) {
	type pool struct {
		sum   float64
		count int
	}
	var pools []pool
	offset := 0.0
	offsets := make([]float64, len(layer))
	for i, n := range layer {
		offsets[i], offset = offset, offset+n.at.h+gap
		pools = append(pools, pool{wish(n) - n.at.h/2 - offsets[i], 1})
		for k := len(pools) - 1; k > 0 && pools[k].sum/float64(pools[k].count) < pools[k-1].sum/float64(pools[k-1].count); k-- {
			pools[k-1] = pool{pools[k-1].sum + pools[k].sum, pools[k-1].count + pools[k].count}
			pools = pools[:k]
		}
	}
	i := 0
	for _, p := range pools {
		for range p.count {
			layer[i].at.y = p.sum/float64(p.count) + offsets[i]
			i++
		}
	}
}

// wish returns the middle of those that a box is joined with; there is at least one.
func wish(n *node) float64 {
	joined, sum := slices.Concat(n.before, n.after), 0.0
	for _, other := range joined {
		sum += other.at.middle()
	}
	return sum / float64(len(joined))
}
