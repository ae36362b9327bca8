package delta

// step is one inner node on the path to a leaf, and the index of the child taken.
type step struct {
	n *node
	i int
}

// insert inserts component c, an insert, before unit at. On the way down it makes the nodes writable and updates their sizes.
func (d *Document) insert(at int, c *Component) {
	text := c.text
	if c.kind == KindEmbed {
		text = "\x00"
	}
	st := d.styles.of(c)
	d.length += c.n
	d.root = d.own(d.root)
	var buf [8]step
	path, n := buf[:0], d.root
	for !n.isLeaf() {
		i, last := 0, len(n.sizes)-1
		for i < last && at >= n.sizes[i] {
			at -= n.sizes[i]
			i++
		}
		n.sizes[i] += c.n
		path = append(path, step{n, i})
		n = d.child(n, i)
	}
	if n.len()+c.n <= leafUnits && len(n.runs) <= leafRuns {
		n.insert(at, text, c.n, st)
		return
	}
	d.insertAfter(path, d.overflow(n, at, text, c.n, st))
}

// overflow inserts text into a leaf that cannot hold it, and returns the leaves that must follow it.
func (d *Document) overflow(n *node, at int, text string, units int, st *style) []*node {
	size := n.len()
	if units <= leafUnits/2 {
		n.insert(at, text, units, st)
		cut := (size + units) / 2
		if at == size {
			cut = size // so that typing at the end fills the leaves
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
	w := leafWriter{generation: d.generation, leaves: []*node{n}} // continues in n, which now ends at the insert
	w.write(text, units, st)
	if tail.len() > 0 {
		w.leaves = append(w.leaves, &node{generation: d.generation, leaf: tail})
	}
	return w.leaves[1:]
}

// middleRun returns the unit at which the middle run of a leaf starts.
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

// insertAfter inserts the nodes more after the last step of path, and what does not fit there after the steps above it.
func (d *Document) insertAfter(path []step, more []*node) {
	for k := len(path) - 1; k >= 0 && len(more) > 0; k-- {
		more = d.replaceChild(path[k].n, path[k].i, more)
	}
	d.grow(more)
}

// remove deletes n units from at on.
func (d *Document) remove(at, n int) {
	d.length -= n
	d.root = d.own(d.root)
	var buf [8]step
	path, on := buf[:0], d.root
	for !on.isLeaf() {
		i := 0
		for at >= on.sizes[i] {
			at -= on.sizes[i]
			i++
		}
		if at+n > on.sizes[i] {
			d.removeAcross(on, i, at, n)
			d.rebalanceUp(path)
			return
		}
		on.sizes[i] -= n
		path = append(path, step{on, i})
		on = d.child(on, i)
	}
	on.remove(at, at+n)
	if sparse(on) {
		d.rebalanceUp(path)
	}
}

// removeAcross deletes n units, from unit at of child i of an inner node on into the children after it.
func (d *Document) removeAcross(on *node, i, at, n int) {
	first := i
	for ; n > 0; i++ {
		part := min(n, on.sizes[i]-at)
		if part < on.sizes[i] {
			d.removeWithin(d.child(on, i), at, part)
		}
		on.sizes[i] -= part
		n -= part
		at = 0
	}
	children, sizes := on.children[:first], on.sizes[:first]
	for k := first; k < len(on.children); k++ {
		if on.sizes[k] > 0 {
			children, sizes = append(children, on.children[k]), append(sizes, on.sizes[k])
		}
	}
	clear(on.children[len(children):])
	on.children, on.sizes = children, sizes
	d.rebalance(on, first)
	d.rebalance(on, first-1)
}

// removeWithin deletes n units, but not all, from at on in a writable node.
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

// rebalanceUp merges the nodes on path that became sparse, from the leaf upwards, and removes a root with a single child.
func (d *Document) rebalanceUp(path []step) {
	for k := len(path) - 1; k >= 0; k-- {
		d.rebalance(path[k].n, path[k].i)
	}
	for !d.root.isLeaf() && len(d.root.children) <= 1 {
		if len(d.root.children) == 0 {
			d.root = &node{generation: d.generation}
			return
		}
		d.root = d.child(d.root, 0)
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

// restyleWithin is restyle for one node. It returns the new siblings that must follow on, if on got too many runs or children.
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
		k := d.child(on, i)
		n -= part
		more := d.restyleWithin(k, at, part, attrs)
		at = 0
		if len(more) > 0 {
			on.sizes[i] = k.units()
			on.children = append(on.children[:i+1:i+1], append(more, on.children[i+1:]...)...)
			sizes := make([]int, len(more))
			for j := range more {
				sizes[j] = more[j].units()
			}
			on.sizes = append(on.sizes[:i+1:i+1], append(sizes, on.sizes[i+1:]...)...)
			i += len(more)
		}
	}
	if len(on.children) > fanOut {
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
