package load

import (
	"math/rand/v2"
	"slices"
	"strings"

	"quire/collab/delta"
)

const (
	places        = 3  // places at which one writer types in turn
	jumpEvery     = 30 // keys between two places, on average
	backspaceRate = 12 // one key in this many is a backspace
)

// place is a place in the document at which a writer types. Between two places of one writer there is a character that nobody
// deletes, so what was typed at each can be distinguished at the end. It is never interleaved with others' text: what others
// insert at a caret goes after it, so no caret is ever inside another writer's text.
type place struct {
	caret  int // UTF-16 code units; what was typed here is directly before it
	length int // characters typed here and not deleted
}

// typing decides what one writer types, from a seed.
type typing struct {
	rng    *rand.Rand
	letter []string
	places []place
	at     int
	op     [2]delta.Component
}

// newTyping returns typing with random places in a document of units characters and a newline.
func newTyping(rng *rand.Rand, letter []string, units int) *typing {
	t := &typing{rng: rng, letter: letter}
	for len(t.places) < min(places, units+1) {
		at := rng.IntN(units + 1)
		if !slices.ContainsFunc(t.places, func(p place) bool { return p.caret == at }) {
			t.places = append(t.places, place{caret: at})
		}
	}
	slices.SortFunc(t.places, func(a, b place) int { return a.caret - b.caret })
	return t
}

// key returns the next keystroke as an op on the document as the writer sees it. With onto it will be composed with earlier
// keystrokes, so it is not a backspace, which could make the op empty. The op is valid until the next key.
func (t *typing) key(onto bool) (op delta.Delta, ok bool) {
	if t.rng.IntN(jumpEvery) == 0 {
		t.at = (t.at + 1) % len(t.places)
	}
	p := &t.places[t.at]
	op = t.op[:0]
	if !onto && p.length > 0 && t.rng.IntN(backspaceRate) == 0 {
		p.length--
		t.moveAll(p.caret, -1)
		op = append(op, delta.Retain(p.caret), delta.Delete(1))
		return plain(op), true
	}
	letter := t.letter[p.length%len(t.letter)]
	op = append(op, delta.Retain(p.caret), delta.Insert(letter))
	p.length++
	t.moveAll(p.caret, 1)
	return plain(op), true
}

// plain returns op without an initial retain of length 0, which would not be a valid component.
func plain(op delta.Delta) delta.Delta {
	if op[0].Len() == 0 {
		return op[1:]
	}
	return op
}

// moveAll moves the caret at a position, and those after it.
func (t *typing) moveAll(at, by int) {
	for i := range t.places {
		if t.places[i].caret >= at {
			t.places[i].caret += by
		}
	}
}

// arrived moves the carets for another writer's op, transformed to the document that this writer sees.
func (t *typing) arrived(op delta.Delta) {
	for i := range t.places {
		t.places[i].caret = moved(t.places[i].caret, op)
	}
}

// moved returns a caret after op. Text that op inserts at the caret goes after it.
func moved(caret int, op delta.Delta) int {
	at := 0 // in the document after op
	for i := range op {
		c := &op[i]
		if at >= caret {
			break
		}
		switch c.Kind() {
		case delta.KindRetain:
			at += c.Len()
		case delta.KindDelete:
			caret -= min(c.Len(), caret-at)
		default:
			at += c.Len()
			caret += c.Len()
		}
	}
	return caret
}

// text returns the characters of this writer that the final document must contain, in order.
func (t *typing) text() string {
	var all strings.Builder
	for _, p := range t.places {
		for i := range p.length {
			all.WriteString(t.letter[i%len(t.letter)])
		}
	}
	return all.String()
}
