package storagetest

import (
	"fmt"
	"testing"

	"quire/storage"
)

func wantOffers(t *testing.T, s storage.Store, user storage.UserID, want ...storage.TransferOffer) {
	t.Helper()
	got, err := s.DocumentOffersTo(t.Context(), user)
	noErr(t, "DocumentOffersTo", err)
	wantSame(t, "offers to "+string(user), got, want)
	for _, o := range want {
		one, err := s.DocumentOffer(t.Context(), o.Document)
		noErr(t, "DocumentOffer", err)
		wantSame(t, "offer of "+string(o.Document), one, o)
	}
}

func offerDocument(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob", "cat")
	create(t, s, "d", 2)
	create(t, s, "e", 0)
	was := grant(t, s, "d", "bob", "viewer")
	offer := func(doc storage.DocumentID, from, to storage.UserID, then string, at int) (storage.TransferOffer, error) {
		o := storage.TransferOffer{Document: doc, From: from, To: to, Then: then, CreatedAt: minute(at)}
		return o, s.OfferDocument(t.Context(), o)
	}
	for _, c := range []struct {
		doc      storage.DocumentID
		from, to storage.UserID
		want     error
	}{
		{"d", "bob", "cat", storage.ErrNotFound}, {"d", "ann", "eve", storage.ErrNotFound}, {"d", "ann", "ann", storage.ErrInvalid},
		{"d", "ann", "", storage.ErrInvalid}, {"d", "", "bob", storage.ErrNotFound}, {"never", "ann", "bob", storage.ErrNotFound},
	} {
		_, err := offer(c.doc, c.from, c.to, "", 1)
		wantErr(t, fmt.Sprintf("OfferDocument of %s from %q to %q", c.doc, c.from, c.to), err, c.want)
	}
	second, err := offer("d", "ann", "cat", "", 2)
	noErr(t, "OfferDocument", err)
	wantOffers(t, s, "cat", second)
	second, err = offer("d", "ann", "bob", "editor", 3)
	noErr(t, "OfferDocument that takes another's place", err)
	wantOffers(t, s, "cat")
	first, err := offer("e", "ann", "bob", "", 1)
	noErr(t, "OfferDocument", err)
	wantOffers(t, s, "bob", first, second)
	wantOffers(t, s, "")
	wantErr(t, "TakeDocument by another", s.TakeDocument(t.Context(), "d", "cat", minute(5)), storage.ErrNotFound)
	wantErr(t, "TakeDocument by nobody", s.TakeDocument(t.Context(), "d", "", minute(5)), storage.ErrNotFound)
	wantErr(t, "WithdrawDocument from another", s.WithdrawDocument(t.Context(), "d", "cat"), storage.ErrNotFound)
	wantOwner(t, s, "d", "ann")
	noErr(t, "TakeDocument", s.TakeDocument(t.Context(), "d", "bob", minute(5)))
	wantOwner(t, s, "d", "bob")
	was.Role = storage.RoleOwner
	wantGrants(t, s, "d", storage.Grant{Document: "d", User: "ann", Role: "editor", CreatedAt: noon, Via: storage.RoleOwner}, was)
	wantErr(t, "TakeDocument again", s.TakeDocument(t.Context(), "d", "bob", minute(5)), storage.ErrNotFound)
	noErr(t, "WithdrawDocument", s.WithdrawDocument(t.Context(), "e", "bob"))
	wantErr(t, "WithdrawDocument again", s.WithdrawDocument(t.Context(), "e", "bob"), storage.ErrNotFound)
	wantErr(t, "TakeDocument of what was withdrawn", s.TakeDocument(t.Context(), "e", "bob", minute(5)), storage.ErrNotFound)
	wantOffers(t, s, "bob")
	_, err = s.DocumentOffer(t.Context(), "e")
	wantErr(t, "DocumentOffer of none", err, storage.ErrNotFound)
}

func offerEnds(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob", "cat", "dan")
	for _, id := range []storage.DocumentID{"handed over", "deleted", "lost", "left", "kept"} {
		create(t, s, id, 0)
		grant(t, s, id, "dan", storage.RoleOwner)
	}
	offer := func(doc storage.DocumentID, from, to storage.UserID) {
		noErr(t, "OfferDocument", s.OfferDocument(t.Context(), storage.TransferOffer{Document: doc, From: from, To: to, CreatedAt: noon}))
	}
	offer("handed over", "ann", "bob")
	noErr(t, "TransferDocument", s.TransferDocument(t.Context(), "handed over", "ann", "cat", "", noon))
	offer("deleted", "ann", "bob")
	noErr(t, "DeleteDocument", s.DeleteDocument(t.Context(), "deleted", noon))
	wantOffers(t, s, "bob")
	offer("lost", "ann", "bob")
	noErr(t, "RemoveGrant", s.RemoveGrant(t.Context(), "lost", "ann"))
	wantErr(t, "TakeDocument from who owns it no more", s.TakeDocument(t.Context(), "lost", "bob", noon), storage.ErrNotFound)
	offer("left", "ann", "cat")
	offer("kept", "dan", "bob")
	noErr(t, "DeleteUser of who is offered one", s.DeleteUser(t.Context(), "cat", noon))
	noErr(t, "DeleteUser of who offers one", s.DeleteUser(t.Context(), "ann", noon))
	wantOffers(t, s, "cat")
	for _, doc := range []storage.DocumentID{"left", "lost"} {
		_, err := s.DocumentOffer(t.Context(), doc)
		wantErr(t, "DocumentOffer of "+string(doc), err, storage.ErrNotFound)
	}
	wantOffers(t, s, "bob", storage.TransferOffer{Document: "kept", From: "dan", To: "bob", CreatedAt: noon})
}

func offerRace(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	for round := range 6 {
		id := storage.DocumentID(fmt.Sprint("d", round))
		create(t, s, id, 0)
		noErr(t, "OfferDocument", s.OfferDocument(t.Context(), storage.TransferOffer{Document: id, From: "ann", To: "bob", CreatedAt: noon}))
		errs := atOnce(4, func(i int) error {
			if i < 2 {
				return s.TakeDocument(t.Context(), id, "bob", noon)
			}
			return s.WithdrawDocument(t.Context(), id, "bob")
		})
		if count(errs, nil) != 1 || count(errs, storage.ErrNotFound) != 3 {
			t.Fatalf("taken and withdrawn: %v", errs)
		}
		wantOwner(t, s, id, map[bool]storage.UserID{true: "bob", false: "ann"}[errs[0] == nil || errs[1] == nil])
	}
}
