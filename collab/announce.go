package collab

import (
	"quire/collab/access"
	"quire/collab/wire"
)

// Announcement is a presence as a session received it.
type Announcement struct {
	Msg    *wire.Presence
	Client string
	Person wire.Person
}

// Announce shows a presence on the document's channel. The answer is the presence itself, or an error.
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
	defer r.of.reader.Done() // last, because it may release the document
	if r.of.left {
		return
	}
	known := d.presence.carets[r.Msg.ID]
	if err := r.refusal(d, known); err != nil {
		replyError(r.of.reader, r.Msg.Raw(), err)
		return
	}
	c := &caret{
		of: r.of, client: r.Client, id: r.Msg.ID, pv: r.Msg.PV, value: r.Msg.Value, typed: r.Msg.Typed, version: r.Msg.Version, user: r.Person,
		number: d.presence.next,
	}
	d.presence.next++
	fresh := d.presence.bringForward(c)
	frame := d.presence.frame(c)
	c.size = frame.Len()
	r.of.reader.Reply(frame) // as the acknowledgement
	if !fresh || known != nil && c.pv < known.pv {
		return
	}
	d.presence.set(c, known)
	d.presence.show(c, frame, known == nil)
	if c.value != nil {
		d.presence.makeRoom(c, &d.node.limits)
	}
}

// refusal returns why a presence may not be announced. An id that another session announced is refused, unless that session is the
// same client's: it may be left over from a broken connection.
func (r *presenceRequest) refusal(d *document, known *caret) *wire.Error {
	switch {
	case !r.of.standing.allows(access.Announce):
		return r.of.standing.refusal(access.Announce)
	case d.life.hides(r.of.standing.role):
		return Forbidden()
	case !d.life.live() && d.life.state != docAbsent:
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
