package postgres_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"quire/storage"
	"quire/storage/postgres"
	"quire/storage/storagetest/pgtest"
)

// ear keeps what a store's listeners hear.
type ear struct {
	mu    sync.Mutex
	heard []storage.Event
}

func listen(t *testing.T, s *postgres.Store) *ear {
	t.Helper()
	e := &ear{}
	t.Cleanup(s.Hear(func(events []storage.Event) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.heard = append(e.heard, events...)
	}))
	return e
}

// numbers are those of what was heard of that kind.
func (e *ear) numbers(kind storage.EventKind) (all []int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, one := range e.heard {
		if one.Kind == kind {
			all = append(all, one.N)
		}
	}
	return all
}

// wantTitle fails unless d has that title, and as many events were told of it.
func wantTitle(t *testing.T, s *postgres.Store, title string, told int) {
	t.Helper()
	d, err := s.Document(t.Context(), "d")
	if err != nil || d.Title != title {
		t.Errorf("title = %q, %v, want %q", d.Title, err, title)
	}
	list, newest, err := s.Events(t.Context(), 0, 9)
	if err != nil || len(list) != told || newest != int64(told) {
		t.Errorf("events %v, newest %d, %v, want %d", list, newest, err, told)
	}
}

// retitle begins to rename d, and returns when it waits for release to commit.
func retitle(t *testing.T, s, other *postgres.Store, title string) (release func(), outcome chan error) {
	t.Helper()
	release, err := other.LockEventsForTest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	outcome = make(chan error, 1)
	go func() { outcome <- s.SetTitle(t.Context(), "d", title) }()
	waitForLockOf(t, other, outcome)
	return release, outcome
}

// N7, L2: of a change that was stored, which its caller does not learn, the event is kept, and heard without its number.
func TestAnEventIsHeardWhoseAnswerWasLostN7(t *testing.T) {
	database := pgtest.Database(t)
	address, p := through(t, database)
	other, s := openURL(t, database), openURL(t, address)
	create(t, other, "d")
	heard := listen(t, s)
	release, outcome := retitle(t, s, other, "lost")
	p.deaf.Store(true)
	release()
	if err := <-outcome; err == nil || storage.Refused(err) {
		t.Errorf("SetTitle whose answer was lost = %v, want an error that refuses nothing", err)
	}
	p.deaf.Store(false)
	if got := heard.numbers(storage.EventTitle); !slices.Equal(got, []int64{0}) {
		t.Errorf("heard %v, want one without a number", got)
	}
	short := within(t, 10*time.Second) // the server already has the COMMIT, which waited behind the event
	for d, err := other.Document(short, "d"); err == nil && d.Title == ""; d, err = other.Document(short, "d") {
		time.Sleep(time.Millisecond)
	}
	wantTitle(t, other, "lost", 1)
}

// N7: a connection that breaks between the change and its commit leaves neither the change nor the event.
func TestABrokenChangeTellsNothingN7(t *testing.T) {
	database := pgtest.Database(t)
	s, other := openURL(t, database), openURL(t, database)
	create(t, s, "d")
	heard := listen(t, s)
	release, outcome := retitle(t, s, other, "broken")
	for ended := false; !ended; {
		if err := other.QueryForTest([]any{&ended}, `SELECT coalesce(bool_or(pg_terminate_backend(pid)), false) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-outcome; err == nil || storage.Refused(err) {
		t.Errorf("SetTitle whose backend was ended = %v, want an error that refuses nothing", err)
	}
	release()
	if got := heard.numbers(storage.EventTitle); !slices.Equal(got, []int64{0}) {
		t.Errorf("heard %v, want one without a number", got)
	}
	wantTitle(t, other, "", 0)
}

// N7: where the event cannot be kept, nothing is changed.
func TestNothingChangesWithoutItsEventN7(t *testing.T) {
	s := open(t)
	create(t, s, "d")
	if _, err := s.ExecForTest(`DELETE FROM events_head`); err != nil {
		t.Fatal(err)
	}
	heard := listen(t, s)
	if err := s.SetTitle(t.Context(), "d", "untold"); !storage.Refused(err) {
		t.Errorf("SetTitle without a head of events = %v, want a refusal", err)
	}
	if d, err := s.Document(t.Context(), "d"); err != nil || d.Title != "" {
		t.Errorf("the title is %q, %v, want none", d.Title, err)
	}
	if got := heard.numbers(storage.EventTitle); len(got) != 0 {
		t.Errorf("heard %v of a change that was refused", got)
	}
}

// N7: a transaction that is repeated tells once, however far it had come.
func TestARepeatedTransactionTellsOnceN7(t *testing.T) {
	database := pgtest.Database(t)
	s := openURL(t, database)
	create(t, s, "d")
	if err := s.CreateLink(t.Context(), storage.Link{ID: "l", TokenHash: []byte("l"), Document: "d", Role: "viewer"}); err != nil {
		t.Fatal(err)
	}
	db, err := postgres.OpenDB(database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	lock := func(statement string) {
		t.Helper()
		if _, err := tx.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	lock(`SET LOCAL deadlock_timeout = '1min'`) // the other one gives way
	lock(`SELECT FROM links FOR UPDATE`)
	heard, outcome := listen(t, s), make(chan error, 1)
	go func() { outcome <- s.DeleteLink(t.Context(), "d", "l") }()
	waitForLockOf(t, s, outcome)
	lock(`SELECT FROM documents FOR UPDATE`)
	tx.Rollback()
	if err := <-outcome; err != nil || s.Stats().Retries == 0 {
		t.Errorf("DeleteLink = %v, %d retries, want some", err, s.Stats().Retries)
	}
	if got := heard.numbers(storage.EventMembers); !slices.Equal(got, []int64{2}) {
		t.Errorf("heard %v, want number 2 only", got)
	}
	if list, newest, err := s.Events(t.Context(), 0, 9); err != nil || len(list) != 2 || newest != 2 {
		t.Errorf("Events = %v, %d, %v, want two", list, newest, err)
	}
}

// N7: what another node changes is not heard here.
func TestOthersAreNotHeardN7(t *testing.T) {
	database := pgtest.Database(t)
	s, other := openURL(t, database), openURL(t, database)
	create(t, s, "d")
	heard := listen(t, s)
	if err := other.SetTitle(t.Context(), "d", "by another"); err != nil {
		t.Fatal(err)
	}
	if err := s.SetTitle(t.Context(), "d", "here"); err != nil {
		t.Fatal(err)
	}
	if got := heard.numbers(storage.EventTitle); !slices.Equal(got, []int64{2}) {
		t.Errorf("heard %v, want number 2 only", got)
	}
}

// N7: what every node asks twice a second, and what thins events out, read few pages however many were told.
func TestPlansOfEventsN7(t *testing.T) {
	s := openURL(t, pgtest.Database(t))
	if _, err := s.ExecForTest(`ALTER TABLE events_head SET (autovacuum_enabled = false)`); err != nil {
		t.Fatal(err)
	}
	create(t, s, "d")
	for i := range 500 { // each leaves a dead row of the head
		if err := s.SetTitle(t.Context(), "d", string(rune('a'+i%2))); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range []string{`TRUNCATE events`, `INSERT INTO events SELECT i, '{}', i FROM generate_series(1, 100000) i`} {
		if _, err := s.ExecForTest(statement); err != nil {
			t.Fatal(err)
		}
	}
	for args, most := range map[string]int{`(100000, 100)`: 10, `(99990, 100)`: 10, `(0, 100)`: 20} {
		plan, err := s.ExplainForTest(t.Context(), postgres.EventsForTest, `bigint, bigint`, args)
		if err != nil {
			t.Fatal(err)
		}
		wantLookups(t, "events"+args, plan, most)
	}
	for args, most := range map[string]int{
		`(1, 100, 9223372036854775807, 0)`: 30, `(51, 100, 9223372036854775807, 0)`: 500, `(1, 100, 9223372036854775807, 550)`: 500,
	} {
		plan, err := s.ExplainForTest(t.Context(), postgres.DeleteEventsForTest, `bigint, bigint, bigint, bigint`, args)
		if err != nil {
			t.Fatal(err)
		}
		wantLookups(t, "delete events"+args, plan, most)
		t.Logf("delete events%s: %d pages", args, pagesOf(t, "delete events", plan))
	}
}
