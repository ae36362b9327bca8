package quota

import (
	"context"
	"math"
	"testing"
	"time"

	"quire/storage"
)

// books is a store of one owner that counts how often it adds up.
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

func TestAnOwnersOwnBoundComesFirst(t *testing.T) {
	for _, c := range []struct{ own, standard, owned, left int64 }{
		{0, 0, 10, math.MaxInt64}, {0, 100, 10, 90}, {0, 100, 110, -10}, {500, 100, 10, 490}, {5, 100, 10, -5}, {-1, 100, 10, math.MaxInt64},
	} {
		b := &books{user: storage.User{ID: "u", Quota: c.own}, owned: c.owned}
		k := New(b, func() int64 { return c.standard }, nil)
		if left, err := k.Left(context.Background(), "u"); err != nil || left != c.left {
			t.Errorf("own %d, standard %d, owned %d: left %d, %v, want %d", c.own, c.standard, c.owned, left, err, c.left)
		}
	}
}

// P8: a thousand documents of one owner that are opened at once add up once.
func TestP8ManyLiveDocumentsAddUpOnce(t *testing.T) {
	now := time.Unix(1000, 0)
	b := &books{user: storage.User{ID: "u"}, owned: 10}
	k := New(b, func() int64 { return 100 }, func() time.Time { return now })
	for range 1000 {
		if left, err := k.Room(context.Background(), "d"); err != nil || left != 90 {
			t.Fatal(left, err)
		}
	}
	if b.added != 1 {
		t.Errorf("added up %d times, want once", b.added)
	}
	b.owned = 20
	now = now.Add(fresh)
	if left, _ := k.Room(context.Background(), "d"); left != 80 || b.added != 2 {
		t.Errorf("later: left %d, added up %d times", left, b.added)
	}
}
