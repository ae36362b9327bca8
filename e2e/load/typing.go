package load

import (
	"math/rand/v2"
	"slices"
	"strings"

	"quire/collab/delta"
)

const (
	places        = 3  // at which one writer types by turns
	jumpEvery     = 30 // keys, on average
	backspaceRate = 12 // one key in so many
)

// place is a spot in the document at which a writer types. Between two places of one writer stands a character that
// nobody deletes, so what was typed at each can be told apart in the end. It stays in one piece: what others insert at a
// caret comes behind it, so no caret ever stands within what somebody else typed.
type place struct {
	caret  int // UTF-16 units; what was typed here stands left of it
	length int // characters typed here and not deleted again
}

// typing decides what one writer types, from a seed.
type typing struct {
	rng    *rand.Rand
	letter []string
	places []place
	at     int
	op     [2]delta.Component
}

// newTyping puts the writer's places into a document of units characters and a newline.
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

// key is the next keystroke as an op on the document as the writer sees it. With onto set other keystrokes wait that this
// one will be composed with: then it is no backspace, so that no op becomes empty. The op is valid until the next key.
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

// plain leaves out a retain of nothing, which is no component.
func plain(op delta.Delta) delta.Delta {
	if op[0].Len() == 0 {
		return op[1:]
	}
	return op
}

// moveAll moves the caret that stands at a place, and those behind it.
func (t *typing) moveAll(at, by int) {
	for i := range t.places {
		if t.places[i].caret >= at {
			t.places[i].caret += by
		}
	}
}

// arrived carries the carets over somebody else's op, as it is for the document the writer sees.
func (t *typing) arrived(op delta.Delta) {
	for i := range t.places {
		t.places[i].caret = moved(t.places[i].caret, op)
	}
}

// moved is where a caret is after op. What is inserted at the caret itself comes behind it.
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

// text is what the writer's characters in the final document must be, in order.
func (t *typing) text() string {
	var all strings.Builder
	for _, p := range t.places {
		for i := range p.length {
			all.WriteString(t.letter[i%len(t.letter)])
		}
	}
	return all.String()
}
