package delta

import "slices"

// match says that n units at offset a in one text equal those at offset b in the other.
type match struct{ a, b, n int }

// matcher finds what two texts share: first equal ends, then lines that occur once in each, then single units in between, as long
// as its budget of steps lasts.
type matcher struct {
	a, b    []uint32
	budget  int
	matches []match // ascending in both
}

const (
	matchBudget   = 30_000_000
	matchDepth    = 16   // recursion by lines
	matchDistance = 1000 // maximum inserts and deletes searched for unit by unit
	smallRegion   = 512  // units of both texts, up to which lines are not tried
)

func matchUnits(a, b []uint32) []match {
	m := matcher{a: a, b: b, budget: matchBudget}
	m.region(0, len(a), 0, len(b), 0)
	return m.keepPairs(m.dropShort())
}

func (m *matcher) add(a, b, n int) {
	if n == 0 {
		return
	}
	if k := len(m.matches) - 1; k >= 0 && m.matches[k].a+m.matches[k].n == a && m.matches[k].b+m.matches[k].n == b {
		m.matches[k].n += n
		return
	}
	m.matches = append(m.matches, match{a, b, n})
}

// region matches a[a0:a1] with b[b0:b1].
func (m *matcher) region(a0, a1, b0, b1, depth int) {
	head := 0
	for a0+head < a1 && b0+head < b1 && m.a[a0+head] == m.b[b0+head] {
		head++
	}
	m.add(a0, b0, head)
	a0, b0 = a0+head, b0+head
	tail := 0
	for a1-tail > a0 && b1-tail > b0 && m.a[a1-tail-1] == m.b[b1-tail-1] {
		tail++
	}
	a1, b1 = a1-tail, b1-tail
	if a1 > a0 && b1 > b0 {
		if a1-a0+b1-b0 <= smallRegion || depth == matchDepth || !m.lines(a0, a1, b0, b1, depth) {
			m.units(a0, a1, b0, b1)
		}
	}
	m.add(a1, b1, tail)
}

// line is one line of a text.
type line struct{ start, end int }

// lines matches by lines that occur exactly once in each text, and reports whether there were any.
func (m *matcher) lines(a0, a1, b0, b1, depth int) bool {
	ours, theirs := uniqueLines(m.a, a0, a1), uniqueLines(m.b, b0, b1)
	var both []match
	for text, l := range ours {
		if o, ok := theirs[text]; ok && l.end > l.start && o.end > o.start {
			both = append(both, match{l.start, o.start, l.end - l.start})
		}
	}
	slices.SortFunc(both, func(x, y match) int { return x.a - y.a })
	both = ascending(both)
	for _, l := range both {
		m.region(a0, l.a, b0, l.b, depth+1)
		m.add(l.a, l.b, l.n)
		a0, b0 = l.a+l.n, l.b+l.n
	}
	if len(both) > 0 {
		m.region(a0, a1, b0, b1, depth+1)
	}
	return len(both) > 0
}

// uniqueLines returns the lines of s[from:to] by content. A line that occurs more than once has end 0.
func uniqueLines(s []uint32, from, to int) map[string]line {
	out := map[string]line{}
	var key []byte
	start := from
	for i := from; i < to; i++ {
		u := s[i]
		key = append(key, byte(u), byte(u>>8), byte(u>>16))
		if u != '\n' && i+1 < to {
			continue
		}
		if _, again := out[string(key)]; again {
			out[string(key)] = line{}
		} else {
			out[string(key)] = line{start, i + 1}
		}
		key, start = key[:0], i+1
	}
	return out
}

// ascending returns a longest subsequence of matches, which are sorted by a, that ascends in b too.
func ascending(matches []match) []match {
	var ends []int // ends[k]: index of the smallest last match of an ascending subsequence of length k+1
	before := make([]int, len(matches))
	for i := range matches {
		k, _ := slices.BinarySearchFunc(ends, matches[i].b, func(e, b int) int { return matches[e].b - b })
		before[i] = -1
		if k > 0 {
			before[i] = ends[k-1]
		}
		if k == len(ends) {
			ends = append(ends, i)
		} else {
			ends[k] = i
		}
	}
	out := make([]match, len(ends))
	if len(ends) == 0 {
		return out
	}
	at := ends[len(ends)-1]
	for k := len(ends) - 1; k >= 0; k-- {
		out[k] = matches[at]
		at = before[at]
	}
	return out
}

// dropShort drops short matches between longer changes: keeping a single letter of a rewritten word helps nobody.
func (m *matcher) dropShort() []match {
	const short = 4
	var kept []match
	end := match{len(m.a), len(m.b), 0}
	gap := func(x, y match) int { return max(y.a-x.a-x.n, y.b-x.b-x.n) }
	for i, one := range m.matches {
		kept = append(kept, one)
		next := end
		if i+1 < len(m.matches) {
			next = m.matches[i+1]
		}
		for k := len(kept) - 1; k >= 0 && kept[k].n <= short; k-- {
			before := match{}
			if k > 0 {
				before = kept[k-1]
			}
			if kept[k].n > gap(before, kept[k]) || kept[k].n > gap(kept[k], next) {
				break
			}
			kept = kept[:k]
		}
	}
	return kept
}

// keepPairs shortens matches that start or end inside a surrogate pair of either text.
func (m *matcher) keepPairs(matches []match) []match {
	out := matches[:0]
	for _, one := range matches {
		if inPair(m.a, one.a) || inPair(m.b, one.b) {
			one.a, one.b, one.n = one.a+1, one.b+1, one.n-1
		}
		if one.n > 0 && (inPair(m.a, one.a+one.n) || inPair(m.b, one.b+one.n)) {
			one.n--
		}
		if one.n > 0 {
			out = append(out, one)
		}
	}
	return out
}

// inPair reports whether offset i is between the two halves of one character.
func inPair(s []uint32, i int) bool {
	return i > 0 && i < len(s) && s[i-1]>>10 == 0xD800>>10 && s[i]>>10 == 0xDC00>>10
}
