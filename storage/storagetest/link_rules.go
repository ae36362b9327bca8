package storagetest

import (
	"fmt"
	"testing"
	"time"

	"quire/storage"
)

var linkRules = []rule{
	{"Links", "a role may have several links, each with an expiry of its own", severalLinks},
	{"Links", "an expiry is changed and the address stays", linkExpiry},
	{"People", "when an e-mail was verified and what quota there is come back", verifiedAndQuota},
	{"People", "issuer and subject change together, and stay unique", changeSubject},
}

func severalLinks(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	var want []storage.Link
	for i := range 3 {
		l := storage.Link{ID: fmt.Sprint(i), Document: "d", Role: "viewer", TokenHash: []byte{byte(i)}, CreatedBy: "ann", CreatedAt: minute(i)}
		if i > 0 {
			l.ExpiresAt = minute(10 * i).Add(999)
		}
		noErr(t, "CreateLink", s.CreateLink(t.Context(), l))
		l.ExpiresAt = storage.Milli(l.ExpiresAt)
		want = append(want, l)
	}
	got, err := s.Links(t.Context(), "d")
	noErr(t, "Links", err)
	wantSame(t, "links", got, want)
	one, err := s.LinkByToken(t.Context(), []byte{1})
	noErr(t, "LinkByToken", err)
	wantSame(t, "link that expires", one, want[1])
	noErr(t, "DeleteLink", s.DeleteLink(t.Context(), "d", "1"))
	got, err = s.Links(t.Context(), "d")
	noErr(t, "Links", err)
	wantSame(t, "links left", got, []storage.Link{want[0], want[2]})
}

func linkExpiry(t *testing.T, s storage.Store) {
	create(t, s, "d", 0)
	create(t, s, "e", 0)
	l := storage.Link{ID: "l", Document: "d", Role: "viewer", TokenHash: []byte("h"), CreatedBy: "ann", CreatedAt: noon}
	noErr(t, "CreateLink", s.CreateLink(t.Context(), l))
	l.ExpiresAt = minute(5)
	got, err := s.SetLinkExpiry(t.Context(), "d", "l", minute(5).Add(999))
	noErr(t, "SetLinkExpiry", err)
	wantSame(t, "as it was set", got, l)
	got, err = s.LinkByToken(t.Context(), []byte("h"))
	noErr(t, "LinkByToken", err)
	wantSame(t, "link", got, l)
	for _, c := range []struct {
		doc storage.DocumentID
		id  string
	}{{"e", "l"}, {"d", "m"}} {
		_, err = s.SetLinkExpiry(t.Context(), c.doc, c.id, noon)
		wantErr(t, "SetLinkExpiry of "+c.id+" on "+string(c.doc), err, storage.ErrNotFound)
	}
	got, err = s.SetLinkExpiry(t.Context(), "d", "l", time.Time{})
	noErr(t, "SetLinkExpiry to never", err)
	l.ExpiresAt = time.Time{}
	wantSame(t, "without an expiry", got, l)
}

func verifiedAndQuota(t *testing.T, s storage.Store) {
	u := user("ann", "ann@x.org")
	u.VerifiedAt, u.Quota, u.Picture, u.DeletedAt = minute(1).Add(999), -1, "v", noon
	createUser(t, s, u)
	u.VerifiedAt, u.Picture, u.DeletedAt = minute(1), "", time.Time{} // other calls set the picture and the deletion
	got, err := s.UserByEmail(t.Context(), "ann@x.org")
	noErr(t, "UserByEmail", err)
	wantSame(t, "user", got, u)
	u.VerifiedAt, u.Quota = time.Time{}, 1<<40
	got, err = s.ChangeUser(t.Context(), "ann", storage.UserChange{VerifiedAt: &u.VerifiedAt, Quota: &u.Quota})
	noErr(t, "ChangeUser", err)
	wantSame(t, "changed", got, u)
	name := "other"
	u.VerifiedAt, u.Name = minute(3), name
	when := minute(3).Add(999)
	got, err = s.ChangeUser(t.Context(), "ann", storage.UserChange{VerifiedAt: &when, Name: &name})
	noErr(t, "ChangeUser", err)
	wantSame(t, "changed again", got, u)
	got, err = s.User(t.Context(), "ann")
	noErr(t, "User", err)
	wantSame(t, "user then", got, u)
}

func changeSubject(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	issuer, subject, none := "https://id.example\x00", "1", ""
	change := func(id storage.UserID, issuer, subject *string) (storage.User, error) {
		return s.ChangeUser(t.Context(), id, storage.UserChange{Issuer: issuer, Subject: subject})
	}
	got, err := change("ann", &issuer, &subject)
	noErr(t, "ChangeUser to a subject", err)
	wantSame(t, "issuer", got.Issuer, "https://id.example\uFFFD")
	found, err := s.UserBySubject(t.Context(), issuer, subject)
	noErr(t, "UserBySubject", err)
	wantSame(t, "user by subject", found, got)
	_, err = change("bob", &issuer, &subject)
	wantErr(t, "ChangeUser to another's subject", err, storage.ErrExists)
	_, err = change("bob", &issuer, nil)
	wantErr(t, "ChangeUser to an issuer without a subject", err, storage.ErrInvalid)
	_, err = change("ann", &none, &none)
	noErr(t, "ChangeUser to no subject", err)
	_, err = s.UserBySubject(t.Context(), issuer, subject)
	wantErr(t, "UserBySubject of nobody any more", err, storage.ErrNotFound)
	_, err = change("bob", &issuer, &subject)
	noErr(t, "ChangeUser to a subject set free", err)
	errs := atOnce(2, func(i int) error {
		other := "2"
		_, err := change([]storage.UserID{"ann", "bob"}[i], &issuer, &other)
		return err
	})
	if count(errs, nil) != 1 || count(errs, storage.ErrExists) != 1 {
		t.Errorf("two that take one subject: %v", errs)
	}
}
