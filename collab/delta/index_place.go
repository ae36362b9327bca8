package delta

import "slices"

// around returns the stretch for a change of the base's units start..end: from three components before the first touched one to
// the retain or delete that holds unit end, or to the end of the op. It returns false if the op ends before start.
func (x *index) around(start, end int) (stretch, bool) {
	from, base := x.find(start)
	if from == x.end() && base < start {
		return stretch{}, false
	}
	s := stretch{from: from, base: base}
	to, at := from, base
	for to != x.end() {
		c := &x.chunks[to.chunk].ops[to.k]
		if c.kind >= KindRetain {
			at += c.n
		}
		to = x.next(to)
		if at > end {
			break
		}
	}
	s.to = to
	for range 3 {
		p, ok := x.previous(s.from)
		if !ok {
			break
		}
		if c := &x.chunks[p.chunk].ops[p.k]; c.kind >= KindRetain {
			s.base -= c.n
		}
		s.from = p
	}
	return s, true
}

// find returns the first component at or after base position at (an insert there, or the retain or delete that holds the unit
// there), and the base position where that component starts.
func (x *index) find(at int) (place, int) {
	base := 0
	for i := range x.chunks {
		c := &x.chunks[i]
		if base+c.base < at {
			base += c.base
			continue
		}
		for k := range c.ops {
			o := &c.ops[k]
			if o.inserts() {
				if base >= at {
					return place{i, k}, base
				}
				continue
			}
			if base+o.n > at {
				return place{i, k}, base
			}
			base += o.n
		}
	}
	return x.end(), base
}

func (x *index) end() place {
	last := len(x.chunks) - 1
	return place{last, len(x.chunks[last].ops)}
}

func (x *index) next(p place) place {
	if p.k++; p.k == len(x.chunks[p.chunk].ops) && p.chunk+1 < len(x.chunks) {
		return place{p.chunk + 1, 0}
	}
	return p
}

func (x *index) previous(p place) (place, bool) {
	if p.k > 0 {
		return place{p.chunk, p.k - 1}, true
	}
	if p.chunk == 0 {
		return p, false
	}
	return place{p.chunk - 1, len(x.chunks[p.chunk-1].ops) - 1}, true
}

// read appends the components from..to to dst.
func (x *index) read(dst Delta, from, to place) Delta {
	for i := from.chunk; i <= to.chunk; i++ {
		ops := x.chunks[i].ops
		if i == to.chunk {
			ops = ops[:to.k]
		}
		if i == from.chunk {
			ops = ops[from.k:]
		}
		dst = append(dst, ops...)
	}
	return dst
}

// replace replaces the components from..to, which are equal to cut, by made. Places before them stay valid. The caller must tidy.
func (x *index) replace(from, to place, cut, made Delta) {
	first := &x.chunks[from.chunk]
	if from.chunk == to.chunk {
		first.ops = slices.Replace(first.ops, from.k, to.k, made...)
		first.change(cut, made)
		return
	}
	// Keep the chunks apart: to join and split them again would copy both whenever a stretch crosses their border.
	first.change(first.ops[from.k:], made)
	first.ops = append(first.ops[:from.k], made...)
	last := &x.chunks[to.chunk]
	last.change(last.ops[:to.k], nil)
	last.ops = slices.Delete(last.ops, 0, to.k)
	x.chunks = slices.Delete(x.chunks, from.chunk+1, to.chunk)
}

// change updates the chunk's sums: the components without were replaced by the components with.
func (c *chunk) change(without, with Delta) {
	was, now := measure(without), measure(with)
	c.base += now.base - was.base
	c.attrs += now.attrs - was.attrs
}

// tidy splits chunk i if it became too large, and drops it or joins it with another if it became small. Only a chunk that is the
// only one may be empty.
func (x *index) tidy(i int) {
	if i >= len(x.chunks) || len(x.chunks) == 1 && len(x.chunks[0].ops) <= x.maxChunk() {
		return // joined with another meanwhile, or the only one
	}
	switch n := len(x.chunks[i].ops); {
	case n == 0:
		x.chunks = slices.Delete(x.chunks, i, i+1)
	case n > x.maxChunk():
		x.split(i)
	case n < x.size/4:
		x.join(min(i, len(x.chunks)-2))
	}
}

// join adds chunk i+1 to chunk i if they fit.
func (x *index) join(i int) {
	a, b := &x.chunks[i], &x.chunks[i+1]
	if len(a.ops)+len(b.ops) <= x.maxChunk() {
		a.change(nil, b.ops)
		a.ops = append(a.ops, b.ops...)
		x.chunks = slices.Delete(x.chunks, i+1, i+2)
	}
}

// split splits chunk i into as many chunks as needed. The first stays at i.
func (x *index) split(i int) {
	c := &x.chunks[i]
	keep := min(len(c.ops)/2, x.size)
	rest := c.ops[keep:]
	more := x.cutUp(rest)
	c.change(rest, nil)
	clear(rest)
	c.ops = c.ops[:keep]
	x.chunks = slices.Insert(x.chunks, i+1, more...)
}
