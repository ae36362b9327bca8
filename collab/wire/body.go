package wire

import (
	"errors"
	"strings"

	"quire/collab/delta"
)

// Kind says what an op does to its document.
type Kind uint8

const (
	Edit   Kind = iota // Delta is the change
	Create             // Delta is the first text; nil for none
	Del                // no Delta
)

// Body is what an op does. The log stores it as the fragment of JSON that stands in the op's frame, so that a page of the
// log becomes frames without being parsed.
type Body struct {
	Kind  Kind
	Delta delta.Delta
}

const (
	bodyEdit   = `"op":`
	bodyCreate = `"create":{"type":"` + TypeURI + `","data":`
	bodyDel    = `"del":true`
)

// AppendBody appends a body in the form the log stores: "op":[…], "create":{"type":…,"data":[…]} or "del":true.
func AppendBody(dst []byte, b Body) []byte {
	switch b.Kind {
	case Del:
		return append(dst, bodyDel...)
	case Create:
		dst = append(dst, bodyCreate...)
		return append(appendDelta(dst, b.Delta), '}')
	}
	return appendDelta(append(dst, bodyEdit...), b.Delta)
}

func appendDelta(dst []byte, d delta.Delta) []byte {
	if len(d) == 0 {
		return append(dst, '[', ']')
	}
	return d.AppendJSON(dst)
}

// errBody: the log holds something that AppendBody did not write.
var errBody = errors.New("wire: not a stored body")

// DecodeBody reads a stored body. limits should be at least those it was accepted with.
func DecodeBody(body []byte, limits delta.Limits) (Body, error) {
	text := string(body)
	if text == bodyDel {
		return Body{Kind: Del}, nil
	}
	if rest, ok := strings.CutPrefix(text, bodyEdit); ok {
		d, err := delta.Decode([]byte(rest), limits)
		return Body{Kind: Edit, Delta: d}, err
	}
	rest, ok := strings.CutPrefix(text, bodyCreate)
	if !ok || !strings.HasSuffix(rest, "}") {
		return Body{}, errBody
	}
	d, err := delta.Decode([]byte(rest[:len(rest)-1]), limits)
	return Body{Kind: Create, Delta: d}, err
}
