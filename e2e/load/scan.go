package load

import (
	"bytes"
	"errors"
	"fmt"
)

// message is what the generator reads of a server's frame. Its slices are parts of the frame.
type message struct {
	action  []byte
	doc     []byte
	src     []byte
	id      []byte
	v       int64 // -1: absent or null
	seq     int64 // 0: absent
	op      []byte
	data    []byte
	failure []byte // the error member
}

var errJSON = errors.New("a frame that is no JSON object")

// scan reads the members of a frame. With early it stops as soon as it has a, v, src and seq, which in a broadcast come before the
// op: a reader of thousands of frames per second needs no more.
func scan(frame []byte, early bool) (m message, err error) {
	m.v = -1
	c := cursor{b: frame}
	if !c.open('{') {
		return m, fmt.Errorf("%w: %.100q", errJSON, frame)
	}
	for more := !c.close('}'); more; more = c.more('}') {
		key, ok := c.key()
		if !ok {
			break
		}
		value := c.value()
		if c.bad {
			break
		}
		m.take(key, value)
		if early && m.v >= 0 && m.seq > 0 && len(m.src) > 0 && len(m.action) > 0 {
			return m, nil
		}
	}
	if c.bad {
		return m, fmt.Errorf("%w: %.100q", errJSON, frame)
	}
	return m, nil
}

func (m *message) take(key, value []byte) {
	switch string(key) {
	case "a":
		m.action = unquote(value)
	case "d":
		m.doc = unquote(value)
	case "src":
		m.src = unquote(value)
	case "id":
		m.id = unquote(value)
	case "v":
		m.v = number(value, -1)
	case "seq":
		m.seq = number(value, 0)
	case "op":
		m.op = value
	case "data":
		m.data = value
	case "error":
		if string(value) != "null" {
			m.failure = value
		}
	}
}

// unquote strips the quotes of a string. It does not decode escapes, which ids do not have: an id with one would match nothing.
func unquote(value []byte) []byte {
	if len(value) < 2 || value[0] != '"' {
		return nil
	}
	return value[1 : len(value)-1]
}

func number(value []byte, otherwise int64) int64 {
	n := int64(0)
	for _, b := range value {
		if b < '0' || b > '9' || n > 1<<53 {
			return otherwise
		}
		n = n*10 + int64(b-'0')
	}
	if len(value) == 0 {
		return otherwise
	}
	return n
}

// cursor iterates over JSON text and finds where values end, without validating them further.
type cursor struct {
	b   []byte
	i   int
	bad bool
}

func (c *cursor) space() byte {
	for c.i < len(c.b) {
		switch c.b[c.i] {
		case ' ', '\t', '\n', '\r':
			c.i++
		default:
			return c.b[c.i]
		}
	}
	return 0
}

func (c *cursor) open(bracket byte) bool {
	if c.space() != bracket {
		c.bad = true
		return false
	}
	c.i++
	return true
}

// close skips the bracket if it is next, as in an empty object, and reports whether it was.
func (c *cursor) close(bracket byte) bool {
	if c.space() != bracket {
		return false
	}
	c.i++
	return true
}

// more skips a comma and returns true, or the closing bracket and returns false.
func (c *cursor) more(bracket byte) bool {
	switch c.space() {
	case ',':
		c.i++
		return true
	case bracket:
		c.i++
	default:
		c.bad = true
	}
	return false
}

func (c *cursor) key() ([]byte, bool) {
	if c.space() != '"' {
		c.bad = true
		return nil, false
	}
	key := c.text()
	if c.space() != ':' {
		c.bad = true
		return nil, false
	}
	c.i++
	return unquote(key), !c.bad
}

// value skips and returns a value.
func (c *cursor) value() []byte {
	start, depth := 0, 0
	c.space()
	start = c.i
	for c.i < len(c.b) {
		switch c.b[c.i] {
		case '"':
			c.text()
		case '{', '[':
			depth++
			c.i++
		case '}', ']':
			if depth == 0 {
				return c.b[start:c.i]
			}
			depth--
			c.i++
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return c.b[start:c.i]
			}
			c.i++
			continue
		default:
			c.i++
			continue
		}
		if depth == 0 {
			return c.b[start:c.i]
		}
	}
	c.bad = true
	return nil
}

// text skips and returns a string with its quotes.
func (c *cursor) text() []byte {
	start := c.i
	for c.i++; ; c.i++ {
		n := bytes.IndexByte(c.b[c.i:], '"')
		if n < 0 {
			c.bad, c.i = true, len(c.b)
			return nil
		}
		c.i += n
		slashes := 0
		for c.b[c.i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			c.i++
			return c.b[start:c.i]
		}
	}
}
