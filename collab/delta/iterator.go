package delta

// iterator reads a delta in pieces. After the last component it yields an infinite retain, as quill-delta's does.
type iterator struct {
	ops    Delta
	i      int      // current component
	used   int      // units of it already read
	behind position // the same position in its text, if that is not ASCII
}

func (it *iterator) more() bool { return it.i < len(it.ops) }

func (it *iterator) kind() Kind {
	if it.more() {
		return it.ops[it.i].kind
	}
	return KindRetain
}

func (it *iterator) inserting() bool { return it.kind() <= KindEmbed }

// left returns how many units of the current component remain.
func (it *iterator) left() int {
	if it.more() {
		return it.ops[it.i].n - it.used
	}
	return infinite
}

// next returns the next n units of the current component. n must not exceed left.
func (it *iterator) next(n int) Component {
	if !it.more() {
		return Component{kind: KindRetain, n: n}
	}
	c := it.ops[it.i]
	whole := n == c.n
	if c.kind == KindText && !whole {
		c.text = it.cut(c.text, c.n, n)
	}
	c.n = n
	if it.used += n; it.used == it.ops[it.i].n {
		it.i, it.used, it.behind = it.i+1, 0, position{}
	}
	return c
}

func (it *iterator) cut(text string, units, n int) string {
	if len(text) == units {
		return text[it.used : it.used+n]
	}
	from := it.behind
	it.behind = advance(text, from, n)
	return between(text, from, it.behind)
}

// rest returns all that has not been read.
func (it *iterator) rest() Delta {
	if it.used == 0 {
		return it.ops[it.i:]
	}
	copied := *it
	first := copied.next(copied.left())
	return append(Delta{first}, copied.ops[copied.i:]...)
}
