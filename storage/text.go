package storage

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// SlowCommit is how long a commit may take before it is logged.
const SlowCommit = 20 * time.Millisecond

// Text makes s fit for any database's text: what is not UTF-8, and NUL, becomes U+FFFD.
func Text(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// Fold makes texts that differ in case only equal, in every script: databases disagree on it, so none is asked.
func Fold(s string) string { return strings.Map(foldRune, Text(s)) }

// foldRune takes the least rune of r's case orbit: the same for all of them.
func foldRune(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}

// Milli is t as kept: to the millisecond, in UTC; the zero time stays zero.
func Milli(t time.Time) time.Time { return FromUnix(ToUnix(t)) }

// ToUnix is t in ms since 1970 for a database's integer, 0 for the zero time.
func ToUnix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// FromUnix undoes ToUnix.
func FromUnix(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
