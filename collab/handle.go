package collab

import (
	"cmp"
	"context"
	"fmt"

	"quire/collab/access"
	"quire/collab/budget"
	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
)

// Open looks up a reader's role. If it allows reading, Open calls install with a handle on the document, which is loaded if it is not
// live. From then on changes of access reach the reader through the document. install must not block; it returns false to refuse the
// handle. Open blocks for the look-up; gone reports that nobody waits for it any more. Errors: ErrDraining, ErrOverloaded, the store's.
func (h *Hub) Open(ctx context.Context, id storage.DocumentID, r Reader, gone func() bool, install func(*Handle) bool) (role access.Role, err error) {
	who := r.Identity()
	var in *Handle
	var refused error
	enter := func(found access.Role, historyFrom storage.Revision) bool {
		if role = found; !access.Allows(role, access.Read) {
			return false
		}
		x := &Handle{reader: r, lastSentRole: role}
		if x.d, refused = h.acquire(id, who.User, &x.holds); refused != nil {
			return false
		}
		in = x
		in.standing = standing{sender: r, handle: in, scopes: who.Scopes, role: role, historyFrom: historyFrom, known: true}
		in.Retain()
		if !install(in) {
			in.Close()
		}
		return true
	}
	err = h.node.Retry(h.node.rt.Now(), func() error {
		if gone() {
			return context.Canceled
		}
		return h.roles.admit(ctx, who, id, enter, func(ended bool) { in.recheck(ended) })
	})
	if in != nil {
		in.Release()
	}
	return role, cmp.Or(err, refused)
}

// recheck looks up the role of a reader again, because it changed while they were let in.
func (x *Handle) recheck(ended bool) {
	x.d.post(call(func(d *document) {
		x.lastSentRole = access.None
		overtaken(&x.standing, ended).handle(d)
	}))
}

// overtaken returns the change of access for somebody whose role changed while they were let in.
func overtaken(st *standing, ended bool) *accessChange {
	return &accessChange{concerns: concerns{ended: ended}, of: []*standing{st}}
}

// Retain and Release count references to the document. Open returns a Handle with one.
func (x *Handle) Retain() { x.d.hub.registry.retain(x.d) }

func (x *Handle) Release() { x.d.hub.registry.release(x.d) }

// Close releases the reference of the handle's owner, and all that the handle holds.
func (x *Handle) Close() {
	x.holds.End()
	x.Release()
}

// Revision converts a version on the wire to a revision of the store.
func Revision(v wire.Version) storage.Revision {
	if v == wire.NoVersion {
		return storage.Newest
	}
	return storage.Revision(v)
}

// Sent is an op as a session received it.
type Sent struct {
	order.Request
	Raw      string // the request, which an error repeats
	Timeline int64  // the hub's newest when the sender learned of Base (N12)
}

// Submit posts an op to the document.
func (x *Handle) Submit(op Sent) {
	s := newSubmission(&x.standing, op.Request)
	s.raw, s.timeline = op.Raw, op.Timeline
	x.d.post(s)
}

// NeedsLong reports whether an op of so many components, for revision base, needs a long transform. A document that changes at the
// same time may find otherwise.
func (x *Handle) NeedsLong(base storage.Revision, components int) bool {
	st := &x.d.status
	if base == storage.Newest {
		return false
	}
	return int64(base) < st.keptFrom.Load() || (st.head.Load()-int64(base))*int64(components) > int64(x.d.node.limits.TransformSteps)
}

// Rename shows a person's new name, colour and picture to those who have the document open.
func (x *Handle) Rename(who Person) {
	x.d.post(call(func(d *document) {
		d.subscribers.rename(who)
		d.presence.rename(who)
	}))
}

// Leave removes the reader from the document and then calls then, in the document's turn.
func (x *Handle) Leave(then func()) { x.d.post(&leave{x, then}) }

// leave removes a reader from its document.
type leave struct {
	of   *Handle
	then func()
}

func (m *leave) handle(d *document) {
	if !d.wait(m) {
		m.fail(d)
	}
}

// fail does the same before the document is loaded.
func (m *leave) fail(d *document) {
	m.of.left = true
	d.dropTransforms(&m.of.standing)
	d.subscribers.remove(m.of)
	d.presence.leave(m.of)
	d.presence.dropOf(m.of)
	m.then()
}

// End is the revision after the newest op that the feed holds.
func (x *Handle) End() storage.Revision { return x.d.stream.feed.end() }

// Frames appends frames of live ops from revision from up to revision to: about budget bytes, but at least one. It returns the
// revision where it stopped, or false if the feed no longer holds from: then they must be read from the log.
func (x *Handle) Frames(dst []wire.Frame, from, to storage.Revision, budget int) ([]wire.Frame, storage.Revision, bool) {
	return x.d.stream.feed.read(dst, from, to, budget)
}

// Page reads ops from the log: about so many bytes, but at least one. It blocks.
func (x *Handle) Page(ctx context.Context, from, to storage.Revision, bytes int) ([]storage.Op, error) {
	return x.d.node.store.Read(ctx, x.d.id, from, to, bytes)
}

// Frame encodes an op that was read from the log.
func (x *Handle) Frame(at storage.Revision, op storage.Op) wire.Frame {
	return x.d.stream.frame(at, op.Client, op.Seq, op.Body)
}

// Encode returns an encoding of a content, held for sending in a person's share. It blocks while the encoding is made, and while too
// much of theirs is on its way, or so much of others' that theirs has to wait its turn. Errors: that of ctx, ErrOverloaded.
func (x *Handle) Encode(ctx context.Context, person storage.UserID, c *Content, action wire.Action, sending *budget.Owner) (*Encoding, error) {
	reading := &x.d.hub.reading
	of := reading.Of(string(person))
	made := x.d.encodings.get(c, action, sending, of, nil)
	for made == nil {
		held, err := sending.Await(ctx, of, c.size(), x.d.node.rt.Wait)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrOverloaded, err)
		}
		made = x.d.encodings.get(c, action, sending, of, held)
	}
	if reading.Over() {
		x.d.hub.registry.forgetEncodings()
	}
	return made, nil
}
