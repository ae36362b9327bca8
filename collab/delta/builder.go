package delta

// builder implements quill-delta's push rules, which are part of the semantics, because they decide later ties: neighbours of
// one kind with equal attributes merge, and an insert pushed after a delete goes before it.
type builder struct {
	out Delta
	// buf collects the text of out[at-1], so that merging many short inserts costs their sum and not its square. at == 0 means
	// that buf is unused.
	buf []byte
	at  int
}

// push adds c and reports whether it became the last component, unmerged.
func (b *builder) push(c Component) bool {
	i := len(b.out)
	if i > 0 {
		last := &b.out[i-1]
		if last.kind == KindDelete {
			if c.kind == KindDelete {
				last.n += c.n
				return false
			}
			if c.inserts() {
				i--
			}
		}
		if i > 0 && b.merge(i-1, &c) {
			return false
		}
	}
	b.out = append(b.out, c)
	if i < len(b.out)-1 {
		b.out[i], b.out[i+1] = c, b.out[i]
		return false
	}
	return true
}

// merge adds c to the component at i if both are text or both are retains, with equal attributes. It reports whether it did.
func (b *builder) merge(i int, c *Component) bool {
	last := &b.out[i]
	if last.kind != c.kind || c.kind == KindEmbed || c.kind == KindDelete || !last.attrs.Equal(c.attrs) {
		return false
	}
	if c.kind == KindText {
		b.gather(i, c.text)
	}
	last.n += c.n
	return true
}

func (b *builder) gather(i int, text string) {
	if b.at != i+1 {
		b.flush()
		b.buf = append(b.buf[:0], b.out[i].text...)
		b.at = i + 1
	}
	b.buf = appendText(b.buf, text)
}

func (b *builder) flush() {
	if b.at > 0 {
		b.out[b.at-1].text = string(b.buf)
		b.at = 0
	}
}

// retain pushes a retain. Attributes {} count as none, as in quill-delta's builder.
func (b *builder) retain(n int, attrs *Attributes) {
	if attrs.Len() == 0 {
		attrs = nil
	}
	b.push(Component{kind: KindRetain, n: n, attrs: attrs})
}

// chop drops the last component if it is a plain retain.
func (b *builder) chop() {
	if n := len(b.out); n > 0 && b.out[n-1].plainRetain() {
		b.out = b.out[:n-1]
	}
}

// finish returns the result. The builder must not be used afterwards.
func (b *builder) finish() Delta {
	b.flush()
	return b.out
}
