package delta

import "errors"

// Errors callers branch on. What is returned wraps one of them and says which component and why.
var (
	// ErrMalformed: the bytes are no op or document of this type.
	ErrMalformed = errors.New("malformed")
	// ErrLimit: well formed, but over one of the Limits.
	ErrLimit = errors.New("over a limit")
	// ErrPastEnd: the op reaches past the end of what it is applied to.
	ErrPastEnd = errors.New("past the end of the document")
	// ErrNotDocument: a document is wanted (inserts only), and this is none.
	ErrNotDocument = errors.New("not a document")
	// ErrFormat: a format, embed or value that the table of formats does not hold.
	ErrFormat = errors.New("not in the table of formats")
)

// excerpt shortens text from outside for an error message.
func excerpt(s string) string {
	const most = 64
	if len(s) > most {
		s = s[:most] + "…"
	}
	return ToUTF8(s)
}
