package delta

import (
	"strings"
	"unicode/utf8"
)

// Text is WTF-8 in which a surrogate pair is always one four-byte sequence, so equal texts are equal strings. A text is
// ASCII if and only if it has as many bytes as units; callers have a fast path for that.

const (
	surrogateLead = 0xED // first byte of an encoded half; the second is 0xA0–0xAF for a high, 0xB0–0xBF for a low half
	highHalf      = 0xA0
	lowHalf       = 0xB0
)

// unitsOf returns the length of s in UTF-16 code units.
func unitsOf(s string) int {
	n := 0
	for i := range len(s) {
		b := s[i]
		if b&0xC0 != 0x80 {
			n++
		}
		if b >= 0xF0 {
			n++
		}
	}
	return n
}

func startsWithLow(s string) bool {
	return len(s) >= 3 && s[0] == surrogateLead && s[1]&0xF0 == lowHalf
}

func endsWithHigh[T ~string | ~[]byte](s T) bool {
	n := len(s)
	return n >= 3 && s[n-3] == surrogateLead && s[n-2]&0xF0 == highHalf
}

// decodeHalf returns the surrogate encoded in the three bytes at s[0:3].
func decodeHalf[T ~string | ~[]byte](s T) rune {
	return rune(s[0]&0x0F)<<12 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F)
}

func appendHalf(dst []byte, half rune) []byte {
	return append(dst, 0xE0|byte(half>>12), 0x80|byte(half>>6)&0xBF, 0x80|byte(half)&0xBF)
}

func joinHalves(high, low rune) rune { return (high-0xD800)<<10 + (low - 0xDC00) + 0x10000 }

func splitRune(r rune) (high, low rune) {
	r -= 0x10000
	return 0xD800 + r>>10, 0xDC00 + r&0x3FF
}

// appendText appends s to dst; a high half at the end of dst and a low one at the start of s become one character.
func appendText(dst []byte, s string) []byte {
	if startsWithLow(s) && endsWithHigh(dst) {
		r := joinHalves(decodeHalf(dst[len(dst)-3:]), decodeHalf(s[:3]))
		dst = utf8.AppendRune(dst[:len(dst)-3], r)
		s = s[3:]
	}
	return append(dst, s...)
}

// position is a boundary between two units of a text: at the byte offset, or, if inPair, between the halves of the character there.
type position struct {
	byte   int
	inPair bool
}

// advance returns the position n units after p in s, which must be long enough.
func advance(s string, p position, n int) position {
	if p.inPair && n > 0 {
		p, n = position{byte: p.byte + 4}, n-1
	}
	for n > 0 {
		switch b := s[p.byte]; {
		case b < 0x80:
			p.byte++
		case b < 0xE0:
			p.byte += 2
		case b < 0xF0:
			p.byte += 3
		case n == 1:
			return position{byte: p.byte, inPair: true}
		default:
			p.byte += 4
			n--
		}
		n--
	}
	return p
}

// between returns the text of s between two positions. At a position inside a pair the result has a lone half.
func between(s string, from, to position) string {
	if !from.inPair && !to.inPair {
		return s[from.byte:to.byte]
	}
	var b []byte
	start := from.byte
	if from.inPair {
		if from == to {
			return ""
		}
		r, _ := utf8.DecodeRuneInString(s[start:])
		_, low := splitRune(r)
		b = appendHalf(b, low)
		start += 4
	}
	b = append(b, s[start:to.byte]...)
	if to.inPair {
		r, _ := utf8.DecodeRuneInString(s[to.byte:])
		high, _ := splitRune(r)
		b = appendHalf(b, high)
	}
	return string(b)
}

// normalText returns s as this package's WTF-8: adjacent encoded halves are joined, and invalid bytes become U+FFFD.
func normalText(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		if r, size := utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || size > 1 {
			b = append(b, s[i:i+size]...)
			i += size
			continue
		}
		if isHalf(s[i:]) {
			b = appendText(b, s[i:i+3])
			i += 3
			continue
		}
		b = utf8.AppendRune(b, utf8.RuneError)
		i++
	}
	return string(b)
}

// isHalf reports whether s starts with an encoded surrogate half.
func isHalf(s string) bool {
	return len(s) >= 3 && s[0] == surrogateLead && s[1] >= highHalf && s[1] <= 0xBF && s[2]&0xC0 == 0x80
}

// ToUTF8 returns text as valid UTF-8: each lone surrogate half becomes U+FFFD.
func ToUTF8(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size <= 1 && isHalf(text[i:]) {
			size = 3
		}
		b.WriteRune(r)
		i += max(size, 1)
	}
	return b.String()
}
