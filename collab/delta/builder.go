package delta

// builder holds quill-delta's push rules, which are part of the semantics: neighbours of one kind with equal attributes
// merge, and an insert pushed after a delete goes before it. Get these wrong and later ties differ.
type builder struct {
	out Delta
	// Text of the component at index at-1 of out gathers in buf, so that merging many short inserts costs their sum and not
	// its square. at == 0: none.
	buf []byte
	at  int
}

// push adds c and reports whether it stands as the last component, merged with nothing.
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

// merge adds c to the component at i if both are text, or both retains, with equal attributes.
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

// retain pushes a retain; attributes without a key count as none, as in quill-delta's builder.
func (b *builder) retain(n int, attrs *Attributes) {
	if attrs.Len() == 0 {
		attrs = nil
	}
	b.push(Component{kind: KindRetain, n: n, attrs: attrs})
}

// chop drops one last retain without attributes.
func (b *builder) chop() {
	if n := len(b.out); n > 0 && b.out[n-1].bare() {
		b.out = b.out[:n-1]
	}
}

// finish returns what was built; the builder is used up.
func (b *builder) finish() Delta {
	b.flush()
	return b.out
}
