package collab

import (
	"maps"
	"slices"
	"sync"

	"quire/collab/wire"
	"quire/storage"
)

// Apply makes a change take effect here, within a second (P10). It does not block. An event says what to look up and not what is there
// now, so an event that comes twice or late does no harm. EventTrashed and EventRestored take effect without a look-up, because nobody
// may read on meanwhile: their caller then reads the document's row and calls Described. Kinds that nothing here depends on, and
// those for Described and UserChanged, are ignored.
func (h *Hub) Apply(e storage.Event) {
	switch e.Kind {
	case storage.EventGrant:
		h.reconsider(concerns{document: e.Document, users: e.Users}, byOf(e))
		h.membersChanged(e.Document)
	case storage.EventGroup:
		if len(e.Users) > 0 { // else only its name changed, and nobody's access
			h.reconsider(concerns{users: e.Users}, byOf(e))
		}
	case storage.EventGroupGrant, storage.EventReach:
		h.reconsider(concerns{document: e.Document, everybody: true}, byOf(e))
		h.membersChanged(e.Document)
	case storage.EventMembers:
		h.membersChanged(e.Document)
	case storage.EventTrashed:
		h.registry.tell(e.Document, call(func(d *document) { d.trashed(h.node.rt.Now(), byOf(e)) }))
	case storage.EventRestored:
		h.registry.tell(e.Document, call(func(d *document) { d.restored(byOf(e)) }))
	case storage.EventDeleted:
		h.registry.tell(e.Document, call((*document).vanish))
	case storage.EventSignIn:
		if e.ID != "" {
			expel(h.connections.with(e.ID))
			h.endings.add(e.ID)
		}
	case storage.EventEnded:
		c := concerns{users: e.Users, ended: true}
		expel(h.connections.concerned(c))
		h.reconsider(c, Identity{})
	}
}

// Reconsider looks up everybody's role again, after events were missed.
func (h *Hub) Reconsider() { h.reconsider(concerns{everybody: true}, Identity{}) }

// byOf returns who made the change, for a notice.
func byOf(e storage.Event) Identity { return Identity{User: e.By, Name: e.ByName} }

// reconsider posts a change of access to the documents that it concerns: those that these people have open, and those that have
// something under way, perhaps an op of theirs. Look-ups of people who are being let in are marked first, so that nobody is missed
// between the two.
func (h *Hub) reconsider(c concerns, by Identity) {
	h.roles.underWay.overtake(&c)
	told := map[*document]*accessChange{}
	add := func(d *document) *accessChange {
		if told[d] == nil {
			told[d] = &accessChange{concerns: c, by: by}
		} else {
			h.registry.release(d) // one reference is enough
		}
		return told[d]
	}
	for _, connection := range h.connections.concerned(c) {
		for _, x := range connection.Handles(c.document) {
			change := add(x.d)
			change.of = append(change.of, &x.standing)
		}
	}
	if c.document == "" {
		for _, d := range h.registry.pick((*document).active) {
			add(d)
		}
	} else if d := h.registry.find(c.document); d != nil {
		add(d)
	}
	for _, d := range slices.SortedFunc(maps.Keys(told), byID) {
		d.post(told[d])
		h.registry.release(d)
	}
}

// expel closes the sessions of sign-ins that ended.
func expel(list []Connection) {
	for _, connection := range list {
		connection.Expel(wire.CloseSignedOut, "signed out")
	}
}

// endings collects sign-ins that ended, whose ops are dropped unless they are with the store. To find these ops all live documents
// are gone through, so one task does that for all sign-ins that end meanwhile: somebody may end hundreds at once.
type endings struct {
	hub *Hub

	mu      sync.Mutex
	waiting map[string]struct{} // nil: no task is due
}

func (n *endings) add(signIn string) {
	n.mu.Lock()
	due := n.waiting != nil
	if !due {
		n.waiting = map[string]struct{}{}
	}
	n.waiting[signIn] = struct{}{}
	n.mu.Unlock()
	if !due {
		n.hub.node.Task(n.drop)
	}
}

func (n *endings) drop() {
	n.mu.Lock()
	ended := n.waiting
	n.waiting = nil
	n.mu.Unlock()
	n.hub.reconsider(concerns{signIns: ended, ended: true}, Identity{})
}
