package wire

// members iterates over an object's members, elements over an array's elements. Both check the syntax on the way, so iterating
// over a frame's outermost object validates all of the frame.
type members struct {
	*scanner
	begun bool
}

// next returns the next member: its key unescaped, its value as text. more is false after the last.
func (m *members) next() (key, value string, more bool, err error) {
	if more, err = m.step(&m.begun, '{', '}'); !more {
		return "", "", false, err
	}
	m.space()
	start := m.at
	if start >= len(m.text) || m.text[start] != '"' {
		return "", "", false, errSyntax
	}
	if err = m.str(); err != nil {
		return "", "", false, err
	}
	key = unquote(m.text[start:m.at])
	if !m.take(':') {
		return "", "", false, errSyntax
	}
	value, err = m.value()
	return key, value, err == nil, err
}

type elements struct {
	*scanner
	begun bool
}

// next returns the next element as text. more is false after the last.
func (e *elements) next() (value string, more bool, err error) {
	if more, err = e.step(&e.begun, '[', ']'); !more {
		return "", false, err
	}
	value, err = e.value()
	return value, err == nil, err
}

// step advances to the next item of a list between open and shut, and reports whether there is one.
func (s *scanner) step(begun *bool, open, shut byte) (bool, error) {
	if *begun {
		if s.take(',') {
			return true, nil
		}
	} else {
		if !s.take(open) {
			return false, errSyntax
		}
		if s.deep--; s.deep < 0 {
			return false, errDepth
		}
		*begun = true
		if !s.take(shut) {
			return true, nil
		}
		s.deep++
		return false, nil
	}
	if s.take(shut) {
		s.deep++
		return false, nil
	}
	return false, errSyntax
}

// membersOf iterates over text, an object in a frame that was found valid.
func membersOf(text string) members {
	return members{scanner: &scanner{text: text, deep: len(text)}}
}

func elementsOf(text string) elements {
	return elements{scanner: &scanner{text: text, deep: len(text)}}
}
