package audit

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"quire/server/problem"
	"quire/storage"
)

// book is a store of entries whose Note can fail.
type book struct {
	entries map[int64]storage.AuditEntry
	refuses error
}

func (b *book) Note(_ context.Context, e storage.AuditEntry) (int64, error) {
	if b.refuses != nil {
		return 0, b.refuses
	}
	id := int64(len(b.entries) + 1)
	b.entries[id] = e
	return id, nil
}

func (b *book) Strike(ctx context.Context, id int64) error {
	delete(b.entries, id)
	return ctx.Err()
}

func TestAnEntryStaysUnlessTheChangeCertainlyFailed(t *testing.T) {
	for _, c := range []struct {
		name   string
		err    error
		stands bool
	}{
		{"made", nil, true},
		{"refused by the store", storage.ErrLastOwner, false},
		{"refused for its words", problem.Invalid("no"), false},
		{"the database was not reached", storage.ErrUnavailable, false},
		{"the outcome is not known", context.DeadlineExceeded, true},
		{"a fault of ours", errors.New("broken"), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := &book{entries: map[int64]storage.AuditEntry{}}
			ctx, stop := context.WithCancel(context.Background())
			err := Do(ctx, b, slog.Default(), storage.AuditEntry{Action: "grant.set"}, func() error {
				if len(b.entries) != 1 {
					t.Error("the change came before its entry")
				}
				stop() // the caller is gone: the entry must be deleted all the same
				return c.err
			})
			if !errors.Is(err, c.err) || (len(b.entries) == 1) != c.stands {
				t.Errorf("Do = %v with %d entries left, want it to stand: %v", err, len(b.entries), c.stands)
			}
		})
	}
}

func TestNoChangeIsMadeWithoutAnEntry(t *testing.T) {
	b := &book{refuses: storage.ErrUnavailable}
	err := Do(context.Background(), b, slog.Default(), storage.AuditEntry{}, func() error {
		t.Error("changed without an entry")
		return nil
	})
	if !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("Do = %v", err)
	}
}

func TestDetailIsAnObject(t *testing.T) {
	if got := Detail("was", "viewer", "role", "editor"); got != `{"role":"editor","was":"viewer"}` {
		t.Errorf("Detail = %s", got)
	}
}
