package delta

import "strings"

// Delta is a list of components: an op (a change), or a document, which has only inserts.
type Delta []Component

// FromText returns a document, or op, that inserts text. It is empty for "".
func FromText(text string) Delta {
	if text == "" {
		return Delta{}
	}
	return Delta{Insert(text)}
}

// Len returns the sum of all lengths in UTF-16 code units: for a document, its length.
func (d Delta) Len() int {
	n := 0
	for i := range d {
		n += d[i].n
	}
	return n
}

// Growth returns by how many units the op lengthens a document; negative if it shortens it.
func (d Delta) Growth() int {
	n := 0
	for i := range d {
		switch {
		case d[i].inserts():
			n += d[i].n
		case d[i].kind == KindDelete:
			n -= d[i].n
		}
	}
	return n
}

// IsDocument reports whether all components are inserts. The empty delta is a document.
func (d Delta) IsDocument() bool {
	for i := range d {
		if !d[i].inserts() {
			return false
		}
	}
	return true
}

// Equal compares deeply, component by component. Deltas with the same effect may differ: see Normal.
func (d Delta) Equal(e Delta) bool {
	if len(d) != len(e) {
		return false
	}
	for i := range d {
		if !d[i].Equal(e[i]) {
			return false
		}
	}
	return true
}

// Normal returns d with neighbours merged and inserts before deletes, as quill-delta's push would build it: two documents are the
// same if their normal forms are equal. It is for comparing and display only: an op must be transformed as it was sent (E2).
func (d Delta) Normal() Delta {
	b := builder{out: make(Delta, 0, len(d))}
	for i := range d {
		b.push(d[i])
	}
	return b.finish()
}

// PlainText returns the inserted text as WTF-8, with each embed as U+FFFC.
func (d Delta) PlainText() string {
	var b []byte
	for i := range d {
		switch d[i].kind {
		case KindText:
			b = appendText(b, d[i].text)
		case KindEmbed:
			b = append(b, "\uFFFC"...)
		}
	}
	return string(b)
}

// String returns d as JSON, for messages and tests.
func (d Delta) String() string {
	var b strings.Builder
	b.Write(d.AppendJSON(nil))
	return b.String()
}
