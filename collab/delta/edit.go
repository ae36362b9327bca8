package delta

// step is one inner node on the way to a leaf, and which kid was taken.
type step struct {
	n *node
	i int
}

// insert puts component c, an insert, before unit at. The way down makes the nodes the writer's and counts the units in.
func (d *Document) insert(at int, c *Component) {
	text := c.text
	if c.kind == KindEmbed {
		text = "\x00"
	}
	st := d.styles.of(c)
	d.length += c.n
	d.root = d.own(d.root)
	var room [8]step
	way, n := room[:0], d.root
	for !n.isLeaf() {
		i, last := 0, len(n.sizes)-1
		for i < last && at >= n.sizes[i] {
			at -= n.sizes[i]
			i++
		}
		n.sizes[i] += c.n
		way = append(way, step{n, i})
		n = d.kid(n, i)
	}
	if n.len()+c.n <= leafUnits && len(n.runs) <= leafRuns {
		n.insert(at, text, c.n, st)
		return
	}
	d.spread(way, d.overflow(n, at, text, c.n, st))
}

// overflow inserts text into a leaf that cannot hold it, and returns the leaves that must follow it.
func (d *Document) overflow(n *node, at int, text string, units int, st *style) []*node {
	size := n.len()
	if units <= leafUnits/2 {
		n.insert(at, text, units, st)
		cut := (size + units) / 2
		if at == size {
			cut = size // typing at the end leaves full leaves behind
		}
		if len(n.runs) > leafRuns {
			cut = n.middleRun()
		}
		return d.splitLeaf(n, cut)
	}
	tail := leaf{}
	if at == 0 {
		tail, n.leaf = n.leaf, tail
	} else if at < size {
		tail = n.split(at)
	}
	w := leafWriter{generation: d.generation, leaves: []*node{n}} // goes on where n was cut
	w.write(text, units, st)
	if tail.len() > 0 {
		w.leaves = append(w.leaves, &node{generation: d.generation, leaf: tail})
	}
	return w.leaves[1:]
}

// middleRun returns where the middle run of a leaf starts.
func (l *leaf) middleRun() int {
	at := 0
	for _, r := range l.runs[:len(l.runs)/2] {
		at += r.n
	}
	return at
}

func (d *Document) splitLeaf(n *node, at int) []*node {
	if at <= 0 || at >= n.len() {
		return nil
	}
	return []*node{{generation: d.generation, leaf: n.split(at)}}
}

// spread hangs more behind the last step of way, and what does not fit there behind the steps above.
func (d *Document) spread(way []step, more []*node) {
	for k := len(way) - 1; k >= 0 && len(more) > 0; k-- {
		more = d.replaceKid(way[k].n, way[k].i, more)
	}
	d.grow(more)
}

// remove drops n units from at on.
func (d *Document) remove(at, n int) {
	d.length -= n
	d.root = d.own(d.root)
	var room [8]step
	way, on := room[:0], d.root
	for !on.isLeaf() {
		i := 0
		for at >= on.sizes[i] {
			at -= on.sizes[i]
			i++
		}
		if at+n > on.sizes[i] {
			d.removeAcross(on, i, at, n)
			d.mendUp(way)
			return
		}
		on.sizes[i] -= n
		way = append(way, step{on, i})
		on = d.kid(on, i)
	}
	on.remove(at, at+n)
	if sparse(on) {
		d.mendUp(way)
	}
}

// removeAcross drops n units from at on in kid i of an inner node, and on into the kids after it.
func (d *Document) removeAcross(on *node, i, at, n int) {
	first := i
	for ; n > 0; i++ {
		part := min(n, on.sizes[i]-at)
		if part < on.sizes[i] {
			d.removeWithin(d.kid(on, i), at, part)
		}
		on.sizes[i] -= part
		n -= part
		at = 0
	}
	kids, sizes := on.kids[:first], on.sizes[:first]
	for k := first; k < len(on.kids); k++ {
		if on.sizes[k] > 0 {
			kids, sizes = append(kids, on.kids[k]), append(sizes, on.sizes[k])
		}
	}
	clear(on.kids[len(kids):])
	on.kids, on.sizes = kids, sizes
	d.mend(on, first)
	d.mend(on, first-1)
}

// removeWithin drops n units, not all, from at on in a node that is the writer's.
func (d *Document) removeWithin(on *node, at, n int) {
	if on.isLeaf() {
		on.remove(at, at+n)
		return
	}
	i := 0
	for at >= on.sizes[i] {
		at -= on.sizes[i]
		i++
	}
	d.removeAcross(on, i, at, n)
}

// mendUp merges what became sparse on the way to an edit, from below, and lowers a tree that lost its need for height.
func (d *Document) mendUp(way []step) {
	for k := len(way) - 1; k >= 0; k-- {
		d.mend(way[k].n, way[k].i)
	}
	for !d.root.isLeaf() && len(d.root.kids) <= 1 {
		if len(d.root.kids) == 0 {
			d.root = &node{generation: d.generation}
			return
		}
		d.root = d.kid(d.root, 0)
	}
}

// restyle composes attrs onto n units from at on.
func (d *Document) restyle(at, n int, attrs *Attributes) {
	if attrs.Len() == 0 {
		return
	}
	d.root = d.own(d.root)
	d.grow(d.restyleWithin(d.root, at, n, attrs))
}

// restyleWithin returns the nodes that must follow on, which got more runs than it holds.
func (d *Document) restyleWithin(on *node, at, n int, attrs *Attributes) []*node {
	if on.isLeaf() {
		on.restyle(&d.styles, at, at+n, attrs)
		if len(on.runs) > leafRuns {
			return d.splitLeaf(on, on.middleRun())
		}
		return nil
	}
	var siblings []*node
	for i := 0; n > 0; i++ {
		if at >= on.sizes[i] {
			at -= on.sizes[i]
			continue
		}
		part := min(n, on.sizes[i]-at)
		k := d.kid(on, i)
		n -= part
		more := d.restyleWithin(k, at, part, attrs)
		at = 0
		if len(more) > 0 {
			on.sizes[i] = k.units()
			on.kids = append(on.kids[:i+1:i+1], append(more, on.kids[i+1:]...)...)
			sizes := make([]int, len(more))
			for j := range more {
				sizes[j] = more[j].units()
			}
			on.sizes = append(on.sizes[:i+1:i+1], append(sizes, on.sizes[i+1:]...)...)
			i += len(more)
		}
	}
	if len(on.kids) > fanOut {
		siblings = d.splitInner(on, false)
	}
	return siblings
}

func (l *leaf) restyle(s *styles, from, to int, attrs *Attributes) {
	i := l.cutRuns(from)
	end := l.cutRuns(to)
	for k := i; k < end; k++ {
		l.runs[k].style = s.composed(l.runs[k].style, attrs)
	}
	kept := l.runs[:max(i, 1)]
	for k := len(kept); k < len(l.runs); k++ {
		if last := &kept[len(kept)-1]; k <= end && joins(last.style, l.runs[k].style) {
			last.n += l.runs[k].n
		} else {
			kept = append(kept, l.runs[k])
		}
	}
	clear(l.runs[len(kept):])
	l.runs = kept
}
