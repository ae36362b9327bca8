package delta

// index holds an op, built by push's rules, in chunks of components that record how much of the base they cover. So a committed op
// costs only the stretches that it touches: each is cut out, transformed as usual, and put back. This is exact because push looks
// back over at most a delete and one component before it, and never changes what comes after a retain or delete that stays. So a
// stretch starts three components before the first touched one and ends with the retain or delete that holds the first unit
// after the change.
type index struct {
	order  Order
	size   int // components of a new chunk; a chunk is split above maxChunk
	chunks []chunk
	// Scratch memory for one step.
	stretches []stretch
	cut, made Delta
	change    Delta
}

type chunk struct {
	ops Delta
	sums
}

// sums is what is needed of some components to skip them.
type sums struct {
	base  int // units of the base they retain or delete
	attrs int // how many of the retains carry attributes
}

// chunkSize is the number of components of a new chunk. A chunk may grow by a third, so that few are split while an op goes over a
// history as long as itself.
const chunkSize = 96

// place is the position of a component in the index: the k-th of a chunk. The end is one after the last of the last chunk.
type place struct{ chunk, k int }

func (p place) before(q place) bool { return p.chunk < q.chunk || p.chunk == q.chunk && p.k < q.k }

// stretch is the part of the index that a part of a committed op affects: the components from..to, where from starts at position
// base, and the components first..last of the committed op, where first starts at position at. Both ends are exclusive.
type stretch struct {
	from, to    place
	base        int
	first, last int
	at          int
}

func newIndex(op Delta, order Order) *index { return newIndexOf(op, order, chunkSize) }

func newIndexOf(op Delta, order Order, size int) *index {
	x := &index{order: order, size: size}
	x.chunks = x.cutUp(op)
	return x
}

// maxChunk returns how many components a chunk may have between two ops.
func (x *index) maxChunk() int { return x.size + x.size/3 }

// cutUp splits ops into chunks, at least one.
func (x *index) cutUp(ops Delta) []chunk {
	out := make([]chunk, max(1, (len(ops)+x.size-1)/x.size))
	for i := range out {
		out[i] = x.newChunk(ops[i*len(ops)/len(out) : (i+1)*len(ops)/len(out)])
	}
	return out
}

func (x *index) newChunk(ops Delta) chunk {
	return chunk{append(make(Delta, 0, max(x.maxChunk()+8, len(ops))), ops...), measure(ops)}
}

func measure(ops Delta) (s sums) {
	for i := range ops {
		if o := &ops[i]; o.kind >= KindRetain {
			s.base += o.n
			if o.attrs != nil {
				s.attrs++
			}
		}
	}
	return s
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

// over transforms the op in the index over one committed op.
func (x *index) over(committed Delta) {
	x.plan(committed)
	for k := len(x.stretches) - 1; k >= 0; k-- { // from the right, so that places and positions further left stay valid
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
		x.replace(s.from, s.to, x.cut, x.made)
	}
	if n := len(x.stretches); n > 0 { // chunks may have moved to the left, never to the right
		for i := x.stretches[n-1].from.chunk + 1; i >= x.stretches[0].from.chunk; i-- {
			x.tidy(i)
		}
	}
	last := &x.chunks[len(x.chunks)-1]
	if n := len(last.ops); n > 0 && last.ops[n-1].plainRetain() {
		last.base -= last.ops[n-1].n
		last.ops = last.ops[:n-1]
		x.tidy(len(x.chunks) - 1)
	}
}

// plan finds the stretches that a committed op touches, in ascending order. Stretches that meet become one.
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
			continue // after the end of the op
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

// attributed reports whether c, a retain of the committed op over start..end, has attributes and the op may have some there too.
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
