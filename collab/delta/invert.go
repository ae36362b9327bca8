package delta

import "fmt"

// Invert returns the op that undoes op, made on the document base: Compose(Compose(base, op), inverse) has base's normal
// form. It returns ErrPastEnd if op does not fit base, ErrNotDocument if base is none.
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
		case c.bare():
			b.push(*c)
			it.skip(c.n)
		default:
			invertRange(&b, c, &it)
		}
	}
	b.chop()
	return b.finish(), nil
}

// invertRange undoes a delete, or a retain with attributes, of the next units of the base.
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

// skip reads past n units, or to the end.
func (it *iterator) skip(n int) {
	for n > 0 && it.more() {
		n -= it.next(min(n, it.left())).n
	}
}
