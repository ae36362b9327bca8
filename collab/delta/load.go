package delta

// leafWriter writes text into leaves, filling each before it adds another.
type leafWriter struct {
	generation uint64
	leaves     []*node
}

// write appends n units of text in style st.
func (w *leafWriter) write(text string, n int, st *style) {
	at := position{}
	ascii := len(text) == n
	for n > 0 {
		l := w.open()
		take := min(n, leafUnits-l.len())
		var piece string
		if ascii {
			piece, text = text[:take], text[take:]
		} else {
			next := advance(text, at, take)
			piece, at = between(text, at, next), next
		}
		l.insert(l.len(), piece, take, st)
		n -= take
	}
}

// open returns the last leaf if it is not full, else a new one.
func (w *leafWriter) open() *leaf {
	if k := len(w.leaves); k > 0 {
		if l := &w.leaves[k-1].leaf; l.len() < leafUnits && len(l.runs) < leafRuns {
			return l
		}
	}
	n := &node{generation: w.generation}
	w.leaves = append(w.leaves, n)
	return &n.leaf
}

// load builds the tree of a new document, with full leaves.
func (d *Document) load(content Delta) {
	w := leafWriter{generation: d.generation}
	for i := range content {
		c := &content[i]
		d.length += c.n
		if c.kind == KindEmbed {
			w.write("\x00", 1, d.styles.of(c))
		} else {
			w.write(c.text, c.n, d.styles.of(c))
		}
	}
	if len(w.leaves) == 0 {
		d.root = &node{generation: d.generation}
		return
	}
	d.root = w.leaves[0]
	d.grow(w.leaves[1:])
}
