package delta

// Compose returns the op, or document, that has the effect of a followed by b: quill-delta's a.compose(b), op for op. It does not
// check that they fit; to apply an op to a document use Document.Apply. Never transform an op over the result (E2).
func Compose(a, b Delta) Delta {
	x, y := iterator{ops: a}, iterator{ops: b}
	out := builder{out: make(Delta, 0, len(a)+len(b))}
	skipUntouched(&out, &x, &y)
	for x.more() || y.more() {
		switch {
		case y.inserting():
			out.push(y.next(y.left()))
		case x.kind() == KindDelete:
			out.push(x.next(x.left()))
		default:
			if composePiece(&out, &x, &y) && !y.more() {
				// Only the rest of a remains. Like quill-delta, append it unchanged, without merging neighbours.
				if rest := x.rest(); len(rest) > 0 {
					out.push(rest[0])
					out.out = append(out.out, rest[1:]...)
				}
				out.chop()
				return out.finish()
			}
		}
	}
	out.chop()
	return out.finish()
}

// ComposeAll returns the op that has the effect of ops in turn. It composes by halves, because from left to right each step would
// copy the result so far. It is for views, such as what changed between two revisions; never transform over it (E2).
func ComposeAll(ops []Delta) Delta {
	switch len(ops) {
	case 0:
		return Delta{}
	case 1:
		return ops[0]
	}
	half := len(ops) / 2
	return Compose(ComposeAll(ops[:half]), ComposeAll(ops[half:]))
}

// skipUntouched appends, unmerged, the leading inserts of a that lie wholly inside b's first component, if that is a plain retain.
func skipUntouched(out *builder, x, y *iterator) {
	if !y.more() || !y.ops[0].plainRetain() {
		return
	}
	left := y.ops[0].n
	for x.more() && x.inserting() && x.left() <= left {
		left -= x.left()
		out.out = append(out.out, x.next(x.left()))
	}
	if skipped := y.ops[0].n - left; skipped > 0 {
		y.next(skipped)
	}
}

// composePiece composes the next piece of both, which is neither an insert of b nor a delete of a. It reports whether the result
// became the last component, unmerged.
func composePiece(out *builder, x, y *iterator) bool {
	n := min(x.left(), y.left())
	a, b := x.next(n), y.next(n)
	if b.kind == KindDelete {
		if a.kind == KindRetain {
			out.push(b)
		}
		return false
	}
	keep := dropNulls
	if a.kind == KindRetain {
		keep = keepNulls
	}
	a.attrs = composeAttributes(a.attrs, b.attrs, keep)
	return out.push(a)
}
