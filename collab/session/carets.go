package session

import (
	"slices"

	"quire/collab/wire"
)

// carets are presences that are to be sent: of each id only the newest (W6), so that they never fill the outbox.
type carets struct {
	byID  map[caretID]*caret
	queue []*caret // in the order to send
}

type caretID struct{ doc, id string }

type caret struct {
	id      caretID
	view    *view
	frame   wire.Frame
	version wire.Version // it is sent once the session's stream has reached it
}

// put adds a presence. It takes the place of an older one of its id that was not sent, whose size in bytes put returns.
func (c *carets) put(v *view, id string, at wire.Version, f wire.Frame) (replaced int) {
	key := caretID{string(v.id), id}
	waits := c.byID[key]
	if waits == nil {
		waits = &caret{id: key, view: v}
		if c.byID == nil {
			c.byID = map[caretID]*caret{}
		}
		c.byID[key] = waits
		c.queue = append(c.queue, waits)
	}
	replaced = waits.frame.Len()
	waits.frame, waits.version = f, at
	return replaced
}

// take removes the presences for which gone reports true, and returns their size in bytes. It calls gone in the order to send.
func (c *carets) take(gone func(*caret) bool) (bytes int) {
	c.queue = slices.DeleteFunc(c.queue, func(w *caret) bool {
		if !gone(w) {
			return false
		}
		bytes += w.frame.Len()
		delete(c.byID, w.id)
		return true
	})
	if len(c.queue) == 0 {
		c.queue, c.byID = nil, nil
	}
	return bytes
}

// isBehind reports whether the session's stream has not reached c's version. A client that got c now would fetch the document.
func (c *caret) isBehind() bool {
	v := c.view
	return !v.readable || v.live && wire.Version(v.cursor) < c.version && v.cursor < v.handle.End() || len(v.items) > 0
}
