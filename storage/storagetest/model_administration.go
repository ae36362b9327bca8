package storagetest

import (
	"context"
	"fmt"
	"slices"

	"quire/storage"
)

// The random calls about the audit log, people and all documents.

// entries holds the ids that each store gave to audit entries. The same index is the same entry in both stores.
type entries map[storage.Store][]int64

func (e entries) id(s storage.Store, place int) int64 {
	if place < len(e[s]) {
		return e[s][place]
	}
	return -1
}

// placed replaces each id by its index, which is the same in both stores.
func (e entries) placed(s storage.Store, found []storage.AuditEntry) []storage.AuditEntry {
	for i := range found {
		found[i].ID = int64(slices.Index(e[s], found[i].ID))
	}
	return found
}

func (r *random) auditCall(ctx context.Context) (string, answer) {
	e := storage.AuditEntry{
		At: minute(r.IntN(9)), Actor: r.user(), Action: pick(r, "a", "a.b", "a.c", "A.b", "a%b", ""), Document: r.doc(),
		Subject: pick(r, string(r.user()), r.word()), Detail: r.word(), Address: r.word(),
	}
	place := r.IntN(len(r.noted[r.model]) + 2)
	switch r.IntN(6) {
	case 0, 1:
		return fmt.Sprintf("Note(%+v)", e), func(s storage.Store) (any, error) {
			id, err := s.Note(ctx, e)
			if err == nil {
				r.noted[s] = append(r.noted[s], id)
			}
			return slices.IsSorted(r.noted[s]), err
		}
	case 2:
		return fmt.Sprintf("Strike(%d)", place), func(s storage.Store) (any, error) { return nil, s.Strike(ctx, r.noted.id(s, place)) }
	case 3:
		limit := r.IntN(4)
		return fmt.Sprintf("DeleteAudit(%v, %d)", e.At, limit), func(s storage.Store) (any, error) { return s.DeleteAudit(ctx, e.At, limit) }
	}
	q := storage.AuditQuery{
		Document: pick(r, "", "", e.Document), Person: pick(r, "", "", e.Actor, storage.UserID(storage.Text(e.Subject))), Action: pick(r, "", e.Action, "a."), Limit: 1 + r.IntN(9),
	}
	before := r.IntN(2) == 0
	return fmt.Sprintf("Audit(%+v, %v, %d)", q, before, place), func(s storage.Store) (any, error) {
		q := q
		if before {
			q.Before = max(0, r.noted.id(s, place))
		}
		found, err := s.Audit(ctx, q)
		return r.noted.placed(s, found), err
	}
}

func (r *random) adminCall(ctx context.Context) (string, answer) {
	user, word, at := r.user(), r.word(), minute(r.IntN(9))
	switch r.IntN(8) {
	case 0, 1:
		q := storage.PersonQuery{Text: word, Guests: r.IntN(2) == 0, AfterName: storage.Fold(r.word()), AfterID: pick(r, "", r.user()), Limit: 1 + r.IntN(4)}
		return fmt.Sprintf("ListPeople(%+v)", q), func(s storage.Store) (any, error) { return s.ListPeople(ctx, q) }
	case 2, 3:
		q := storage.DocumentQuery{
			User: pick(r, "", user), Scope: pick(r, storage.ScopeAll, storage.ScopeTrash, storage.ScopeMine), Title: word, Limit: 1 + r.IntN(5),
			After: pick(r, storage.Cursor{}, storage.Cursor{UpdatedAt: at, ID: r.doc()}),
		}
		return fmt.Sprintf("ListAll(%+v)", q), func(s storage.Store) (any, error) { return s.ListAll(ctx, q) }
	case 4:
		return "Totals", func(s storage.Store) (any, error) { return s.Totals(ctx) }
	case 5:
		return r.deleteUserCall(ctx, user)
	case 6:
		return r.changeUserCall(ctx, user)
	}
	body, version := []byte(r.word()), pick(r, "v1", "v2", "")
	return fmt.Sprintf("SetPicture(%s, %q, %q)", user, body, version), func(s storage.Store) (any, error) {
		err := s.SetPicture(ctx, user, word, body, version)
		kind, got, now, pictureErr := s.Picture(ctx, user)
		return []any{kind, got, now, class(pictureErr)}, err
	}
}

// deleteUserCall deletes a user; a new name replaces theirs among the few.
func (r *random) deleteUserCall(ctx context.Context, user storage.UserID) (string, answer) {
	at, another := minute(r.IntN(9)), storage.UserID(r.next("u"))
	for _, name := range r.names {
		if sole, err := r.model.SoleOwned(ctx, name); err == nil && len(sole) == 0 && r.IntN(3) == 0 {
			user = name
		}
	}
	return fmt.Sprintf("DeleteUser(%s)", user), func(s storage.Store) (any, error) {
		err := s.DeleteUser(ctx, user, at)
		u, userErr := s.User(ctx, user)
		if place := slices.Index(r.names, user); err == nil && place >= 0 {
			r.names[place], r.gone = another, user
		}
		return []any{u, class(userErr)}, err
	}
}

func (r *random) changeUserCall(ctx context.Context, user storage.UserID) (string, answer) {
	guest, quota, when, name := r.IntN(3) == 0, r.Int64N(3)-1, minute(r.IntN(9)), r.word()
	issuer, subject := pick(r, "", "app", "app"), pick(r, "", "1", "2", "\x00")
	c := storage.UserChange{Guest: pick(r, nil, &guest), Quota: pick(r, nil, &quota), VerifiedAt: pick(r, nil, &when), Name: pick(r, nil, &name)}
	if r.IntN(2) == 0 {
		c.Issuer, c.Subject = &issuer, &subject
	}
	return fmt.Sprintf("ChangeUser(%s, %v, %d, %v, %q, %q, %q)", user, guest, quota, when, name, issuer, subject), func(s storage.Store) (any, error) {
		return s.ChangeUser(ctx, user, c)
	}
}
