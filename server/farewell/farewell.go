// Package farewell deletes people. Their row stays, emptied, so that what they wrote in documents of others keeps an author
// without a name. Of the documents that only they own, those that nobody shares are deleted for good; shared ones go to an
// heir or are deleted too, as was asked.
//
// The heir is who has the highest role of those with an account, and of several the one who has it longest; members
// themselves come before members of groups. What is done to documents comes first and the person last, so that a farewell
// that broke off is gone on with by asking again.
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

// What becomes of shared documents that only the person owns.
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

// House is where people live.
type House struct {
	Store Store
	Now   func() time.Time
	Log   *slog.Logger
}

// Leaving is one person's farewell.
type Leaving struct {
	User    storage.UserID
	Shared  string          // Transfer or Delete
	By      collab.Identity // who asks for it; the zero one is the command line
	Address string
}

// Done counts the documents that only the person owned.
type Done struct{ Transferred, Deleted int }

const rounds = 5 // in case the person starts documents meanwhile

// Delete deletes the person.
func (h House) Delete(ctx context.Context, l Leaving) (Done, error) {
	var done Done
	for round := 1; ; round++ {
		if err := h.documents(ctx, l, &done); err != nil {
			return done, err
		}
		err := h.note(ctx, l, storage.AuditEntry{Action: "user.delete", Subject: string(l.User), Detail: audit.Detail("shared", l.Shared)},
			func() error { return h.Store.DeleteUser(ctx, l.User, h.Now()) })
		if errors.Is(err, storage.ErrLastOwner) && round < rounds {
			continue
		} else if err != nil {
			return done, err
		}
		break
	}
	return done, nil
}

// documents gives away or deletes what only the person owns.
func (h House) documents(ctx context.Context, l Leaving, done *Done) error {
	list, err := h.Store.SoleOwned(ctx, l.User)
	if err != nil {
		return err
	}
	for _, d := range list {
		heir := storage.UserID("")
		if d.Others && l.Shared == Transfer {
			if heir, err = h.heir(ctx, d.Document, l.User); err != nil {
				return err
			}
		}
		if heir != "" {
			err = h.transfer(ctx, l, d.Document, heir)
		} else {
			err = h.delete(ctx, l, d.Document)
		}
		switch {
		case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrDeleted): // changed meanwhile: the next round sees
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

func (h House) transfer(ctx context.Context, l Leaving, doc storage.DocumentID, heir storage.UserID) error {
	return sharing.New(h.Store, nil, h.Now, h.Log).Inherit(ctx, sharing.By{Who: l.By, Address: l.Address}, doc, l.User, heir)
}

func (h House) delete(ctx context.Context, l Leaving, doc storage.DocumentID) error {
	return h.note(ctx, l, storage.AuditEntry{
		Action: "document.delete", Document: doc, Detail: audit.Detail("owner", l.User, "because", "user.delete"),
	}, func() error { return h.Store.DeleteDocument(ctx, doc, h.Now()) })
}

// heir finds who gets a document; "" if nobody with an account has a role on it.
func (h House) heir(ctx context.Context, doc storage.DocumentID, leaving storage.UserID) (storage.UserID, error) {
	grants, err := h.Store.Grants(ctx, doc)
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(grants, func(a, b storage.Grant) int { return higher(a.Role, b.Role) })
	var line []storage.UserID
	for _, g := range grants {
		line = append(line, g.User)
	}
	if heir, err := h.first(ctx, line, leaving); heir != "" || err != nil {
		return heir, err
	}
	groups, err := h.Store.GroupGrants(ctx, doc)
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(groups, func(a, b storage.GroupGrant) int { return higher(a.Role, b.Role) })
	for _, g := range groups {
		members, err := h.Store.GroupMembers(ctx, g.Group)
		if err != nil {
			return "", err
		}
		line = line[:0]
		for _, m := range members {
			line = append(line, m.User)
		}
		if heir, err := h.first(ctx, line, leaving); heir != "" || err != nil {
			return heir, err
		}
	}
	return "", nil
}

// higher sorts higher roles first.
func higher(a, b string) int {
	first, _ := access.Parse(a)
	second, _ := access.Parse(b)
	return cmp.Compare(second, first)
}

// first returns the first in line who has an account and stays.
func (h House) first(ctx context.Context, line []storage.UserID, leaving storage.UserID) (storage.UserID, error) {
	for some := range slices.Chunk(line, 100) {
		users, err := h.Store.Users(ctx, some)
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

func (h House) note(ctx context.Context, l Leaving, e storage.AuditEntry, change func() error) error {
	e.At, e.Actor, e.Address = h.Now(), l.By.User, l.Address
	return audit.Do(ctx, h.Store, h.Log, e, change)
}
