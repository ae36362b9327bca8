package delta

import "fmt"

// Diff returns an op that turns document a into document b. It looks for a small change in bounded time; where that is not enough
// it replaces a stretch as a whole. It never splits a surrogate pair. Like quill-delta's diff it keeps equal text and changes its
// attributes, but may keep other occurrences of it. The error wraps ErrNotDocument.
func Diff(a, b Delta) (Delta, error) {
	if !a.IsDocument() || !b.IsDocument() {
		return nil, fmt.Errorf("diff: %w", ErrNotDocument)
	}
	matches := matchUnits(tokensOf(a, b))
	x, y := iterator{ops: a}, iterator{ops: b}
	out := builder{}
	i, j := 0, 0
	for _, m := range append(matches, match{a.Len(), b.Len(), 0}) {
		if m.a > i {
			out.push(Delete(m.a - i))
			x.skip(m.a - i)
		}
		for m.b > j {
			piece := y.next(min(m.b-j, y.left()))
			out.push(piece)
			j += piece.n
		}
		for n := m.n; n > 0; {
			was := x.next(min(n, x.left(), y.left()))
			now := y.next(was.n)
			if change := diffAttributes(was.attrs, now.attrs); change.Len() > 0 && now.attrs.Len() > 0 && now.attrs.hasNull() {
				out.push(now) // b has a null attribute, which no retain can set
				out.push(Delete(was.n))
			} else {
				out.retain(was.n, change)
			}
			n -= was.n
		}
		i, j = m.a+m.n, m.b+m.n
	}
	out.chop()
	return out.finish(), nil
}

// tokensOf returns the units of both documents. An embed is a number above all units; equal embeds have equal numbers.
func tokensOf(a, b Delta) (x, y []uint32) {
	embeds := map[string]uint32{}
	read := func(d Delta) []uint32 {
		out := make([]uint32, 0, d.Len())
		units := make([]uint16, leafUnits)
		for i := range d {
			if d[i].kind == KindEmbed {
				key := canonicalValue(d[i].text)
				if _, ok := embeds[key]; !ok {
					embeds[key] = 0x10000 + uint32(len(embeds))
				}
				out = append(out, embeds[key])
				continue
			}
			it := iterator{ops: d[i : i+1]}
			for it.more() {
				piece := it.next(min(leafUnits, it.left()))
				putUnits(units, piece.text)
				for _, u := range units[:piece.n] {
					out = append(out, uint32(u))
				}
			}
		}
		return out
	}
	return read(a), read(b)
}
