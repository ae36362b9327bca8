package delta

import "math"

// Order says which of two ops wins a tie: its insert goes first at the same position, its attribute stays where both set it.
type Order bool

const (
	// CommittedFirst is the order for an op that follows a committed one: the committed op wins (quill-delta's priority true).
	CommittedFirst Order = true
	// OpFirst is the order in which a client transforms an arriving op over its own pending one, which will be committed later: the
	// arriving op wins.
	OpFirst Order = false
)

// infinite is the length of the retain that quill-delta assumes after the last component.
const infinite = math.MaxInt

// Transform returns op so that it applies after committed, when both were made for one document: quill-delta's
// committed.transform(op, order). op must be as it was sent or as an earlier Transform returned it, never normalized, and
// committed must be one op of the log, never several composed (E2): neither commutes with transforming.
func Transform(committed, op Delta, order Order) Delta {
	return TransformInto(make(Delta, 0, len(op)+2), committed, op, order)
}

// TransformInto is Transform with the result in dst's memory if that is large enough. dst must not share memory with the arguments.
func TransformInto(dst, committed, op Delta, order Order) Delta {
	b := builder{out: dst[:0]}
	b.transform(committed, op, order)
	b.chop()
	return b.finish()
}

// transform pushes op, transformed over committed. It stops at the end of op: the rest of committed could only add a plain retain
// at the end, which is chopped.
func (b *builder) transform(committed, op Delta, order Order) {
	i, j := 0, 0       // components of committed and op
	left, mine := 0, 0 // units left of committed[i] and op[j]; 0: the component is not started
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
		case c != nil && c.kind == KindDelete: // these units are gone
		case o.kind == KindDelete:
			b.push(Component{kind: KindDelete, n: n})
		case c == nil:
			b.retain(n, o.attrs)
		default:
			b.retain(n, transformAttributes(c.attrs, o.attrs, order))
		}
	}
}

// Caret says how an insert exactly at a position moves it.
type Caret bool

const (
	// Pushed moves the position after the inserted text, as typing moves one's own caret.
	Pushed Caret = false
	// Stays keeps the position before the inserted text, as for text that others insert.
	Stays Caret = true
)

// TransformPosition returns pos, in UTF-16 code units, after the op over.
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

// TransformRange returns a range, in UTF-16 code units, after the op over, like rich-text's transformPresence. Pass Pushed if the
// range belongs to over's author.
func TransformRange(index, length int, over Delta, caret Caret) (newIndex, newLength int) {
	start := TransformPosition(index, over, caret)
	return start, TransformPosition(index+length, over, caret) - start
}
