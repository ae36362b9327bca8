package postgres_test

import (
	"errors"
	"testing"
	"time"

	"quire/storage"
	"quire/storage/postgres"
	"quire/storage/storagetest/pgtest"
)

func createUser(t testing.TB, s storage.Store, ids ...storage.UserID) {
	t.Helper()
	for _, id := range ids {
		if err := s.CreateUser(t.Context(), storage.User{ID: id, Email: string(id) + "@example.org", Name: string(id)}); err != nil {
			t.Fatal(err)
		}
	}
}

// deleteWhileGiven begins to delete bob while another node is about to give him a role, which it does before the deletion
// can go on, and tells how it ended.
func deleteWhileGiven(t *testing.T, roles map[storage.UserID]string) (*postgres.Store, error) {
	t.Helper()
	database := pgtest.Database(t)
	s, other := openURL(t, database), openURL(t, database)
	createUser(t, s, "ann", "bob")
	create(t, s, "d")
	give, finish, err := other.HoldForTest(t.Context(), "d", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { finish() }) // or a test that failed would wait for it
	for _, user := range []storage.UserID{"bob", "ann"} {
		if roles[user] == "" {
			continue
		}
		if err := give(storage.Grant{Document: "d", User: user, Role: roles[user]}); err != nil {
			t.Fatal(err)
		}
	}
	deleted := make(chan error, 1)
	go func() { deleted <- s.DeleteUser(t.Context(), "bob", time.UnixMilli(9)) }()
	waitForLockOf(t, other, deleted)
	if err := finish(); err != nil {
		t.Fatal(err)
	}
	return s, <-deleted
}

// What is given while a deletion gathers its locks goes with the rest, or stands in its way: it is never left over.
func TestDeleteUserNoticesWhatIsGivenMeanwhile(t *testing.T) {
	s, err := deleteWhileGiven(t, map[storage.UserID]string{"bob": "editor"})
	if err != nil {
		t.Errorf("DeleteUser = %v", err)
	}
	if _, err := s.Grant(t.Context(), "d", "bob"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("Grant of one who is deleted = %v, want ErrNotFound", err)
	}
	s, err = deleteWhileGiven(t, map[storage.UserID]string{"bob": storage.RoleOwner, "ann": "editor"})
	if !errors.Is(err, storage.ErrLastOwner) {
		t.Errorf("DeleteUser of one who became the only owner = %v, want ErrLastOwner", err)
	}
	if u, err := s.User(t.Context(), "bob"); err != nil || u.Name != "bob" {
		t.Errorf("User = %+v, %v", u, err)
	}
}

// Nothing is given to somebody whose deletion is under way: it waits, and finds nobody.
func TestNothingIsGivenToOneWhoIsBeingDeleted(t *testing.T) {
	for what, give := range map[string]func(s *postgres.Store) error{
		"SetGrant": func(s *postgres.Store) error {
			_, err := s.SetGrant(t.Context(), storage.Grant{Document: "d", User: "bob", Role: "viewer"}, "")
			return err
		},
		"TransferDocument": func(s *postgres.Store) error {
			return s.TransferDocument(t.Context(), "d", "ann", "bob", "", time.UnixMilli(9))
		},
		"CreateDocument": func(s *postgres.Store) error {
			return s.CreateDocument(t.Context(), storage.Document{ID: "e", Owner: "bob"}, nil)
		},
		"SetGroupMember": func(s *postgres.Store) error {
			return s.SetGroupMember(t.Context(), storage.GroupMember{Group: "g", User: "bob"})
		},
		"CreateGroup": func(s *postgres.Store) error {
			return s.CreateGroup(t.Context(), storage.Group{ID: "h", Name: "h", CreatedBy: "bob"})
		},
		"CreateRequest": func(s *postgres.Store) error {
			return s.CreateRequest(t.Context(), storage.AccessRequest{Document: "d", User: "bob", Role: "viewer"})
		},
		"CreateSignIn": func(s *postgres.Store) error {
			return s.CreateSignIn(t.Context(), storage.SignIn{ID: "s", User: "bob"})
		},
		"CreateToken": func(s *postgres.Store) error {
			return s.CreateToken(t.Context(), storage.Token{ID: "t", Hash: []byte("t"), User: "bob"})
		},
		"CreateCode": func(s *postgres.Store) error {
			return s.CreateCode(t.Context(), storage.Code{Hash: []byte("c"), Purpose: "reset", User: "bob"})
		},
		"SetPicture": func(s *postgres.Store) error { return s.SetPicture(t.Context(), "bob", "image/png", []byte("p"), "1") },
		"ChangeUser": func(s *postgres.Store) error {
			name := "Bob"
			_, err := s.ChangeUser(t.Context(), "bob", storage.UserChange{Name: &name})
			return err
		},
	} {
		t.Run(what, func(t *testing.T) {
			database := pgtest.Cleared(t)
			s, other := openURL(t, database), openURL(t, database)
			createUser(t, s, "ann", "bob")
			create(t, s, "d")
			if err := s.CreateGroup(t.Context(), storage.Group{ID: "g", Name: "g", CreatedBy: "ann"}); err != nil {
				t.Fatal(err)
			}
			finish, err := other.DeleteHalfwayForTest(t.Context(), "bob")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { finish() }) // or a test that failed would wait for it
			given := make(chan error, 1)
			go func() { given <- give(s) }()
			waitForLockOf(t, other, given)
			if err := finish(); err != nil {
				t.Fatal(err)
			}
			if err := <-given; !errors.Is(err, storage.ErrNotFound) {
				t.Errorf("%s = %v, want ErrNotFound", what, err)
			}
		})
	}
}
