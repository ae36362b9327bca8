package load

import "strings"

// Each writer of a document types characters that nobody else types, in a cycle, and that are not in the initial text. So one
// writer's characters can be picked out of the final text, where missing, repeated or misplaced ones show. If there are few
// writers they type ASCII, like most people.
const (
	ascii = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%'()*+,-./:;=?@[]^_`{|}~"

	fewWriters  = len(ascii) / 3
	someWriters = 128 // use the letters from U+0100 on, 4 each; two bytes of UTF-8
	mostWriters = 5_000
	cycle       = 4

	baseText = "0123456789 " // repeated, the initial text of documents
)

// alphabetOf returns the letters of one of a document's writers.
func alphabetOf(writer, writers int) []string {
	first := rune(0x4E00)
	switch {
	case writers <= fewWriters:
		each := len(ascii) / max(writers, 1)
		return strings.Split(ascii[writer*each:(writer+1)*each], "")
	case writers <= someWriters:
		first = 0x0100
	}
	letters := make([]string, cycle)
	for i := range letters {
		letters[i] = string(first + rune(writer*cycle+i))
	}
	return letters
}
