package collab_test

import (
	"fmt"
	"testing"
	"time"

	"quire/collab"
	"quire/collab/session"
	"quire/collab/wire"
	"quire/storage"
)

// nosy is a session that asks the hub something whenever it is asked itself, as one does that releases a document meanwhile.
type nosy struct {
	*session.Session
	hub *collab.Hub
}

func (n *nosy) Identity() collab.Identity { n.hub.Documents(); return n.Session.Identity() }
func (n *nosy) Timeline() int64           { n.hub.Documents(); return n.Session.Timeline() }
func (n *nosy) Rename(who collab.Person)  { n.hub.Documents(); n.Session.Rename(who) }
func (n *nosy) Load() (a, b, c int)       { n.hub.Documents(); return n.Session.Load() }
func (n *nosy) Handles(doc storage.DocumentID) []*collab.Handle {
	n.hub.Documents()
	return n.Session.Handles(doc)
}

// P8: the hub holds no lock while it asks a session. A session holds its own while it lets go of a document, so two that wait for
// each other would stand still for good.
func TestP8TheHubHoldsNoLockWhileItAsksASession(t *testing.T) {
	h := newHouse(t)
	h.create(doc, "text")
	done := make(chan struct{})
	go func() {
		defer close(done)
		p := &peer{h: h, user: "bob"}
		p.session = session.Join(h.hub, p, identity("bob"))
		n := &nosy{p.session, h.hub}
		h.hub.Join(n)
		h.hub.Proofs(0)
		h.hub.InUse()
		h.hub.UserChanged(collab.Person{ID: "bob", Name: "B"})
		grantChanged(h.hub, doc, "bob", identity("ann"))
		reachChanged(h.hub, doc, identity("ann"))
		signInEnded(h.hub, "none")
		userEnded(h.hub, "bob")
		h.hub.Left(n)
		p.session.Leave()
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		panic("the hub and a session wait for each other") // what is still to be closed would wait too
	}
}

// visited is a session that counts how often the hub asks it anything.
type visited struct {
	collab.Connection // what the hub must not call here
	who               collab.Identity
	visits, expelled  *int
}

func (v *visited) Identity() collab.Identity                          { *v.visits++; return v.who }
func (v *visited) Expel(wire.CloseCode, string)                       { *v.expelled++ }
func (v *visited) Handles(storage.DocumentID) (none []*collab.Handle) { *v.visits++; return none }

// P10: the end of a sign-in, or of a person, costs no look at other people's sessions, and misses none of its own: also after some of
// these have left.
func TestP10TheEndOfASignInCostsNoLookAtOthers(t *testing.T) {
	h := newHouse(t)
	var visits, expelled int
	join := func(user, signIn string) *visited {
		v := &visited{who: collab.Identity{User: storage.UserID(user), SignIn: signIn}, visits: &visits, expelled: &expelled}
		h.hub.Join(v)
		t.Cleanup(func() { h.hub.Left(v) })
		return v
	}
	for i := range 1000 {
		join(fmt.Sprint("other", i), fmt.Sprint("sign-in", i))
	}
	join("bob", "")
	gone := join("bob", "one")
	for _, signIn := range []string{"one", "one", "two"} {
		join("bob", signIn)
	}
	h.hub.Left(gone)
	for _, step := range []struct {
		says string
		end  func()
		want int
	}{
		{"a sign-in", func() { signInEnded(h.hub, "one") }, 2},
		{"another", func() { signInEnded(h.hub, "two") }, 1},
		{"one without sessions", func() { signInEnded(h.hub, "none") }, 0},
		{"a person", func() { userEnded(h.hub, "bob") }, 4},
	} {
		visits, expelled = 0, 0
		if step.end(); expelled != step.want || visits > 10 {
			t.Errorf("the end of %s closed %d sessions with %d questions, want %d closed with a few", step.says, expelled, visits, step.want)
		}
	}
}
