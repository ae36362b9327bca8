package delta

import "math"

// Order says whose insert goes first at one place, and whose attribute stays where both set it.
type Order bool

const (
	// CommittedFirst is the server's order: what was committed before goes first and wins (quill-delta's priority true).
	CommittedFirst Order = true
	// OpFirst is a client's order for what arrives: its own pending op will come later, so the arriving one goes first.
	OpFirst Order = false
)

// infinite stands for the retain that quill-delta imagines after the last component.
const infinite = math.MaxInt

// Transform returns op as it must be to run after committed, when both were made on one document: quill-delta's
// committed.transform(op, order). op must be as it was sent or as an earlier Transform returned it, never brought to another
// form, and committed must be one op of the log, never several composed (E2): neither commutes with transforming.
func Transform(committed, op Delta, order Order) Delta {
	return TransformInto(make(Delta, 0, len(op)+2), committed, op, order)
}

// TransformInto is Transform with the result in dst's memory where that suffices. dst must share none with the arguments.
func TransformInto(dst, committed, op Delta, order Order) Delta {
	b := builder{out: dst[:0]}
	b.transform(committed, op, order)
	b.chop()
	return b.finish()
}

// transform pushes op over committed. What is left of committed behind op could only add a retain without attributes at the
// end, which is chopped, so it stops there.
func (b *builder) transform(committed, op Delta, order Order) {
	i, j := 0, 0       // components of committed and op
	left, mine := 0, 0 // of each, what is left of a component partly used; 0: it is whole
	for j < len(op) {
		o := &op[j]
		if i < len(committed) && committed[i].inserts() && (order == CommittedFirst || !o.inserts()) {
			b.retain(committed[i].n, nil)
			i++
			continue
		}
		if o.inserts() {
			b.push(*o)
			j++
			continue
		}
		if mine == 0 {
			mine = o.n
		}
		n, c := mine, (*Component)(nil)
		if i < len(committed) {
			c = &committed[i]
			if left == 0 {
				left = c.n
			}
			n = min(left, mine)
			if left -= n; left == 0 {
				i++
			}
		}
		if mine -= n; mine == 0 {
			j++
		}
		switch {
		case c != nil && c.kind == KindDelete: // what op wanted with these units is moot
		case o.kind == KindDelete:
			b.push(Component{kind: KindDelete, n: n})
		case c == nil:
			b.retain(n, o.attrs)
		default:
			b.retain(n, transformAttributes(c.attrs, o.attrs, order))
		}
	}
}

// Caret says what an insert at a position does to it.
type Caret bool

const (
	// Pushed: the position goes behind text inserted at it, as one's own caret does.
	Pushed Caret = false
	// Stays: the position stays before text that others insert at it.
	Stays Caret = true
)

// TransformPosition returns where pos, in UTF-16 units, lies after over.
func TransformPosition(pos int, over Delta, caret Caret) int {
	offset := 0
	for i := range over {
		if offset > pos {
			break
		}
		c := &over[i]
		if c.kind == KindDelete {
			pos -= min(c.n, pos-offset)
			continue
		}
		if c.inserts() && (offset < pos || caret == Pushed) {
			pos += c.n
		}
		offset += c.n
	}
	return pos
}

// TransformRange returns where the length units from index lie after over: rich-text's transformPresence. Pass Pushed if
// the range belongs to over's author.
func TransformRange(index, length int, over Delta, caret Caret) (newIndex, newLength int) {
	start := TransformPosition(index, over, caret)
	return start, TransformPosition(index+length, over, caret) - start
}
