package wire

import "strconv"

// Quire's own messages, sent only to clients that said "quire":1 in their handshake.

// DocNotice tells what a document is to its reader: all of it after a subscription, later what changed.
type DocNotice struct {
	Doc     string
	Title   *string // nil: unchanged
	Role    string  // "": unchanged; "none": access is gone, and the socket closes next
	Trashed *bool   // nil: unchanged
	By      *By     // who changed it; nil after a subscription
	At      int64   // when, in milliseconds since 1970; 0: not said
	Reason  string  // removed, deleted, trashed, role, title, link; "": not said
}

// By is who did something.
type By struct{ ID, Name string }

// AppendDocNotice appends a DocNotice.
func AppendDocNotice(dst []byte, n DocNotice) []byte {
	dst = append(dst, `{"a":"doc","d":`...)
	dst = appendQuoted(dst, n.Doc)
	if n.Title != nil {
		dst = append(dst, `,"title":`...)
		dst = appendQuoted(dst, *n.Title)
	}
	if n.Role != "" {
		dst = append(dst, `,"role":`...)
		dst = appendQuoted(dst, n.Role)
	}
	if n.Trashed != nil {
		dst = append(dst, `,"trashed":`...)
		dst = strconv.AppendBool(dst, *n.Trashed)
	}
	if n.By != nil {
		dst = append(dst, `,"by":{"id":`...)
		dst = appendQuoted(dst, n.By.ID)
		dst = append(dst, `,"name":`...)
		dst = appendQuoted(dst, n.By.Name)
		dst = append(dst, '}')
	}
	if n.At != 0 {
		dst = append(dst, `,"at":`...)
		dst = strconv.AppendInt(dst, n.At, 10)
	}
	if n.Reason != "" {
		dst = append(dst, `,"reason":`...)
		dst = appendQuoted(dst, n.Reason)
	}
	return append(dst, '}')
}

// AppendMembers appends the notice that a document's members or links changed and should be read anew over REST.
func AppendMembers(dst []byte, doc string) []byte {
	dst = append(dst, `{"a":"members","d":`...)
	return append(appendQuoted(dst, doc), '}')
}

// AppendBye appends the notice that the socket is about to be closed for a reason that is not the client's.
func AppendBye(dst []byte, reason string) []byte {
	dst = append(dst, `{"a":"bye","reason":`...)
	return append(appendQuoted(dst, reason), '}')
}
