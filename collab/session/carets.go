package session

import (
	"slices"

	"quire/collab"
	"quire/collab/wire"
)

// carets are presences that are to be sent: of each id only the newest (W6), so that they never fill the outbox.
type carets struct {
	byID  map[caretID]*caret
	queue []*caret // in the order to send
	bytes int      // of their frames, which are shared with other sessions
}

type caretID struct{ doc, id string }

type caret struct {
	id      caretID
	view    *view
	frame   wire.Frame
	version wire.Version // it is sent once the session's stream has reached it
	first   bool         // the client knows nothing of its id
}

// put adds a presence. It takes the place of an older one of its id that was not sent. If it is gone before the client knew of it,
// neither is sent: so presences that come and go do not fill the queue of somebody who reads slowly.
func (c *carets) put(v *view, p collab.Shown) {
	key := caretID{string(v.id), p.ID}
	waits := c.byID[key]
	if waits != nil && waits.first && p.Gone {
		c.take(func(w *caret) bool { return w == waits })
		return
	}
	if waits == nil {
		waits = &caret{id: key, view: v, first: p.First}
		if c.byID == nil {
			c.byID = map[caretID]*caret{}
		}
		c.byID[key] = waits
		c.queue = append(c.queue, waits)
	}
	c.bytes += p.Frame.Len() - waits.frame.Len()
	waits.frame, waits.version = p.Frame, p.At
}

// take removes the presences for which gone reports true. It calls gone in the order to send.
func (c *carets) take(gone func(*caret) bool) {
	c.queue = slices.DeleteFunc(c.queue, func(w *caret) bool {
		if !gone(w) {
			return false
		}
		c.bytes -= w.frame.Len()
		delete(c.byID, w.id)
		return true
	})
	if len(c.queue) == 0 {
		c.queue, c.byID = nil, nil
	}
}

// isBehind reports whether the session's stream has not reached c's version. A client that got c now would fetch the document.
func (c *caret) isBehind() bool {
	v := c.view
	return !v.readable || v.live && wire.Version(v.cursor) < c.version && v.cursor < v.handle.End() || len(v.items) > 0
}
