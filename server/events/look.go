package events

import (
	"context"
	"errors"
	"maps"
	"slices"

	"quire/collab"
	"quire/storage"
)

// Look checks which timeline the log serves (Hub.Follow), does the queued look-ups, and checks the sign-ins of sessions that
// joined since the last call, because one may have ended after it was checked and before its session joined. Every minute, and
// after missed events, it checks everything. What fails is tried again at the next call.
func (w *Watch) Look(ctx context.Context) error {
	w.looking.Lock()
	defer w.looking.Unlock()
	w.mu.Lock()
	todo, missed := w.lookups, w.all
	w.lookups, w.all = map[subject]storage.Event{}, false
	w.mu.Unlock()
	errs := []error{w.cfg.Hub.Follow(ctx)}
	for s, e := range todo {
		if err := w.lookUp(ctx, s, e); err != nil {
			errs = append(errs, err)
			continue
		}
		delete(todo, s)
	}
	now := w.cfg.Now()
	all := missed || now.Sub(w.checked) >= checkEvery
	after := w.session
	var err error
	if all {
		after, err = 0, w.everything(ctx, missed)
	}
	newest, proofs := w.checkProofs(ctx, after, "")
	if err = errors.Join(err, proofs); err == nil {
		w.session = newest
		if all {
			w.checked = now
		}
	}
	w.keepForLater(todo, missed && err != nil)
	return errors.Join(append(errs, err)...)
}

// keepForLater queues failed look-ups again, except where a newer event has queued the same subject.
func (w *Watch) keepForLater(failed map[subject]storage.Event, missed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	newer := w.lookups
	w.lookups, w.all = failed, w.all || missed
	maps.Copy(w.lookups, newer)
}

// lookUp reads the current state of s and passes it to the hub.
func (w *Watch) lookUp(ctx context.Context, s subject, e storage.Event) error {
	switch s.kind {
	case ofDocument:
		return w.lookAt(ctx, e.Document, collab.Identity{User: e.By, Name: e.ByName})
	case ofGroup: // clients that show the group among a document's members have to read them again
		docs, err := w.cfg.Store.GroupDocuments(ctx, s.id)
		for _, doc := range docs {
			w.cfg.Hub.Apply(storage.Event{Kind: storage.EventMembers, Document: doc})
		}
		return err
	case ofProof:
		_, err := w.checkProofs(ctx, 0, s.id)
		return err
	case ofSettings:
		return w.cfg.Settings(ctx)
	}
	u, err := w.cfg.Store.User(ctx, storage.UserID(s.id))
	switch {
	case err != nil && !errors.Is(err, storage.ErrNotFound):
		return err
	case s.kind == ofEnded && (err != nil || gone(u)):
		w.cfg.Hub.Apply(storage.Event{Kind: storage.EventEnded, Users: []storage.UserID{storage.UserID(s.id)}})
	case s.kind == ofPerson && err == nil:
		w.cfg.Hub.UserChanged(w.cfg.Auth.PersonOf(u))
	}
	return nil
}

// lookAt reads the row of a document that is open here and passes it to the hub.
func (w *Watch) lookAt(ctx context.Context, doc storage.DocumentID, by collab.Identity) error {
	if !w.cfg.Hub.Has(doc) {
		return nil
	}
	row, err := w.cfg.Store.Document(ctx, doc)
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, newer := w.lookups[subject{ofDocument, string(doc)}]; newer { // an event came meanwhile: the row may be older than it
		return nil
	}
	switch {
	case err == nil:
		w.cfg.Hub.Described(row, by)
	case errors.Is(err, storage.ErrDeleted):
		w.cfg.Hub.Apply(storage.Event{Kind: storage.EventDeleted, Document: doc})
	case !errors.Is(err, storage.ErrNotFound):
		return err
	}
	return nil
}

// everything closes documents that were deleted for good, makes those that differ from the log's head compare themselves with it,
// and reads the settings. missed: events were missed, so it looks at people, titles and the trash too.
func (w *Watch) everything(ctx context.Context, missed bool) error {
	if missed {
		if err := w.lookAtPeople(ctx); err != nil {
			return err
		}
	}
	for _, doc := range w.cfg.Hub.Documents() {
		if missed {
			if err := w.lookAt(ctx, doc, collab.Identity{}); err != nil {
				return err
			}
		}
		head, err := w.cfg.Store.Head(ctx, doc)
		if err == nil {
			w.cfg.Hub.Look(doc, head)
		} else if errors.Is(err, storage.ErrDeleted) {
			w.cfg.Hub.Apply(storage.Event{Kind: storage.EventDeleted, Document: doc})
		} else if !errors.Is(err, storage.ErrNotFound) {
			return err
		}
	}
	return w.cfg.Settings(ctx)
}

// lookAtPeople ends the sessions of people who are suspended or deleted, also those without a sign-in, and shows the present
// names of the others.
func (w *Watch) lookAtPeople(ctx context.Context) error {
	for some := range slices.Chunk(w.cfg.Hub.Users(), 100) {
		users, err := w.cfg.Store.Users(ctx, some)
		if err != nil {
			return err
		}
		for _, u := range users {
			if gone(u) {
				w.cfg.Hub.Apply(storage.Event{Kind: storage.EventEnded, Users: []storage.UserID{u.ID}})
			} else {
				w.cfg.Hub.UserChanged(w.cfg.Auth.PersonOf(u))
			}
		}
	}
	return nil
}

// gone reports whether all sessions of u must end.
func gone(u storage.User) bool { return u.Suspended() || !u.DeletedAt.IsZero() }

// checkProofs ends sessions whose sign-in is no longer valid, among those numbered above after, and returns the newest number.
// If only is not "", it checks just that sign-in.
func (w *Watch) checkProofs(ctx context.Context, after uint64, only string) (newest uint64, err error) {
	proofs, newest := w.cfg.Hub.Proofs(after)
	for _, p := range proofs {
		if only != "" && p.SignIn != only {
			continue
		}
		counts, err := w.cfg.Auth.StillCounts(ctx, p)
		if err != nil {
			return after, err
		}
		if !counts {
			w.cfg.Hub.Apply(storage.Event{Kind: storage.EventSignIn, ID: p.SignIn})
		}
	}
	return newest, nil
}
