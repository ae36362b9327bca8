package collab_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"quire/collab"
	"quire/collab/access"
	"quire/storage"
)

// quotaKeeper says how much quota is left, and counts who asked.
type quotaKeeper struct {
	mu    sync.Mutex
	left  int64
	err   error
	asked int
}

func (l *quotaKeeper) ask(context.Context, storage.DocumentID) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	return l.left, l.err
}

func (l *quotaKeeper) set(left int64, err error) (asked int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left, l.err = left, err
	return l.asked
}

// P8: the space of a document's owner bounds what comes over the socket too, and costs a question per step, not per op.
func TestP8TheOwnersSpaceBoundsWhatComesOverTheSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &quotaKeeper{left: 1 << 20}
		h := newHouse(t, func(c *collab.Config) { c.Quota = l.ask })
		h.create(doc, "text")
		ann := h.connect("ann", "")
		ann.subscribe(doc)
		synctest.Wait()
		if n := l.set(1<<20, nil); n != 0 {
			t.Errorf("asked %d times while somebody waits for the document, want later", n)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if n := l.set(1<<20, nil); n != 1 {
			t.Errorf("asked %d times after loading, want once", n)
		}
		for v := 1; v <= 50; v++ {
			ann.op(doc, v, `[{"insert":"x"}]`)
			synctest.Wait()
		}
		if n := l.set(0, nil); n != 1 {
			t.Errorf("asked %d times for 50 small ops, want no more than at first", n)
		}
		ann.raw()
		v := 51
		refusedAfter := 0
		for ; v < 100; v++ { // the space is used up meanwhile, by other documents
			ann.op(doc, v, `[{"insert":"`+strings.Repeat("y", 4<<10)+`"}]`)
			synctest.Wait()
			if strings.Contains(strings.Join(ann.raw(), ""), "space") {
				refusedAfter = v - 51
				break
			}
		}
		if refusedAfter == 0 || refusedAfter > 17 {
			t.Errorf("refused after %d ops of 4 KiB, want within 64 KiB", refusedAfter)
		}
		before := len(h.log(doc))
		l.set(1<<20, nil) // something was deleted
		time.Sleep(7 * time.Second)
		synctest.Wait()
		ann.op(doc, v, `[{"insert":"z"}]`)
		synctest.Wait()
		if got := len(h.log(doc)); got != before+1 {
			t.Errorf("the log has %d ops after quota was freed, want %d: %v", got, before+1, ann.raw())
		}
	})
}

// P8: who writes at once gets no further than who looks around first.
func TestP8TheOwnersSpaceBoundsWhatIsWrittenRightAfterLoading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &quotaKeeper{}
		h := newHouse(t, func(c *collab.Config) { c.Quota = l.ask })
		h.create(doc, "text")
		ann := h.connect("ann", "")
		ann.subscribe(doc)
		for v := 1; v < 4; v++ {
			ann.op(doc, v, `[{"insert":"x"}]`)
			synctest.Wait()
		}
		h.wantLog(2)
		if n := l.set(0, nil); n != 1 {
			t.Errorf("asked %d times, want once at the first op", n)
		}
	})
}

// A database that cannot tell refuses nobody: what was known before holds.
func TestASpaceThatIsNotKnownRefusesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &quotaKeeper{err: errors.New("away")}
		h := newHouse(t, func(c *collab.Config) { c.Quota = l.ask })
		h.create(doc, "text")
		ann := h.connect("ann", "")
		ann.subscribe(doc)
		ann.op(doc, 1, `[{"insert":"x"}]`)
		synctest.Wait()
		h.wantLog(2)
	})
}

// W9, P10: a proof that is only for looking changes nothing and shows nothing to others, whoever's it is.
func TestP10AReadOnlyProofWritesNothing(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		who := identity("ann")
		who.Scopes, who.SignIn = access.ScopeRead, "token:1"
		looker := h.join(h.hub, who, "")
		looker.subscribe(doc)
		looker.op(doc, 1, `[{"insert":"x"}]`)
		looker.expect("op!ERR_FORBIDDEN")
		looker.send(`{"a":"op","c":"documents","d":"d1","v":1,"seq":2,"del":true}`)
		looker.expect("op!ERR_FORBIDDEN")
		looker.send(`{"a":"nf","id":1,"c":"documents","d":"d1","v":0}`) // the past, as the owner it acts for
		if got := strings.Join(looker.raw(), ""); !strings.Contains(got, `"a":"nf"`) || strings.Contains(got, "error") {
			t.Errorf("the past: %s", got)
		}
		looker.send(`{"a":"p","ch":"documents.d1","id":"p1","p":{"index":0,"length":0},"pv":1,"c":"documents","d":"d1","v":1,"t":"http://sharejs.org/types/rich-text/v1"}`)
		if got := strings.Join(looker.raw(), ""); !strings.Contains(got, "ERR_FORBIDDEN") {
			t.Errorf("its presence: %s", got)
		}
		if _, err := h.hub.Submit(h.Context(), doc, collab.Submission{Who: who, Client: "c", Seq: 1, Base: 1}); !errors.Is(err, collab.ErrForbidden) {
			t.Errorf("over REST: %v", err)
		}
		ann.expect()
		h.wantLog(1)
	})
}

func TestW9ProofsAreToldOnceAndAUsersSessionsEnd(t *testing.T) {
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		all, newest := h.hub.Proofs(0)
		if len(all) != 2 {
			t.Errorf("proofs %v, want ann's and bob's", all)
		}
		again := h.connect("ann", "")
		late, newest := h.hub.Proofs(newest)
		if len(late) != 1 || late[0].SignIn != "signin-ann" {
			t.Errorf("proofs since then %v, want ann's new one", late)
		}
		if none, same := h.hub.Proofs(newest); len(none) != 0 || same != newest {
			t.Errorf("nobody came, but %v", none)
		}
		userEnded(h.hub, "ann")
		for _, p := range []*peer{ann, again} {
			if p.closed() != 4500 {
				t.Errorf("closed with %d, want signed out", p.closed())
			}
		}
		if bob.closed() != 0 {
			t.Errorf("bob was closed with %d", bob.closed())
		}
	})
}
