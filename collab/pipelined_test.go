package collab_test

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"quire/collab/session"
	"quire/storage/storagetest"
)

// eager is a transport that pulls the moment it is woken, as a busy socket's writer does.
type eager struct {
	*peer
	mu     sync.Mutex // one pulls at a time
	frames []frame
}

func (e *eager) Wake() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range e.session.Pull(nil, 1<<20) {
		var got frame
		if err := json.Unmarshal(f.JSON(), &got); err != nil {
			e.h.Errorf("frame %q: %v", f.JSON(), err)
		}
		e.frames = append(e.frames, got)
	}
}

func (e *eager) Flush() { e.Wake() }

// taken returns what came since the last call.
func (e *eager) taken() []frame {
	e.mu.Lock()
	defer e.mu.Unlock()
	frames := e.frames
	e.frames = nil
	return frames
}

// One session has several ops in one commit and does not read the document live: each is acknowledged behind those before
// it. Whoever pulls at the first acknowledgement must not look for ops that readers cannot see yet: it would look for ever,
// with the session locked, and the document would wait for it.
func TestP8OpsOfOneCommitWaitForNobodyWhoPulls(t *testing.T) {
	spins := time.AfterFunc(20*time.Second, func() { panic("Pull looks for ops that nobody will give it") })
	defer spins.Stop()
	bubble(t, "ab", func(h *house, ann, bob *peer) {
		cat := &eager{peer: &peer{h: h, user: "bob"}}
		cat.session = session.Join(h.hub, cat, identity("bob"))
		defer cat.session.Leave()
		cat.send(`{"a":"hs","id":null,"protocol":1,"protocolMinor":2}`)
		h.store.Next(storagetest.Stall)
		cat.op(doc, 1, `[{"insert":"1"}]`) // stands in a commit of its own
		for range 3 {
			cat.op(doc, 1, `[{"insert":"x"}]`) // in the next
		}
		cat.taken()
		h.store.Release()
		synctest.Wait()
		want := []string{"ack 1", "op 1", "ack 2", "op 1", "op 2", "ack 3", "op 1", "op 2", "op 3", "ack 4"}
		if got := brief(cat.taken()); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		ann.expect("op 1", "op 2", "op 3", "op 4")
	})
}
