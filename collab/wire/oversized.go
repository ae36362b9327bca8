package wire

import (
	"strconv"
	"unicode/utf8"
)

// PrefixBytes is how many bytes of an oversized frame are kept, so that the request in it can be answered.
const PrefixBytes = 4 << 10

// DecodeOversized returns the refusal of a frame over the limit, of which only prefix was kept; size and limit, in bytes, go
// into the error message. The *Refused echoes a, c, d, ch, src and seq as far as they are in prefix. If the action is not, the
// result is nil and ErrNotMessage.
func DecodeOversized(prefix []byte, size int64, limit int) (Message, error) {
	return refusePrefix(prefix, Errorf(CodeTooLarge, "the frame has %d bytes, more than %d", size, limit))
}

// refusePrefix makes a Refused of the first members of a frame that was not, or cannot be, decoded as a whole.
func refusePrefix(prefix []byte, e *Error) (Message, error) {
	f := fields{text: string(prefix[:min(len(prefix), PrefixBytes)])}
	m := members{scanner: &scanner{text: f.text, deep: DefaultDepth}}
	for {
		key, value, more, err := m.next()
		if err != nil || !more || m.at == len(f.text) { // a value at the end of the prefix may be incomplete
			break
		}
		if utf8.ValidString(value) {
			f.value[fieldOf(key)] = value
		}
	}
	action, ok := f.str(fieldA)
	if !ok {
		return nil, ErrNotMessage
	}
	doc, _ := f.str(fieldD)
	return &Refused{Request{string(f.appendEcho(nil, action))}, Action(action), doc}, e
}

// appendEcho appends an object with the members by which a client matches a reply to its request.
func (f *fields) appendEcho(dst []byte, action string) []byte {
	dst = append(dst, `{"a":`...)
	dst = appendQuoted(dst, action)
	for _, n := range [...]struct {
		key   string
		field field
	}{{"c", fieldC}, {"d", fieldD}, {"ch", fieldCh}, {"src", fieldSrc}} {
		if s, ok := f.str(n.field); ok {
			dst = append(append(append(dst, `,"`...), n.key...), `":`...)
			dst = appendQuoted(dst, s)
		}
	}
	if seq, ok := wholeNumber(f.value[fieldSeq]); ok {
		dst = append(dst, `,"seq":`...)
		dst = strconv.AppendInt(dst, seq, 10)
	}
	return append(dst, '}')
}
