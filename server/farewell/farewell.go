// Package farewell deletes people. Their row is emptied and kept, so that their text in other people's documents still has an
// author, without a name. Documents that only they own are deleted for good if nobody else has a role there; the others go to
// an heir or are deleted too, as the caller asks.
//
// The heir is the person with an account and the highest role; among several, whoever has had it longest. People with a role of
// their own come before members of groups. Documents are dealt with first and the person last, so a deletion that failed
// halfway is completed by asking again.
package farewell

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"quire/collab"
	"quire/collab/access"
	"quire/server/audit"
	"quire/server/sharing"
	"quire/storage"
)

// Values of Leaving.Shared: what happens to shared documents that only the person owns.
const (
	Transfer = "transfer"
	Delete   = "delete"
)

// Store is what a farewell reads and changes.
type Store interface {
	sharing.Store
	Users(ctx context.Context, ids []storage.UserID) ([]storage.User, error)
	DeleteDocument(ctx context.Context, doc storage.DocumentID, at time.Time) error
	DeleteUser(ctx context.Context, id storage.UserID, at time.Time) error
}

// Service deletes people. All fields are required.
type Service struct {
	Store Store
	Now   func() time.Time
	Log   *slog.Logger
}

// Leaving describes one deletion: whom, and how.
type Leaving struct {
	User    storage.UserID
	Shared  string          // Transfer or Delete
	By      collab.Identity // who asks for it; zero for the command line
	Address string          // IP address of the request, for the audit log
}

// Done counts the documents that only the person owned, by what happened to them.
type Done struct{ Transferred, Deleted int }

const rounds = 5 // attempts, because the person may create documents meanwhile

// Delete deletes the person and returns what happened to their documents, also if it fails halfway.
func (s Service) Delete(ctx context.Context, l Leaving) (Done, error) {
	var done Done
	for round := 1; ; round++ {
		if err := s.documents(ctx, l, &done); err != nil {
			return done, err
		}
		err := s.note(ctx, l, storage.AuditEntry{Action: "user.delete", Subject: string(l.User), Detail: audit.Detail("shared", l.Shared)},
			func() error { return s.Store.DeleteUser(ctx, l.User, s.Now()) })
		if errors.Is(err, storage.ErrLastOwner) && round < rounds {
			continue
		} else if err != nil {
			return done, err
		}
		break
	}
	return done, nil
}

// documents transfers or deletes each document that only the person owns, and counts it in done.
func (s Service) documents(ctx context.Context, l Leaving, done *Done) error {
	list, err := s.Store.SoleOwned(ctx, l.User)
	if err != nil {
		return err
	}
	for _, d := range list {
		heir := storage.UserID("")
		if d.Others && l.Shared == Transfer {
			if heir, err = s.heir(ctx, d.Document, l.User); err != nil {
				return err
			}
		}
		if heir != "" {
			err = s.transfer(ctx, l, d.Document, heir)
		} else {
			err = s.delete(ctx, l, d.Document)
		}
		switch {
		case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrDeleted): // changed meanwhile: the next round reads it again
		case err != nil:
			return err
		case heir != "":
			done.Transferred++
		default:
			done.Deleted++
		}
	}
	return nil
}

func (s Service) transfer(ctx context.Context, l Leaving, doc storage.DocumentID, heir storage.UserID) error {
	return sharing.New(s.Store, nil, s.Now, s.Log).Inherit(ctx, sharing.By{Who: l.By, Address: l.Address}, doc, l.User, heir)
}

func (s Service) delete(ctx context.Context, l Leaving, doc storage.DocumentID) error {
	return s.note(ctx, l, storage.AuditEntry{
		Action: "document.delete", Document: doc, Detail: audit.Detail("owner", l.User, "because", "user.delete"),
	}, func() error { return s.Store.DeleteDocument(ctx, doc, s.Now()) })
}

// heir returns who gets a document; "" if nobody else with an account has a role on it.
func (s Service) heir(ctx context.Context, doc storage.DocumentID, leaving storage.UserID) (storage.UserID, error) {
	grants, err := s.Store.Grants(ctx, doc)
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(grants, func(a, b storage.Grant) int { return higher(a.Role, b.Role) })
	var line []storage.UserID
	for _, g := range grants {
		line = append(line, g.User)
	}
	if heir, err := s.first(ctx, line, leaving); heir != "" || err != nil {
		return heir, err
	}
	groups, err := s.Store.GroupGrants(ctx, doc)
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(groups, func(a, b storage.GroupGrant) int { return higher(a.Role, b.Role) })
	for _, g := range groups {
		members, err := s.Store.GroupMembers(ctx, g.Group)
		if err != nil {
			return "", err
		}
		line = line[:0]
		for _, m := range members {
			line = append(line, m.User)
		}
		if heir, err := s.first(ctx, line, leaving); heir != "" || err != nil {
			return heir, err
		}
	}
	return "", nil
}

// higher compares role names so that the higher role sorts first.
func higher(a, b string) int {
	first, _ := access.Parse(a)
	second, _ := access.Parse(b)
	return cmp.Compare(second, first)
}

// first returns the first person in line, other than leaving, who has an account; "" if there is none.
func (s Service) first(ctx context.Context, line []storage.UserID, leaving storage.UserID) (storage.UserID, error) {
	for some := range slices.Chunk(line, 100) {
		users, err := s.Store.Users(ctx, some)
		if err != nil {
			return "", err
		}
		stays := map[storage.UserID]bool{}
		for _, u := range users {
			stays[u.ID] = u.Email != "" && !u.Guest && u.DeletedAt.IsZero() && u.ID != leaving
		}
		if i := slices.IndexFunc(some, func(id storage.UserID) bool { return stays[id] }); i >= 0 {
			return some[i], nil
		}
	}
	return "", nil
}

func (s Service) note(ctx context.Context, l Leaving, e storage.AuditEntry, change func() error) error {
	e.At, e.Actor, e.Address = s.Now(), l.By.User, l.Address
	return audit.Do(ctx, s.Store, s.Log, e, change)
}
