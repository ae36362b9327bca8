package delta

import "fmt"

// Invert returns the op that undoes op, which applies to the document base: Compose(Compose(base, op), inverse) has the normal form
// of base. The error wraps ErrPastEnd if op does not fit base, ErrNotDocument if base is not a document.
func Invert(op, base Delta) (Delta, error) {
	if !base.IsDocument() {
		return nil, fmt.Errorf("invert: base: %w", ErrNotDocument)
	}
	if err := Fits(op, base.Len()); err != nil {
		return nil, err
	}
	it := iterator{ops: base}
	b := builder{out: make(Delta, 0, len(op))}
	for i := range op {
		c := &op[i]
		switch {
		case c.inserts():
			b.push(Delete(c.n))
		case c.plainRetain():
			b.push(*c)
			it.skip(c.n)
		default:
			invertRange(&b, c, &it)
		}
	}
	b.chop()
	return b.finish(), nil
}

// invertRange pushes the inverse of c, a delete or a retain with attributes, which covers the next units of the base.
func invertRange(b *builder, c *Component, it *iterator) {
	for left := c.n; left > 0; {
		piece := it.next(min(left, it.left()))
		left -= piece.n
		if c.kind == KindDelete {
			b.push(piece)
		} else {
			b.retain(piece.n, invertAttributes(c.attrs, piece.attrs))
		}
	}
}

// skip skips n units, or all if there are fewer.
func (it *iterator) skip(n int) {
	for n > 0 && it.more() {
		n -= it.next(min(n, it.left())).n
	}
}
