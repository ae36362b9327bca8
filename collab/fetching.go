package collab

import (
	"slices"

	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
)

// Content is a document's content as it was when the document saw the request.
type Content struct {
	Frozen *delta.Frozen // nil: there is none
	At     storage.Revision
}

// Fetch asks for the ops from a revision on or for the content, and perhaps for the live ops that follow.
type Fetch struct {
	From      storage.Revision // storage.Newest: the content
	Subscribe bool
	Timeline  int64 // of the hub, when they learned of From (N12)
	Asker     Asker
	looked    bool // the log was looked at for From, which was beyond the head
}

// Asker is told what a Fetch found, once, within the document's turn.
type Asker interface {
	// Fetched: the ops from From to revision head; where content isn't nil, that instead. Live ops follow if begins.
	Fetched(head storage.Revision, content *Content, begins bool)
	Refused(*wire.Error)
}

// Fetch hands f to the document. Asker is told in the end, or the reader's session is closed.
func (x *Handle) Fetch(f *Fetch) { x.d.post(&fetchRequest{Fetch: f, of: x}) }

type fetchRequest struct {
	*Fetch
	of *Handle
}

func (r *fetchRequest) whose() *standing { return &r.of.standing }

// fail ends the session: the document could not be loaded in time (W7).
func (r *fetchRequest) fail(*document) { unavailable(r.of.reader) }

// handle answers with ops or the content, and begins the subscription at exactly the revision where the answer ends.
func (r *fetchRequest) handle(d *document) {
	if d.wait(r) || d.unsure(r) || d.held(r) {
		return
	}
	head, st := d.order.Head(), &r.of.standing
	switch {
	case r.From != storage.Newest && r.Timeline < d.timeline:
		r.of.reader.Done()
		r.of.reader.Close(wire.CloseResync, backInTime)
		return
	case st.reads(r.From) != nil:
		r.Asker.Refused(st.reads(r.From))
		return
	case d.hides(st.role):
		r.Asker.Refused(Forbidden())
		return
	case d.state == docDeleted:
		r.Asker.Refused(wire.Errorf(wire.CodeWasDeleted, "the document was deleted for good"))
		return
	case d.state == docDamaged:
		r.Asker.Refused(wire.Errorf(wire.CodeOpsNotFound, "the document's history is damaged"))
		return
	case r.From > head && d.lookAhead(r, &r.looked):
		return
	case r.From > head:
		r.Asker.Refused(wire.Errorf(wire.CodeNewerThanHead, "version %d is newer than the document's, which is %d", r.From, head))
		return
	case r.assureOwn(d):
		return
	}
	var content *Content
	if r.From == storage.Newest {
		content = &Content{d.freeze(), head}
	}
	begins := r.Subscribe && !r.of.left
	if begins {
		d.subscribe(r.of, head)
	}
	r.Asker.Fetched(head, content, begins)
	if begins {
		d.introduce(r.of)
	}
}

// subscribe makes x a reader of the live ops from a revision on.
func (d *document) subscribe(x *Handle, from storage.Revision) {
	x.from = from
	x.who = seen(x.reader.Identity(), x.standing.role)
	if x.subscribed {
		return
	}
	x.subscribed = true
	d.subs = append(d.subs, x)
	x.reader.Hold(1)
	d.peopleChanged = true
}

func (d *document) unsubscribe(x *Handle) {
	if !x.subscribed {
		return
	}
	x.subscribed = false
	if i := slices.Index(d.subs, x); i >= 0 {
		d.subs = slices.Delete(d.subs, i, i+1)
	}
	x.reader.Hold(-1)
	d.peopleChanged = true
}

// introduce tells what the document is, behind the answer to a subscription.
func (d *document) introduce(x *Handle) {
	if d.state != docLive {
		return
	}
	trashed := d.info.Trashed()
	notice := wire.DocNotice{Doc: string(d.id), Title: &d.info.Title, Role: x.standing.role.String(), Trashed: &trashed}
	x.reader.Owe(wire.Seal(wire.AppendDocNotice(wire.Begin(128+len(d.info.Title)), notice)))
}

// Unsubscribe ends the live ops. answer is sent in its place of the stream.
func (x *Handle) Unsubscribe(answer wire.Frame) { x.d.post(&unsubscribeRequest{x, answer}) }

type unsubscribeRequest struct {
	of     *Handle
	answer wire.Frame
}

func (r *unsubscribeRequest) whose() *standing { return &r.of.standing }

func (r *unsubscribeRequest) handle(d *document) {
	if !d.wait(r) && !d.held(r) {
		d.unsubscribe(r.of)
		r.of.reader.Unsubscribed(r.answer)
	}
}

func (r *unsubscribeRequest) fail(*document) { unavailable(r.of.reader) }
