package auth

import (
	"context"
	"sync/atomic"
	"time"

	"quire/server/audit"
	"quire/storage"
)

// Failed sign-ins have entries in the audit log so that whoever watches sees guessing. Nobody can fill the database with them: when
// more than failureBurst come at once, one each failureEvery is written, and tells how many were not.
const (
	failureBurst = 600
	failureEvery = 2 * time.Second
)

// failures counts what is written of failed sign-ins, over all accounts and addresses of this node.
type failures struct {
	written   *buckets
	unwritten atomic.Int64 // since the last that was
}

func newFailures(now func() time.Time) *failures {
	return &failures{written: newBuckets(failureBurst, failureEvery, 1, now)}
}

// signInFailed writes an entry for a sign-in that was refused, as user or, if user.ID is "", as nobody who has an account. way is as
// in newSignIn, why one word. What was typed is not in it: people type passwords into the wrong field.
func (s *Service) signInFailed(ctx context.Context, from From, user storage.UserID, way, why string) {
	if _, ok := s.failures.written.take(""); !ok {
		s.failures.unwritten.Add(1)
		return
	}
	pairs := []any{"way", way, "why", why}
	if n := s.failures.unwritten.Swap(0); n > 0 {
		pairs = append(pairs, "unwritten", n)
	}
	audit.Happened(ctx, s.store, s.log, storage.AuditEntry{
		At: s.now(), Action: "signin.fail", Subject: string(user), Detail: audit.Detail(pairs...), Address: from.Address,
	})
}
