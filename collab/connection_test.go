package collab_test

import (
	"testing"
	"time"

	"quire/collab"
	"quire/collab/session"
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
