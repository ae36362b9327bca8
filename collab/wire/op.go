package wire

import (
	"strconv"

	"quire/collab/delta"
)

// Op is one submitted change of one document.
type Op struct {
	Request
	Doc  string
	Base Version // the version it applies to; NoVersion if absent, as in a create
	Src  string  // "" means the session's own client id
	Seq  int64   // from 1, per client
	Body Body
}

func (f *fields) op() (Message, *Error) {
	doc, err := f.document()
	if err != nil {
		return nil, err
	}
	m := &Op{Request: Request{f.text}, Doc: doc}
	if m.Base, err = f.version(fieldV, "version"); err != nil {
		return nil, err
	}
	if m.Src, m.Seq, err = f.identity(); err != nil {
		return nil, err
	}
	m.Body, err = f.body()
	if err != nil {
		return nil, err
	}
	return m, nil
}

// identity returns src, which is optional, and seq, which is required.
func (f *fields) identity() (src string, seq int64, err *Error) {
	if !f.isNone(fieldSrc) {
		id, ok := f.str(fieldSrc)
		if !ok || !ValidID(id) {
			return "", 0, Errorf(CodeOpBadlyFormed, "Invalid src: expected a client id")
		}
		src = id
	}
	seq, ok := wholeNumber(f.value[fieldSeq])
	if !ok || seq == 0 {
		return "", 0, Errorf(CodeOpBadlyFormed, "Invalid seq: expected a whole number from 1")
	}
	if seq == MaxNumber {
		return "", 0, Errorf(CodeSeqOverflow, "seq has reached 2^53-1; connect anew")
	}
	return src, seq, nil
}

// body returns what the op does: exactly one of op, create and del.
func (f *fields) body() (Body, *Error) {
	del := f.value[fieldDel]
	if del == "false" || del == "null" {
		del = "" // a client may send these with an op or create
	}
	n := 0
	for _, present := range []bool{f.has(fieldOp), f.has(fieldCreate), del != ""} {
		if present {
			n++
		}
	}
	switch {
	case n == 0:
		return Body{}, Errorf(CodeOpNotProvided, "expected op, create or del")
	case n > 1:
		return Body{}, Errorf(CodeOpBadlyFormed, "expected only one of op, create and del")
	case f.has(fieldOp):
		return f.edit()
	case f.has(fieldCreate):
		return f.creation()
	case del != "true":
		return Body{}, Errorf(CodeOpBadlyFormed, "Invalid del: expected true")
	}
	return Body{Kind: Del}, nil
}

func (f *fields) edit() (Body, *Error) {
	d, err := delta.Decode(f.frame[f.opAt:f.opAt+len(f.value[fieldOp])], f.limits.Op) // delta keeps nothing of it
	if err != nil {
		return Body{}, Errorf(CodeOpNotApplied, "%v", err)
	}
	return Body{Kind: Edit, Delta: d}, nil
}

func (f *fields) creation() (Body, *Error) {
	raw := f.value[fieldCreate]
	if raw[0] != '{' {
		return Body{}, Errorf(CodeOpBadlyFormed, "Invalid create: expected an object with a type")
	}
	var typ, data string
	for m := membersOf(raw); ; {
		key, value, more, _ := m.next()
		if !more {
			break
		}
		switch key {
		case "type":
			typ = value
		case "data":
			data = value
		}
	}
	if !isType(typ) {
		return Body{}, Errorf(CodeTypeNotRecognized, "unknown type %.64s: documents are %s", orAbsent(typ), TypeName)
	}
	if data == "" || data == "null" { // no initial content
		return Body{Kind: Create}, nil
	}
	d, err := delta.Decode([]byte(data), f.limits.Op)
	if err != nil {
		return Body{}, Errorf(CodeOpNotApplied, "create: %v", err)
	}
	if !d.IsDocument() {
		return Body{}, Errorf(CodeOpNotApplied, "create: a document has only inserts")
	}
	return Body{Kind: Create, Delta: d}, nil
}

// isType reports whether raw is a JSON string that names the type of documents.
func isType(raw string) bool {
	if raw == "" || raw[0] != '"' {
		return false
	}
	name := unquote(raw)
	return name == TypeName || name == TypeURI
}

func orAbsent(raw string) string {
	if raw == "" {
		return "(none)"
	}
	return raw
}

// AppendOpFrame appends an op as all sessions but its sender's receive it. body is a stored body (AppendBody).
func AppendOpFrame(dst []byte, doc string, v Version, src string, seq int64, body []byte) []byte {
	dst = appendOpHead(dst, doc, v, src, seq)
	dst = append(dst, ',')
	dst = append(dst, body...)
	return append(dst, '}')
}

// AppendAck appends the acknowledgement that the op's sender receives. v is the version that the committed op applies to.
func AppendAck(dst []byte, doc string, v Version, src string, seq int64) []byte {
	return append(appendOpHead(dst, doc, v, src, seq), '}')
}

func appendOpHead(dst []byte, doc string, v Version, src string, seq int64) []byte {
	dst = append(dst, `{"a":"op","c":"`+Collection+`","d":`...)
	dst = appendQuoted(dst, doc)
	dst = append(dst, `,"v":`...)
	dst = strconv.AppendInt(dst, int64(v), 10)
	dst = append(dst, `,"src":`...)
	dst = appendQuoted(dst, src)
	dst = append(dst, `,"seq":`...)
	return strconv.AppendInt(dst, seq, 10)
}
