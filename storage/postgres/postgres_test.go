package postgres_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"quire/storage"
	"quire/storage/postgres"
	"quire/storage/sealed"
	"quire/storage/storagetest"
	"quire/storage/storagetest/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func openURL(t testing.TB, url string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), postgres.Config{URL: sealed.Of(url), Log: slog.New(slog.NewTextHandler(t.Output(), nil)), AllowUnsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func open(t testing.TB) *postgres.Store {
	t.Helper()
	return openURL(t, pgtest.Database(t))
}

// damageable is a store whose snapshots can be damaged.
type damageable struct {
	storage.Store
	inner *postgres.Store
}

func (d damageable) DamageSnapshot(doc storage.DocumentID, at storage.Revision) bool {
	n, err := d.inner.ExecForTest(`UPDATE snapshots SET body = set_byte(body, 0, get_byte(body, 0) # 1) WHERE document_id = $1 AND revision = $2`, string(doc), int64(at))
	return err == nil && n == 1
}

// Holding looks through every column of every table.
func (d damageable) Holding(text string) (places []string, err error) {
	var columns []string
	if err := d.inner.QueryForTest([]any{&columns}, `SELECT array_agg(table_name || '.' || column_name) FROM information_schema.columns
		WHERE table_schema = current_schema()`); err != nil {
		return nil, err
	}
	for _, place := range columns {
		table, column, _ := strings.Cut(place, ".")
		var holds bool
		query := fmt.Sprintf(`SELECT EXISTS (SELECT FROM %q WHERE position($1::bytea IN CASE pg_typeof(%[2]q)::text
			WHEN 'bytea' THEN decode(substr(%[2]q::text, 3), 'hex') ELSE convert_to(%[2]q::text, 'UTF8') END) > 0)`, table, column)
		if err := d.inner.QueryForTest([]any{&holds}, query, []byte(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", place, err)
		}
		if holds {
			places = append(places, place)
		}
	}
	return places, nil
}

func TestStore(t *testing.T) {
	pgtest.Need(t)
	storagetest.Run(t, func(t *testing.T) storage.Store {
		s := openURL(t, pgtest.Cleared(t))
		return damageable{s, s}
	})
}

// Two nodes on one database keep every rule: the database decides their races.
func TestTwoNodes(t *testing.T) {
	pgtest.Need(t)
	storagetest.Run(t, func(t *testing.T) storage.Store {
		url := pgtest.Cleared(t)
		a, b := openURL(t, url), openURL(t, url)
		return damageable{storagetest.Nodes(a, b), a}
	})
}

func op(seq int64) storage.Op {
	return storage.Op{Client: "client", Seq: seq, Author: "ann", Body: fmt.Appendf(nil, `"op":[{"retain":%d},{"insert":"x"}]`, seq)}
}

func create(t testing.TB, s storage.Store, id storage.DocumentID) {
	t.Helper()
	if err := s.CreateDocument(t.Context(), storage.Document{ID: id, Owner: "ann"}, nil); err != nil {
		t.Fatal(err)
	}
}

func appendTo(t testing.TB, s storage.Store, id storage.DocumentID, base storage.Revision) error {
	t.Helper()
	return s.Append(t.Context(), []storage.Batch{{Document: id, Base: base, Ops: []storage.Op{op(int64(base) + 1)}}})[0]
}

func headOf(t testing.TB, s storage.Store, id storage.DocumentID) storage.Revision {
	t.Helper()
	h, err := s.Head(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return h.Revision
}

// L8: a server that may lose what it confirmed is refused.
func TestUnsafeServerIsRefusedL8(t *testing.T) {
	s, err := postgres.Open(t.Context(), postgres.Config{URL: sealed.Of(pgtest.Database(t)), Log: slog.New(slog.DiscardHandler)})
	if !errors.Is(err, postgres.ErrUnsafe) {
		t.Errorf("Open of a server with fsync off = %v, want ErrUnsafe", err)
	}
	if err == nil {
		s.Close()
	}
	store := open(t)
	var commit string
	if err := store.QueryForTest([]any{&commit}, `SHOW synchronous_commit`); err != nil || commit != "on" {
		t.Errorf("synchronous_commit = %q, %v", commit, err)
	}
}

func TestOpenOfADatabaseNotMigrated(t *testing.T) {
	s, err := postgres.Open(t.Context(), postgres.Config{URL: sealed.Of(pgtest.Unmigrated(t)), Log: slog.New(slog.DiscardHandler), AllowUnsafe: true})
	if err == nil {
		s.Close()
		t.Fatal("Open of an empty database succeeded")
	}
}

// L4: a row that the server refuses holds up no other document, and its document is told that nothing was stored.
func TestPoisonRowHoldsUpNobodyL4(t *testing.T) {
	s := open(t)
	if _, err := s.ExecForTest(`ALTER TABLE ops ADD CHECK (document_id <> 'poison' OR first_revision <> 1)`); err != nil {
		t.Fatal(err)
	}
	var batches []storage.Batch
	for _, id := range []storage.DocumentID{"z", "poison", "a"} {
		create(t, s, id)
		if err := appendTo(t, s, id, 0); err != nil {
			t.Fatal(err)
		}
		batches = append(batches, storage.Batch{Document: id, Base: 1, Ops: []storage.Op{op(2), op(3)}})
	}
	got := s.Append(t.Context(), batches)
	if got[0] != nil || got[2] != nil || !errors.Is(got[1], storage.ErrInvalid) {
		t.Errorf("outcomes %v, want nil, ErrInvalid, nil", got)
	}
	for id, want := range map[storage.DocumentID]storage.Revision{"a": 3, "poison": 1, "z": 3} {
		if h := headOf(t, s, id); h != want {
			t.Errorf("head of %s = %d, want %d", id, h, want)
		}
	}
	if n := s.Stats().Singled; n != 1 {
		t.Errorf("Singled = %d, want 1", n)
	}
}

// A row beyond its head is damage, not a conflict, and is not written over.
func TestRowBeyondTheHeadIsDamage(t *testing.T) {
	s := open(t)
	create(t, s, "d")
	if _, err := s.ExecForTest(`INSERT INTO ops VALUES ('d', 0, 1, '\x00')`); err != nil {
		t.Fatal(err)
	}
	if err := appendTo(t, s, "d", 0); !errors.Is(err, storage.ErrDamaged) {
		t.Errorf("Append = %v, want ErrDamaged", err)
	}
	if h := headOf(t, s, "d"); h != 0 {
		t.Errorf("head = %d, want 0", h)
	}
}

// P9, P3: a hole in the log, or a row that was changed, is damage and never a shorter document.
func TestDamagedLogIsNoticedP3(t *testing.T) {
	for _, damage := range []string{
		`DELETE FROM ops WHERE first_revision = 2`,
		`DELETE FROM ops WHERE first_revision = 0`,
		`DELETE FROM ops WHERE first_revision = 3`,
		`UPDATE ops SET body = set_byte(body, 9, get_byte(body, 9) # 1) WHERE first_revision = 1`,
		`UPDATE ops SET count = 2 WHERE first_revision = 3`,
	} {
		s := openURL(t, pgtest.Cleared(t))
		create(t, s, "d")
		for base := range storage.Revision(4) {
			if err := appendTo(t, s, "d", base); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.ExecForTest(damage); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Load(t.Context(), "d", storage.Newest, 0); !errors.Is(err, storage.ErrDamaged) {
			t.Errorf("%s: Load = %v, want ErrDamaged", damage, err)
		}
		if _, err := s.Read(t.Context(), "d", 0, storage.Newest, 0); !errors.Is(err, storage.ErrDamaged) {
			t.Errorf("%s: Read = %v, want ErrDamaged", damage, err)
		}
	}
}

// A commit is not delayed by whatever else the store is asked: the pool may be used up.
func TestAppendHasItsOwnConnection(t *testing.T) {
	s := openURL(t, pgtest.Database(t)+"&pool_max_conns=1")
	create(t, s, "d")
	give, err := s.HoldPoolForTest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer give()
	if err := appendTo(t, s, "d", 0); err != nil {
		t.Errorf("Append while the pool is used up = %v", err)
	}
}

// L7: deleting for good also removes what another node was committing just then.
func TestDeleteWaitsForACommitUnderWayL7(t *testing.T) {
	database := pgtest.Database(t)
	s, other := openURL(t, database), openURL(t, database)
	create(t, s, "d")
	finish, err := other.CommitHalfwayForTest(t.Context(), "d", storage.AppendRow(nil, "d", 0, []storage.Op{op(1)}))
	if err != nil {
		t.Fatal(err)
	}
	deleted := make(chan error)
	go func() { deleted <- s.DeleteDocument(t.Context(), "d", time.Time{}) }()
	waitForLock(t, other)
	if err := finish(); err != nil {
		t.Fatal(err)
	}
	if err := <-deleted; err != nil {
		t.Fatal(err)
	}
	var left int
	if err := s.QueryForTest([]any{&left}, `SELECT count(*) FROM ops`); err != nil || left != 0 {
		t.Errorf("%d rows are left of a deleted document, %v", left, err)
	}
}

// The names of people from before names were folded are folded when the store is opened.
func TestNamesAreFoldedWhenOpened(t *testing.T) {
	url := pgtest.Database(t)
	s := openURL(t, url)
	for id, name := range map[storage.UserID]string{"1": "ÖRN", "2": "anna", "3": "Örn", "4": "Zoë", "5": ""} {
		if err := s.CreateUser(t.Context(), storage.User{ID: id, Name: name, Email: string(id)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.ExecForTest(`UPDATE users SET name_folded = NULL WHERE user_id <> '4'`); err != nil {
		t.Fatal(err)
	}
	again := openURL(t, url)
	found, err := again.ListPeople(t.Context(), storage.PersonQuery{Text: "örn", Limit: 9})
	if err != nil || len(found) != 2 || found[0].User.ID != "1" || found[1].User.ID != "3" {
		t.Errorf("people called örn: %+v, %v, want 1 and 3", found, err)
	}
	if found, err = again.ListPeople(t.Context(), storage.PersonQuery{Limit: 9}); err != nil || len(found) != 5 || found[0].User.ID != "5" {
		t.Errorf("all people: %+v, %v, want 5 with 5 first", found, err)
	}
}
