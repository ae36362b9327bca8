package collab

import (
	"slices"

	"quire/collab/access"
	"quire/collab/delta"
	"quire/collab/wire"
)

// caret is one presence on a document's channel: the newest announcement of its id.
type caret struct {
	view    *view
	client  string
	id      string
	pv      wire.Version
	value   *wire.PresenceValue
	typed   bool
	version wire.Version // the revision its position is of
	user    wire.Person
}

// presenceRequest is p.
type presenceRequest struct {
	view   *view
	msg    *wire.Presence
	client string
	user   wire.Person
	role   access.Role
}

func (r *presenceRequest) fail(*document) { r.view.unavailable() }

func (r *presenceRequest) handle(d *document) {
	if d.wait(r) {
		return
	}
	defer r.view.done() // last: until then the request holds the document
	if r.view.session.hasLeft() {
		return
	}
	known := d.carets[r.msg.ID]
	if err := d.mayAnnounce(r, known); err != nil {
		r.view.session.replyError(r.msg.Raw(), err)
		return
	}
	c := &caret{r.view, r.client, r.msg.ID, r.msg.PV, r.msg.Value, r.msg.Typed, r.msg.Version, r.user}
	fresh := d.bringForward(c)
	frame := d.caretFrame(c)
	r.view.session.reply(frame) // the sender's own, as the acknowledgement
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
	case d.hides(r.role):
		return forbidden()
	case d.state != docLive && d.state != docAbsent:
		return wire.Errorf(wire.CodeDoesNotExist, "there is no such document")
	case r.msg.Typed && r.msg.Version > wire.Version(d.order.Head()):
		return wire.Errorf(wire.CodeNewerThanHead, "version %d is newer than the document's", r.msg.Version)
	case known != nil && known.view != r.view && known.client != r.client:
		return wire.Errorf(wire.CodeForbidden, "this presence id is someone else's")
	case known == nil && r.msg.Value != nil && r.view.carets >= d.hub.limits.PresenceIDs:
		return wire.Errorf(wire.CodeTooLarge, "more than %d presences", d.hub.limits.PresenceIDs)
	}
	return nil
}

// setCaret makes c the newest of its id. A takeover counts for the new session.
func (d *document) setCaret(c, known *caret) {
	if known != nil {
		d.countCaret(known.view, -1)
		delete(d.carets, c.id)
	}
	if c.value == nil {
		return
	}
	if d.carets == nil {
		d.carets = map[string]*caret{}
	}
	d.carets[c.id] = c
	d.countCaret(c.view, 1)
}

func (d *document) countCaret(v *view, by int) {
	v.carets += by
	v.hold(by)
}

// bringForward moves c to the head over what was committed since it was sent. It reports false if that is too long ago:
// then nobody is shown it, and its owner will say it again.
func (d *document) bringForward(c *caret) bool {
	head := wire.Version(d.order.Head())
	if !c.typed || c.version == wire.NoVersion || c.version == head || c.value == nil {
		c.version = head
		return true
	}
	at := revision(c.version)
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
	for _, v := range d.channel {
		if v != c.view {
			v.show(c, frame)
		}
	}
}

// dropCarets announces that all presences of a view are gone, with the head's revision: without it receivers would keep
// them for ever (W6).
func (d *document) dropCarets(v *view) {
	if v.carets == 0 {
		return
	}
	var gone []*caret
	for _, c := range d.carets {
		if c.view == v {
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

// channelRequest is ps or pu.
type channelRequest struct {
	view     *view
	action   wire.Action
	raw      string
	frame    wire.Frame
	role     access.Role
	late     bool // a newer one was seen: answered, without effect
	restored bool
}

func (r *channelRequest) fail(*document) { r.view.unavailable() }

func (r *channelRequest) handle(d *document) {
	if d.wait(r) {
		return
	}
	defer r.view.done()
	if r.action == wire.ActionPresenceSubscribe && d.hides(r.role) {
		r.view.session.replyError(r.raw, forbidden())
		return
	}
	r.view.session.reply(r.frame)
	switch {
	case r.late:
	case r.action == wire.ActionPresenceUnsubscribe:
		d.leaveChannel(r.view)
	default:
		d.joinChannel(r.view, r.restored)
	}
}

// joinChannel shows a newcomer everybody's presence. A client whose id was restored is asked for its own, because the others
// saw it go.
func (d *document) joinChannel(v *view, restored bool) {
	if v.onChannel || v.session.hasLeft() {
		return
	}
	v.onChannel = true
	v.hold(1)
	d.channel = append(d.channel, v)
	ids := make([]string, 0, len(d.carets))
	for id := range d.carets {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		c := d.carets[id]
		if c.view == v {
			continue
		}
		if d.bringForward(c) {
			v.show(c, d.caretFrame(c))
		} else {
			c.view.ask()
		}
	}
	if restored {
		v.ask()
	}
}

func (d *document) leaveChannel(v *view) {
	if !v.onChannel {
		return
	}
	v.onChannel = false
	if i := slices.Index(d.channel, v); i >= 0 {
		d.channel = slices.Delete(d.channel, i, i+1)
	}
	v.hold(-1)
}
