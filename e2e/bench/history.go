package main

import (
	"math/rand/v2"
	"slices"
)

// history is a document that was written to: ops of one character each, in batches.
type history struct {
	id, before, after string // texts
	batches           [][][]byte
}

func (h history) ops() int {
	n := 0
	for _, batch := range h.batches {
		n += len(batch)
	}
	return n
}

func (h history) texts() []string {
	all := make([]string, 0, h.ops())
	for _, batch := range h.batches {
		for _, op := range batch {
			all = append(all, string(op))
		}
	}
	return all
}

const mostAtOnce = 256 // ops of a batch

// scattered makes a history of edits all over a text. Those of a batch go from its end to its beginning, so each stands
// where it stood before the batch, whether or not the ones before it were seen.
func scattered(id string, seed uint64, text string, inserts, deletes int) history {
	rng := rand.New(rand.NewPCG(seed, seed))
	h := history{id: id, before: text}
	content := []byte(text) // ASCII: one byte is one unit
	for left := inserts + deletes; left > 0; {
		var batch [][]byte
		for _, place := range places(rng, len(content)-1, min(left, mostAtOnce)) { // the last character, a newline, stays the last
			remove := rng.IntN(left) < deletes && place < len(content)-1
			if remove {
				deletes--
				content = slices.Delete(content, place, place+1)
				batch = append(batch, at(place, `{"delete":1}`))
			} else {
				letter := byte('a' + rng.IntN(26))
				content = slices.Insert(content, place, letter)
				batch = append(batch, at(place, `{"insert":"`+string(letter)+`"}`))
			}
			left--
		}
		h.batches = append(h.batches, batch)
	}
	h.after = string(content)
	return h
}

// places draws different ones from 0 to last, at most n, from the last to the first, no two of them neighbours.
func places(rng *rand.Rand, last, n int) []int {
	drawn := map[int]bool{}
	for range n {
		drawn[rng.IntN(last/2+1)*2] = true
	}
	var all []int
	for place := range drawn {
		all = append(all, place)
	}
	slices.Sort(all)
	slices.Reverse(all)
	return all
}
