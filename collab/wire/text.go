package wire

import (
	"strings"
	"unicode/utf8"
)

// Strings are WTF-8 in memory: UTF-8 in which a lone surrogate, legal in JSON as \udXXX, has its three-byte encoding.

const hex = "0123456789abcdef"

// appendQuoted appends s, in WTF-8, as a JSON string.
func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= ' ' && c != '"' && c != '\\' && c != 0xED:
			continue
		case c == 0xED:
			if i+2 >= len(s) || s[i+1] < 0xA0 {
				continue
			}
			dst = append(dst, s[from:i]...)
			unit := 0xD000 | uint16(s[i+1]&0x3F)<<6 | uint16(s[i+2]&0x3F)
			dst = appendUnit(dst, unit)
			i += 2
		case c == '"' || c == '\\':
			dst = append(append(dst, s[from:i]...), '\\', c)
		default:
			dst = appendUnit(append(dst, s[from:i]...), uint16(c))
		}
		from = i + 1
	}
	return append(append(dst, s[from:]...), '"')
}

func appendUnit(dst []byte, u uint16) []byte {
	return append(dst, '\\', 'u', hex[u>>12], hex[u>>8&15], hex[u>>4&15], hex[u&15])
}

// unquote returns the value of raw, a JSON string with its quotes that the scanner has found valid.
func unquote(raw string) string {
	inner := raw[1 : len(raw)-1]
	if strings.IndexByte(inner, '\\') < 0 {
		return inner
	}
	out := make([]byte, 0, len(inner))
	for i := 0; i < len(inner); i++ {
		if inner[i] != '\\' {
			out = append(out, inner[i])
			continue
		}
		i++
		if inner[i] != 'u' {
			out = append(out, unescape(inner[i]))
			continue
		}
		unit := hexUnit(inner[i+1:])
		i += 4
		if isHigh(unit) && i+6 < len(inner) && inner[i+1] == '\\' && inner[i+2] == 'u' {
			if low := hexUnit(inner[i+3:]); isLow(low) {
				out = utf8.AppendRune(out, (rune(unit)-0xD800)<<10+rune(low)-0xDC00+0x10000)
				i += 6
				continue
			}
		}
		out = appendWTF8(out, unit)
	}
	return string(out)
}

func unescape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

func isHigh(u uint16) bool { return u&0xFC00 == 0xD800 }
func isLow(u uint16) bool  { return u&0xFC00 == 0xDC00 }

func appendWTF8(dst []byte, u uint16) []byte {
	if u&0xF800 == 0xD800 {
		return append(dst, 0xED, byte(0x80|u>>6&0x3F), byte(0x80|u&0x3F))
	}
	return utf8.AppendRune(dst, rune(u))
}

// hexUnit returns the value of the four hexadecimal digits that s starts with, which the scanner has found valid.
func hexUnit(s string) uint16 {
	var u uint16
	for i := range 4 {
		u = u<<4 | uint16(hexDigit(s[i]))
	}
	return u
}

// hexDigit returns the value of a hexadecimal digit, or 255 if c is none.
func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}
