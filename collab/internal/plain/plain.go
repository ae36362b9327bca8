// Package plain reads JSON by encoding/json alone, for tests that compare our own readers with it.
package plain

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// half0 plus a lone surrogate half is the character that stands for it: encoding/json would make U+FFFD of every one.
const half0 = 0xF0000

// JSON returns text as encoding/json reads it: of equal keys the last, numbers as float64 and infinite where they are too large, as
// in JavaScript, and each lone half of a surrogate pair as the character of its own that Text makes of it, too.
func JSON(text []byte) (value any, err error) {
	if !json.Valid(text) {
		return nil, errors.New("no JSON")
	}
	d := json.NewDecoder(strings.NewReader(markEscapes(string(text))))
	d.UseNumber()
	err = d.Decode(&value)
	return doubles(value), err
}

// doubles replaces the numbers in value, which encoding/json refuses where no double holds them.
func doubles(value any) any {
	switch value := value.(type) {
	case json.Number:
		double, _ := strconv.ParseFloat(string(value), 64)
		return double
	case []any:
		for i := range value {
			value[i] = doubles(value[i])
		}
	case map[string]any:
		for key := range value {
			value[key] = doubles(value[key])
		}
	}
	return value
}

// markEscapes replaces the escapes of lone halves. In valid JSON a backslash is only within a string.
func markEscapes(text string) string {
	var b strings.Builder
	for {
		at := strings.IndexByte(text, '\\')
		if at < 0 || at+1 == len(text) {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:at])
		text = text[at:]
		n := 2
		switch unit := unitAt(text); {
		case isHigh(unit) && isLow(unitAt(text[6:])):
			n = 12
		case isHigh(unit) || isLow(unit):
			b.WriteRune(half0 + unit)
			text = text[6:]
			continue
		}
		b.WriteString(text[:n])
		text = text[n:]
	}
}

func isHigh(unit rune) bool { return unit >= 0xD800 && unit < 0xDC00 }
func isLow(unit rune) bool  { return unit >= 0xDC00 && unit < 0xE000 }

// unitAt returns what the escape \uXXXX at the start of text stands for, 0 if there is none.
func unitAt(text string) rune {
	if len(text) < 6 || text[:2] != `\u` {
		return 0
	}
	unit, err := strconv.ParseUint(text[2:6], 16, 16)
	if err != nil {
		return 0
	}
	return rune(unit)
}

// Text returns WTF-8 as JSON has it: each lone half, three bytes from ED A0 80 on, as its character.
func Text(wtf8 string) string {
	var b strings.Builder
	for i := 0; i < len(wtf8); i++ {
		if wtf8[i] == 0xED && i+2 < len(wtf8) && wtf8[i+1] >= 0xA0 {
			b.WriteRune(half0 + 0xD000 + rune(wtf8[i+1]&0x3F)<<6 + rune(wtf8[i+2]&0x3F))
			i += 2
			continue
		}
		b.WriteByte(wtf8[i])
	}
	return b.String()
}

// IsHalf reports whether r stands for a lone half.
func IsHalf(r rune) bool { return isHigh(r-half0) || isLow(r-half0) }
