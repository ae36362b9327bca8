package delta

import (
	"fmt"
	"math"
	"strconv"
)

// number reads the number at p as JavaScript does, as a double. It refuses a number too large for a double.
func (p *parser) number() (float64, error) {
	start := p.i
	if p.peek() == '-' {
		p.i++
	}
	digits := func() bool {
		from := p.i
		for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
			p.i++
		}
		return p.i > from
	}
	if p.peek() == '0' {
		p.i++
	} else if !digits() {
		return 0, p.syntax("a digit")
	}
	if p.i-start <= 15 && (p.peek() != '.' && p.peek()|0x20 != 'e') {
		n := 0
		for _, c := range p.data[start:p.i] {
			if c != '-' {
				n = n*10 + int(c-'0')
			}
		}
		if p.data[start] == '-' {
			n = -n
		}
		return float64(n), nil
	}
	if p.peek() == '.' {
		if p.i++; !digits() {
			return 0, p.syntax("a digit")
		}
	}
	if p.peek()|0x20 == 'e' {
		p.i++
		if c := p.peek(); c == '+' || c == '-' {
			p.i++
		}
		if !digits() {
			return 0, p.syntax("a digit")
		}
	}
	n, err := strconv.ParseFloat(string(p.data[start:p.i]), 64)
	if err != nil {
		return 0, fmt.Errorf("%w: number %s does not fit a double", ErrMalformed, excerpt(string(p.data[start:p.i])))
	}
	return n, nil
}

// appendNumber appends n as JavaScript's JSON.stringify does.
func appendNumber(dst []byte, n float64) []byte {
	if n == 0 {
		return append(dst, '0') // also for -0
	}
	size := math.Abs(n)
	if size >= 1e-6 && size < 1e21 {
		return strconv.AppendFloat(dst, n, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, n, 'e', -1, 64)
	if e := len(dst) - 4; dst[e] == 'e' && dst[e+2] == '0' { // JavaScript has no leading zero in the exponent
		dst[e+2] = dst[e+3]
		dst = dst[:e+3]
	}
	return dst
}
