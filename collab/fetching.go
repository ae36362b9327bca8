package collab

import (
	"slices"

	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
)

// Fetch asks for the content, or for the ops from a revision on, and possibly for the live ops that follow.
type Fetch struct {
	From      storage.Revision // storage.Newest: the content
	Subscribe bool
	Timeline  int64 // the hub's newest when they learned of From (N12)
	Asker     Asker
	readTail  bool // the tail was read because From was beyond the head
}

// Asker gets the result of a Fetch, once, within the document's turn. Its methods must not block or call the document.
type Asker interface {
	// Fetched returns content, or if that is nil the ops from From to revision head, which the asker reads itself. If begins, live
	// ops follow.
	Fetched(head storage.Revision, content *Content, begins bool)
	Refused(*wire.Error)
}

// Fetch posts f to the document. In the end its Asker is called, or the reader's session is closed.
func (x *Handle) Fetch(f *Fetch) { x.d.post(&fetchRequest{Fetch: f, of: x}) }

type fetchRequest struct {
	*Fetch
	of *Handle
}

func (r *fetchRequest) whose() *standing { return &r.of.standing }

// fail closes the session: the document could not be loaded in time (W7).
func (r *fetchRequest) fail(*document) { unavailable(r.of.reader) }

// handle answers with ops or the content, and starts the subscription at exactly the revision where the answer ends.
func (r *fetchRequest) handle(d *document) {
	if d.wait(r) || d.waitForComparison(r) || d.held(r) {
		return
	}
	head := d.order.Head()
	if r.From != storage.Newest && r.Timeline < d.log.timeline {
		r.of.reader.Done()
		r.of.reader.Close(wire.CloseResync, backInTime)
		return
	}
	if err := r.refusal(&d.life); err != nil {
		r.Asker.Refused(err)
		return
	}
	switch {
	case r.From > head && d.waitForTail(r, &r.readTail):
		return
	case r.From > head:
		r.Asker.Refused(wire.Errorf(wire.CodeNewerThanHead, "version %d is newer than the document's, which is %d", r.From, head))
		return
	case r.assureOwn(d):
		return
	}
	var content *Content
	if r.From == storage.Newest {
		content = &Content{d.frozen.of(&d.order), head}
	}
	begins := r.Subscribe && !r.of.left
	if begins {
		d.subscribers.add(r.of, head)
	}
	r.Asker.Fetched(head, content, begins)
	if begins {
		r.of.introduce()
	}
}

// refusal returns why the reader may not have what they ask for.
func (r *fetchRequest) refusal(l *lifecycle) *wire.Error {
	st := &r.of.standing
	if err := st.reads(r.From); err != nil {
		return err
	}
	switch {
	case l.hides(st.role):
		return Forbidden()
	case l.state == docDeleted:
		return wire.Errorf(wire.CodeWasDeleted, "the document was deleted for good")
	case l.state == docDamaged:
		return wire.Errorf(wire.CodeOpsNotFound, "the document's history is damaged")
	}
	return nil
}

// assureOwn delays a request for ops until these are safe, if the reader's own may be among them: a client that finds its own op takes
// it for acknowledged. It reports whether it did.
func (r *fetchRequest) assureOwn(d *document) bool {
	if r.From == storage.Newest || d.log.isSafe(d.order.Head()) || !mayHold(&d.order, max(r.From, d.log.safe), r.of.reader.Identity().User) {
		return false
	}
	d.makeSafe(d.node.rt.Now(), func(d *document, err error) {
		if err != nil {
			r.fail(d)
			return
		}
		r.handle(d)
	})
	return true
}

// mayHold reports whether an op from revision from on may be author's. Ops that are not in memory may.
func mayHold(q *order.Sequencer, from storage.Revision, author storage.UserID) bool {
	if from >= q.Head() {
		return false
	}
	ops, ok := q.Since(from)
	return !ok || slices.ContainsFunc(ops, func(e order.Entry) bool { return e.Author == author })
}

// introduce sends the title, the role and whether the document is in the trash, after the answer to a subscription.
func (x *Handle) introduce() {
	if !x.d.life.live() {
		return
	}
	title, trashed := x.d.life.info.Title, x.d.life.info.Trashed()
	notice := wire.DocNotice{Doc: string(x.d.id), Title: &title, Role: x.standing.role.String(), Trashed: &trashed}
	x.reader.Owe(wire.Seal(wire.AppendDocNotice(wire.Begin(128+len(title)), notice)))
}

// Unsubscribe ends the live ops. answer is sent behind those that are owed.
func (x *Handle) Unsubscribe(answer wire.Frame) { x.d.post(&unsubscribeRequest{x, answer}) }

type unsubscribeRequest struct {
	of     *Handle
	answer wire.Frame
}

func (r *unsubscribeRequest) whose() *standing { return &r.of.standing }

func (r *unsubscribeRequest) handle(d *document) {
	if !d.wait(r) && !d.held(r) {
		d.subscribers.remove(r.of)
		r.of.reader.Unsubscribed(r.answer)
	}
}

func (r *unsubscribeRequest) fail(*document) { unavailable(r.of.reader) }
