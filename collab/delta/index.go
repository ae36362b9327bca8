package delta

// index holds an op, in the form that push gives it, in chunks of components that know how much of the base they cover. A
// committed op then touches only the stretches it reaches: each is cut out, transformed as usual, and put back. Why that is
// exact: push looks back over at most a delete and one component before it, and never changes what lies behind a retain or
// delete that stays. So a stretch runs from three components before the first touched one to the retain or delete that
// holds the first unit behind the change.
type index struct {
	order  Order
	chunks []chunk
	// Room for one step.
	stretches []stretch
	cut, made Delta
	change    Delta
}

type chunk struct {
	ops   Delta
	base  int // units of the base its components retain or delete
	attrs int // how many of its retains carry attributes
}

const chunkSize = 128 // components; a chunk is split at twice that

// place is a component of the index: the k-th of a chunk. One behind the last of the last chunk is the end.
type place struct{ chunk, k int }

func (p place) before(q place) bool { return p.chunk < q.chunk || p.chunk == q.chunk && p.k < q.k }

// stretch is what one part of a committed op reaches: the components from..to, the base position of from, and the
// components first..last of the committed op, which starts at base position at.
type stretch struct {
	from, to    place
	base        int
	first, last int
	at          int
}

func newIndex(op Delta, order Order) *index {
	x := &index{order: order}
	x.chunks = appendChunks(nil, op)
	return x
}

// appendChunks cuts ops into chunks; there is always one.
func appendChunks(dst []chunk, ops Delta) []chunk {
	parts := max(1, (len(ops)+chunkSize-1)/chunkSize)
	for i := range parts {
		c := chunk{ops: append(make(Delta, 0, chunkSize+8), ops[i*len(ops)/parts:(i+1)*len(ops)/parts]...)}
		c.measure()
		dst = append(dst, c)
	}
	return dst
}

func (c *chunk) measure() {
	c.base, c.attrs = 0, 0
	for i := range c.ops {
		if o := &c.ops[i]; o.kind >= KindRetain {
			c.base += o.n
			if o.attrs != nil {
				c.attrs++
			}
		}
	}
}

func (x *index) delta() Delta {
	n := 0
	for i := range x.chunks {
		n += len(x.chunks[i].ops)
	}
	out := make(Delta, 0, n)
	for i := range x.chunks {
		out = append(out, x.chunks[i].ops...)
	}
	return out
}

// over transforms what the index holds over one committed op.
func (x *index) over(committed Delta) {
	x.plan(committed)
	for k := len(x.stretches) - 1; k >= 0; k-- { // from the right, so that places and positions further left stay true
		s := &x.stretches[k]
		change := x.change[:0]
		if s.at > s.base {
			change = append(change, Retain(s.at-s.base))
		}
		x.change = append(change, committed[s.first:s.last]...)
		x.cut = x.read(x.cut[:0], s.from, s.to)
		b := builder{out: x.made[:0]}
		b.transform(x.change, x.cut, x.order)
		x.made = b.finish()
		x.replace(s.from, s.to, x.made)
	}
	for k := len(x.stretches) - 1; k >= 0; k-- {
		x.tidy(x.stretches[k].from.chunk)
	}
	last := &x.chunks[len(x.chunks)-1]
	if n := len(last.ops); n > 0 && last.ops[n-1].bare() {
		last.base -= last.ops[n-1].n
		last.ops = last.ops[:n-1]
		x.tidy(len(x.chunks) - 1)
	}
}

// plan finds the stretches that a committed op touches, ascending; those that meet become one.
func (x *index) plan(committed Delta) {
	x.stretches = x.stretches[:0]
	at := 0
	for i := range committed {
		c := &committed[i]
		start := at
		if c.kind >= KindRetain {
			at += c.n
		}
		if c.kind == KindRetain && (x.order == OpFirst || !x.attributed(start, at, c)) {
			continue
		}
		s, ok := x.around(start, at)
		if !ok {
			continue // behind all that the op says
		}
		s.first, s.last, s.at = i, i+1, start
		if n := len(x.stretches); n > 0 && !x.stretches[n-1].to.before(s.from) {
			last := &x.stretches[n-1]
			if last.to.before(s.to) {
				last.to = s.to
			}
			last.last = i + 1
		} else {
			x.stretches = append(x.stretches, s)
		}
	}
}

// attributed reports whether c, a retain of the committed op over start..end, has attributes that may meet some of the op's.
func (x *index) attributed(start, end int, c *Component) bool {
	if c.attrs.Len() == 0 {
		return false
	}
	at := 0
	for i := range x.chunks {
		k := &x.chunks[i]
		if at >= end {
			break
		}
		if at+k.base > start && k.attrs > 0 {
			return true
		}
		at += k.base
	}
	return false
}
