package delta

import (
	"fmt"
	"unicode/utf8"
)

// parser reads JSON from data strictly: RFC 8259 in valid UTF-8. It returns values minified, in WTF-8, with only the necessary
// escapes and with numbers as JavaScript writes them, so that equal scalars are equal bytes.
type parser struct {
	data    []byte
	i       int
	lim     Limits
	scratch []byte
	spans   []span // members of the objects being read, innermost last
}

func newParser(data []byte, lim Limits) parser { return parser{data: data, lim: lim.orDefaults()} }

func (p *parser) space() {
	for p.i < len(p.data) {
		switch p.data[p.i] {
		case ' ', '\t', '\n', '\r':
			p.i++
		default:
			return
		}
	}
}

// peek returns the next byte, 0 at the end.
func (p *parser) peek() byte {
	if p.i < len(p.data) {
		return p.data[p.i]
	}
	return 0
}

func (p *parser) syntax(want string) error {
	if p.i >= len(p.data) {
		return fmt.Errorf("%w: JSON ends where %s should be", ErrMalformed, want)
	}
	return fmt.Errorf("%w: byte %d of the JSON is %q where %s should be", ErrMalformed, p.i, p.data[p.i], want)
}

func (p *parser) tooDeep() error {
	return fmt.Errorf("%w: nested deeper than %d", ErrLimit, p.lim.Depth)
}

// members reads the object at p and calls each with every key (WTF-8, valid during the call) while p is at its value.
func (p *parser) members(each func(key []byte) error) error {
	p.i++
	if p.space(); p.peek() == '}' {
		p.i++
		return nil
	}
	var buf [32]byte
	for {
		p.space()
		if p.peek() != '"' {
			return p.syntax("a key")
		}
		key, err := p.stringInto(buf[:0])
		if err != nil {
			return err
		}
		if p.space(); p.peek() != ':' {
			return p.syntax("a colon")
		}
		p.i++
		p.space()
		if err := each(key); err != nil {
			return err
		}
		p.space()
		switch p.peek() {
		case ',':
			p.i++
		case '}':
			p.i++
			return nil
		default:
			return p.syntax("a comma or the end of the object")
		}
	}
}

// plainASCII returns how many bytes at the start of b are ASCII that a JSON string holds unescaped.
func plainASCII(b []byte) int {
	for i, c := range b {
		if c < 0x20 || c >= 0x80 || c == '"' || c == '\\' {
			return i
		}
	}
	return len(b)
}

// text reads the string at p as WTF-8.
func (p *parser) text() (string, error) {
	rest := p.data[p.i+1:]
	if n := plainASCII(rest); n < len(rest) && rest[n] == '"' {
		p.i += n + 2
		return string(rest[:n]), nil
	}
	if p.scratch == nil {
		p.scratch = make([]byte, 0, max(64, min(len(rest), 4<<10)))
	}
	b, err := p.stringInto(p.scratch[:0])
	if err != nil {
		return "", err
	}
	p.scratch = b
	return string(b), nil
}

// stringInto appends the string at p to dst as WTF-8.
func (p *parser) stringInto(dst []byte) ([]byte, error) {
	p.i++
	for {
		n := plainASCII(p.data[p.i:])
		dst = append(dst, p.data[p.i:p.i+n]...)
		p.i += n
		switch c := p.peek(); {
		case p.i == len(p.data):
			return nil, p.syntax("the end of a string")
		case c == '"':
			p.i++
			return dst, nil
		case c == '\\':
			var err error
			if dst, err = p.escape(dst); err != nil {
				return nil, err
			}
		case c < 0x20:
			return nil, p.syntax("an escape")
		default:
			r, size := utf8.DecodeRune(p.data[p.i:])
			if r == utf8.RuneError && size <= 1 {
				return nil, p.syntax("valid UTF-8")
			}
			dst = append(dst, p.data[p.i:p.i+size]...)
			p.i += size
		}
	}
}

// escape reads one escape sequence at p. A low half after a high one becomes one character with it.
func (p *parser) escape(dst []byte) ([]byte, error) {
	if p.i+1 >= len(p.data) {
		p.i = len(p.data)
		return nil, p.syntax("an escape")
	}
	c := p.data[p.i+1]
	if c == 'u' {
		return p.unicodeEscape(dst)
	}
	const plain, means = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	for i := range len(plain) {
		if plain[i] == c {
			p.i += 2
			return append(dst, means[i]), nil
		}
	}
	return nil, p.syntax("a known escape")
}

func (p *parser) unicodeEscape(dst []byte) ([]byte, error) {
	if p.i+6 > len(p.data) {
		p.i = len(p.data)
		return nil, p.syntax("four hexadecimal digits")
	}
	var unit rune
	for _, c := range p.data[p.i+2 : p.i+6] {
		digit := hexValue(c)
		if digit < 0 {
			return nil, p.syntax("four hexadecimal digits")
		}
		unit = unit<<4 | digit
	}
	p.i += 6
	if unit < 0xD800 || unit > 0xDFFF {
		return utf8.AppendRune(dst, unit), nil
	}
	if unit >= 0xDC00 && endsWithHigh(dst) {
		high := decodeHalf(dst[len(dst)-3:])
		return utf8.AppendRune(dst[:len(dst)-3], joinHalves(high, unit)), nil
	}
	return appendHalf(dst, unit), nil
}

func hexValue(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c >= 'a' && c <= 'f':
		return rune(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return rune(c-'A') + 10
	}
	return -1
}
