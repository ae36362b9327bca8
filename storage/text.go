package storage

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// SlowCommit is the duration above which a commit is logged.
const SlowCommit = 20 * time.Millisecond

// Text returns s as every database can store it: invalid UTF-8 and NUL become U+FFFD.
func Text(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// Fold returns the same text for all texts that differ only in case, in every script. Databases disagree about case, so none of them
// decides.
func Fold(s string) string { return strings.Map(foldRune, Text(s)) }

// foldRune returns the lowest rune that differs from r only in case.
func foldRune(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}

// Milli returns t as stored: to the millisecond, in UTC. The zero time stays zero.
func Milli(t time.Time) time.Time { return FromUnix(ToUnix(t)) }

// ToUnix returns t in ms since 1970, to be stored as an integer; 0 for the zero time.
func ToUnix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// FromUnix is the inverse of ToUnix, in UTC.
func FromUnix(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
