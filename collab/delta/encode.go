package delta

import "strconv"

// AppendJSON appends d as a JSON array, as JavaScript's JSON.stringify writes it: apart from what JSON requires, only lone halves
// are escaped, as \udXXX. It allocates nothing except to grow dst.
func (d Delta) AppendJSON(dst []byte) []byte {
	dst = append(dst, '[')
	for i := range d {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = d[i].appendJSON(dst)
	}
	return append(dst, ']')
}

func (c *Component) appendJSON(dst []byte) []byte {
	switch c.kind {
	case KindText:
		dst = append(dst, `{"insert":`...)
		dst = appendString(dst, c.text)
	case KindEmbed:
		dst = append(dst, `{"insert":`...)
		dst = append(dst, c.text...)
	case KindRetain:
		dst = append(dst, `{"retain":`...)
		dst = strconv.AppendInt(dst, int64(c.n), 10)
	case KindDelete:
		dst = append(dst, `{"delete":`...)
		dst = strconv.AppendInt(dst, int64(c.n), 10)
	}
	if c.attrs != nil {
		dst = append(dst, `,"attributes":`...)
		dst = append(dst, c.attrs.json...)
	}
	return append(dst, '}')
}

const hexDigits = "0123456789abcdef"

// appendString appends WTF-8 s as a JSON string.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	dst = appendEscaped(dst, s)
	return append(dst, '"')
}

// appendEscaped appends s as the contents of a JSON string, without quotes.
func appendEscaped[T ~string | ~[]byte](dst []byte, s T) []byte {
	start := 0
	for i := 0; i < len(s); i++ {
		b := s[i]
		if b >= 0x20 && b != '"' && b != '\\' && b != surrogateLead {
			continue
		}
		if b == surrogateLead {
			if s[i+1] < highHalf {
				continue // U+D000–U+D7FF: not a surrogate
			}
			dst = append(dst, s[start:i]...)
			dst = appendUnicodeEscape(dst, decodeHalf(s[i:i+3]))
			i += 2
		} else {
			dst = append(dst, s[start:i]...)
			dst = appendEscape(dst, b)
		}
		start = i + 1
	}
	return append(dst, s[start:]...)
}

func appendEscape(dst []byte, b byte) []byte {
	switch b {
	case '"', '\\':
		return append(dst, '\\', b)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return appendUnicodeEscape(dst, rune(b))
}

func appendUnicodeEscape(dst []byte, unit rune) []byte {
	return append(dst, '\\', 'u', hexDigits[unit>>12&15], hexDigits[unit>>8&15], hexDigits[unit>>4&15], hexDigits[unit&15])
}
