package collab

import (
	"context"

	"quire/collab/access"
	"quire/collab/budget"
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
	subscribed bool
	from       storage.Revision // live ops begin here
	onChannel  bool
	carets     int         // presences it announced
	who        Person      // as others see its person
	role       access.Role // that the document was last told of
	left       bool        // what is still asked for has no effect
}

// Open returns a handle on a document, which is loaded if it is not live. ErrDraining, ErrOverloaded.
func (h *Hub) Open(id storage.DocumentID, r Reader) (*Handle, error) {
	d, err := h.acquire(id)
	if err != nil {
		return nil, err
	}
	return &Handle{d: d, reader: r}, nil
}

// Retain and Release count who needs the document in memory. Open counts once.
func (x *Handle) Retain() { x.d.hub.retain(x.d) }

func (x *Handle) Release() { x.d.hub.release(x.d) }

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
	Raw       string // the request, for an error's echo
	Past      int64  // of the hub, when its sender learned of Base (N12)
	Change    uint64 // the change of access up to which the sender's role is known
	Recreates bool   // that role may create over a deleted document
}

// Submit hands an op to the document.
func (x *Handle) Submit(op Sent) {
	s := newSubmission(x.reader, op.Request)
	s.of, s.raw, s.past, s.admitted, s.Recreates = x, op.Raw, op.Past, op.Change, op.Recreates
	x.d.post(s)
}

// Rename shows a person's new name, colour and picture to those who have the document open.
func (x *Handle) Rename(who Person) { x.d.post(call(func(d *document) { d.renamed(who) })) }

// SetRole tells the document that the reader's role changed.
func (x *Handle) SetRole(role access.Role) { x.d.post(&roleChange{x, role}) }

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
	d.unsubscribe(m.of)
	d.leaveChannel(m.of)
	d.dropCarets(m.of)
	m.then()
}

// roleChange tells a document that a reader's role changed.
type roleChange struct {
	of   *Handle
	role access.Role
}

func (r *roleChange) fail(*document) { unavailable(r.of.reader) }

func (r *roleChange) handle(d *document) {
	if d.wait(r) {
		return
	}
	x := r.of
	x.role = r.role
	if x.subscribed {
		x.who.Writing = x.reader.Identity().Allows(r.role, access.Write)
		d.peopleChanged = true
		d.closeInTrash(x)
	}
	x.reader.Done()
}

// End is the revision after the newest op that the feed holds.
func (x *Handle) End() storage.Revision { return x.d.feed.end() }

// Frames appends the frames of the live ops from revision from to revision to, about budget bytes but at least one, and returns
// where it stopped. False: the feed no longer holds from, so the log must be asked.
func (x *Handle) Frames(dst []wire.Frame, from, to storage.Revision, budget int) ([]wire.Frame, storage.Revision, bool) {
	return x.d.feed.read(dst, from, to, budget)
}

// Page reads ops from the log, about so many bytes of them but at least one. It blocks.
func (x *Handle) Page(ctx context.Context, from, to storage.Revision, bytes int) ([]storage.Op, error) {
	return x.d.hub.store.Read(ctx, x.d.id, from, to, bytes)
}

// Frame is the frame of an op of the log.
func (x *Handle) Frame(at storage.Revision, op storage.Op) wire.Frame {
	return x.d.frame(at, op.Client, op.Seq, op.Body)
}

// Encode returns an encoding of a content, held for sending; nil: too many bytes of others' are on their way. It blocks while the
// encoding is made.
func (x *Handle) Encode(c *Content, action wire.Action, sending *budget.Owner) *Encoding {
	g := x.d.encoded(c, action, sending)
	if g == nil {
		x.d.hub.forgetEncodings()
		g = x.d.encoded(c, action, sending)
	}
	return g
}
