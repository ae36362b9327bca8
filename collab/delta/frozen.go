package delta

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Frozen is an immutable state of a document. Any number of goroutines may use it.
type Frozen struct {
	root   *node
	length int
}

// Len returns the length in UTF-16 code units.
func (f *Frozen) Len() int { return f.length }

// EndsWithNewline reports whether the last unit is a "\n" (E6), in O(log n).
func (f *Frozen) EndsWithNewline() bool { return f.root.endsWithNewline() }

// leaves calls each with the leaves in order, until each returns false.
func (n *node) leaves(each func(*leaf) bool) bool {
	if n.isLeaf() {
		return each(&n.leaf)
	}
	for _, k := range n.children {
		if !k.leaves(each) {
			return false
		}
	}
	return true
}

func (n *node) endsWithNewline() bool {
	for !n.isLeaf() {
		n = n.children[len(n.children)-1]
	}
	size := n.len()
	return size > 0 && n.unit(size-1) == '\n'
}

// Delta returns the content in normal form.
func (f *Frozen) Delta() Delta {
	out := Delta{}
	var text []byte
	var open *style
	units := 0
	flush := func() {
		if units > 0 {
			c := Component{kind: KindText, text: string(text), n: units}
			if open != nil {
				c.attrs = open.attrs
			}
			out = append(out, c)
			text, units = text[:0], 0
		}
	}
	f.runs(func(l *leaf, from, to int, st *style) bool {
		switch {
		case st != nil && st.embed != "":
			flush()
			out = append(out, Component{kind: KindEmbed, text: st.embed, n: 1, attrs: st.attrs})
			return true
		case st != open:
			flush()
			open = st
		}
		text = l.appendText(text, from, to)
		units += to - from
		return true
	})
	flush()
	return out
}

// runs calls each with every run of every leaf. At a border between leaves, two runs in a row may have one style.
func (f *Frozen) runs(each func(l *leaf, from, to int, st *style) bool) {
	f.root.leaves(func(l *leaf) bool {
		at := 0
		for _, r := range l.runs {
			if !each(l, at, at+r.n, r.style) {
				return false
			}
			at += r.n
		}
		return true
	})
}

// appendText appends units of l to WTF-8 dst. A high half at the end of dst and a low one at the start become one character.
func (l *leaf) appendText(dst []byte, from, to int) []byte {
	if l.wide == nil {
		return append(dst, l.ascii[from:to]...)
	}
	for _, u := range l.wide[from:to] {
		switch {
		case u < 0xD800 || u > 0xDFFF:
			dst = utf8.AppendRune(dst, rune(u))
		case u >= 0xDC00 && endsWithHigh(dst):
			high := decodeHalf(dst[len(dst)-3:])
			dst = utf8.AppendRune(dst[:len(dst)-3], joinHalves(high, rune(u)))
		default:
			dst = appendHalf(dst, rune(u))
		}
	}
	return dst
}

// AppendJSON appends the content as an array of inserts in normal form, like Delta().AppendJSON but without building the Delta.
func (f *Frozen) AppendJSON(dst []byte) []byte {
	w := jsonWriter{dst: append(dst, '[')}
	f.runs(func(l *leaf, from, to int, st *style) bool {
		w.run(l, from, to, st)
		return true
	})
	w.end()
	return append(w.dst, ']')
}

// jsonWriter writes runs as inserts and joins text runs of one style. While inText, dst ends inside a JSON string.
type jsonWriter struct {
	dst    []byte
	open   *style
	inText bool
	some   bool   // an insert was written before
	high   uint16 // a high half, not yet written, whose low half may come next
}

func (w *jsonWriter) run(l *leaf, from, to int, st *style) {
	embed := st != nil && st.embed != ""
	if embed || !w.inText || st != w.open {
		w.end()
		if w.some {
			w.dst = append(w.dst, ',')
		}
		w.some, w.open = true, st
		w.dst = append(w.dst, `{"insert":`...)
		if embed {
			w.dst = append(w.dst, st.embed...)
			w.close()
			return
		}
		w.dst = append(w.dst, '"')
		w.inText = true
	}
	if l.wide != nil {
		w.units(l.wide[from:to])
		return
	}
	w.pair(0)
	w.dst = appendEscaped(w.dst, l.ascii[from:to])
}

func (w *jsonWriter) units(units []uint16) {
	for _, u := range units {
		switch {
		case w.high != 0 && u>>10 == 0xDC00>>10:
			w.dst = utf8.AppendRune(w.dst, joinHalves(rune(w.high), rune(u)))
			w.high = 0
		case u>>10 == 0xD800>>10:
			w.pair(u)
		default:
			w.pair(0)
			w.unit(u)
		}
	}
}

// pair writes the pending high half, which found no low half, and makes next the pending one; 0 means none.
func (w *jsonWriter) pair(next uint16) {
	if w.high != 0 {
		w.dst = appendUnicodeEscape(w.dst, rune(w.high))
	}
	w.high = next
}

func (w *jsonWriter) unit(u uint16) {
	switch {
	case u>>10 == 0xDC00>>10:
		w.dst = appendUnicodeEscape(w.dst, rune(u))
	case u < 0x20 || u == '"' || u == '\\':
		w.dst = appendEscape(w.dst, byte(u))
	default:
		w.dst = utf8.AppendRune(w.dst, rune(u))
	}
}

func (w *jsonWriter) end() {
	if w.inText {
		w.pair(0)
		w.dst = append(w.dst, '"')
		w.inText = false
		w.close()
	}
}

func (w *jsonWriter) close() {
	if w.open != nil && w.open.attrs != nil {
		w.dst = append(w.dst, `,"attributes":`...)
		w.dst = append(w.dst, w.open.attrs.json...)
	}
	w.dst = append(w.dst, '}')
}

// Preview returns the first words as valid UTF-8 on one line, at most n characters. It reads only the start of the document.
func (f *Frozen) Preview(n int) string {
	var b strings.Builder
	left, looked, gap := n, 0, false
	var text []byte
	f.runs(func(l *leaf, from, to int, st *style) bool {
		if looked += to - from; st != nil && st.embed != "" {
			return true
		}
		text = l.appendText(text[:0], from, to)
		for _, r := range ToUTF8(string(text)) {
			if unicode.IsSpace(r) || r == 0 {
				gap = b.Len() > 0
				continue
			}
			if gap {
				if left < 2 {
					return false
				}
				b.WriteByte(' ')
				left--
			}
			if gap = false; left == 0 {
				return false
			}
			b.WriteRune(r)
			left--
		}
		return left > 0 && looked < 16*n+4*leafUnits
	})
	return b.String()
}
