package report

import "slices"

// Median of values; ok is false if there are none. Of an even number it is the mean of the two in the middle.
func Median(values []float64) (m float64, ok bool) {
	if len(values) == 0 {
		return 0, false
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle], true
	}
	return (sorted[middle-1] + sorted[middle]) / 2, true
}

// Quantile is the smallest value that at least the share q of all do not exceed.
func Quantile(values []float64, q float64) (v float64, ok bool) {
	if len(values) == 0 {
		return 0, false
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := int(q * float64(len(sorted)))
	if float64(rank) == q*float64(len(sorted)) {
		rank--
	}
	return sorted[min(max(rank, 0), len(sorted)-1)], true
}

// Ratios divides a figure of one system by another's, round by round: only figures of one round met the machine in the same
// mood. Rounds in which either is missing, or the divisor is 0, give none.
func Ratios(row *Row, figure, system string, otherRow *Row, other string) []float64 {
	over, under := row.rounds(system), otherRow.rounds(other)
	var ratios []float64
	for i := range min(len(over), len(under)) {
		a, ok := over[i][figure]
		b, ok2 := under[i][figure]
		if ok && ok2 && b != 0 {
			ratios = append(ratios, a/b)
		}
	}
	return ratios
}

// spread writes the median and, if the rounds differ, the least and the most.
func spread(values []float64) string {
	m, ok := Median(values)
	if !ok {
		return ""
	}
	least, most := number(slices.Min(values)), number(slices.Max(values))
	if least == most {
		return number(m)
	}
	return number(m) + " (" + least + "–" + most + ")"
}
