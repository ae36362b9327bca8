package collab

import (
	"slices"

	"quire/collab/access"
	"quire/collab/delta"
	"quire/collab/wire"
)

// caret is one presence on a document's channel: the newest announcement of its id.
type caret struct {
	of      *Handle
	client  string
	id      string
	pv      wire.Version
	value   *wire.PresenceValue
	typed   bool
	version wire.Version // the revision its position is of
	user    wire.Person
}

// Announcement is a presence as a session received it.
type Announcement struct {
	Msg    *wire.Presence
	Client string
	Person wire.Person
}

// Announce shows a presence on the document's channel. It is answered with the presence itself, or an error.
func (x *Handle) Announce(a Announcement) { x.d.post(&presenceRequest{a, x}) }

type presenceRequest struct {
	Announcement
	of *Handle
}

func (r *presenceRequest) whose() *standing { return &r.of.standing }

func (r *presenceRequest) fail(*document) { unavailable(r.of.reader) }

func (r *presenceRequest) handle(d *document) {
	if d.wait(r) || d.held(r) {
		return
	}
	defer r.of.reader.Done() // last: until then the request holds the document
	if r.of.left {
		return
	}
	known := d.carets[r.Msg.ID]
	if err := d.mayAnnounce(r, known); err != nil {
		replyError(r.of.reader, r.Msg.Raw(), err)
		return
	}
	c := &caret{r.of, r.Client, r.Msg.ID, r.Msg.PV, r.Msg.Value, r.Msg.Typed, r.Msg.Version, r.Person}
	fresh := d.bringForward(c)
	frame := d.caretFrame(c)
	r.of.reader.Reply(frame) // the sender's own, as the acknowledgement
	if !fresh || known != nil && c.pv < known.pv {
		return
	}
	d.setCaret(c, known)
	d.show(c, frame)
}

// mayAnnounce keeps ids apart: one that another session announced is refused, unless that session is the same client's,
// which a cut line may have left behind.
func (d *document) mayAnnounce(r *presenceRequest, known *caret) *wire.Error {
	switch {
	case !r.of.standing.allows(access.Announce):
		return r.of.standing.refusal(access.Announce)
	case d.hides(r.of.standing.role):
		return Forbidden()
	case d.state != docLive && d.state != docAbsent:
		return wire.Errorf(wire.CodeDoesNotExist, "there is no such document")
	case r.Msg.Typed && r.Msg.Version > wire.Version(d.order.Head()):
		return wire.Errorf(wire.CodeNewerThanHead, "version %d is newer than the document's", r.Msg.Version)
	case known != nil && known.of != r.of && known.client != r.Client:
		return wire.Errorf(wire.CodeForbidden, "this presence id is someone else's")
	case known == nil && r.Msg.Value != nil && r.of.carets >= d.node.limits.PresenceIDs:
		return wire.Errorf(wire.CodeTooLarge, "more than %d presences", d.node.limits.PresenceIDs)
	}
	return nil
}

// setCaret makes c the newest of its id. A takeover counts for the new session.
func (d *document) setCaret(c, known *caret) {
	if known != nil {
		d.countCaret(known.of, -1)
		delete(d.carets, c.id)
	}
	if c.value == nil {
		return
	}
	if d.carets == nil {
		d.carets = map[string]*caret{}
	}
	d.carets[c.id] = c
	d.countCaret(c.of, 1)
}

func (d *document) countCaret(x *Handle, by int) {
	x.carets += by
	x.reader.Hold(by)
}

// bringForward moves c to the head over what was committed since it was sent. It reports false if that is too long ago:
// then nobody is shown it, and its owner will say it again.
func (d *document) bringForward(c *caret) bool {
	head := wire.Version(d.order.Head())
	if !c.typed || c.version == wire.NoVersion || c.version == head || c.value == nil {
		c.version = head
		return true
	}
	at := Revision(c.version)
	ops, ok := d.order.Since(at)
	if !ok {
		return false
	}
	for _, e := range ops {
		switch {
		case e.Body.Kind != wire.Edit:
			c.value = nil
		case c.value != nil && c.value.Index >= 0:
			side := delta.Stays
			if e.Client == c.client {
				side = delta.Pushed
			}
			index, length := delta.TransformRange(int(c.value.Index), int(c.value.Length), e.Body.Delta, side)
			c.value = c.value.Caret(int64(index), int64(length))
		}
	}
	c.version = head
	return true
}

func (d *document) caretFrame(c *caret) wire.Frame {
	return wire.Seal(wire.AppendPresence(wire.Begin(256), wire.PresenceFrame{
		Doc: string(d.id), Src: c.client, ID: c.id, PV: c.pv, Value: c.value, User: c.user, Typed: c.typed, Version: c.version,
	}))
}

// show sends a presence to everybody else on the channel; of each only the newest waits.
func (d *document) show(c *caret, frame wire.Frame) {
	for _, x := range d.channel {
		if x != c.of {
			x.reader.Show(c.id, c.version, frame)
		}
	}
}

// dropCarets announces that all presences of a reader are gone, with the head's revision: without it receivers would keep
// them for ever (W6).
func (d *document) dropCarets(x *Handle) {
	if x.carets == 0 {
		return
	}
	var gone []*caret
	for _, c := range d.carets {
		if c.of == x {
			gone = append(gone, c)
		}
	}
	slices.SortFunc(gone, func(a, b *caret) int {
		if a.id < b.id {
			return -1
		}
		return 1
	})
	for _, c := range gone {
		d.setCaret(&caret{id: c.id}, c)
		c.value, c.version = nil, wire.Version(d.order.Head())
		d.show(c, d.caretFrame(c))
	}
}
