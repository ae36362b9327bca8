package delta

import "errors"

// Errors that callers branch on. A returned error wraps one of them and says which component and why.
var (
	// ErrMalformed reports that the bytes are not a valid op or document.
	ErrMalformed = errors.New("malformed")
	// ErrLimit reports that something well formed exceeds one of the Limits.
	ErrLimit = errors.New("over a limit")
	// ErrPastEnd reports that an op reaches past the end of the document it is applied to.
	ErrPastEnd = errors.New("past the end of the document")
	// ErrNotDocument reports that a delta is not a document: it has more than inserts.
	ErrNotDocument = errors.New("not a document")
	// ErrFormat reports a format, embed or value that is not in the table of formats.
	ErrFormat = errors.New("not in the table of formats")
)

// excerpt shortens text that a client sent, for an error message.
func excerpt(s string) string {
	const most = 64
	if len(s) > most {
		s = s[:most] + "…"
	}
	return ToUTF8(s)
}
