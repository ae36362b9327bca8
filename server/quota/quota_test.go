package quota

import (
	"context"
	"math"
	"testing"
	"time"

	"quire/collab"
	"quire/storage"
)

// books is a store with one owner. It counts how often it adds up.
type books struct {
	user  storage.User
	owned int64
	added int
}

func (b *books) User(context.Context, storage.UserID) (storage.User, error) { return b.user, nil }
func (b *books) Document(context.Context, storage.DocumentID) (storage.Document, error) {
	return storage.Document{Owner: b.user.ID}, nil
}
func (b *books) OwnedBytes(context.Context, storage.UserID) (int64, error) {
	b.added++
	return b.owned, nil
}
func (b *books) ApplicationBytes(_ context.Context, application string) (int64, error) {
	return int64(len(application)), nil
}

func TestAPersonsOwnQuotaComesFirst(t *testing.T) {
	for _, c := range []struct{ own, standard, owned, left int64 }{
		{0, 0, 10, math.MaxInt64}, {0, 100, 10, 90}, {0, 100, 110, -10}, {500, 100, 10, 490}, {5, 100, 10, -5}, {-1, 100, 10, math.MaxInt64},
	} {
		b := &books{user: storage.User{ID: "u", Quota: c.own}, owned: c.owned}
		k := New(b, func() int64 { return c.standard }, 0, nil)
		if left, err := k.Left(context.Background(), storage.Document{Owner: "u"}); err != nil || left != c.left {
			t.Errorf("own %d, standard %d, owned %d: left %d, %v, want %d", c.own, c.standard, c.owned, left, err, c.left)
		}
	}
}

// P8: for a thousand live documents of one owner the database adds up only a few times, and in between all of them together may
// write only what is left.
func TestP8ManyLiveDocumentsAddUpAFewTimes(t *testing.T) {
	now := time.Unix(1000, 0)
	const bound = 1 << 30
	b := &books{user: storage.User{ID: "u"}}
	k := New(b, func() int64 { return bound }, 0, func() time.Time { return now })
	for range 1000 {
		left, err := k.Room(context.Background(), "d")
		if err != nil || left <= 0 {
			t.Fatal(left, err)
		}
		b.owned += min(4<<20, collab.QuotaShare(left)) // each writes all that it may before it asks again
		if b.owned > bound {
			b.owned = bound
			break
		}
	}
	if b.added < 2 || b.added > 60 {
		t.Errorf("added up %d times, want a few", b.added)
	}
	for range 1000 {
		if _, err := k.Room(context.Background(), "d"); err != nil {
			t.Fatal(err)
		}
	}
	if left, _ := k.Room(context.Background(), "d"); left > 0 {
		t.Errorf("%d left after all was written", left)
	}
	before := b.added
	b.owned = 0
	if left, _ := k.Room(context.Background(), "d"); left > 0 || b.added != before {
		t.Errorf("a moment later: left %d", left)
	}
	now = now.Add(fresh)
	if left, _ := k.Room(context.Background(), "d"); left != bound {
		t.Errorf("later: left %d", left)
	}
}
