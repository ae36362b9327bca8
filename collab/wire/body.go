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
	Create             // Delta is the initial content; nil for none
	Del                // no Delta
)

// Body is what an op does. The log stores it as the JSON members that the op's frame contains, so that a page of the log becomes
// frames without being parsed.
type Body struct {
	Kind  Kind
	Delta delta.Delta
}

const (
	bodyEdit   = `"op":`
	bodyCreate = `"create":{"type":"` + TypeURI + `","data":`
	bodyDel    = `"del":true`
)

// AppendBody appends a body as the log stores it: "op":[…], "create":{"type":…,"data":[…]} or "del":true.
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

// errBody reports a stored body that AppendBody did not write.
var errBody = errors.New("wire: not a stored body")

// DecodeBody decodes a stored body. limits should be no lower than those it was accepted under.
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
