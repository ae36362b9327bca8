package wire

import (
	"fmt"
	"strings"

	"quire/collab/delta"
)

// field identifies a known member of a frame's outermost object. Unknown members are ignored.
type field uint8

const (
	fieldNone field = iota
	fieldA
	fieldB
	fieldC
	fieldD
	fieldV
	fieldP
	fieldT
	fieldCh
	fieldID
	fieldPV
	fieldTS
	fieldOp
	fieldSeq
	fieldSrc
	fieldDel
	fieldCreate
	fieldQuire
	fieldFormats
	fieldProtocol
	fieldMinor
	fieldCount
)

func fieldOf(key string) field {
	switch key {
	case "a":
		return fieldA
	case "b":
		return fieldB
	case "c":
		return fieldC
	case "d":
		return fieldD
	case "v":
		return fieldV
	case "p":
		return fieldP
	case "t":
		return fieldT
	case "ch":
		return fieldCh
	case "id":
		return fieldID
	case "pv":
		return fieldPV
	case "ts":
		return fieldTS
	case "op":
		return fieldOp
	case "seq":
		return fieldSeq
	case "src":
		return fieldSrc
	case "del":
		return fieldDel
	case "create":
		return fieldCreate
	case "quire":
		return fieldQuire
	case "formats":
		return fieldFormats
	case "protocol":
		return fieldProtocol
	case "protocolMinor":
		return fieldMinor
	}
	return fieldNone
}

// fields holds the JSON text of each known member of one frame; "" means absent. Of duplicate keys the last counts.
type fields struct {
	frame  []byte // the caller's, valid only during Decode
	text   string // a copy of frame, which the message keeps
	limits Limits
	value  [fieldCount]string
	opAt   int // offset of op's value in frame
}

// read fills f from f.text, which must be exactly one JSON object.
func (f *fields) read() error {
	s := scanner{text: f.text, deep: f.limits.Depth}
	m := members{scanner: &s}
	for {
		key, value, more, err := m.next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		n := fieldOf(key)
		if f.value[n] = value; n == fieldOp {
			f.opAt = s.at - len(value)
		}
	}
	if s.space(); s.at != len(s.text) {
		return errSyntax
	}
	return nil
}

func (f *fields) has(n field) bool { return f.value[n] != "" }

// isNone reports whether a member is absent or null.
func (f *fields) isNone(n field) bool { return f.value[n] == "" || f.value[n] == "null" }

// cloneAbove is the frame size in bytes above which kept strings are copied, so that an id never keeps a large frame alive.
const cloneAbove = 512

// str returns the unescaped value of a member, or false if it is not a string.
func (f *fields) str(n field) (string, bool) {
	raw := f.value[n]
	if raw == "" || raw[0] != '"' {
		return "", false
	}
	return f.keep(unquote(raw)), true
}

func (f *fields) keep(s string) string {
	if len(f.text) > cloneAbove {
		return strings.Clone(s)
	}
	return s
}

// IDPattern is what ValidID accepts, apart from the reserved names, as a regular expression for schemas.
var IDPattern = fmt.Sprintf("^[A-Za-z0-9_-]{1,%d}$", MaxID)

// ValidID reports whether id may name a document, a group or a client: 1 to MaxID of A–Z a–z 0–9 _ -, and not reserved
// (delta.Inherited). REST and the socket both use it, so each can open what the other creates.
func ValidID(id string) bool {
	if len(id) == 0 || len(id) > MaxID {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if c-'a' > 25 && c-'A' > 25 && c-'0' > 9 && c != '_' && c != '-' {
			return false
		}
	}
	return !delta.Inherited(id)
}

// validPresenceID reports whether id may name a client's presence: 1 to MaxPresenceID bytes, and not reserved.
func validPresenceID(id string) bool {
	return id != "" && len(id) <= MaxPresenceID && !delta.Inherited(id)
}

// collection checks that c names the only collection.
func (f *fields) collection() *Error {
	name, ok := f.str(fieldC)
	if !ok || delta.Inherited(name) {
		return Errorf(CodeBadlyFormed, "Invalid collection")
	}
	if name != Collection {
		return Errorf(CodeBadlyFormed, "Invalid collection %.64q: this server has only %q", name, Collection)
	}
	return nil
}

// document returns d, after checking c.
func (f *fields) document() (string, *Error) {
	if err := f.collection(); err != nil {
		return "", err
	}
	id, ok := f.str(fieldD)
	if !ok || !ValidID(id) {
		return "", errInvalidID()
	}
	return id, nil
}

func errInvalidID() *Error {
	return Errorf(CodeBadlyFormed, "Invalid id: an id is 1 to %d of A-Z a-z 0-9 _ -", MaxID)
}

// version returns a version, or NoVersion if it is absent or null.
func (f *fields) version(n field, name string) (Version, *Error) {
	if f.isNone(n) {
		return NoVersion, nil
	}
	v, ok := wholeNumber(f.value[n])
	if !ok {
		return NoVersion, Errorf(CodeBadlyFormed, "Invalid %s: expected null or a whole number from 0 to 2^53-1", name)
	}
	return Version(v), nil
}

// number returns a member that must be a whole number.
func (f *fields) number(n field, name string) (int64, *Error) {
	v, ok := wholeNumber(f.value[n])
	if !ok {
		return 0, Errorf(CodeBadlyFormed, "Invalid %s: expected a whole number from 0 to 2^53-1", name)
	}
	return v, nil
}
