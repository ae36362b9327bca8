package wire

import (
	"strconv"
	"strings"
)

// PresenceSubscribe asks for the presences on a document's channel, documents.<id>.
type PresenceSubscribe struct {
	Request
	Doc string
	Seq int64 // echoed; a request with a lower Seq than an earlier one must have no effect
}

// PresenceUnsubscribe ends a PresenceSubscribe.
type PresenceUnsubscribe struct {
	Request
	Doc string
	Seq int64
}

// PresenceRequest asks everybody on a channel to send their presence again.
type PresenceRequest struct {
	Request
	Doc string
}

// Presence announces a client's caret, or that it has left.
type Presence struct {
	Request
	Doc     string
	ID      string
	PV      Version        // the presence's version: a counter of its changes
	Value   *PresenceValue // nil (null on the wire): the presence has left
	Typed   bool           // it came with c and d: the caret is a position in the document at Version
	Version Version
}

// PresenceValue is the content of a presence. Index and Length are in UTF-16 code units, both -1 if there is no caret.
type PresenceValue struct {
	Index, Length int64
	rest          string // all other members except user, as JSON without braces
}

const channelPrefix = Collection + "."

// channelDoc returns the document whose channel ch is. There are no other channels (W6).
func (f *fields) channelDoc() (string, *Error) {
	ch, ok := f.str(fieldCh)
	if doc, found := strings.CutPrefix(ch, channelPrefix); ok && found && ValidID(doc) {
		return doc, nil
	}
	return "", Errorf(CodeBadlyFormed, "Invalid presence channel: channels are %s<id>", channelPrefix)
}

func (f *fields) channel(action Action) (Message, *Error) {
	doc, err := f.channelDoc()
	if err != nil {
		return nil, err
	}
	if action == ActionPresenceRequest {
		return &PresenceRequest{Request{f.text}, doc}, nil
	}
	seq, err := f.number(fieldSeq, "seq")
	if err != nil {
		return nil, err
	}
	if action == ActionPresenceSubscribe {
		return &PresenceSubscribe{Request{f.text}, doc, seq}, nil
	}
	return &PresenceUnsubscribe{Request{f.text}, doc, seq}, nil
}

func (f *fields) presence() (Message, *Error) {
	doc, err := f.channelDoc()
	if err != nil {
		return nil, err
	}
	m := &Presence{Request: Request{f.text}, Doc: doc, Version: NoVersion}
	id, ok := f.str(fieldID)
	if !ok || !validPresenceID(id) {
		return nil, Errorf(CodeBadlyFormed, "Invalid presence ID: expected a string of 1 to %d bytes", MaxPresenceID)
	}
	m.ID = id
	if m.PV, err = f.version(fieldPV, "pv"); err != nil {
		return nil, err
	}
	if err = f.presenceDocument(m); err != nil {
		return nil, err
	}
	m.Value, err = f.presenceValue()
	if err != nil {
		return nil, err
	}
	return m, nil
}

// presenceDocument reads c, d, v and t, which are present in a document's presence and absent in a generic one.
func (f *fields) presenceDocument(m *Presence) *Error {
	if !f.has(fieldC) && !f.has(fieldD) {
		return nil
	}
	doc, err := f.document()
	if err != nil {
		return err
	}
	if doc != m.Doc {
		return Errorf(CodeBadlyFormed, "Invalid presence channel: ch is not c.d")
	}
	if t := f.value[fieldT]; t != "" && t != "null" && !isType(t) {
		return Errorf(CodeTypeNotRecognized, "unknown type %.64s: documents are %s", t, TypeName)
	}
	m.Typed = true
	m.Version, err = f.version(fieldV, "version")
	return err
}

func (f *fields) presenceValue() (*PresenceValue, *Error) {
	raw := f.value[fieldP]
	if raw == "null" {
		return nil, nil
	}
	if raw == "" || raw[0] != '{' {
		return nil, Errorf(CodeBadlyFormed, "Invalid p: expected null or an object")
	}
	if len(raw) > f.limits.Presence {
		return nil, Errorf(CodeTooLarge, "p has %d bytes, more than %d", len(raw), f.limits.Presence)
	}
	var index, length string
	var rest []byte
	for m := membersOf(raw); ; {
		key, value, more, _ := m.next()
		if !more {
			break
		}
		switch key {
		case "index":
			index = value
		case "length":
			length = value
		case "user": // dropped: the server sets it
		default:
			if len(rest) > 0 {
				rest = append(rest, ',')
			}
			rest = append(append(appendQuoted(rest, key), ':'), value...)
		}
	}
	v := &PresenceValue{Index: -1, Length: -1, rest: string(rest)}
	if index == "" && length == "" {
		return v, nil
	}
	var ok1, ok2 bool
	v.Index, ok1 = wholeNumber(index)
	v.Length, ok2 = wholeNumber(length)
	if !ok1 || !ok2 || v.Index+v.Length > MaxNumber {
		return nil, Errorf(CodeBadlyFormed, "Invalid p: index and length are whole numbers from 0, or both absent")
	}
	return v, nil
}

// Caret returns a copy of v with the given caret.
func (v *PresenceValue) Caret(index, length int64) *PresenceValue {
	return &PresenceValue{index, length, v.rest}
}

// PresenceFrame is a presence as the server sends it, both to its sender, as the ack, and to everybody else.
type PresenceFrame struct {
	Doc     string
	Src     string
	ID      string
	PV      Version
	Value   *PresenceValue // nil: the presence has left
	User    Person         // from the sign-in; replaces whatever the client claimed
	Typed   bool
	Version Version // the head; without it receivers would never apply that the presence has left
}

// AppendPresence appends a presence.
func AppendPresence(dst []byte, p PresenceFrame) []byte {
	dst = append(dst, `{"a":"p","ch":`...)
	dst = appendChannel(dst, p.Doc)
	dst = append(dst, `,"src":`...)
	dst = appendQuoted(dst, p.Src)
	dst = append(dst, `,"id":`...)
	dst = appendQuoted(dst, p.ID)
	dst = append(dst, `,"p":`...)
	dst = appendPresenceValue(dst, p.Value, p.User)
	dst = append(dst, `,"pv":`...)
	dst = appendVersion(dst, p.PV)
	if p.Typed {
		dst = appendDoc(dst, p.Doc)
		dst = append(dst, `,"v":`...)
		dst = appendVersion(dst, p.Version)
		dst = append(dst, `,"t":"`+TypeURI+`"`...)
	}
	return append(dst, '}')
}

func appendPresenceValue(dst []byte, v *PresenceValue, user Person) []byte {
	if v == nil {
		return append(dst, "null"...)
	}
	dst = append(dst, '{')
	if v.Index >= 0 {
		dst = append(dst, `"index":`...)
		dst = strconv.AppendInt(dst, v.Index, 10)
		dst = append(dst, `,"length":`...)
		dst = strconv.AppendInt(dst, v.Length, 10)
		dst = append(dst, ',')
	}
	if v.rest != "" {
		dst = append(dst, v.rest...)
		dst = append(dst, ',')
	}
	dst = append(dst, `"user":`...)
	return append(AppendPerson(dst, user), '}')
}

func appendVersion(dst []byte, v Version) []byte {
	if v == NoVersion {
		return append(dst, "null"...)
	}
	return strconv.AppendInt(dst, int64(v), 10)
}

func appendChannel(dst []byte, doc string) []byte {
	dst = append(dst, `"`+channelPrefix...)
	dst = append(dst, doc...)
	return append(dst, '"')
}

// AppendPresenceReply appends the answer to ps and pu.
func AppendPresenceReply(dst []byte, action Action, doc string, seq int64) []byte {
	dst = appendAction(dst, action)
	dst = append(dst, `,"ch":`...)
	dst = appendChannel(dst, doc)
	dst = append(dst, `,"seq":`...)
	dst = strconv.AppendInt(dst, seq, 10)
	return append(dst, '}')
}

// AppendPresenceRequest appends the server's request to send presences again. With doc "" it is the answer to a client's pr.
func AppendPresenceRequest(dst []byte, doc string) []byte {
	dst = append(dst, `{"a":"pr"`...)
	if doc != "" {
		dst = append(dst, `,"ch":`...)
		dst = appendChannel(dst, doc)
	}
	return append(dst, '}')
}
