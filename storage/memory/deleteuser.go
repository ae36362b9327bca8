package memory

import (
	"context"
	"maps"
	"slices"
	"time"

	"quire/storage"
)

// DeleteUser makes a person's row anonymous.
func (s *Store) DeleteUser(ctx context.Context, id storage.UserID, at time.Time) error {
	return s.do(ctx, "delete user", func() error {
		if err := s.person(id); err != nil {
			return err
		}
		if len(s.soleOwned(id)) > 0 {
			return storage.ErrLastOwner
		}
		was := s.users[id]
		if was.InCharge() && !s.inChargeWithout(id) {
			return storage.ErrLastAdmin
		}
		s.tell(storage.Event{Kind: storage.EventEnded, Users: []storage.UserID{id}})
		s.dropProofs(id)
		on := slices.Concat(s.dropPlaces(id), s.dropAccess(id), s.dropEmail(was))
		s.tell(storage.EachDocument(storage.EventMembers, on)...)
		delete(s.emails, storage.Fold(was.Email))
		delete(s.subjects, [2]string{was.Issuer, was.Subject})
		delete(s.pictures, id)
		at = milli(at)
		if at.IsZero() {
			at = storage.FromUnix(1)
		}
		s.users[id] = storage.User{ID: id, CreatedAt: was.CreatedAt, DeletedAt: at}
		return nil
	})
}

// dropAccess deletes a person's grants and requests, names other owners (there are some), and returns the documents concerned.
func (s *Store) dropAccess(id storage.UserID) (on []storage.DocumentID) {
	for doc, d := range s.documents {
		if d.offer.To == id || d.offer.From == id {
			d.offer = storage.TransferOffer{}
		}
		_, granted := d.grants[id]
		_, asked := d.requests[id]
		if granted || asked || !d.deleted && d.info.Owner == id {
			on = append(on, doc)
		}
		delete(d.grants, id)
		delete(d.requests, id)
		if d.deleted || d.info.Owner != id {
			continue
		}
		for _, g := range s.counting(d) {
			if g.Role == storage.RoleOwner {
				d.info.Owner = g.User
				break
			}
		}
	}
	return on
}

// dropPlaces takes a person out of all groups. A group without a manager gets one; a group without members is deleted. It returns the
// documents on which the deleted groups had a role.
func (s *Store) dropPlaces(id storage.UserID) (on []storage.DocumentID) {
	for _, groupID := range slices.Sorted(maps.Keys(s.groups)) {
		g := s.groups[groupID]
		delete(g.offers, id)
		if _, in := g.members[id]; !in {
			continue
		}
		delete(g.members, id)
		left, follows := g.sortedMembers(), storage.UserID("")
		switch {
		case len(left) == 0:
			on = append(on, s.dropGroup(groupID)...)
		case !g.managedWithout(""):
			follows, left[0].Manager = left[0].User, true
			g.members[follows] = left[0]
		}
		s.tell(storage.GroupEvent(groupID, id, follows))
	}
	return on
}

// dropProofs deletes what a person signs in with: sign-ins, tokens and codes.
func (s *Store) dropProofs(id storage.UserID) {
	s.tell(storage.EachID(storage.EventSignIn, s.dropSignIns(func(si storage.SignIn) bool { return si.User == id }))...)
	s.tell(storage.EachID(storage.EventToken, s.dropTokens(func(t storage.Token) bool { return t.User == id }))...)
	s.dropCodes(func(c storage.Code) bool { return c.User == id })
}

// dropEmail removes u's e-mail from invitations and the audit log, and returns the documents it was invited to.
func (s *Store) dropEmail(u storage.User) []storage.DocumentID {
	email := storage.Fold(u.Email)
	if email == "" {
		return nil
	}
	on := s.dropInvitations(func(i storage.Invitation) bool { return storage.Fold(i.Email) == email })
	for i, e := range s.audit {
		if storage.Fold(e.Subject) == email {
			s.audit[i].Subject = string(u.ID)
		}
	}
	return on
}
