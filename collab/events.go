package collab

import (
	"maps"
	"slices"

	"quire/collab/wire"
	"quire/storage"
)

// AccessEvent tells that somebody's access changed, after the store was changed. It says about whom and where, never what
// the access now is: that is looked up. So an event that comes twice, late or out of order does no harm, and one can be
// written to a bus as it is.
type AccessEvent struct {
	Kind     AccessKind         `json:"kind"`
	Document storage.DocumentID `json:"document,omitempty"`
	Users    []storage.UserID   `json:"users,omitempty"` // of AccessGrant, AccessGroup and AccessUser
	Group    string             `json:"group,omitempty"`
	SignIn   string             `json:"sign_in,omitempty"`
	By       storage.UserID     `json:"by,omitempty"` // who did it
	ByName   string             `json:"by_name,omitempty"`
}

// AccessKind says what changed.
type AccessKind string

const (
	AccessGrant      AccessKind = "grant"       // Users' own, on Document
	AccessGroup      AccessKind = "group"       // Users came into Group or left it
	AccessGroupGrant AccessKind = "group-grant" // Group's, on Document
	AccessReach      AccessKind = "reach"       // of every account, on Document
	AccessSignIn     AccessKind = "sign-in"     // SignIn ended
	AccessUser       AccessKind = "user"        // all sign-ins of Users ended
	AccessTrashed    AccessKind = "trashed"     // Document went into the trash
	AccessRestored   AccessKind = "restored"    // Document came back
	AccessDeleted    AccessKind = "deleted"     // Document was deleted for good
)

// Announcer takes events to other nodes, whose hubs Apply them. It returns at once and may lose some.
type Announcer interface {
	Announce(AccessEvent)
}

// Apply lets an event of another node take effect here, within a second (P10). It returns at once.
func (h *Hub) Apply(e AccessEvent) {
	switch e.Kind {
	case AccessGrant:
		h.reconsider(concerns{document: e.Document, users: e.Users}, e.by())
	case AccessGroup:
		h.reconsider(concerns{users: e.Users}, e.by())
	case AccessGroupGrant, AccessReach:
		h.reconsider(concerns{document: e.Document, everybody: true}, e.by())
	case AccessSignIn, AccessUser:
		h.endSignIns(concerns{users: e.Users, signIn: e.SignIn, ended: true})
	case AccessTrashed:
		h.trashed(e)
	case AccessRestored:
		h.restored(e)
	case AccessDeleted:
		h.registry.tell(e.Document, call((*document).vanish))
	}
}

// by is who made the change, for a notice.
func (e AccessEvent) by() Identity { return Identity{User: e.By, Name: e.ByName} }

// publish is the one way by which a change of access leaves this hub's REST: to its own sessions, and to other nodes.
func (h *Hub) publish(e AccessEvent) {
	h.Apply(e)
	if h.cfg.Others != nil {
		h.cfg.Others.Announce(e)
	}
}

// GrantChanged: user's role on doc was given, changed or taken away by somebody.
func (h *Hub) GrantChanged(doc storage.DocumentID, user storage.UserID, by Identity) {
	h.publish(AccessEvent{Kind: AccessGrant, Document: doc, Users: []storage.UserID{user}, By: by.User, ByName: by.Name})
}

// GroupChanged: users came into a group or left it, or it is gone.
func (h *Hub) GroupChanged(group string, users []storage.UserID, by Identity) {
	h.publish(AccessEvent{Kind: AccessGroup, Group: group, Users: users, By: by.User, ByName: by.Name})
}

// GroupGrantChanged: a group's role on doc was given, changed or taken away.
func (h *Hub) GroupGrantChanged(doc storage.DocumentID, group string, by Identity) {
	h.publish(AccessEvent{Kind: AccessGroupGrant, Document: doc, Group: group, By: by.User, ByName: by.Name})
}

// ReachChanged: what every account may do to doc changed.
func (h *Hub) ReachChanged(doc storage.DocumentID, by Identity) {
	h.publish(AccessEvent{Kind: AccessReach, Document: doc, By: by.User, ByName: by.Name})
}

// SignInEnded closes the sessions of a sign-in; what they sent and is not with the store yet is dropped.
func (h *Hub) SignInEnded(signIn string) {
	if signIn != "" {
		h.publish(AccessEvent{Kind: AccessSignIn, SignIn: signIn})
	}
}

// UserEnded does the same for all sign-ins of a user.
func (h *Hub) UserEnded(user storage.UserID) {
	h.publish(AccessEvent{Kind: AccessUser, Users: []storage.UserID{user}})
}

// DocumentTrashed closes everybody but owners with 4502.
func (h *Hub) DocumentTrashed(doc storage.DocumentID, by Identity) {
	h.publish(AccessEvent{Kind: AccessTrashed, Document: doc, By: by.User, ByName: by.Name})
}

// DocumentRestored undoes DocumentTrashed.
func (h *Hub) DocumentRestored(doc storage.DocumentID, by Identity) {
	h.publish(AccessEvent{Kind: AccessRestored, Document: doc, By: by.User, ByName: by.Name})
}

// DocumentDeleted closes everybody with 4502, for good.
func (h *Hub) DocumentDeleted(doc storage.DocumentID) {
	h.publish(AccessEvent{Kind: AccessDeleted, Document: doc})
}

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
	for _, connection := range h.concerned(c) {
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

// concerned returns the sessions of those c is about.
func (h *Hub) concerned(c concerns) (all []Connection) {
	if c.everybody {
		return h.connections.all()
	}
	for _, user := range c.users {
		all = append(all, h.connections.of(user)...)
	}
	return all
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
