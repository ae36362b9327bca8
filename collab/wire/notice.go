package wire

import "strconv"

// The messages in this file are Quire's own, sent only to clients that said "quire":1 in their handshake.

// DocNotice tells a reader a document's title, the reader's role and whether it is in the trash: all of it after a
// subscription, later what changed.
type DocNotice struct {
	Doc     string
	Title   *string // nil: unchanged
	Role    string  // "": unchanged; "none": access was lost, and the socket closes next
	Trashed *bool   // nil: unchanged
	By      *By     // who changed it; nil after a subscription
	At      int64   // when, in milliseconds since 1970; 0: omitted
	Reason  string  // removed, deleted, trashed, role, title, link; "": omitted
}

// By is the person who did something.
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

// AppendMembers appends the notice that a document's members or links changed, so that clients read them again over REST.
func AppendMembers(dst []byte, doc string) []byte {
	dst = append(dst, `{"a":"members","d":`...)
	return append(appendQuoted(dst, doc), '}')
}

// AppendBye appends the notice that the server is about to close the socket for a reason of its own.
func AppendBye(dst []byte, reason string) []byte {
	dst = append(dst, `{"a":"bye","reason":`...)
	return append(appendQuoted(dst, reason), '}')
}
