package collab

import (
	"cmp"
	"context"

	"quire/collab/access"
	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
)

// Handle is a Reader's hold on a live document, from its first request until nothing is owed or expected any more. While there is
// one the document stays in memory. Its methods may be called from any goroutine that knows it is not released, and block only
// where they say so.
type Handle struct {
	d      *document
	reader Reader

	// Of the document's turn:
	standing     standing
	lastSentRole access.Role // that the client acts by; access.None: it was told none
	subscribed   bool
	from         storage.Revision // live ops begin here
	onChannel    bool
	carets       int    // presences it announced
	who          Person // as others see its person
	left         bool   // what is still asked for has no effect
}

// Open lets a reader in: it looks their role up, and if that lets them read calls install with a handle on the document, which is
// loaded if it is not live. From install on the document is told of changes of access. install may refuse the handle, and must not
// block. It blocks for the look-up, unless gone reports that nobody waits. Errors: ErrDraining, ErrOverloaded, of the store.
func (h *Hub) Open(ctx context.Context, id storage.DocumentID, r Reader, gone func() bool, install func(*Handle) bool) (role access.Role, err error) {
	who := r.Identity()
	var in *Handle
	var refused error
	enter := func(found access.Role, historyFrom storage.Revision) bool {
		if role = found; !access.Allows(role, access.Read) {
			return false
		}
		var d *document
		if d, refused = h.acquire(id); refused != nil {
			return false
		}
		in = &Handle{d: d, reader: r, lastSentRole: role}
		in.standing = standing{sender: r, handle: in, readOnly: who.ReadOnly, role: role, historyFrom: historyFrom, known: true}
		h.registry.retain(d)
		if !install(in) {
			h.registry.release(d)
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

// recheck looks the role of a reader up anew who was let in by one that does not hold any more. Nobody was told of it.
func (x *Handle) recheck(ended bool) {
	x.d.post(call(func(d *document) {
		x.lastSentRole = access.None
		overtaken(&x.standing, ended).handle(d)
	}))
}

// overtaken is the change of access that came in while somebody was let in.
func overtaken(st *standing, ended bool) *accessChange {
	return &accessChange{concerns: concerns{ended: ended}, of: []*standing{st}}
}

// Retain and Release count who needs the document in memory. Open counts once.
func (x *Handle) Retain() { x.d.hub.registry.retain(x.d) }

func (x *Handle) Release() { x.d.hub.registry.release(x.d) }

// Revision is a version of the wire's as the store counts.
func Revision(v wire.Version) storage.Revision {
	if v == wire.NoVersion {
		return storage.Newest
	}
	return storage.Revision(v)
}

// Sent is an op as a session received it.
type Sent struct {
	order.Request
	Raw      string // the request, for an error's echo
	Timeline int64  // of the hub, when its sender learned of Base (N12)
}

// Submit hands an op to the document.
func (x *Handle) Submit(op Sent) {
	s := newSubmission(&x.standing, op.Request)
	s.raw, s.timeline = op.Raw, op.Timeline
	x.d.post(s)
}

// Rename shows a person's new name, colour and picture to those who have the document open.
func (x *Handle) Rename(who Person) {
	x.d.post(call(func(d *document) {
		d.subscribers.rename(who)
		d.presence.rename(who)
	}))
}

// Leave takes the reader out of the document. then is called in its turn.
func (x *Handle) Leave(then func()) { x.d.post(&leave{x, then}) }

// leave takes a reader out of its document.
type leave struct {
	of   *Handle
	then func()
}

func (m *leave) handle(d *document) {
	if !d.wait(m) {
		m.fail(d)
	}
}

// fail does the same without waiting.
func (m *leave) fail(d *document) {
	m.of.left = true
	d.subscribers.remove(m.of)
	d.presence.leave(m.of)
	d.presence.dropOf(m.of)
	m.then()
}

// End is the revision after the newest op that the feed holds.
func (x *Handle) End() storage.Revision { return x.d.stream.feed.end() }

// Frames appends the frames of the live ops from revision from to revision to, about budget bytes but at least one, and returns
// where it stopped. False: the feed no longer holds from, so the log must be asked.
func (x *Handle) Frames(dst []wire.Frame, from, to storage.Revision, budget int) ([]wire.Frame, storage.Revision, bool) {
	return x.d.stream.feed.read(dst, from, to, budget)
}

// Page reads ops from the log, about so many bytes of them but at least one. It blocks.
func (x *Handle) Page(ctx context.Context, from, to storage.Revision, bytes int) ([]storage.Op, error) {
	return x.d.node.store.Read(ctx, x.d.id, from, to, bytes)
}

// Frame is the frame of an op of the log.
func (x *Handle) Frame(at storage.Revision, op storage.Op) wire.Frame {
	return x.d.stream.frame(at, op.Client, op.Seq, op.Body)
}
