package delta

import "slices"

// units matches two stretches unit by unit with Myers' greedy algorithm (An O(ND) Difference Algorithm, 1986). If they differ by
// more than matchDistance, or the budget runs out, it adds no match.
func (m *matcher) units(a0, a1, b0, b1 int) {
	a, b := m.a[a0:a1], m.b[b0:b1]
	most := min(len(a)+len(b), matchDistance)
	furthest := make([]int32, 2*most+3) // by diagonal x-y, shifted: the furthest offset x reached in a
	at := func(diagonal int) int { return diagonal + most + 1 }
	var trail [][]int32 // trail[d]: furthest[-d..d] before the step to distance d
	for d := 0; d <= most; d++ {
		trail = append(trail, slices.Clone(furthest[at(-d):at(d)+1]))
		for k := -d; k <= d; k += 2 {
			x := int(furthest[at(k-1)]) + 1
			if k == -d || k != d && furthest[at(k-1)] < furthest[at(k+1)] {
				x = int(furthest[at(k+1)])
			}
			y := x - k
			from := x
			for x < len(a) && y < len(b) && y >= 0 && a[x] == b[y] {
				x, y = x+1, y+1
			}
			m.budget -= 1 + x - from
			furthest[at(k)] = int32(x)
			if x >= len(a) && y >= len(b) {
				m.walkBack(a0, b0, len(a), len(b), trail)
				return
			}
		}
		if m.budget < 0 {
			return
		}
	}
}

// walkBack follows the trail from the end to the start and adds the matches on it.
func (m *matcher) walkBack(a0, b0, x, y int, trail [][]int32) {
	var found []match
	for d := len(trail) - 1; d > 0; d-- {
		before := func(diagonal int) int { // furthest on that diagonal at distance d-1
			if i := diagonal + d; i >= 0 && i < len(trail[d]) {
				return int(trail[d][i])
			}
			return 0
		}
		k := x - y
		previous := k - 1
		if k == -d || k != d && before(k-1) < before(k+1) {
			previous = k + 1
		}
		px := before(previous)
		py := px - previous
		start := px // the offset in a where the equal units of this step start
		if previous == k-1 {
			start = px + 1
		}
		if n := x - start; n > 0 {
			found = append(found, match{a0 + start, b0 + start - k, n})
		}
		x, y = px, py
	}
	if x > 0 {
		found = append(found, match{a0, b0, x})
	}
	for _, one := range slices.Backward(found) {
		m.add(one.a, one.b, one.n)
	}
}
