package delta

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// span is one member of an object being written: its key without quotes, and its value, as offsets into the output.
type span struct{ key, keyEnd, value, valueEnd int }

// value appends the value at p to dst. Object keys keep their order; of two equal keys the last value counts.
func (p *parser) value(dst []byte, depth int) ([]byte, error) {
	switch c := p.peek(); {
	case c == '"':
		return p.stringValue(dst)
	case c == '{' || c == '[':
		if depth > p.lim.Depth {
			return nil, p.tooDeep()
		}
		if c == '{' {
			return p.objectValue(dst, depth)
		}
		return p.arrayValue(dst, depth)
	case c == '-' || c >= '0' && c <= '9':
		n, err := p.number()
		if err != nil {
			return nil, err
		}
		return appendNumber(dst, n), nil
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if bytes.HasPrefix(p.data[p.i:], []byte(word)) {
			p.i += len(word)
			return append(dst, word...), nil
		}
	}
	return nil, p.syntax("a value")
}

func (p *parser) skip(depth int) error {
	b, err := p.value(p.scratch[:0], depth)
	if err == nil {
		p.scratch = b
	}
	return err
}

func (p *parser) stringValue(dst []byte) ([]byte, error) {
	rest := p.data[p.i+1:]
	if n := plainASCII(rest); n < len(rest) && rest[n] == '"' {
		p.i += n + 2
		return append(dst, p.data[p.i-n-2:p.i]...), nil
	}
	var room [64]byte
	text, err := p.stringInto(room[:0])
	if err != nil {
		return nil, err
	}
	return appendString(dst, string(text)), nil
}

func (p *parser) arrayValue(dst []byte, depth int) ([]byte, error) {
	dst = append(dst, '[')
	p.i++
	if p.space(); p.peek() == ']' {
		p.i++
		return append(dst, ']'), nil
	}
	for {
		p.space()
		var err error
		if dst, err = p.value(dst, depth+1); err != nil {
			return nil, err
		}
		p.space()
		switch p.peek() {
		case ',':
			p.i++
			dst = append(dst, ',')
		case ']':
			p.i++
			return append(dst, ']'), nil
		default:
			return nil, p.syntax("a comma or the end of the array")
		}
	}
}

func (p *parser) objectValue(dst []byte, depth int) ([]byte, error) {
	start, base := len(dst), len(p.spans)
	dst = append(dst, '{')
	err := p.members(func(key []byte) error {
		if string(key) == "__proto__" {
			return fmt.Errorf("%w: key %q", ErrMalformed, key)
		}
		if len(p.spans) > base {
			dst = append(dst, ',')
		}
		s := span{key: len(dst) + 1}
		dst = appendString(dst, string(key))
		s.keyEnd = len(dst) - 1
		dst = append(dst, ':')
		s.value = len(dst)
		var err error
		if dst, err = p.value(dst, depth+1); err != nil {
			return err
		}
		s.valueEnd = len(dst)
		p.spans = append(p.spans, s)
		return nil
	})
	if err != nil {
		return nil, err
	}
	dst = append(dst, '}')
	dst = lastWins(dst, start, p.spans[base:])
	p.spans = p.spans[:base]
	return dst, nil
}

// lastWins rewrites the object at dst[start:] if two of its members have one key.
func lastWins(dst []byte, start int, members []span) []byte {
	if len(members) < 2 {
		return dst
	}
	last := make(map[string]span, len(members))
	for _, m := range members {
		last[string(dst[m.key:m.keyEnd])] = m
	}
	if len(last) == len(members) {
		return dst
	}
	object := []byte{'{'}
	for _, m := range members {
		key := string(dst[m.key:m.keyEnd])
		winner, ok := last[key]
		if !ok {
			continue // written where the key first stood
		}
		delete(last, key)
		if len(object) > 1 {
			object = append(object, ',')
		}
		object = append(object, dst[m.key-1:m.value]...)
		object = append(object, dst[winner.value:winner.valueEnd]...)
	}
	return append(append(dst[:start], object...), '}')
}

// number reads the number at p as JavaScript does, as a double. One too large for a double is refused.
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

// appendNumber writes n as JavaScript's JSON.stringify does.
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

// composite reports whether the JSON value is an object or array.
func composite(value string) bool {
	return value[0] == '{' || value[0] == '['
}

// canonicalValue returns a value that this package wrote with the keys of all its objects sorted: deep equality becomes
// equality of strings.
func canonicalValue(value string) string {
	if !composite(value) {
		return value
	}
	w := sorter{in: value}
	return string(w.value(nil))
}

// sorter walks JSON that this package wrote, so it need not look for errors.
type sorter struct {
	in string
	i  int
}

func (w *sorter) value(dst []byte) []byte {
	switch w.in[w.i] {
	case '{':
		return w.object(dst)
	case '[':
		dst = append(dst, '[')
		w.i++
		for w.in[w.i] != ']' {
			if w.in[w.i] == ',' {
				w.i++
				dst = append(dst, ',')
			}
			dst = w.value(dst)
		}
		w.i++
		return append(dst, ']')
	}
	return append(dst, w.scalar()...)
}

func (w *sorter) scalar() string {
	start := w.i
	if w.in[w.i] != '"' {
		for w.i < len(w.in) && w.in[w.i] != ',' && w.in[w.i] != '}' && w.in[w.i] != ']' {
			w.i++
		}
		return w.in[start:w.i]
	}
	for w.i++; w.in[w.i] != '"'; w.i++ {
		if w.in[w.i] == '\\' {
			w.i++
		}
	}
	w.i++
	return w.in[start:w.i]
}

func (w *sorter) object(dst []byte) []byte {
	var members []attribute
	for w.i++; w.in[w.i] != '}'; {
		if w.in[w.i] == ',' {
			w.i++
		}
		key := w.scalar()
		w.i++
		members = append(members, attribute{key, string(w.value(nil))})
	}
	w.i++
	slices.SortFunc(members, func(a, b attribute) int {
		if a.name < b.name {
			return -1
		}
		return 1 // keys of one object differ
	})
	dst = append(dst, '{')
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, m.name...), ':'), m.value...)
	}
	return append(dst, '}')
}
