package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"quire/collab"
	"quire/collab/delta"
	"quire/storage"
	"quire/storage/postgres"
	"quire/storage/sealed"
	"quire/storage/storagetest/pgtest"
)

// patience is how long the hub of these tests waits for the store; a commit gets three times as much.
const patience = 200 * time.Millisecond

// replicated is a hub over a primary that commits nothing its standby lacks.
type replicated struct {
	*testing.T
	primary, standby *pgtest.Server
	store            *postgres.Store
	hub              *collab.Hub
	seq              int64
	acked            map[int64]storage.Revision
}

func replicate(t *testing.T) *replicated {
	primary := pgtest.Start(t)
	database := primary.Database(t)
	r := &replicated{T: t, primary: primary, standby: primary.Standby(t), acked: map[int64]storage.Revision{}}
	r.store = openURL(t, pgtest.Either(t, r.standby, database))
	hub, err := collab.NewHub(collab.Config{
		Store: r.store, Secret: sealed.Of("a secret of tests"), Limits: collab.Limits{StoreWait: patience},
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(hub.Close)
	r.hub = hub
	if _, err := hub.Create(t.Context(), ann, storage.Document{ID: "d"}, delta.FromText("text\n")); err != nil {
		t.Fatal(err)
	}
	return r
}

var ann = collab.Identity{User: "ann", SignIn: "s"}

type answer struct {
	at  storage.Revision
	err error
}

// submit sends an op and tells how it was answered.
func (r *replicated) submit(ctx context.Context, seq int64) chan answer {
	done := make(chan answer, 1)
	go func() { // ends with ctx at the latest
		got, err := r.hub.Submit(ctx, "d", collab.Submission{Who: ann, Client: "c", Seq: seq, Base: 1, Op: delta.Delta{delta.Insert(fmt.Sprint(seq))}})
		done <- answer{got.Revision, err}
	}()
	return done
}

// hang submits an op with the standby's receiver stopped and returns when the commit waits for it.
func (r *replicated) hang() (seq int64, done chan answer) {
	r.Helper()
	r.standby.Receive(r.T, r.primary, false)
	r.seq++
	done = r.submit(r.Context(), r.seq)
	r.primary.Until(r.T, `SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep'`)
	return r.seq, done
}

// unacknowledged fails if the op is acknowledged while the hub gives up its commit and looks at the log, or when it is sent again.
func (r *replicated) unacknowledged(seq int64, done chan answer) {
	r.Helper()
	ctx, stop := context.WithTimeout(r.Context(), 6*patience)
	defer stop()
	select {
	case a := <-done:
		if a.err == nil {
			r.Fatal("acknowledged without the standby")
		}
	case <-ctx.Done():
	}
	again, stopAgain := context.WithTimeout(r.Context(), 3*patience)
	defer stopAgain()
	if a := <-r.submit(again, seq); a.err == nil {
		r.Fatal("sent again, it is acknowledged without the standby")
	}
}

// back has the standby receive again, upon which the op is acknowledged.
func (r *replicated) back(seq int64) {
	r.Helper()
	r.standby.Receive(r.T, r.primary, true)
	r.acknowledged(seq)
}

// acknowledged sends an op again until it is acknowledged, in the one place it has.
func (r *replicated) acknowledged(seq int64) {
	r.Helper()
	a := <-r.submit(r.Context(), seq)
	for errors.Is(a.err, collab.ErrUnavailable) {
		a = <-r.submit(r.Context(), seq)
	}
	if a.err != nil {
		r.Fatal(a.err)
	}
	r.acked[seq] = a.at
	r.holds(r.store)
}

// holds checks that every acknowledged op is in the log, in its place, once.
func (r *replicated) holds(s storage.Store) {
	r.Helper()
	ops, err := s.Read(r.Context(), "d", 0, storage.Newest, 0)
	for errors.Is(err, storage.ErrUnavailable) { // connections to a server that is gone are found out one by one
		ops, err = s.Read(r.Context(), "d", 0, storage.Newest, 0)
	}
	if err != nil {
		r.Fatal(err)
	}
	times := map[int64]int{}
	for i, op := range ops {
		if op.Client != "c" {
			continue
		}
		times[op.Seq]++
		if at := r.acked[op.Seq]; at != 0 && at != storage.Revision(i)+1 {
			r.Errorf("op %d lies at %d, and was acknowledged at %d", op.Seq, i+1, at)
		}
	}
	for seq := range r.acked {
		if times[seq] != 1 {
			r.Errorf("op %d, acknowledged, is in the log %d times", seq, times[seq])
		}
	}
}

// P1, L10: whatever ends the wait for a standby, an op that it lacks is not acknowledged; when it is back the op is, once; and
// when it takes over nothing acknowledged is missing. L11: of two servers in one address the one that takes writes is used.
func TestNothingIsAcknowledgedThatTheStandbyLacksP1L10L11(t *testing.T) {
	r := replicate(t)
	r.back(0) // all is well

	seq, done := r.hang() // longer than we wait
	r.unacknowledged(seq, done)
	r.back(seq)

	seq, done = r.hang() // until somebody cancels it
	r.primary.Exec(t, `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`)
	r.unacknowledged(seq, done)
	r.back(seq)

	seq, done = r.hang() // until the primary crashes
	r.primary.Kill9()
	if err := r.primary.Start(); err != nil {
		t.Fatal(err)
	}
	r.unacknowledged(seq, done)
	r.back(seq)

	seq, done = r.hang()
	r.unacknowledged(seq, done)
	r.primary.Kill9() // for good
	r.standby.Promote(t)
	r.holds(r.store)
	r.acknowledged(seq)
}
