package storagetest

import (
	"context"
	"fmt"
	"testing"

	"quire/storage"
)

var pendingRules = []rule{
	{"Pending", "an account that waits comes back until it expires, and until it is taken", pendingBack},
	{"Pending", "of many that take one exactly one does", takePendingRace},
	{"Pending", "a few of an e-mail are kept, and so many in all: the oldest make room", fewPending},
	{"Pending", "what expired is removed and counted", pendingExpired},
}

func pending(hash, email string, at int) storage.Pending {
	return storage.Pending{
		Hash: []byte("\x00\xff" + hash), Email: email, Name: "Änn", PasswordHash: "$argon2id$", CreatedAt: minute(at), ExpiresAt: minute(at + 10),
	}
}

func createPending(t *testing.T, s storage.Store, p storage.Pending, most int) {
	t.Helper()
	noErr(t, fmt.Sprintf("CreatePending(%+v)", p), s.CreatePending(t.Context(), p, most))
}

// stillPending are those, of the hashes given, that are there.
func stillPending(t *testing.T, s storage.Store, hashes ...string) (found []string) {
	t.Helper()
	for _, h := range hashes {
		if _, err := s.Pending(t.Context(), pending(h, "", 0).Hash, minute(-99)); err == nil {
			found = append(found, h)
		}
	}
	return found
}

func pendingBack(t *testing.T, s storage.Store) {
	p := pending("1", "Änn\x00@x.org", 0)
	p.Name, p.Guest, p.CreatedAt = "a\x00b", "somebody", noon.Add(999_999)
	createPending(t, s, p, 9)
	p.Email, p.Name, p.CreatedAt = "Änn\uFFFD@x.org", "a\uFFFDb", noon
	for range 2 {
		got, err := s.Pending(t.Context(), p.Hash, minute(9))
		noErr(t, "Pending", err)
		wantSame(t, "pending", got, p)
	}
	wantErr(t, "CreatePending of a taken hash", s.CreatePending(t.Context(), pending("1", "bob@x.org", 0), 9), storage.ErrExists)
	for what, err := range map[string]error{
		"without a hash": s.CreatePending(t.Context(), storage.Pending{Email: "a@x.org"}, 9),
		"without e-mail": s.CreatePending(t.Context(), pending("2", "", 0), 9),
	} {
		wantErr(t, "CreatePending "+what, err, storage.ErrInvalid)
	}
	_, err := s.Pending(t.Context(), p.Hash, minute(10))
	wantErr(t, "Pending when it expires", err, storage.ErrNotFound)
	_, err = s.TakePending(t.Context(), p.Hash, minute(10))
	wantErr(t, "TakePending when it expires", err, storage.ErrNotFound)
	_, err = s.TakePending(t.Context(), nil, noon)
	wantErr(t, "TakePending without a hash", err, storage.ErrNotFound)
	got, err := s.TakePending(t.Context(), p.Hash, minute(9))
	noErr(t, "TakePending", err)
	wantSame(t, "taken", got, p)
	_, err = s.TakePending(t.Context(), p.Hash, minute(9))
	wantErr(t, "TakePending again", err, storage.ErrNotFound)
}

func takePendingRace(t *testing.T, s storage.Store) {
	for round := range 6 {
		p := pending(fmt.Sprint(round), "ann@x.org", 0)
		createPending(t, s, p, 9)
		errs := atOnce(6, func(int) error { _, err := s.TakePending(t.Context(), p.Hash, noon); return err })
		if won, lost := count(errs, nil), count(errs, storage.ErrNotFound); won != 1 || lost != len(errs)-1 {
			t.Fatalf("%d took it, %d came late: %v", won, lost, errs)
		}
	}
}

func fewPending(t *testing.T, s storage.Store) {
	createPending(t, s, pending("other", "bob@x.org", 9), 99)
	names := []string{"b", "a", "c", "d", "e", "f", "g"}
	for i, h := range names[:5] {
		createPending(t, s, pending(h, []string{"ann@x.org", "ANN@X.org"}[i%2], i/2), 99) // a and b are of one time
	}
	wantSame(t, "five of an e-mail", stillPending(t, s, names...), names[:5])
	createPending(t, s, pending("f", "Ann@x.org", -5), 99) // itself older than all
	wantSame(t, "after the sixth", stillPending(t, s, names...), []string{"b", "c", "d", "e", "f"})
	createPending(t, s, pending("g", "ann@x.org", 9), 99)
	wantSame(t, "after the seventh", stillPending(t, s, names...), []string{"b", "c", "d", "e", "g"})
	createPending(t, s, pending("x", "cid@x.org", 9), 3)
	wantSame(t, "three in all", stillPending(t, s, append(names, "other", "x")...), []string{"g", "other", "x"})
	createPending(t, s, pending("y", "dora@x.org", 9), 0)
	wantSame(t, "one in all", stillPending(t, s, append(names, "other", "x", "y")...), []string{"y"})
}

func pendingExpired(t *testing.T, s storage.Store) {
	createPending(t, s, pending("old", "ann@x.org", 0), 9)
	createPending(t, s, pending("new", "ann@x.org", 1), 9)
	for _, step := range []struct{ at, want int }{{9, 0}, {10, 1}, {10, 0}, {11, 1}} {
		n, err := s.DeleteExpired(t.Context(), minute(step.at))
		noErr(t, "DeleteExpired", err)
		wantSame(t, fmt.Sprint("removed at minute ", step.at), n, step.want)
		if step.at == 10 {
			wantSame(t, "left", stillPending(t, s, "old", "new"), []string{"new"})
		}
	}
}

// pendingCall is a random call about accounts that wait.
func (r *random) pendingCall(ctx context.Context) (string, answer) {
	now, most := minute(r.IntN(9)), 1+r.IntN(9)
	p := storage.Pending{
		Hash: []byte{byte(r.IntN(16))}, Email: pick(r, "ann@x.org", "ANN@x.org", r.word()), Name: r.word(), PasswordHash: "hash",
		Guest: r.user(), CreatedAt: minute(r.IntN(9)), ExpiresAt: minute(5 + r.IntN(9)),
	}
	if r.IntN(2) == 0 {
		return fmt.Sprintf("CreatePending(%+v, %d)", p, most), func(s storage.Store) (any, error) { return nil, s.CreatePending(ctx, p, most) }
	}
	return fmt.Sprintf("TakePending(%q, %v)", p.Hash, now), func(s storage.Store) (any, error) {
		seen, seenErr := s.Pending(ctx, p.Hash, now)
		taken, err := s.TakePending(ctx, p.Hash, now)
		return []any{seen, class(seenErr), taken}, err
	}
}
