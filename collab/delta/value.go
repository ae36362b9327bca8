package delta

import (
	"bytes"
	"fmt"
)

// span is one member of an object being written: offsets in the output of its key, without quotes, and its value.
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
	var buf [64]byte
	text, err := p.stringInto(buf[:0])
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

// lastWins rewrites the object at dst[start:] if members share a key: the first sets the position, the last the value.
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
			continue // written at the key's first position
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
