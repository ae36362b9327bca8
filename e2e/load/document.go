package load

import (
	"strings"
	"sync/atomic"

	"quire/collab/delta"
)

// document is one of the generator's documents. Its fields do not change while writers type.
type document struct {
	number   int
	id       string
	revision int64 // once it is prepared, before anybody types
	writers  []*writer
	readers  []*reader
	shadow   *reader // nil if there is none

	// The writers' timings by client id. Readers may listen before the writers connect, so it is replaced as a whole.
	authors atomic.Pointer[map[string]*timings]
}

// first is the initial content of each document.
type first struct {
	units int           // without the newline at the end
	ops   []delta.Delta // the first creates the document
}

const chunk = 200 << 10 // approximate bytes of an op that prepares a document

// newFirst returns text in runs of equal length, every other one bold, and a newline. It consists of ops that each fit into a frame;
// all but the first insert before the newline.
func newFirst(units, runs int) first {
	units = max(units, runs)
	f := first{units: units}
	var op delta.Delta
	bytes, done := 0, 0
	for _, c := range runsOf(units, runs) {
		if bytes > chunk {
			f.ops, op, bytes = append(f.ops, op), delta.Delta{delta.Retain(done)}, 0
		}
		op = append(op, c)
		bytes += c.Len() + 50
		done += c.Len()
	}
	f.ops = append(f.ops, op)
	f.ops[0] = append(f.ops[0], delta.Insert("\n"))
	return f
}

// runsOf returns the components of the text. It splits long runs.
func runsOf(units, runs int) []delta.Component {
	bold, err := delta.ParseAttributes([]byte(`{"bold":true}`), delta.Limits{})
	if err != nil {
		panic(err) // a constant
	}
	plain := runs == 0
	runs = max(runs, 1)
	text := strings.Repeat(baseText, units/len(baseText)+1)[:units]
	var all []delta.Component
	for i := range runs {
		run := text[units*i/runs : units*(i+1)/runs]
		for len(run) > 0 {
			n := min(len(run), chunk)
			c := delta.Insert(run[:n])
			if i%2 == 0 && !plain {
				c = c.With(bold)
			}
			all = append(all, c)
			run = run[n:]
		}
	}
	return all
}

// followers lists the document's connections.
func (d *document) followers() []*follower {
	var all []*follower
	for _, w := range d.writers {
		all = append(all, &w.follower)
	}
	for _, r := range d.readers {
		all = append(all, &r.follower)
	}
	if d.shadow != nil {
		all = append(all, &d.shadow.follower)
	}
	return all
}
