package wire

import (
	"strconv"
	"unicode/utf8"
)

// PrefixBytes is how much of a frame over the limit is kept to answer it by name.
const PrefixBytes = 4 << 10

// DecodeOversized answers for a frame over the limit, of which only the first bytes were kept: size is the whole frame's,
// limit what it should have kept to. The message echoes a, c, d, src and seq as far as the prefix shows them; it is nil,
// and the error ErrNotMessage, where not even the action can be read.
func DecodeOversized(prefix []byte, size int64, limit int) (Message, error) {
	return refusePrefix(prefix, Errorf(CodeTooLarge, "the frame has %d bytes, more than %d", size, limit))
}

// refusePrefix makes a Refused of the first members of a frame that was not, or cannot be, read as a whole.
func refusePrefix(prefix []byte, e *Error) (Message, error) {
	f := fields{text: string(prefix[:min(len(prefix), PrefixBytes)])}
	m := members{scanner: &scanner{text: f.text, deep: DefaultDepth}}
	for {
		key, value, more, err := m.next()
		if err != nil || !more || m.at == len(f.text) { // the end of the prefix may have cut this value short
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

// appendEcho appends the members by which a client finds the request that an answer belongs to.
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
