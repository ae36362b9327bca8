package collab

import "slices"

// waits is the one queue of what can't be handled yet: requests and ops, each under what it waits for, in the order they came. What
// a change of access concerns is found here, wherever it waits.
type waits struct {
	items [reasons][]message
	bytes [reasons]int // of the requests of the ops among them
}

type reason uint8

const (
	forLoading   reason = iota // until the document is loaded
	forPending                 // until fewer ops are pending
	forRole                    // until it is known what who sent it may do
	forTask                    // for a task that has it: nothing takes it from here but the task's result
	forTail                    // until the end of the log was read: the reading has not begun
	forTailBegun               // and it has
	reasons
)

func (w *waits) add(why reason, m message) {
	w.items[why] = append(w.items[why], m)
	w.bytes[why] += size(m)
}

// first puts m before all others.
func (w *waits) first(why reason, m message) {
	w.items[why] = slices.Insert(w.items[why], 0, m)
	w.bytes[why] += size(m)
}

// replaceRow lets the newest row of the document be taken right after the one that is being loaded.
func (w *waits) replaceRow(m *described) {
	if older := w.dropRow(); older != nil && older.deleted {
		m = older
	}
	w.first(forLoading, m)
}

// dropRow takes it out again, and returns it; nil: there was none.
func (w *waits) dropRow() (row *described) {
	w.items[forLoading] = slices.DeleteFunc(w.items[forLoading], func(m message) bool {
		found, ok := m.(*described)
		if ok {
			row = found
		}
		return ok
	})
	return row
}

// before lets what add adds under a reason stand before what is there.
func (w *waits) before(why reason, add func()) {
	later := w.take(why)
	add()
	for _, m := range later {
		w.add(why, m)
	}
}

func size(m message) int {
	if s, ok := m.(*submission); ok {
		return len(s.raw)
	}
	return 0
}

// take returns what waits for something, which waits no more.
func (w *waits) take(why reason) []message {
	taken := w.items[why]
	w.items[why], w.bytes[why] = nil, 0
	return taken
}

// move lets all that waits for one thing wait for another, behind what does already.
func (w *waits) move(from, to reason) {
	w.bytes[to] += w.bytes[from]
	w.items[to] = append(w.items[to], w.take(from)...)
}

// drop takes out the ops that gone says.
func (w *waits) drop(why reason, gone func(*submission) bool) {
	w.items[why] = slices.DeleteFunc(w.items[why], func(m message) bool {
		s, ok := m.(*submission)
		if !ok || !gone(s) {
			return false
		}
		w.bytes[why] -= size(s)
		return true
	})
}

// behind reports whether an op that the client of s sent before it waits for a role.
func (w *waits) behind(s *submission) bool {
	for earlier := range w.ops(forRole) {
		if earlier.Client == s.Client {
			return true
		}
	}
	return false
}

func (w *waits) count(why reason) int { return len(w.items[why]) }

// any reports whether anything waits for what no task will end by itself.
func (w *waits) any() bool {
	for why, items := range w.items {
		if reason(why) != forTask && len(items) > 0 {
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

// all are the ops that wait, whatever for.
func (w *waits) all(yield func(*submission) bool) {
	for why := range reasons {
		for s := range w.ops(why) {
			if !yield(s) {
				return
			}
		}
	}
}

// takeBack takes an op back from the task that had it.
func (w *waits) takeBack(s *submission) {
	w.drop(forTask, func(other *submission) bool { return other == s })
}

// uncommitted counts the ops that are to be committed once they need not wait any more, and the bytes of their requests.
func (w *waits) uncommitted() (ops, bytes int) {
	return w.count(forPending) + w.count(forRole), w.bytes[forPending] + w.bytes[forRole]
}
