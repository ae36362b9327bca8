package server

import (
	"context"
	"errors"
	"time"

	"quire/storage"
)

const (
	houseAfter = time.Minute // from the start, when everybody comes back and opens what they had open
	houseEvery = time.Hour
	houseBatch = 100 // documents deleted before the store gets a rest from it
)

// keepHouse empties the trash, removes sign-ins that ended and warns of a certificate that ends, a while after the start and
// every hour from then on, until ctx ends. Close waits for it, as for everything that works in the background.
func (s *Server) keepHouse(ctx context.Context) {
	next := time.NewTimer(houseAfter)
	defer next.Stop()
	for round := 0; ; round++ {
		if s.certificate != nil && round != 1 { // the first comes right after the start
			s.certificate.remind()
		}
		select {
		case <-ctx.Done():
			return
		case <-next.C:
			next.Reset(houseEvery)
		}
		if err := s.tidy(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("housekeeping not finished; it goes on within the hour", "err", err)
		}
	}
}

// tidy does one round.
func (s *Server) tidy(ctx context.Context) error {
	ended, err := s.auth.Expire(ctx)
	if err != nil {
		return err
	}
	deleted := 0
	for ctx.Err() == nil {
		n, err := s.emptyTrash(ctx)
		deleted += n
		if err != nil {
			return err
		}
		if n < houseBatch {
			break
		}
	}
	forgotten, err := s.forgetAudit(ctx)
	if err != nil {
		return err
	}
	events, err := s.forget(ctx, storage.EventsKept, s.cfg.Store.DeleteEvents)
	if err != nil {
		return err
	}
	if ended > 0 || deleted > 0 || forgotten > 0 || events > 0 {
		s.log.Info("tidied", "sign_ins", ended, "documents", deleted, "audit", forgotten, "events", events)
	}
	return ctx.Err()
}

// emptyTrash deletes up to houseBatch documents whose time in the trash is over.
func (s *Server) emptyTrash(ctx context.Context) (deleted int, err error) {
	now := s.now()
	keep := s.cfg.Bounds.Trash
	if keep <= 0 {
		keep = 30 * 24 * time.Hour
	}
	docs, err := s.cfg.Store.TrashedBefore(ctx, now.Add(-keep), houseBatch)
	if err != nil {
		return 0, err
	}
	for _, doc := range docs {
		err := s.cfg.Store.DeleteDocument(ctx, doc, now)
		if err != nil && !errors.Is(err, storage.ErrDeleted) && !errors.Is(err, storage.ErrNotFound) {
			return deleted, err
		}
		s.log.Info("document deleted after its time in the trash", "doc", doc)
		deleted++
	}
	return deleted, nil
}

// forgetAudit removes entries of the audit log whose time is over.
func (s *Server) forgetAudit(ctx context.Context) (int, error) {
	keep := s.cfg.Audit
	if keep <= 0 {
		keep = 365 * 24 * time.Hour
	}
	return s.forget(ctx, keep, s.cfg.Store.DeleteAudit)
}

const forgetBatch = 1000 // rows removed at once

// forget removes what is older than keep, and returns how many rows.
func (s *Server) forget(ctx context.Context, keep time.Duration, remove func(context.Context, time.Time, int) (int, error)) (forgotten int, err error) {
	before := s.now().Add(-keep)
	for ctx.Err() == nil {
		n, err := remove(ctx, before, forgetBatch)
		forgotten += n
		if err != nil || n < forgetBatch {
			return forgotten, err
		}
	}
	return forgotten, ctx.Err()
}
