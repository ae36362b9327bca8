package wire

import "errors"

var (
	errSyntax = errors.New("not valid JSON")
	errDepth  = errors.New("nested too deep")
)

// scanner walks over JSON text and checks its syntax (RFC 8259) without building values.
type scanner struct {
	text string
	at   int
	deep int // levels of nesting that may still be opened
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func (s *scanner) space() {
	for s.at < len(s.text) && isSpace(s.text[s.at]) {
		s.at++
	}
}

// take skips white space and c. It returns false, and stays at the next byte, if that is not c.
func (s *scanner) take(c byte) bool {
	s.space()
	if s.at < len(s.text) && s.text[s.at] == c {
		s.at++
		return true
	}
	return false
}

// value skips one JSON value and returns its text.
func (s *scanner) value() (string, error) {
	s.space()
	start := s.at
	if start >= len(s.text) {
		return "", errSyntax
	}
	var err error
	switch s.text[start] {
	case '"':
		err = s.str()
	case '{':
		err = s.object()
	case '[':
		err = s.array()
	case 't':
		err = s.literal("true")
	case 'f':
		err = s.literal("false")
	case 'n':
		err = s.literal("null")
	default:
		err = s.number()
	}
	if err != nil {
		return "", err
	}
	return s.text[start:s.at], nil
}

func (s *scanner) literal(word string) error {
	if len(s.text)-s.at < len(word) || s.text[s.at:s.at+len(word)] != word {
		return errSyntax
	}
	s.at += len(word)
	return nil
}

func (s *scanner) object() error {
	m := members{scanner: s}
	for {
		_, _, more, err := m.next()
		if err != nil || !more {
			return err
		}
	}
}

func (s *scanner) array() error {
	e := elements{scanner: s}
	for {
		_, more, err := e.next()
		if err != nil || !more {
			return err
		}
	}
}

func (s *scanner) str() error {
	i := s.at + 1
	for i < len(s.text) {
		switch c := s.text[i]; {
		case c == '"':
			s.at = i + 1
			return nil
		case c == '\\':
			n := escapeLen(s.text[i:])
			if n == 0 {
				return errSyntax
			}
			i += n
		case c < ' ':
			return errSyntax
		default:
			i++
		}
	}
	return errSyntax
}

// escapeLen returns the length of the escape sequence at the start of s, or 0 if it is invalid.
func escapeLen(s string) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(s) >= 6 && hexDigit(s[2])|hexDigit(s[3])|hexDigit(s[4])|hexDigit(s[5]) < 16 {
			return 6
		}
	}
	return 0
}

func (s *scanner) number() error {
	if s.text[s.at] == '-' {
		s.at++
	}
	if s.at < len(s.text) && s.text[s.at] == '0' {
		s.at++
	} else if !s.digits() {
		return errSyntax
	}
	if s.at < len(s.text) && s.text[s.at] == '.' {
		s.at++
		if !s.digits() {
			return errSyntax
		}
	}
	if s.at < len(s.text) && (s.text[s.at] == 'e' || s.text[s.at] == 'E') {
		s.at++
		if s.at < len(s.text) && (s.text[s.at] == '+' || s.text[s.at] == '-') {
			s.at++
		}
		if !s.digits() {
			return errSyntax
		}
	}
	return nil
}

// digits skips digits and reports whether there were any.
func (s *scanner) digits() bool {
	start := s.at
	for s.at < len(s.text) && s.text[s.at]-'0' <= 9 {
		s.at++
	}
	return s.at > start
}
