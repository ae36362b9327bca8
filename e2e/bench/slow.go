package main

import (
	"context"
	"strings"
	"time"

	"quire/e2e/bench/report"
)

// slowCommit is a load on a database whose commits take longer, as on a volume that lies across a network.
//
// Postgres itself waits: commit_delay is slept before each flush of its log, and commit_siblings=0 means always, also when
// one connection commits alone. Reads are not slowed, as they would be by a slow connection. Whoever commits during the
// sleep rides the same flush, so ten connections lose less than on a slow disk: that favours ShareDB.
type slowCommit struct{ closed }

func (s slowCommit) how(o options) string {
	return strings.TrimSuffix(s.closed.how(o), ".") + ": Postgres sleeps 5 ms before each flush of its log, also for a single committer. " +
		"Reads are as fast as ever."
}

func (s slowCommit) run(ctx context.Context, b *bench, r *report.Row) error {
	if err := s.prove(ctx, b, r); err != nil {
		return err
	}
	return s.closed.run(ctx, b, r)
}

// prove shows that commits are as slow as they should be.
func (s slowCommit) prove(ctx context.Context, b *bench, r *report.Row) error {
	store, err := b.newStore(ctx, report.QuirePostgres, s.settings...)
	if err != nil {
		return err
	}
	defer store.drop()
	rate, err := b.commits(ctx, store.address, 1, time.Second)
	if err != nil {
		return err
	}
	b.note(r, "one connection that does nothing else commits %.0f times a second, %.1f ms each", rate.perSecond, rate.p50/1000)
	return nil
}
