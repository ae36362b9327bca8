package wire

import "strconv"

// The server speaks protocol 1.2. It must announce json0 as the default type, although no document has it.
const (
	protocolMajor   = 1
	defaultTypeURI  = "http://sharejs.org/types/JSONv0"
	helloBeforeID   = `{"a":"hs","protocol":1,"protocolMinor":2,"id":`
	helloDefaultURI = `,"type":"` + defaultTypeURI + `","epoch":`
)

// Handshake opens a session. A client may send it again.
type Handshake struct {
	Request
	ID    string // the client id the page had before; "" if none or not a valid id
	Minor int    // of protocol 1
	Quire bool   // the client understands Quire's additions

	// Formats is the version of the client's table of formats; 0 if not sent. No request is refused because of it. It is there
	// so that a page can be told, later, when a document holds formats newer than the page.
	Formats int
}

func (f *fields) handshake() (Message, *Error) {
	m := &Handshake{Request: Request{f.text}}
	if f.has(fieldProtocol) {
		if major, ok := wholeNumber(f.value[fieldProtocol]); !ok || major != protocolMajor {
			return nil, Errorf(CodeProtocolVersion, "this server speaks protocol 1.2")
		}
	}
	if minor, ok := wholeNumber(f.value[fieldMinor]); ok {
		m.Minor = int(min(minor, 1<<15))
	}
	if id, ok := f.str(fieldID); ok && ValidID(id) {
		m.ID = id
	} else if !ok && !f.isNone(fieldID) {
		return nil, Errorf(CodeBadlyFormed, "Invalid id: expected null or a string")
	}
	quire, _ := wholeNumber(f.value[fieldQuire])
	m.Quire = quire == 1
	if formats, ok := wholeNumber(f.value[fieldFormats]); ok {
		m.Formats = int(min(formats, 1<<15))
	}
	return m, nil
}

// Hello is the answer to a Handshake.
type Hello struct {
	ID    string // the client id, made by NewClientID
	Epoch string // of the log (L9)
	Quire *HelloQuire
}

// HelloQuire is the part of a Hello for clients that sent "quire":1.
type HelloQuire struct {
	Build   string
	Formats int // the version of the table that ops are checked against; 0: any format is accepted
	User    Person
	Limits  HelloLimits
}

// Person is a person as others see them.
type Person struct {
	ID      string
	Name    string
	Color   int
	Guest   bool
	Picture string // path of their picture; "" for none
}

// HelloLimits are the limits that a client must keep.
type HelloLimits struct {
	Frame      int // bytes of a frame
	Components int // of an op
	Document   int // UTF-16 code units of a document
}

// AppendHello appends the answer to a Handshake.
func AppendHello(dst []byte, h Hello) []byte {
	dst = append(dst, helloBeforeID...)
	dst = appendQuoted(dst, h.ID)
	dst = append(dst, helloDefaultURI...)
	dst = appendQuoted(dst, h.Epoch)
	if q := h.Quire; q != nil {
		dst = append(dst, `,"quire":1,"build":`...)
		dst = appendQuoted(dst, q.Build)
		dst = append(dst, `,"formats":`...)
		dst = strconv.AppendInt(dst, int64(q.Formats), 10)
		dst = append(dst, `,"user":`...)
		dst = AppendPerson(dst, q.User)
		dst = append(dst, `,"limits":{"frame":`...)
		dst = strconv.AppendInt(dst, int64(q.Limits.Frame), 10)
		dst = append(dst, `,"components":`...)
		dst = strconv.AppendInt(dst, int64(q.Limits.Components), 10)
		dst = append(dst, `,"document":`...)
		dst = strconv.AppendInt(dst, int64(q.Limits.Document), 10)
		dst = append(dst, '}')
	}
	return append(dst, '}')
}

// AppendPerson appends an object with id, name and color, and with guest and picture if they are set.
func AppendPerson(dst []byte, p Person) []byte {
	dst = append(dst, `{"id":`...)
	dst = appendQuoted(dst, p.ID)
	dst = append(dst, `,"name":`...)
	dst = appendQuoted(dst, p.Name)
	dst = append(dst, `,"color":`...)
	dst = strconv.AppendInt(dst, int64(p.Color), 10)
	if p.Guest {
		dst = append(dst, `,"guest":true`...)
	}
	if p.Picture != "" {
		dst = append(dst, `,"picture":`...)
		dst = appendQuoted(dst, p.Picture)
	}
	return append(dst, '}')
}
