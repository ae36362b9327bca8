package delta

import (
	"slices"
	"unicode/utf8"
)

const (
	leafUnits = 1024 // maximum units of a leaf
	leafRuns  = 128  // maximum runs of a leaf, which one edit may exceed by two
)

// run is a number of units of one style. Neighbours within a leaf differ in style, or are embeds.
type run struct {
	style *style
	n     int
}

// joins reports whether two adjacent runs must be one: text of the same style. Embeds never merge.
func joins(a, b *style) bool { return a == b && (a == nil || a.embed == "") }

// leaf is the text of a tree node: one byte per unit while all are ASCII, else two. An embed is one unit, with the value 0.
type leaf struct {
	ascii []byte
	wide  []uint16 // used instead of ascii if not nil
	runs  []run
}

func (l *leaf) len() int {
	if l.wide != nil {
		return len(l.wide)
	}
	return len(l.ascii)
}

func (l *leaf) unit(i int) uint16 {
	if l.wide != nil {
		return l.wide[i]
	}
	return uint16(l.ascii[i])
}

// insert inserts text, n units long, in style st before unit at.
func (l *leaf) insert(at int, text string, n int, st *style) {
	switch {
	case l.wide == nil && n == len(text):
		l.ascii = open(l.ascii, at, n, spareASCII)
		copy(l.ascii[at:], text)
	default:
		l.widen()
		l.wide = open(l.wide, at, n, spareWide)
		putUnits(l.wide[at:at+n], text)
	}
	l.insertRun(at, n, st)
}

// Spare capacity of a text, as a divisor of its length: small enough to waste little, yet only about one edit in twenty has to
// reallocate.
const (
	spareASCII = 8
	spareWide  = 16 // as many bytes as spareASCII
)

// open inserts n elements before at, to be overwritten. A new slice has some spare capacity, but not beyond leafUnits.
func open[T any](s []T, at, n, spare int) []T {
	size := len(s) + n
	if size <= cap(s) {
		s = s[:size]
		copy(s[at+n:], s[at:size-n])
		return s
	}
	grown := make([]T, size, max(size, min(leafUnits, size+(size+leafUnits/4)/spare)))
	copy(grown, s[:at])
	copy(grown[at+n:], s[at:])
	return grown
}

// fitted returns s, copied into less memory if much of its capacity is unused.
func fitted[T any](s []T, spare int) []T {
	room := (len(s) + leafUnits/4) / spare
	if cap(s) <= len(s)+2*room {
		return s
	}
	return append(make([]T, 0, len(s)+room), s...)
}

func (l *leaf) widen() {
	if l.wide != nil {
		return
	}
	l.wide = make([]uint16, len(l.ascii), len(l.ascii)+64)
	for i, b := range l.ascii {
		l.wide[i] = uint16(b)
	}
	l.ascii = nil
}

// narrow goes back to one byte per unit if all units are ASCII.
func (l *leaf) narrow() {
	if l.wide == nil || slices.ContainsFunc(l.wide, func(u uint16) bool { return u >= 0x80 }) {
		return
	}
	l.ascii = make([]byte, len(l.wide))
	for i, u := range l.wide {
		l.ascii[i] = byte(u)
	}
	l.wide = nil
}

// putUnits fills dst with the units of WTF-8 text.
func putUnits(dst []uint16, text string) {
	for i, k := 0, 0; i < len(text); k++ {
		switch b := text[i]; {
		case b < 0x80:
			dst[k] = uint16(b)
			i++
		case b == surrogateLead && text[i+1] >= highHalf:
			dst[k] = uint16(decodeHalf(text[i : i+3]))
			i += 3
		default:
			r, size := utf8.DecodeRuneInString(text[i:])
			i += size
			if r < 0x10000 {
				dst[k] = uint16(r)
				continue
			}
			high, low := splitRune(r)
			dst[k], dst[k+1] = uint16(high), uint16(low)
			k++
		}
	}
}

// insertRun records n new units of style st before unit at in the runs.
func (l *leaf) insertRun(at, n int, st *style) {
	i, start := 0, 0
	for ; i < len(l.runs) && start+l.runs[i].n < at; i++ {
		start += l.runs[i].n
	}
	if i == len(l.runs) {
		l.runs = append(l.runs, run{st, n})
		return
	}
	r := &l.runs[i] // at is inside it or at its end, or at the start of the first run
	if joins(r.style, st) {
		r.n += n
		return
	}
	switch inside := at - start; {
	case inside == 0:
		l.runs = slices.Insert(l.runs, i, run{st, n})
	case inside < r.n:
		tail := run{r.style, r.n - inside}
		r.n = inside
		l.runs = slices.Insert(l.runs, i+1, run{st, n}, tail)
	case i+1 < len(l.runs) && joins(l.runs[i+1].style, st):
		l.runs[i+1].n += n
	default:
		l.runs = slices.Insert(l.runs, i+1, run{st, n})
	}
}

// remove deletes the units from..to; to is exclusive.
func (l *leaf) remove(from, to int) {
	if l.wide != nil {
		l.wide = fitted(slices.Delete(l.wide, from, to), spareWide)
	} else {
		l.ascii = fitted(slices.Delete(l.ascii, from, to), spareASCII)
	}
	i, start := 0, 0
	for start+l.runs[i].n <= from {
		start += l.runs[i].n
		i++
	}
	if r := &l.runs[i]; to-start < r.n {
		r.n -= to - from
		return
	}
	first := i
	if keep := from - start; keep > 0 {
		start += l.runs[i].n
		l.runs[i].n = keep
		first++
		i++
	}
	for i < len(l.runs) && start+l.runs[i].n <= to {
		start += l.runs[i].n
		i++
	}
	if i < len(l.runs) && to > start {
		l.runs[i].n -= to - start
	}
	l.runs = slices.Delete(l.runs, first, i)
	l.joinAt(first)
}

// joinAt merges runs i-1 and i if joins says so.
func (l *leaf) joinAt(i int) {
	if i > 0 && i < len(l.runs) && joins(l.runs[i-1].style, l.runs[i].style) {
		l.runs[i-1].n += l.runs[i].n
		l.runs = slices.Delete(l.runs, i, i+1)
	}
}

// cutRuns splits a run if needed so that one starts at unit at, and returns the index of that run.
func (l *leaf) cutRuns(at int) int {
	i, start := 0, 0
	for ; i < len(l.runs) && start < at; i++ {
		start += l.runs[i].n
	}
	if start > at {
		over := start - at
		r := l.runs[i-1]
		l.runs[i-1].n -= over
		l.runs = slices.Insert(l.runs, i, run{r.style, over})
	}
	return i
}

// split keeps the units before at and returns the others as a new leaf.
func (l *leaf) split(at int) leaf {
	var right leaf
	i := l.cutRuns(at)
	right.runs = slices.Clone(l.runs[i:])
	clear(l.runs[i:])
	l.runs = l.runs[:i]
	if l.wide != nil {
		right.wide = slices.Clone(l.wide[at:])
		l.wide = fitted(l.wide[:at], spareWide)
		l.narrow()
		right.narrow()
	} else {
		right.ascii = slices.Clone(l.ascii[at:])
		l.ascii = fitted(l.ascii[:at], spareASCII)
	}
	return right
}

// add appends the units of m. It does not change m.
func (l *leaf) add(m *leaf) {
	if l.wide == nil && m.wide == nil {
		l.ascii = append(l.ascii, m.ascii...)
	} else {
		l.widen()
		l.wide = append(l.wide, m.wide...)
		for _, b := range m.ascii {
			l.wide = append(l.wide, uint16(b))
		}
	}
	i := len(l.runs)
	l.runs = append(l.runs, m.runs...)
	l.joinAt(i)
}

// clone returns a copy with a little spare capacity, since an edit follows.
func (l *leaf) clone() leaf {
	c := leaf{runs: append(make([]run, 0, len(l.runs)+2), l.runs...)}
	if l.wide != nil {
		c.wide = append(make([]uint16, 0, len(l.wide)+32), l.wide...)
	} else {
		c.ascii = append(make([]byte, 0, len(l.ascii)+32), l.ascii...)
	}
	return c
}
