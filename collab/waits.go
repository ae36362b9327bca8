package collab

import (
	"slices"

	"quire/storage"
)

// waits holds the requests and ops that cannot be handled yet, by the reason, in the order in which they came. All waiting ops are
// here, so a change of access finds those that it concerns.
type waits struct {
	items [reasons][]message
	bytes [reasons]int // of the ops' requests
}

type reason uint8

const (
	forLoading   reason = iota // until the document is loaded
	forPending                 // until fewer ops are pending
	forRole                    // until the sender's role is known
	forTransform               // until the long transforms of its author before it are done
	forTask                    // until the task that works on it is done; only the task's result removes it
	forTail                    // until the end of the log was read; that reading has not started
	forTailBegun               // as forTail, and the reading has started
	reasons
)

func (w *waits) add(why reason, m message) {
	w.items[why] = append(w.items[why], m)
	w.bytes[why] += size(m)
}

// first adds m in front of the others.
func (w *waits) first(why reason, m message) {
	w.items[why] = slices.Insert(w.items[why], 0, m)
	w.bytes[why] += size(m)
}

// replaceRow keeps the newest row of the document, to be applied right after the document was loaded.
func (w *waits) replaceRow(m *described) {
	if older := w.dropRow(); older != nil && older.deleted {
		m = older
	}
	w.first(forLoading, m)
}

// dropRow removes the kept row and returns it; nil: there was none.
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

// before calls add, and moves what it adds under a reason in front of what was there.
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

// take removes and returns all that waits for a reason.
func (w *waits) take(why reason) []message {
	taken := w.items[why]
	w.items[why], w.bytes[why] = nil, 0
	return taken
}

// move appends all that waits for one reason to what waits for another.
func (w *waits) move(from, to reason) {
	w.bytes[to] += w.bytes[from]
	w.items[to] = append(w.items[to], w.take(from)...)
}

// drop removes the ops for which gone reports true.
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

// behind reports whether an earlier op of the same client as s waits for a role.
func (w *waits) behind(s *submission) bool {
	for earlier := range w.ops(forRole) {
		if earlier.Client == s.Client {
			return true
		}
	}
	return false
}

func (w *waits) count(why reason) int { return len(w.items[why]) }

// any reports whether anything waits, other than for a task.
func (w *waits) any() bool {
	for why, items := range w.items {
		if reason(why) != forTask && len(items) > 0 {
			return true
		}
	}
	return false
}

// ops iterates over the ops that wait for a reason.
func (w *waits) ops(why reason) func(yield func(*submission) bool) {
	return func(yield func(*submission) bool) {
		for _, m := range w.items[why] {
			if s, ok := m.(*submission); ok && !yield(s) {
				return
			}
		}
	}
}

// all iterates over all waiting ops.
func (w *waits) all(yield func(*submission) bool) {
	for why := range reasons {
		for s := range w.ops(why) {
			if !yield(s) {
				return
			}
		}
	}
}

// takeBack removes an op that waited for a task.
func (w *waits) takeBack(s *submission) {
	w.drop(forTask, func(other *submission) bool { return other == s })
}

// nextTransform removes and returns an author's first op that waits for a long transform; nil: there is none.
func (w *waits) nextTransform(author storage.UserID) *submission {
	for s := range w.ops(forTransform) {
		if s.Author == author {
			w.drop(forTransform, func(other *submission) bool { return other == s })
			return s
		}
	}
	return nil
}

// uncommitted counts the waiting ops that count against the bounds of pending ones, and the bytes of their requests.
func (w *waits) uncommitted() (ops, bytes int) {
	return w.count(forPending) + w.count(forRole), w.bytes[forPending] + w.bytes[forRole]
}

// since returns when the oldest op or request began to wait for the store, in ns since 1970, or 0 if none does. While the document
// is being loaded that is loadingSince.
func (w *waits) since(loadingSince int64) int64 {
	switch {
	case w.count(forLoading) > 0:
		return loadingSince
	case w.count(forPending) > 0:
		return w.items[forPending][0].(*submission).Arrived.UnixNano()
	}
	return 0
}
