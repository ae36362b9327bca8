package memory

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"quire/storage"
)

// picture is a person's; its version stands with the user.
type picture struct {
	contentType string
	body        []byte
}

// person returns the fault of one who is not there, or no more. s.mu is held.
func (s *Store) person(what string, id storage.UserID) error {
	if u, ok := s.users[id]; !ok || !u.DeletedAt.IsZero() {
		return fmt.Errorf("memory: %s user=%s: %w", what, id, storage.ErrNotFound)
	}
	return nil
}

// gone reports whether that person is deleted. s.mu is held.
func (s *Store) gone(id storage.UserID) bool { return !s.users[id].DeletedAt.IsZero() }

// ListPeople returns a page of users.
func (s *Store) ListPeople(ctx context.Context, q storage.PersonQuery) ([]storage.PersonListed, error) {
	unlock, err := s.begin(ctx, "list people")
	if err != nil {
		return nil, err
	}
	defer unlock()
	after, text := [2]string{q.AfterName, string(q.AfterID)}, storage.Fold(q.Text)
	var found []storage.PersonListed
	for _, u := range s.users {
		name, email := storage.Fold(u.Name), storage.Fold(u.Email)
		in := u.DeletedAt.IsZero() && (q.Guests || u.Account()) && (strings.Contains(name, text) || strings.Contains(email, text))
		if in && (q.AfterID == "" || byName(after, [2]string{name, string(u.ID)}) < 0) {
			found = append(found, storage.PersonListed{User: u})
		}
	}
	slices.SortFunc(found, func(a, b storage.PersonListed) int {
		return byName([2]string{storage.Fold(a.User.Name), string(a.User.ID)}, [2]string{storage.Fold(b.User.Name), string(b.User.ID)})
	})
	found = found[:min(len(found), max(q.Limit, 0))]
	for i := range found {
		s.countFor(&found[i])
	}
	return found, nil
}

// byName orders people by folded name, then id.
func byName(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }

func (s *Store) countFor(p *storage.PersonListed) {
	for _, d := range s.documents {
		if !d.deleted && d.info.Owner == p.User.ID {
			p.Documents++
			p.Bytes += d.head.Bytes
		}
	}
	for _, si := range s.signIns {
		if si.User == p.User.ID && si.LastSeenAt.After(p.LastSeenAt) {
			p.LastSeenAt = si.LastSeenAt
		}
	}
}

// ListAll returns a page of all documents.
func (s *Store) ListAll(ctx context.Context, q storage.DocumentQuery) ([]storage.DocumentListed, error) {
	unlock, err := s.begin(ctx, "list all")
	if err != nil {
		return nil, err
	}
	defer unlock()
	var found []storage.DocumentListed
	for _, d := range s.documents {
		scope := q.Scope == storage.ScopeAll && !d.info.Trashed() || q.Scope == storage.ScopeTrash && d.info.Trashed()
		if d.deleted || !scope || q.User != "" && d.info.Owner != q.User {
			continue
		}
		l := storage.DocumentListed{Document: d.info, Head: d.head, MemberCount: len(s.counting(d))}
		if inPage(q, d.info, l.Cursor()) {
			found = append(found, l)
		}
	}
	slices.SortFunc(found, func(a, b storage.DocumentListed) int { return byChange(a.Cursor(), b.Cursor()) })
	return found[:min(len(found), max(q.Limit, 0))], nil
}

// Size counts the logs: nothing is on a disk.
func (s *Store) Size(ctx context.Context) (int64, error) {
	t, err := s.Totals(ctx)
	return t.Bytes, err
}

// Totals counts what the installation holds.
func (s *Store) Totals(ctx context.Context) (storage.Totals, error) {
	unlock, err := s.begin(ctx, "totals")
	if err != nil {
		return storage.Totals{}, err
	}
	defer unlock()
	var t storage.Totals
	for _, u := range s.users {
		switch {
		case u.Account():
			t.Accounts++
		case u.DeletedAt.IsZero():
			t.Guests++
		}
	}
	for _, d := range s.documents {
		if d.deleted {
			continue
		}
		t.Documents++
		if d.info.Trashed() {
			t.Trashed++
		}
		t.Ops += int64(d.head.Revision)
		t.Bytes += d.head.Bytes
	}
	return t, nil
}

// SetPicture keeps a person's picture, or removes it.
func (s *Store) SetPicture(ctx context.Context, id storage.UserID, contentType string, body []byte, version string) error {
	if err := storage.CheckPicture(body, version); err != nil {
		return fmt.Errorf("memory: set picture: %w", err)
	}
	unlock, err := s.begin(ctx, "set picture")
	if err != nil {
		return err
	}
	defer unlock()
	if err := s.person("set picture", id); err != nil {
		return err
	}
	was := s.users[id]
	u := was
	if len(body) == 0 {
		u.Picture = ""
		delete(s.pictures, id)
	} else {
		u.Picture = storage.Text(version)
		s.pictures[id] = picture{contentType: storage.Text(contentType), body: slices.Clone(body)}
	}
	s.users[id] = u
	s.tell(storage.PersonEvents(was, u)...)
	return nil
}

// Picture returns a person's.
func (s *Store) Picture(ctx context.Context, id storage.UserID) (contentType string, body []byte, version string, err error) {
	unlock, err := s.begin(ctx, "picture")
	if err != nil {
		return "", nil, "", err
	}
	defer unlock()
	p, ok := s.pictures[id]
	if !ok {
		return "", nil, "", fmt.Errorf("memory: picture user=%s: %w", id, storage.ErrNotFound)
	}
	return p.contentType, slices.Clone(p.body), s.users[id].Picture, nil
}

// DeleteUser makes a person's row anonymous.
func (s *Store) DeleteUser(ctx context.Context, id storage.UserID, at time.Time) error {
	unlock, err := s.begin(ctx, "delete user")
	if err != nil {
		return err
	}
	defer unlock()
	if err := s.person("delete user", id); err != nil {
		return err
	}
	if len(s.soleOwned(id)) > 0 {
		return fmt.Errorf("memory: delete user id=%s: %w", id, storage.ErrLastOwner)
	}
	was := s.users[id]
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
}

// dropAccess takes grants, requests and the name of owner from one who alone owns nothing, and returns where they had any.
func (s *Store) dropAccess(id storage.UserID) (on []storage.DocumentID) {
	for doc, d := range s.documents {
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

// dropPlaces takes one out of all groups, which keep a manager or go, and returns on which documents something was granted
// to those that went.
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

// dropProofs removes what proves who somebody is.
func (s *Store) dropProofs(id storage.UserID) {
	s.tell(storage.EachID(storage.EventSignIn, s.dropSignIns(func(si storage.SignIn) bool { return si.User == id }))...)
	s.tell(storage.EachID(storage.EventToken, s.dropTokens(func(t storage.Token) bool { return t.User == id }))...)
	s.dropCodes(func(c storage.Code) bool { return c.User == id })
}

// dropEmail removes what names u's e-mail, and returns on which documents it was invited.
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
