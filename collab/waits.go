package collab

import "slices"

// waits is the one queue of what can't be handled yet: requests and ops, each under what it waits for, in the order they came. What
// a change of access concerns is found here, wherever it waits.
type waits struct {
	items [reasons][]message
	bytes int // of the ops that wait for fewer to be pending
}

type reason uint8

const (
	forLoading   reason = iota // until the document is loaded
	forRoom                    // until fewer ops are pending, or an access that is being looked up is known
	forHelper                  // for a task that has it: nothing takes it from here but the task's outcome
	forLook                    // until the log was looked at: the look has not begun
	forLookBegun               // and it has
	reasons
)

func (w *waits) add(why reason, m message) {
	w.items[why] = append(w.items[why], m)
	if s, ok := m.(*submission); ok && why == forRoom {
		w.bytes += len(s.raw)
	}
}

// first puts m before all others.
func (w *waits) first(why reason, m message) {
	w.items[why] = slices.Insert(w.items[why], 0, m)
}

// take returns what waits for something, which waits no more.
func (w *waits) take(why reason) []message {
	taken := w.items[why]
	w.items[why] = nil
	if why == forRoom {
		w.bytes = 0
	}
	return taken
}

// turn lets all that waits for one thing wait for another, behind what does already.
func (w *waits) turn(from, to reason) {
	w.items[to] = append(w.items[to], w.items[from]...)
	w.items[from] = nil
}

// drop takes out the ops that gone says.
func (w *waits) drop(why reason, gone func(*submission) bool) {
	w.items[why] = slices.DeleteFunc(w.items[why], func(m message) bool {
		s, ok := m.(*submission)
		if !ok || !gone(s) {
			return false
		}
		if why == forRoom {
			w.bytes -= len(s.raw)
		}
		return true
	})
}

func (w *waits) count(why reason) int { return len(w.items[why]) }

// any reports whether anything waits for what no task will end by itself.
func (w *waits) any() bool {
	for why, items := range w.items {
		if reason(why) != forHelper && len(items) > 0 {
			return true
		}
	}
	return false
}

// ops returns those that wait for one thing.
func (w *waits) ops(why reason) func(yield func(*submission) bool) {
	return func(yield func(*submission) bool) {
		for _, m := range w.items[why] {
			if s, ok := m.(*submission); ok && !yield(s) {
				return
			}
		}
	}
}

// all returns every op that waits, whatever for.
func (w *waits) all(yield func(*submission) bool) {
	for why := range reasons {
		for s := range w.ops(why) {
			if !yield(s) {
				return
			}
		}
	}
}
