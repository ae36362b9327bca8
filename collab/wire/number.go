package wire

import (
	"math"
	"strconv"
)

// wholeNumber reads an integer from 0 to 2^53-1, however it is written: 1, 1.0 and 1e0 are the same number to a JavaScript client.
func wholeNumber(raw string) (int64, bool) {
	if raw == "" || raw[0] != '-' && raw[0]-'0' > 9 {
		return 0, false
	}
	var n int64
	for i := range len(raw) {
		c := raw[i] - '0'
		if c > 9 || i > 15 {
			return unusualNumber(raw)
		}
		n = n*10 + int64(c)
	}
	return n, n <= MaxNumber
}

func unusualNumber(raw string) (int64, bool) {
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil || f < 0 || f > MaxNumber || f != math.Trunc(f) {
		return 0, false
	}
	return int64(f), true
}
