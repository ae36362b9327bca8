package wire

import "strconv"

// Fetch asks for a document: for its snapshot if Version is NoVersion, else for the ops from Version on, then a plain reply.
type Fetch struct {
	Request
	Doc     string
	Version Version
}

// Subscribe is a Fetch that also asks for every later op.
type Subscribe struct {
	Request
	Doc     string
	Version Version
}

// Unsubscribe ends a Subscribe.
type Unsubscribe struct {
	Request
	Doc string
}

func (f *fields) single(action Action) (Message, *Error) {
	doc, err := f.document()
	if err != nil {
		return nil, err
	}
	if action == ActionUnsubscribe {
		return &Unsubscribe{Request{f.text}, doc}, nil
	}
	v, err := f.version(fieldV, "version")
	if err != nil {
		return nil, err
	}
	if action == ActionFetch {
		return &Fetch{Request{f.text}, doc, v}, nil
	}
	return &Subscribe{Request{f.text}, doc, v}, nil
}

// Content is the content in a snapshot. AppendJSON appends it as an array of components.
type Content interface {
	AppendJSON(dst []byte) []byte
}

// Snapshot is a document at a version. Content is nil if the document was never created, or is deleted.
type Snapshot struct {
	Version Version
	Content Content
}

// AppendReply appends the plain answer to f, s (both with a version) and u.
func AppendReply(dst []byte, action Action, doc string) []byte {
	dst = appendAction(dst, action)
	dst = appendDoc(dst, doc)
	return append(dst, '}')
}

// AppendSnapshot appends the answer to f and s without a version.
func AppendSnapshot(dst []byte, action Action, doc string, s Snapshot) []byte {
	dst = appendAction(dst, action)
	dst = appendDoc(dst, doc)
	dst = append(dst, `,"data":`...)
	dst = appendSnapshotObject(dst, s)
	return append(dst, '}')
}

// appendSnapshotObject appends v, type and data. type is always there, since its absence would mean json0; data is there only if
// type is not null.
func appendSnapshotObject(dst []byte, s Snapshot) []byte {
	dst = append(dst, `{"v":`...)
	dst = strconv.AppendInt(dst, int64(s.Version), 10)
	dst = appendTypeAndData(dst, s.Content)
	return append(dst, '}')
}

func appendTypeAndData(dst []byte, c Content) []byte {
	if c == nil {
		return append(dst, `,"type":null`...)
	}
	dst = append(dst, `,"type":"`+TypeURI+`","data":{"ops":`...)
	dst = c.AppendJSON(dst)
	return append(dst, '}')
}

func appendAction(dst []byte, action Action) []byte {
	dst = append(dst, `{"a":"`...)
	dst = append(dst, action...)
	return append(dst, '"')
}

func appendDoc(dst []byte, doc string) []byte {
	dst = append(dst, `,"c":"`+Collection+`","d":`...)
	return appendQuoted(dst, doc)
}
