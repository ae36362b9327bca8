package collab

import (
	"cmp"
	"context"
	"fmt"

	"quire/collab/access"
	"quire/collab/budget"
	"quire/collab/delta"
	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
)

// Role returns somebody's role on doc, and from which revision on they may read its history (W8). It returns access.None where they
// have no role, also if there is no such document.
func (h *Hub) Role(ctx context.Context, who Identity, doc storage.DocumentID) (role access.Role, historyFrom storage.Revision, err error) {
	err = h.roles.admit(ctx, who, doc, func(found access.Role, from storage.Revision) bool {
		role, historyFrom = found, from
		return false // nobody enters: a change in between has the role looked up again
	}, nil)
	return role, historyFrom, err
}

// Submission is one op that came over REST.
type Submission struct {
	Who    Identity
	Client string // of the Idempotency-Key, hashed with the user
	Seq    int64
	Base   storage.Revision // the revision Op was made for
	Op     delta.Delta
}

// Submitted is an op's place in the log and the form it took there.
type Submitted struct {
	Revision storage.Revision // of the document after it
	Op       delta.Delta
}

// Submit sends an op to the document, as sessions do, and waits for its commit. The same op again returns the same result. Errors:
// ErrForbidden, ErrTrashed, *wire.Error for an op that is refused, ErrUnavailable, ErrOverloaded, ErrDraining.
func (h *Hub) Submit(ctx context.Context, doc storage.DocumentID, s Submission) (Submitted, error) {
	body := wire.Body{Kind: wire.Edit, Delta: s.Op}
	if body.Delta == nil {
		body.Delta = delta.Delta{}
	}
	w := &restWait{who: s.Who, done: make(chan struct{})}
	w.standing = standing{sender: w, scopes: s.Who.Scopes, known: true}
	op := newSubmission(&w.standing, order.Request{
		Client: s.Client, Seq: s.Seq, Author: s.Who.User, Base: s.Base, Body: body, Objection: h.protocol.Objection(body),
	})
	op.timeline = h.Timeline()
	var holds budget.Owner
	defer holds.End()
	d, err := h.submit(ctx, doc, op, &holds)
	if err != nil {
		return Submitted{}, err
	}
	defer h.registry.release(d)
	if err := h.node.rt.Wait(ctx, w.done); err != nil {
		d.post(call(func(d *document) {
			w.standing.left = true
			d.dropTransforms(&w.standing)
		}))
		return Submitted{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return w.result, w.err
}

// submit posts an op to its document if the sender may write there, and returns the document with a reference, for which holds holds a
// place.
func (h *Hub) submit(ctx context.Context, doc storage.DocumentID, op *submission, holds *budget.Owner) (d *document, err error) {
	refused := ErrForbidden
	enter := func(role access.Role, historyFrom storage.Revision) bool {
		st := op.standing
		if st.role, st.historyFrom = role, historyFrom; !st.allows(access.Write) {
			return false
		}
		if d, refused = h.acquire(doc, st.sender.Identity().User, holds); refused != nil {
			return false
		}
		d.post(op)
		return true
	}
	err = h.roles.admit(ctx, op.sender.Identity(), doc, enter, func(ended bool) {
		d.post(overtaken(op.standing, ended))
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return d, refused
}

// restWait is the sender of an op that came over REST. The document's turn writes the result, once, and then closes done.
type restWait struct {
	who      Identity
	standing standing
	done     chan struct{}
	result   Submitted
	err      error
}

func (w *restWait) Identity() Identity { return w.who }

func (w *restWait) Acknowledge(a Ack) bool {
	w.finish(Submitted{a.At + 1, a.Body.Delta}, nil)
	return true
}

func (w *restWait) Refuse(_ string, err *wire.Error) {
	if err == inTrash {
		w.finish(Submitted{}, ErrTrashed)
		return
	}
	w.finish(Submitted{}, err)
}

func (w *restWait) Undecided(string) { w.finish(Submitted{}, ErrUnavailable) }

func (w *restWait) finish(result Submitted, err error) {
	w.result, w.err = result, err
	close(w.done)
}

// Content returns doc's content at a revision, or at its head for storage.Newest, and which revision that is. The caller checks the
// role of the person, who waits for their turn if it is not the head. If an op deleted the content it returns an empty delta.
// Beyond the head the error is storage.ErrAhead.
func (h *Hub) Content(ctx context.Context, person storage.UserID, doc storage.DocumentID, at storage.Revision) (delta.Delta, storage.Revision, error) {
	if at != storage.Newest {
		return h.oldContent(ctx, person, doc, at)
	}
	var holds budget.Owner
	defer holds.End()
	d, err := h.acquire(doc, person, &holds)
	if err != nil {
		return nil, 0, err
	}
	defer h.registry.release(d)
	r := &contentRequest{done: make(chan struct{})}
	d.post(r)
	if err := h.node.rt.Wait(ctx, r.done); err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if r.err != nil || r.content == nil {
		return delta.Delta{}, r.at, r.err
	}
	return r.content.Delta(), r.at, nil
}

func (h *Hub) oldContent(ctx context.Context, person storage.UserID, doc storage.DocumentID, at storage.Revision) (content delta.Delta, found storage.Revision, err error) {
	content = delta.Delta{}
	late := h.node.limited(ctx, person, func(ctx context.Context) {
		var r replayed
		if r, err = replay(ctx, h.node, doc, at); err == nil && r.tree != nil {
			content = r.tree.Freeze().Delta()
		}
		found = r.at
	})
	return content, found, cmp.Or(late, err)
}

// contentRequest asks a document for its committed content.
type contentRequest struct {
	done    chan struct{}
	content *delta.Frozen
	at      storage.Revision
	err     error
}

func (r *contentRequest) handle(d *document) {
	if d.wait(r) || d.waitForComparison(r) {
		return
	}
	switch d.life.state {
	case docAbsent:
		r.err = storage.ErrNotFound
	case docDeleted:
		r.err = storage.ErrDeleted
	case docDamaged:
		r.err = ErrDamaged
	}
	r.content, r.at = d.frozen.of(&d.order), d.order.Head()
	close(r.done)
}

func (r *contentRequest) fail(*document) {
	r.err = ErrUnavailable
	close(r.done)
}

// Present returns who has the documents open on this node, each person once, in the order in which they came.
func (h *Hub) Present(docs []storage.DocumentID) map[storage.DocumentID][]Person {
	present := map[storage.DocumentID][]Person{}
	r := &h.registry
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range docs {
		if d := r.documents[id]; d != nil {
			if people := d.subscribers.people.Load(); people != nil && len(*people) > 0 {
				present[id] = *people
			}
		}
	}
	return present
}
