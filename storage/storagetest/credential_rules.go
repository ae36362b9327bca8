package storagetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"quire/storage"
)

var credentialRules = []rule{
	{"Codes", "a code is good for its purpose until it expires, and until it is used", codes},
	{"Codes", "of many that use one code exactly one does", useCodeRace},
	{"Codes", "a code is used up with the change it is for, or not at all", useCode},
	{"Codes", "ten codes of a person and purpose are kept: the oldest make room", tenCodes},
	{"Codes", "ten are kept also when many are made at once", tenCodesRace},
	{"Codes", "a person's codes are deleted by purpose, or all", deleteCodes},
	{"Tokens", "a token comes back with its person until it expires", tokenBack},
	{"Tokens", "a token is listed, touched and ended by its own person only", tokenOwn},
	{"Tokens", "what expired is removed and counted, invitations 30 days later", deleteExpired},
}

func code(hash, purpose string, user storage.UserID) storage.Code {
	return storage.Code{
		Hash: []byte("\x00\xff" + hash), Purpose: purpose, User: user, Email: string(user) + "@x.org", CreatedAt: noon, ExpiresAt: minute(10),
	}
}

func createCode(t *testing.T, s storage.Store, c storage.Code) storage.Code {
	t.Helper()
	noErr(t, fmt.Sprintf("CreateCode(%+v)", c), s.CreateCode(t.Context(), c))
	return c
}

func codes(t *testing.T, s storage.Store) {
	accounts(t, s, "ann")
	c := code("1", "verify", "ann")
	c.Email, c.CreatedAt = "Änn\x00@x.org", noon.Add(999_999)
	createCode(t, s, c)
	createCode(t, s, code("2", "reset", "ann"))
	c.Email, c.CreatedAt = "Änn\uFFFD@x.org", noon
	for range 2 {
		got, err := s.Code(t.Context(), c.Hash, "verify", minute(9))
		noErr(t, "Code", err)
		wantSame(t, "code", got, c)
	}
	for _, ask := range []struct {
		what, purpose string
		hash          []byte
		at            int
	}{
		{"of another purpose", "reset", c.Hash, 9}, {"without a purpose", "", c.Hash, 9}, {"when it expires", "verify", c.Hash, 10},
		{"of another hash", "verify", []byte("1"), 9}, {"without a hash", "verify", nil, 9},
	} {
		_, err := s.Code(t.Context(), ask.hash, ask.purpose, minute(ask.at))
		wantErr(t, "Code "+ask.what, err, storage.ErrNotFound)
		_, err = s.UseCode(t.Context(), ask.hash, ask.purpose, minute(ask.at), renamed("no"))
		wantErr(t, "UseCode "+ask.what, err, storage.ErrNotFound)
	}
	got, err := s.UseCode(t.Context(), c.Hash, "verify", minute(9), renamed("yes"))
	noErr(t, "UseCode", err)
	wantSame(t, "who used it", []any{got.ID, got.Name}, []any{storage.UserID("ann"), "yes"})
	_, err = s.UseCode(t.Context(), c.Hash, "verify", minute(9), renamed("no"))
	wantErr(t, "UseCode again", err, storage.ErrNotFound)
	_, err = s.Code(t.Context(), c.Hash, "verify", minute(9))
	wantErr(t, "Code that was used", err, storage.ErrNotFound)
	stored, err := s.User(t.Context(), "ann")
	noErr(t, "User", err)
	wantSame(t, "the name", stored.Name, "yes")
	wantErr(t, "CreateCode of a taken hash", s.CreateCode(t.Context(), code("2", "verify", "ann")), storage.ErrExists)
	wantErr(t, "CreateCode of nobody", s.CreateCode(t.Context(), code("3", "verify", "eve")), storage.ErrNotFound)
	bad := code("4", "", "ann")
	wantErr(t, "CreateCode without a purpose", s.CreateCode(t.Context(), bad), storage.ErrInvalid)
	bad.Purpose, bad.Hash = "verify", nil
	wantErr(t, "CreateCode without a hash", s.CreateCode(t.Context(), bad), storage.ErrInvalid)
}

func renamed(name string) storage.UserChange { return storage.UserChange{Name: &name} }

// useCode checks that a change that is refused leaves the code usable.
func useCode(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	c := createCode(t, s, code("1", "email", "ann"))
	for what, refused := range map[string]storage.UserChange{
		"an e-mail somebody has": {Email: ptr("BOB@x.org")}, "no guest any more": {Guest: ptr(false)},
	} {
		want := storage.ErrExists
		if refused.Guest != nil {
			want = storage.ErrNotFound
		}
		_, err := s.UseCode(t.Context(), c.Hash, "email", noon, refused)
		wantErr(t, "UseCode for "+what, err, want)
		_, err = s.Code(t.Context(), c.Hash, "email", noon)
		noErr(t, "Code after "+what, err)
	}
	u, err := s.UseCode(t.Context(), c.Hash, "email", noon, storage.UserChange{Email: ptr("ann@y.org")})
	noErr(t, "UseCode", err)
	wantSame(t, "the e-mail", u.Email, "ann@y.org")
	found, err := s.UserByEmail(t.Context(), "ANN@y.org")
	noErr(t, "UserByEmail", err)
	wantSame(t, "whose it is", found, u)
}

func ptr[T any](v T) *T { return &v }

func useCodeRace(t *testing.T, s storage.Store) {
	accounts(t, s, "ann")
	for round := range 6 {
		c := createCode(t, s, code(fmt.Sprint(round), "reset", "ann"))
		errs := atOnce(6, func(i int) error {
			_, err := s.UseCode(t.Context(), c.Hash, "reset", noon, renamed(fmt.Sprint("winner ", i)))
			return err
		})
		if won, lost := count(errs, nil), count(errs, storage.ErrNotFound); won != 1 || lost != len(errs)-1 {
			t.Fatalf("%d used it, %d came late: %v", won, lost, errs)
		}
		u, err := s.User(t.Context(), "ann")
		noErr(t, "User", err)
		wantSame(t, "whose change was made", u.Name, fmt.Sprint("winner ", slices.Index(errs, nil)))
	}
}

// remaining returns those of hashes whose code still exists.
func remaining(t *testing.T, s storage.Store, purpose string, hashes ...string) (found []string) {
	t.Helper()
	for _, h := range hashes {
		if _, err := s.Code(t.Context(), code(h, "", "").Hash, purpose, noon); err == nil {
			found = append(found, h)
		}
	}
	return found
}

func tenCodes(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	createCode(t, s, code("other purpose", "verify", "ann"))
	createCode(t, s, code("other person", "reset", "bob"))
	hashes := []string{"b", "k", "a", "c", "d", "e", "f", "g", "h", "i", "j", "l"}
	new := func(hash string, at, expires int) error {
		c := code(hash, "reset", "ann")
		c.CreatedAt, c.ExpiresAt = minute(at), minute(expires)
		return s.CreateCode(t.Context(), c)
	}
	noErr(t, "CreateCode", new("b", 1, 99))
	noErr(t, "CreateCode", new("k", 0, 99)) // the oldest, not the first
	noErr(t, "CreateCode", new("a", 1, 99))
	for i, h := range hashes[3:10] {
		noErr(t, "CreateCode", new(h, 2, 99*(i%2))) // some expired
	}
	wantSame(t, "ten", remaining(t, s, "reset", hashes...), []string{"b", "k", "a", "d", "f", "h"})
	wantErr(t, "CreateCode of a taken hash", new("b", 3, 99), storage.ErrExists)
	wantSame(t, "after one that was refused", remaining(t, s, "reset", "k"), []string{"k"})
	noErr(t, "CreateCode", new("j", -5, 99)) // itself older than all
	wantSame(t, "after the eleventh", remaining(t, s, "reset", hashes...), []string{"b", "a", "d", "f", "h", "j"})
	noErr(t, "CreateCode", new("l", 3, 99))
	wantSame(t, "after the twelfth", remaining(t, s, "reset", hashes...), []string{"b", "a", "d", "f", "h", "l"})
	noErr(t, "CreateCode", new("m", 3, 99)) // a and b are of one time
	wantSame(t, "after the thirteenth", remaining(t, s, "reset", hashes...), []string{"b", "d", "f", "h", "l"})
	wantSame(t, "another purpose", remaining(t, s, "verify", "other purpose"), []string{"other purpose"})
	wantSame(t, "another person", remaining(t, s, "reset", "other person"), []string{"other person"})
}

func tenCodesRace(t *testing.T, s storage.Store) {
	accounts(t, s, "ann")
	errs := atOnce(16, func(i int) error { return s.CreateCode(t.Context(), code(fmt.Sprint(i), "reset", "ann")) })
	if count(errs, nil) != len(errs) {
		t.Fatalf("CreateCode at once: %v", errs)
	}
	n := 0
	for i := range errs {
		n += len(remaining(t, s, "reset", fmt.Sprint(i)))
	}
	wantSame(t, "codes left", n, storage.KeptCodes)
}

func deleteCodes(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	for _, c := range []storage.Code{code("1", "verify", "ann"), code("2", "reset", "ann"), code("3", "reset", "ann"), code("4", "reset", "bob")} {
		createCode(t, s, c)
	}
	noErr(t, "DeleteCodes", s.DeleteCodes(t.Context(), "ann", "reset"))
	noErr(t, "DeleteCodes of none", s.DeleteCodes(t.Context(), "ann", "reset"))
	wantSame(t, "for reset", remaining(t, s, "reset", "2", "3", "4"), []string{"4"})
	wantSame(t, "for verify", remaining(t, s, "verify", "1"), []string{"1"})
	createCode(t, s, code("2", "reset", "ann"))
	noErr(t, "DeleteCodes of all", s.DeleteCodes(t.Context(), "ann", ""))
	noErr(t, "DeleteCodes of nobody", s.DeleteCodes(t.Context(), "eve", ""))
	wantSame(t, "for reset then", remaining(t, s, "reset", "2", "3", "4"), []string{"4"})
	wantSame(t, "for verify then", remaining(t, s, "verify", "1"), nil)
}

func token(id string, user storage.UserID, created, expires time.Time) storage.Token {
	return storage.Token{
		ID: id, Hash: []byte("hash\x00\xff of " + id), User: user, Name: "Työ", Scope: "read", CreatedAt: created, ExpiresAt: expires,
	}
}

func createToken(t *testing.T, s storage.Store, k storage.Token) storage.Token {
	t.Helper()
	noErr(t, fmt.Sprintf("CreateToken(%+v)", k), s.CreateToken(t.Context(), k))
	return k
}

func tokenBack(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	k := token("t", "ann", noon.Add(999), minute(10))
	k.Name, k.LastUsedAt = "a\x00b", minute(1).Add(999)
	createToken(t, s, k)
	createToken(t, s, token("bobs", "bob", noon, minute(10)))
	k.Name, k.CreatedAt, k.LastUsedAt = "a\uFFFDb", noon, minute(1)
	got, who, err := s.TokenByHash(t.Context(), k.Hash, minute(9))
	noErr(t, "TokenByHash", err)
	wantSame(t, "token", got, k)
	wantSame(t, "its person", who, user("ann", "ann@x.org"))
	_, _, err = s.TokenByHash(t.Context(), k.Hash, minute(10))
	wantErr(t, "TokenByHash when it expires", err, storage.ErrNotFound)
	_, _, err = s.TokenByHash(t.Context(), []byte("hash"), noon)
	wantErr(t, "TokenByHash of another hash", err, storage.ErrNotFound)
	bad := token("t", "ann", noon, minute(10))
	bad.Hash = []byte("x")
	wantErr(t, "CreateToken of a taken id", s.CreateToken(t.Context(), bad), storage.ErrExists)
	bad.ID, bad.Hash = "x", k.Hash
	wantErr(t, "CreateToken of a taken hash", s.CreateToken(t.Context(), bad), storage.ErrExists)
	bad.Hash, bad.User = []byte("x"), "eve"
	wantErr(t, "CreateToken of nobody", s.CreateToken(t.Context(), bad), storage.ErrNotFound)
	bad.Hash, bad.User = nil, "ann"
	wantErr(t, "CreateToken without a hash", s.CreateToken(t.Context(), bad), storage.ErrInvalid)
}

func tokenOwn(t *testing.T, s storage.Store) {
	accounts(t, s, "ann", "bob")
	a, b := createToken(t, s, token("a", "ann", minute(1), minute(9))), createToken(t, s, token("b", "ann", minute(2), minute(99)))
	c, bobs := createToken(t, s, token("c", "ann", minute(2), minute(99))), createToken(t, s, token("d", "bob", noon, minute(99)))
	tokens := func(user storage.UserID, at int) []storage.Token {
		found, err := s.Tokens(t.Context(), user, minute(at))
		noErr(t, "Tokens", err)
		return found
	}
	wantSame(t, "ann's, newest first", tokens("ann", 8), []storage.Token{b, c, a})
	wantSame(t, "ann's when one expires", tokens("ann", 9), []storage.Token{b, c})
	noErr(t, "TouchToken", s.TouchToken(t.Context(), "a", minute(5).Add(999)))
	a.LastUsedAt = minute(5)
	wantSame(t, "touched", tokens("ann", 8), []storage.Token{b, c, a})
	wantErr(t, "TouchToken of none", s.TouchToken(t.Context(), "z", noon), storage.ErrNotFound)
	wantErr(t, "DeleteToken of another's", s.DeleteToken(t.Context(), "bob", "a"), storage.ErrNotFound)
	noErr(t, "DeleteToken", s.DeleteToken(t.Context(), "ann", "a"))
	wantErr(t, "DeleteToken again", s.DeleteToken(t.Context(), "ann", "a"), storage.ErrNotFound)
	ended, err := s.DeleteTokens(t.Context(), "ann")
	noErr(t, "DeleteTokens", err)
	slices.Sort(ended)
	wantSame(t, "ended", ended, []string{"b", "c"})
	wantSame(t, "ann's then", tokens("ann", 8), nil)
	wantSame(t, "bob's", tokens("bob", 8), []storage.Token{bobs})
}

func deleteExpired(t *testing.T, s storage.Store) {
	accounts(t, s, "ann")
	create(t, s, "d", 0)
	createCode(t, s, code("old", "reset", "ann"))
	newer := code("new", "reset", "ann")
	newer.ExpiresAt = minute(11)
	createCode(t, s, newer)
	createToken(t, s, token("old", "ann", noon, minute(10)))
	createToken(t, s, token("new", "ann", noon, minute(11)))
	for i, email := range []string{"a@x.org", "b@x.org", "c@x.org"} {
		inv := invitation(email, "d", email)
		inv.ExpiresAt = minute(9 + i).Add(-storage.InvitationsKept)
		invite(t, s, inv)
	}
	for _, step := range []struct{ at, want int }{{8, 0}, {10, 4}, {10, 0}, {11, 3}} {
		n, err := s.DeleteExpired(t.Context(), minute(step.at))
		noErr(t, "DeleteExpired", err)
		wantSame(t, fmt.Sprint("removed at minute ", step.at), n, step.want)
		if step.at == 10 {
			wantSame(t, "codes left", remaining(t, s, "reset", "old", "new"), []string{"new"})
			wantSame(t, "invitations left", waiting(t, s, "d"), []string{"c@x.org"})
			_, _, err = s.TokenByHash(t.Context(), token("old", "", noon, noon).Hash, noon)
			wantErr(t, "TokenByHash of one removed", err, storage.ErrNotFound)
			_, _, err = s.TokenByHash(t.Context(), token("new", "", noon, noon).Hash, noon)
			noErr(t, "TokenByHash", err)
		}
	}
}
