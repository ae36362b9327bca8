package collab

import (
	"quire/collab/delta"
	"quire/collab/order"
	"quire/storage"
)

// frozen is the committed content in a form that any goroutine may read. It is made once for each revision, by the turn.
type frozen struct {
	content *delta.Frozen
	at      storage.Revision
}

// of returns the committed content; nil if there is none.
func (f *frozen) of(q *order.Sequencer) *delta.Frozen {
	if q.Content() == nil {
		return nil
	}
	if f.content == nil || f.at != q.Head() {
		f.content, f.at = q.Content().Freeze(), q.Head()
	}
	return f.content
}

// forgetOlder drops the content if it is not the head's.
func (f *frozen) forgetOlder(head storage.Revision) {
	if f.at != head {
		f.content = nil
	}
}
