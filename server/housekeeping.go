package server

import (
	"context"
	"errors"
	"math"
	"time"

	"quire/server/audit"
	"quire/storage"
)

const (
	houseAfter = time.Minute // after the start, when all clients reconnect at once
	houseEvery = time.Hour
	houseBatch = 100 // documents deleted in one batch
)

// keepHouse empties the trash, deletes expired sign-ins and old events, and warns of an expiring certificate, first houseAfter the start and then
// every hour, until ctx ends. Close waits for it.
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
	events, err := s.forgetEvents(ctx)
	if err != nil {
		return err
	}
	if ended > 0 || deleted > 0 || forgotten > 0 || events > 0 {
		s.log.Info("tidied", "sign_ins", ended, "documents", deleted, "audit", forgotten, "events", events)
	}
	return ctx.Err()
}

// emptyTrash deletes up to houseBatch documents that have been in the trash long enough.
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
		entry := storage.AuditEntry{At: now, Action: "document.delete", Document: doc, Detail: audit.Detail("trash", true)}
		err := audit.Do(ctx, s.cfg.Store, s.log, entry, func() error { return s.cfg.Store.DeleteDocument(ctx, doc, now) })
		if err != nil && !errors.Is(err, storage.ErrDeleted) && !errors.Is(err, storage.ErrNotFound) {
			return deleted, err
		}
		s.log.Info("document deleted after its time in the trash", "doc", doc)
		deleted++
	}
	return deleted, nil
}

// forgetAudit deletes old entries of the audit log.
func (s *Server) forgetAudit(ctx context.Context) (int, error) {
	keep := s.cfg.Audit
	if keep <= 0 {
		keep = 365 * 24 * time.Hour
	}
	return s.forget(ctx, keep, s.cfg.Store.DeleteAudit)
}

// forgetEvents deletes events that are older than EventsKept, or more than EventsAtMost behind the newest.
func (s *Server) forgetEvents(ctx context.Context) (int, error) {
	_, newest, err := s.cfg.Store.Events(ctx, math.MaxInt64, 0)
	if err != nil {
		return 0, err
	}
	return s.forget(ctx, storage.EventsKept, func(ctx context.Context, before time.Time, limit int) (int, error) {
		return s.cfg.Store.DeleteEvents(ctx, before, newest-storage.EventsAtMost, limit)
	})
}

const forgetBatch = 1000 // rows removed at once

// forget deletes rows older than keep, in batches, and returns how many.
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
