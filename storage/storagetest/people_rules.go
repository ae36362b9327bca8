package storagetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"quire/storage"
)

var peopleRules = []rule{
	{"People", "a user comes back as it was", userBack},
	{"People", "an e-mail is unique and found without regard to case", emailUnique},
	{"People", "issuer and subject are unique together", subjectUnique},
	{"People", "of many first accounts exactly one is made", firstAccount},
	{"People", "accounts to choose from are found by a part of their name, never by e-mail", chooseAccounts},
	{"People", "who is known and who is kept out comes back as it was", knownAndSuspended},
	{"People", "a change sets only what it names", changeUser},
	{"SignIns", "a sign-in is found until it expires", signInExpires},
	{"SignIns", "a sign-in is listed, touched and ended by its own user only", signInOwn},
	{"SignIns", "ending all spares the one named", endAll},
}

func user(id storage.UserID, email string) storage.User {
	return storage.User{ID: id, Email: email, Name: string(id), CreatedAt: noon}
}

func createUser(t *testing.T, s storage.Store, u storage.User) {
	t.Helper()
	noErr(t, fmt.Sprintf("CreateUser(%s)", u.ID), s.CreateUser(t.Context(), u))
}

func userBack(t *testing.T, s storage.Store) {
	u := storage.User{
		ID: "ann", Email: "Ann@Example.org", Name: "Änn 😀", Color: 7, PasswordHash: "$argon2id$…", Guest: true, Admin: true,
		Issuer: "app", Subject: "1", CreatedAt: noon.Add(1_000_000),
	}
	createUser(t, s, u)
	createUser(t, s, user("guest", ""))
	createUser(t, s, user("guest2", ""))
	got, err := s.User(t.Context(), "ann")
	noErr(t, "User", err)
	wantSame(t, "user", got, u)
	_, err = s.User(t.Context(), "eve")
	wantErr(t, "User(eve)", err, storage.ErrNotFound)
	wantErr(t, "CreateUser of a taken id", s.CreateUser(t.Context(), user("ann", "")), storage.ErrExists)
	wantErr(t, "CreateUser without an id", s.CreateUser(t.Context(), user("", "")), storage.ErrInvalid)
	several, err := s.Users(t.Context(), []storage.UserID{"guest", "eve", "ann", "ann"})
	noErr(t, "Users", err)
	slices.SortFunc(several, func(a, b storage.User) int { return len(a.ID) - len(b.ID) })
	wantSame(t, "users", several, []storage.User{u, user("guest", "")})
	none, err := s.Users(t.Context(), nil)
	noErr(t, "Users of nobody", err)
	wantSame(t, "users of nobody", none, nil)
}

func emailUnique(t *testing.T, s storage.Store) {
	createUser(t, s, user("ann", "Ann@Exämple.org"))
	createUser(t, s, user("bob", "bob@example.org"))
	wantErr(t, "CreateUser with an e-mail in another case", s.CreateUser(t.Context(), user("eve", "aNN@EXÄMPLE.ORG")), storage.ErrExists)
	taken := "ANN@exämple.org"
	_, err := s.ChangeUser(t.Context(), "bob", storage.UserChange{Email: &taken})
	wantErr(t, "ChangeUser to an e-mail in another case", err, storage.ErrExists)
	got, err := s.ChangeUser(t.Context(), "ann", storage.UserChange{Email: &taken})
	noErr(t, "ChangeUser of one's own e-mail's case", err)
	wantSame(t, "e-mail", got.Email, taken)
	got, err = s.UserByEmail(t.Context(), "ann@EXÄMPLE.org")
	noErr(t, "UserByEmail", err)
	wantSame(t, "user by e-mail", got.ID, storage.UserID("ann"))
	for _, email := range []string{"", "ann@example.org", "%", "ann@exämple.org "} {
		_, err = s.UserByEmail(t.Context(), email)
		wantErr(t, fmt.Sprintf("UserByEmail(%q)", email), err, storage.ErrNotFound)
	}
	free := ""
	_, err = s.ChangeUser(t.Context(), "ann", storage.UserChange{Email: &free})
	noErr(t, "ChangeUser to no e-mail", err)
	createUser(t, s, user("eve", "ann@exämple.org"))
	errs := make([]error, 6)
	together(len(errs), func(i int) {
		errs[i] = s.CreateUser(t.Context(), user(storage.UserID(fmt.Sprint("u", i)), []string{"Z@x.org", "z@X.org"}[i%2]))
	})
	if won, lost := count(errs, nil), count(errs, storage.ErrExists); won != 1 || lost != len(errs)-1 {
		t.Errorf("%d took the e-mail, %d found it taken: %v", won, lost, errs)
	}
}

func subjectUnique(t *testing.T, s storage.Store) {
	a, b, c := user("a", ""), user("b", ""), user("c", "")
	a.Issuer, a.Subject = "app", "1"
	b.Issuer, b.Subject = "other", "1"
	c.Issuer, c.Subject = "app", "1"
	createUser(t, s, a)
	createUser(t, s, b)
	wantErr(t, "CreateUser of a taken subject", s.CreateUser(t.Context(), c), storage.ErrExists)
	c.Subject = ""
	wantErr(t, "CreateUser of an issuer without subject", s.CreateUser(t.Context(), c), storage.ErrInvalid)
	got, err := s.UserBySubject(t.Context(), "other", "1")
	noErr(t, "UserBySubject", err)
	wantSame(t, "user", got, b)
	for _, subject := range []string{"2", ""} {
		_, err = s.UserBySubject(t.Context(), "app", subject)
		wantErr(t, fmt.Sprintf("UserBySubject(%q)", subject), err, storage.ErrNotFound)
	}
	_, err = s.UserBySubject(t.Context(), "", "")
	wantErr(t, "UserBySubject of nobody", err, storage.ErrNotFound)
}

func firstAccount(t *testing.T, s storage.Store) {
	createUser(t, s, user("guest", ""))
	if has, err := s.HasAccounts(t.Context()); has || err != nil {
		t.Errorf("HasAccounts with a guest only = %v, %v", has, err)
	}
	wantErr(t, "CreateFirstUser without an e-mail", s.CreateFirstUser(t.Context(), user("x", "")), storage.ErrInvalid)
	errs := make([]error, 8)
	together(len(errs), func(i int) {
		errs[i] = s.CreateFirstUser(t.Context(), user(storage.UserID(fmt.Sprint("u", i)), fmt.Sprintf("u%d@x.org", i)))
	})
	if won, lost := count(errs, nil), count(errs, storage.ErrExists); won != 1 || lost != len(errs)-1 {
		t.Errorf("%d were the first, %d came late: %v", won, lost, errs)
	}
	if has, err := s.HasAccounts(t.Context()); !has || err != nil {
		t.Errorf("HasAccounts = %v, %v", has, err)
	}
	wantErr(t, "CreateFirstUser later", s.CreateFirstUser(t.Context(), user("late", "late@x.org")), storage.ErrExists)
}

func changeUser(t *testing.T, s storage.Store) {
	u := storage.User{ID: "g", Name: "Guest", Color: 3, Guest: true, CreatedAt: noon}
	createUser(t, s, u)
	u.Color, u.Name = 0, ""
	got, err := s.ChangeUser(t.Context(), "g", storage.UserChange{Color: &u.Color, Name: &u.Name})
	noErr(t, "ChangeUser", err)
	wantSame(t, "name and colour", got, u)
	u.Email, u.PasswordHash, u.Guest, u.Admin = "g@x.org", "hash", false, true
	got, err = s.ChangeUser(t.Context(), "g", storage.UserChange{Email: &u.Email, PasswordHash: &u.PasswordHash, Guest: &u.Guest, Admin: &u.Admin})
	noErr(t, "ChangeUser", err)
	wantSame(t, "the guest who made an account", got, u)
	got, err = s.User(t.Context(), "g")
	noErr(t, "User", err)
	wantSame(t, "user", got, u)
	_, err = s.ChangeUser(t.Context(), "eve", storage.UserChange{})
	wantErr(t, "ChangeUser(eve)", err, storage.ErrNotFound)
}

func signIn(t *testing.T, s storage.Store, id string, user storage.UserID, created, expires time.Time) storage.SignIn {
	t.Helper()
	si := storage.SignIn{
		ID: id, TokenHash: []byte("hash\x00\xff of " + id), User: user, CreatedAt: created, LastSeenAt: created, ExpiresAt: expires,
		Address: "::1", UserAgent: "Ünknown",
	}
	noErr(t, "CreateSignIn", s.CreateSignIn(t.Context(), si))
	return si
}

func signInExpires(t *testing.T, s storage.Store) {
	createUser(t, s, user("ann", "ann@x.org"))
	si := signIn(t, s, "s", "ann", noon, minute(10))
	signIn(t, s, "later", "ann", noon, minute(20))
	got, who, err := s.SignInByToken(t.Context(), si.TokenHash, minute(9))
	noErr(t, "SignInByToken", err)
	wantSame(t, "sign-in", got, si)
	wantSame(t, "its user", who, user("ann", "ann@x.org"))
	got, err = s.SignIn(t.Context(), "s", minute(9))
	noErr(t, "SignIn", err)
	wantSame(t, "sign-in by id", got, si)
	_, _, err = s.SignInByToken(t.Context(), si.TokenHash, minute(10))
	wantErr(t, "SignInByToken when it expires", err, storage.ErrNotFound)
	_, err = s.SignIn(t.Context(), "s", minute(10))
	wantErr(t, "SignIn when it expires", err, storage.ErrNotFound)
	_, _, err = s.SignInByToken(t.Context(), []byte("other"), noon)
	wantErr(t, "SignInByToken of another token", err, storage.ErrNotFound)
	live, err := s.SignIns(t.Context(), "ann", minute(10))
	noErr(t, "SignIns", err)
	wantSame(t, "live sign-ins", len(live), 1)
	n, err := s.DeleteExpiredSignIns(t.Context(), minute(10))
	noErr(t, "DeleteExpiredSignIns", err)
	wantSame(t, "expired", n, 1)
	_, err = s.SignIn(t.Context(), "s", noon)
	wantErr(t, "SignIn after it was removed", err, storage.ErrNotFound)
}

func signInOwn(t *testing.T, s storage.Store) {
	createUser(t, s, user("ann", ""))
	createUser(t, s, user("bob", ""))
	a, b, c := signIn(t, s, "a", "ann", minute(1), minute(99)), signIn(t, s, "b", "ann", minute(2), minute(99)), signIn(t, s, "c", "ann", minute(2), minute(99))
	signIn(t, s, "d", "bob", noon, minute(99))
	again := storage.SignIn{ID: "a", TokenHash: []byte("x"), User: "ann", ExpiresAt: minute(99)}
	wantErr(t, "CreateSignIn of a taken id", s.CreateSignIn(t.Context(), again), storage.ErrExists)
	again.ID, again.TokenHash = "e", a.TokenHash
	wantErr(t, "CreateSignIn of a taken token", s.CreateSignIn(t.Context(), again), storage.ErrExists)
	again.User, again.TokenHash = "eve", []byte("y")
	wantErr(t, "CreateSignIn of nobody", s.CreateSignIn(t.Context(), again), storage.ErrNotFound)
	got, err := s.SignIns(t.Context(), "ann", noon)
	noErr(t, "SignIns", err)
	wantSame(t, "ann's, newest first", got, []storage.SignIn{b, c, a})
	noErr(t, "TouchSignIn", s.TouchSignIn(t.Context(), "a", minute(5), minute(200)))
	a.LastSeenAt, a.ExpiresAt = minute(5), minute(200)
	touched, err := s.SignIn(t.Context(), "a", minute(100))
	noErr(t, "SignIn", err)
	wantSame(t, "touched", touched, a)
	wantErr(t, "TouchSignIn of none", s.TouchSignIn(t.Context(), "z", noon, noon), storage.ErrNotFound)
	wantErr(t, "DeleteSignIn of another's", s.DeleteSignIn(t.Context(), "bob", "a"), storage.ErrNotFound)
	noErr(t, "DeleteSignIn", s.DeleteSignIn(t.Context(), "ann", "a"))
	wantErr(t, "DeleteSignIn again", s.DeleteSignIn(t.Context(), "ann", "a"), storage.ErrNotFound)
}

func endAll(t *testing.T, s storage.Store) {
	createUser(t, s, user("ann", ""))
	createUser(t, s, user("bob", ""))
	for _, id := range []string{"a", "b", "c"} {
		signIn(t, s, id, "ann", noon, minute(9))
	}
	signIn(t, s, "d", "bob", noon, minute(9))
	ended, err := s.DeleteSignIns(t.Context(), "ann", "b")
	noErr(t, "DeleteSignIns", err)
	slices.Sort(ended)
	wantSame(t, "ended", ended, []string{"a", "c"})
	left, err := s.SignIns(t.Context(), "ann", noon)
	noErr(t, "SignIns", err)
	wantSame(t, "left", len(left), 1)
	ended, err = s.DeleteSignIns(t.Context(), "ann", "")
	noErr(t, "DeleteSignIns", err)
	wantSame(t, "ended then", ended, []string{"b"})
	if _, err := s.SignIn(t.Context(), "d", noon); err != nil {
		t.Errorf("bob's sign-in = %v", err)
	}
}

func chooseAccounts(t *testing.T, s storage.Store) {
	for id, name := range map[storage.UserID]string{"a": "Änn Bee", "b": "bÄnn", "c": "Cat", "d": "änn gone", "e": "änn kept out"} {
		u := user(id, string(id)+"@secret.org")
		u.Name = name
		createUser(t, s, u)
	}
	guest := user("g", "")
	guest.Name, guest.Guest = "Änn the guest", true
	createUser(t, s, guest)
	app := user("app", "")
	app.Name, app.Issuer, app.Subject = "Änn of an application", "app", "1"
	createUser(t, s, app)
	noErr(t, "DeleteUser", s.DeleteUser(t.Context(), "d", noon))
	at := noon
	_, err := s.ChangeUser(t.Context(), "e", storage.UserChange{SuspendedAt: &at})
	noErr(t, "ChangeUser", err)
	for text, want := range map[string][]storage.UserID{"ÄNN": {"b", "a"}, "": {"b", "c", "a"}, "secret": nil, "%": nil} {
		found, err := s.Accounts(t.Context(), text, 9)
		noErr(t, "Accounts", err)
		var ids []storage.UserID
		for _, u := range found {
			ids = append(ids, u.ID)
		}
		wantSame(t, fmt.Sprintf("accounts named %q", text), ids, want)
	}
	first, err := s.Accounts(t.Context(), "", 1)
	noErr(t, "Accounts", err)
	wantSame(t, "the first", len(first), 1)
}

func knownAndSuspended(t *testing.T, s storage.Store) {
	u := user("ann", "ann@x.org")
	u.KnownAt, u.SuspendedAt = minute(1).Add(999), minute(2)
	createUser(t, s, u)
	u.KnownAt = minute(1)
	got, err := s.User(t.Context(), "ann")
	noErr(t, "User", err)
	wantSame(t, "user", got, u)
	wantSame(t, "known and suspended", []bool{got.Known(), got.Suspended()}, []bool{true, true})
	u.KnownAt, u.SuspendedAt = time.Time{}, time.Time{}
	_, err = s.ChangeUser(t.Context(), "ann", storage.UserChange{KnownAt: &u.KnownAt, SuspendedAt: &u.SuspendedAt})
	noErr(t, "ChangeUser", err)
	got, err = s.User(t.Context(), "ann")
	noErr(t, "User then", err)
	wantSame(t, "user then", got, u)
	wantSame(t, "known and suspended then", []bool{got.Known(), got.Suspended()}, []bool{false, false})
}
