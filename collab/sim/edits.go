package sim

import (
	"fmt"
	"regexp"
	"strings"

	"quire/collab/delta"
)

// A token is a text such as <17>, unique in a run. In runs with tokens, users insert and delete only whole tokens, so that each
// can be followed to the end.

// tokensOf returns the tokens in a text, in order.
func tokensOf(text string) []string {
	return regexp.MustCompile(`<\d+>`).FindAllString(text, -1)
}

func (w *world) newToken() string {
	w.token++
	return fmt.Sprintf("<%d>", w.token)
}

func (w *world) anEdit(content delta.Delta) delta.Delta {
	if w.tokens {
		return w.tokenEdit(content)
	}
	return w.wildEdit(content)
}

// anInsert returns an op that only inserts, and not at the end of the document.
func (w *world) anInsert(content delta.Delta) delta.Delta {
	if w.tokens {
		return insertAt(0, w.newToken())
	}
	return insertAt(w.rand.IntN(max(content.Len(), 1)), "e")
}

func insertAt(at int, text string) delta.Delta {
	if at == 0 {
		return delta.Delta{delta.Insert(text)}
	}
	return delta.Delta{delta.Retain(at), delta.Insert(text)}
}

// tokenEdit returns an op that inserts a token between others or deletes one. All text is ASCII, so byte offsets are UTF-16 units.
func (w *world) tokenEdit(content delta.Delta) delta.Delta {
	text := content.PlainText()
	places := regexp.MustCompile(`<\d+>`).FindAllStringIndex(text, -1)
	if n := len(places); n > 0 && (w.rand.IntN(4) == 0 || n > 40) {
		p := places[w.rand.IntN(n)]
		w.deleted[text[p[0]:p[1]]] = true
		op := delta.Delta{delta.Delete(p[1] - p[0])}
		if p[0] > 0 {
			op = append(delta.Delta{delta.Retain(p[0])}, op...)
		}
		return op
	}
	at := 0
	if n := len(places); n > 0 && w.rand.IntN(4) > 0 {
		at = places[w.rand.IntN(n)][1]
	}
	return insertAt(at, w.newToken())
}

// wildEdit returns any op that the table of formats allows: with lone surrogates, embeds, formats, deletes of everything, and
// components in an order that no builder would produce.
func (w *world) wildEdit(content delta.Delta) delta.Delta {
	length := content.Len()
	var op delta.Delta
	at := 0
	for range 1 + w.rand.IntN(3) {
		if skip := w.rand.IntN(length - at + 1); skip > 0 && w.rand.IntN(4) > 0 {
			op = append(op, delta.Retain(skip))
			at += skip
		}
		left := length - at
		switch roll := w.rand.IntN(10); {
		case left > 0 && (roll < 3 || length > 100 && roll < 7):
			n := 1 + w.rand.IntN(min(left, 12))
			if length > 150 {
				n = 1 + w.rand.IntN(left)
			}
			op = append(op, delta.Delete(n))
			at += n
		case left > 0 && roll < 5:
			n := 1 + w.rand.IntN(left)
			op = append(op, delta.Retain(n).With(w.someFormat()))
			at += n
		default:
			op = append(op, w.someInsert())
		}
	}
	return op
}

func (w *world) someInsert() delta.Component {
	switch w.rand.IntN(8) {
	case 0:
		embed, err := delta.InsertEmbed(`{"divider":true}`)
		if err != nil {
			w.fail("embed: %v", err)
		}
		return embed
	case 1:
		return delta.Insert("\n").With(w.attributes(`{"header":2}`))
	case 2:
		return delta.Insert("B").With(w.attributes(`{"bold":true}`))
	}
	texts := []string{"a", "bc", "\n", "😀", "\xed\xa0\xbd", "\xed\xb8\x80", "é\x00", strings.Repeat("long ", 3)}
	return delta.Insert(texts[w.rand.IntN(len(texts))])
}

func (w *world) someFormat() *delta.Attributes {
	formats := []string{`{"bold":true}`, `{"bold":null}`, `{"italic":true,"bold":null}`, `{"color":"#ff0000"}`, `{"color":""}`}
	return w.attributes(formats[w.rand.IntN(len(formats))])
}

func (w *world) attributes(json string) *delta.Attributes {
	op, err := delta.Decode([]byte(`[{"retain":1,"attributes":`+json+`}]`), delta.Limits{})
	if err != nil {
		w.fail("attributes: %v", err)
		return nil
	}
	return op[0].Attributes()
}
