package events

import (
	"context"
	"errors"
	"maps"

	"quire/collab"
	"quire/storage"
)

// Look does the queued look-ups, those that end sessions first. It waits for no Check. What fails is tried again at the next call.
func (w *Watch) Look(ctx context.Context) error {
	w.looking.Lock()
	defer w.looking.Unlock()
	w.mu.Lock()
	todo := w.lookups
	w.lookups = map[subject]storage.Event{}
	w.mu.Unlock()
	var errs []error
	for _, urgent := range []bool{true, false} {
		for s, e := range todo {
			if urgent != (s.kind == ofEnded || s.kind == ofProof) {
				continue
			}
			if err := w.lookUp(ctx, s, e); err != nil {
				errs = append(errs, err)
				continue
			}
			delete(todo, s)
		}
	}
	w.keepForLater(todo)
	return errors.Join(errs...)
}

// keepForLater queues failed look-ups again, except where a newer event has queued the same subject.
func (w *Watch) keepForLater(failed map[subject]storage.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	newer := w.lookups
	w.lookups = failed
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
		return w.checkSignIn(ctx, s.id)
	case ofSettings:
		return w.cfg.Settings(ctx)
	}
	if s.kind == ofPerson {
		w.row.Lock()
		defer w.row.Unlock()
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
	w.row.Lock()
	defer w.row.Unlock()
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
