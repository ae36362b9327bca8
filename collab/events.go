package collab

import (
	"maps"
	"slices"

	"quire/collab/wire"
	"quire/storage"
)

// Apply lets what was told of a change take effect here, within a second (P10). It returns at once. An event says where to
// look, not what is there, so one that comes twice or late does no harm. Two kinds are taken at their word, because nobody may
// read on while they are looked up: whoever applies EventTrashed or EventRestored reads the document's row afterwards, and
// calls Described. Kinds that nothing here depends on, and those that Described and UserChanged are for, do nothing.
func (h *Hub) Apply(e storage.Event) {
	switch e.Kind {
	case storage.EventGrant:
		h.reconsider(concerns{document: e.Document, users: e.Users}, byOf(e))
		h.membersChanged(e.Document)
	case storage.EventGroup:
		h.reconsider(concerns{users: e.Users}, byOf(e))
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
			h.endSignIns(concerns{signIn: e.ID, ended: true})
		}
	case storage.EventEnded:
		h.endSignIns(concerns{users: e.Users, ended: true})
	}
}

// Reconsider has everybody's role looked up anew, where events were missed.
func (h *Hub) Reconsider() { h.reconsider(concerns{everybody: true}, Identity{}) }

// byOf is who made the change, for a notice.
func byOf(e storage.Event) Identity { return Identity{User: e.By, Name: e.ByName} }

// reconsider tells documents of a change: of open ones its readers are known; others have at most something under way. Look-ups of
// people who are being let in are marked first, so that whoever is not found here is found there.
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

// endSignIns closes what is open under sign-ins that ended, and drops what came under them and is not with the store.
func (h *Hub) endSignIns(c concerns) {
	for _, connection := range h.connections.all() {
		if c.about(connection.Identity(), "") {
			connection.Expel(wire.CloseSignedOut, "signed out")
		}
	}
	h.reconsider(c, Identity{})
}
