package storagetest

import (
	"testing"

	"quire/storage"
)

var madeWithRules = []rule{
	{"Tokens", "a token keeps which documents it reaches", tokenDocuments},
	{"Tokens", "what was made with a token is listed until it is gone", madeWith},
}

func tokenDocuments(t *testing.T, s storage.Store) {
	accounts(t, s, "ann")
	k := storage.Token{ID: "k", Hash: []byte("k"), User: "ann", Scope: "read write", Documents: []storage.DocumentID{"d", "e-1", "_"},
		CreatedAt: noon, ExpiresAt: minute(9)}
	noErr(t, "CreateToken", s.CreateToken(t.Context(), k))
	all := storage.Token{ID: "l", Hash: []byte("l"), User: "ann", Scope: "write", CreatedAt: minute(1), ExpiresAt: minute(9)}
	noErr(t, "CreateToken", s.CreateToken(t.Context(), all))
	list, err := s.Tokens(t.Context(), "ann", minute(2))
	noErr(t, "Tokens", err)
	wantSame(t, "tokens", list, []storage.Token{all, k})
	one, _, err := s.TokenByHash(t.Context(), []byte("k"), minute(2))
	noErr(t, "TokenByHash", err)
	wantSame(t, "token", one, k)
}

func madeWith(t *testing.T, s storage.Store) {
	accounts(t, s, "ann")
	create(t, s, "d", 0)
	create(t, s, "e", 0)
	link := func(id string, doc storage.DocumentID, token string, at int) storage.Link {
		l := storage.Link{ID: id, TokenHash: []byte(id), Document: doc, Role: "viewer", CreatedBy: "ann", CreatedAt: minute(at), Token: token}
		noErr(t, "CreateLink", s.CreateLink(t.Context(), l))
		return l
	}
	invitation := func(id, email string, token string, at int) storage.Invitation {
		i := storage.Invitation{ID: id, TokenHash: []byte(id), Document: "d", Email: email, Role: "viewer", CreatedBy: "ann",
			CreatedAt: minute(at), ExpiresAt: minute(9), Token: token}
		noErr(t, "CreateInvitation", s.CreateInvitation(t.Context(), i))
		return i
	}
	second, first := link("a", "d", "k", 2), link("b", "e", "k", 1)
	link("c", "d", "other", 0)
	link("own", "d", "", 0)
	later, early := invitation("x", "x@example.org", "k", 2), invitation("y", "y@example.org", "k", 1)
	invitation("z", "z@example.org", "", 0)
	want := func(what, token string, links []storage.Link, invitations []storage.Invitation) {
		t.Helper()
		gotLinks, gotInvitations, err := s.MadeWith(t.Context(), token)
		noErr(t, "MadeWith", err)
		wantSame(t, "links "+what, gotLinks, links)
		wantSame(t, "invitations "+what, gotInvitations, invitations)
	}
	want("of a token", "k", []storage.Link{first, second}, []storage.Invitation{early, later})
	want("of none", "", nil, nil)
	want("of an unknown one", "nobody", nil, nil)
	changed, err := s.SetLinkExpiry(t.Context(), "d", "a", minute(5))
	noErr(t, "SetLinkExpiry", err)
	wantSame(t, "token of a changed link", changed.Token, "k")
	noErr(t, "DeleteLink", s.DeleteLink(t.Context(), "d", "a"))
	noErr(t, "DeleteInvitation", s.DeleteInvitation(t.Context(), "d", "x"))
	noErr(t, "DeleteDocument", s.DeleteDocument(t.Context(), "e", noon))
	want("after some are gone", "k", nil, []storage.Invitation{early})
}
