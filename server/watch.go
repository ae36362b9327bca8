package server

import (
	"context"
	"errors"
	"time"

	"quire/server/events"
	"quire/storage"
)

const (
	lookEvery    = 500 * time.Millisecond // P10 and W9 allow a second
	checkAll     = time.Minute
	lookAtMost   = 5 * time.Second
	mostComplain = time.Minute
)

// watch is what the server knows of what others do to its sockets' sign-ins: the command line, and other nodes.
type watch struct {
	srv       *Server
	events    int64 // that were felt
	session   uint64
	checked   time.Time // everything
	complains time.Time
}

// keepWatch looks for endings until ctx ends; Close waits for it.
func (s *Server) keepWatch(ctx context.Context) {
	w := &watch{srv: s}
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		w.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// look has the hub follow the log's history, feels what ended since the last look, checks the proofs of sessions that joined since then, because theirs may have
// ended between being looked at and joining, and reads the settings. While the database does not answer everything stays
// as it is: nothing can have been changed in it by others who use it as we do.
func (w *watch) look(ctx context.Context) {
	ctx, stop := context.WithTimeout(ctx, lookAtMost)
	defer stop()
	err := errors.Join(w.srv.cfg.Hub.Follow(ctx), w.feel(ctx), w.srv.settings.Refresh(ctx))
	if now := w.srv.now(); err != nil && now.Sub(w.complains) >= mostComplain && ctx.Err() == nil {
		w.complains = now
		w.srv.log.Warn("what other processes changed is not known", "err", err)
	}
}

func (w *watch) feel(ctx context.Context) error {
	list, count, missed, err := events.Since(ctx, w.srv.cfg.Store, w.events)
	if err != nil {
		return err
	}
	now := w.srv.now()
	all := missed || now.Sub(w.checked) >= checkAll
	for _, e := range list {
		w.srv.auth.Feel(e)
		if e.Kind == events.DocumentDeleted {
			w.srv.cfg.Hub.DocumentDeleted(storage.DocumentID(e.ID))
		}
	}
	after := w.session
	if all {
		after = 0
		if err := w.checkDocuments(ctx); err != nil {
			return err
		}
	}
	newest, err := w.checkProofs(ctx, after)
	if err != nil {
		return err
	}
	w.events, w.session = count, newest // only now: after a fault all of it is looked at again
	if all {
		w.checked = now
	}
	return nil
}

// checkProofs ends the sessions, of those that joined after that one, whose proof does not count any more.
func (w *watch) checkProofs(ctx context.Context, after uint64) (newest uint64, err error) {
	proofs, newest := w.srv.cfg.Hub.Proofs(after)
	for _, p := range proofs {
		counts, err := w.srv.auth.StillCounts(ctx, p)
		if err != nil {
			return after, err
		}
		if !counts {
			w.srv.auth.Feel(events.Event{Kind: events.SignInEnded, ID: p.SignIn})
		}
	}
	return newest, nil
}

// checkDocuments lets go of documents that somebody else deleted for good, and of what is ahead of the log.
func (w *watch) checkDocuments(ctx context.Context) error {
	for _, doc := range w.srv.cfg.Hub.Documents() {
		head, err := w.srv.cfg.Store.Head(ctx, doc)
		if err == nil {
			w.srv.cfg.Hub.Look(doc, head)
		} else if errors.Is(err, storage.ErrDeleted) {
			w.srv.cfg.Hub.DocumentDeleted(doc)
		} else if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
	}
	return nil
}
