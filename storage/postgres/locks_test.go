package postgres_test

import (
	"context"
	"testing"
	"time"

	"quire/storage"
	"quire/storage/postgres"
	"quire/storage/storagetest/pgtest"
)

// changes are the calls that change who may do what on document d, or who is in group g. bob has a role on d and is in g.
var changes = map[string]struct {
	of   string // what it has to hold
	call func(ctx context.Context, s *postgres.Store) error
}{
	"SetGrant": {"d", func(ctx context.Context, s *postgres.Store) error {
		_, err := s.SetGrant(ctx, storage.Grant{Document: "d", User: "ann", Role: "owner"}, "owner")
		return err
	}},
	"RemoveGrant": {"d", func(ctx context.Context, s *postgres.Store) error { return s.RemoveGrant(ctx, "d", "bob") }},
	"SetGroupGrant": {"d", func(ctx context.Context, s *postgres.Store) error {
		_, err := s.SetGroupGrant(ctx, storage.GroupGrant{Document: "d", Group: "g", Role: "editor"})
		return err
	}},
	"RemoveGroupGrant": {"d", func(ctx context.Context, s *postgres.Store) error { return s.RemoveGroupGrant(ctx, "d", "g") }},
	"SetReach": {"d", func(ctx context.Context, s *postgres.Store) error {
		_, err := s.SetReach(ctx, "d", "viewer")
		return err
	}},
	"TransferDocument": {"d", func(ctx context.Context, s *postgres.Store) error {
		return s.TransferDocument(ctx, "d", "ann", "bob", "editor", time.UnixMilli(9))
	}},
	"CreateInvitation": {"d", func(ctx context.Context, s *postgres.Store) error {
		return s.CreateInvitation(ctx, storage.Invitation{ID: "j", TokenHash: []byte("j"), Document: "d", Email: "j", Role: "viewer"})
	}},
	"ClaimInvitation": {"d", func(ctx context.Context, s *postgres.Store) error {
		_, err := s.ClaimInvitation(ctx, "i", storage.Grant{Document: "d", User: "bob", Role: "editor"}, "viewer")
		return err
	}},
	"DeleteInvitation": {"d", func(ctx context.Context, s *postgres.Store) error { return s.DeleteInvitation(ctx, "d", "i") }},
	"CreateRequest": {"d", func(ctx context.Context, s *postgres.Store) error {
		return s.CreateRequest(ctx, storage.AccessRequest{Document: "d", User: "bob", Role: "editor"})
	}},
	"CreateLink": {"d", func(ctx context.Context, s *postgres.Store) error {
		return s.CreateLink(ctx, storage.Link{ID: "m", TokenHash: []byte("m"), Document: "d", Role: "viewer"})
	}},
	"SetLinkExpiry": {"d", func(ctx context.Context, s *postgres.Store) error {
		_, err := s.SetLinkExpiry(ctx, "d", "l", time.Time{})
		return err
	}},
	"DeleteLink": {"d", func(ctx context.Context, s *postgres.Store) error { return s.DeleteLink(ctx, "d", "l") }},
	"DeleteDocument": {"d", func(ctx context.Context, s *postgres.Store) error {
		return s.DeleteDocument(ctx, "d", time.UnixMilli(9))
	}},
	"DeleteUser":         {"d", func(ctx context.Context, s *postgres.Store) error { return s.DeleteUser(ctx, "bob", time.UnixMilli(9)) }},
	"DeleteUser, groups": {"g", func(ctx context.Context, s *postgres.Store) error { return s.DeleteUser(ctx, "bob", time.UnixMilli(9)) }},
	"SetGroupMember": {"g", func(ctx context.Context, s *postgres.Store) error {
		return s.SetGroupMember(ctx, storage.GroupMember{Group: "g", User: "bob", Manager: true})
	}},
	"RemoveGroupMember": {"g", func(ctx context.Context, s *postgres.Store) error { return s.RemoveGroupMember(ctx, "g", "bob") }},
	"RenameGroup":       {"g", func(ctx context.Context, s *postgres.Store) error { return s.RenameGroup(ctx, "g", "other") }},
	"DeleteGroup":       {"g", func(ctx context.Context, s *postgres.Store) error { return s.DeleteGroup(ctx, "g") }},
}

// P10: whatever changes who may do what waits for another node that changes it, and then goes through.
func TestChangesOfAccessWaitForEachOther(t *testing.T) {
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			database := pgtest.Cleared(t)
			s, other := openURL(t, database), openURL(t, database)
			shared(t, s)
			doc, group := storage.DocumentID("d"), ""
			if change.of == "g" {
				group = "g"
			}
			_, finish, err := other.HoldForTest(t.Context(), doc, group)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { finish() }) // or a test that failed would wait for it
			changed := make(chan error, 1)
			go func() { changed <- change.call(t.Context(), s) }()
			waitForLockOf(t, other, changed)
			if err := finish(); err != nil {
				t.Fatal(err)
			}
			if err := <-changed; err != nil {
				t.Errorf("%s = %v", name, err)
			}
		})
	}
}

// shared makes what changes are made on.
func shared(t *testing.T, s *postgres.Store) {
	t.Helper()
	createUser(t, s, "ann", "bob")
	create(t, s, "d")
	_, grantErr := s.SetGrant(t.Context(), storage.Grant{Document: "d", User: "bob", Role: "viewer"}, "")
	errs := []error{
		grantErr,
		s.CreateGroup(t.Context(), storage.Group{ID: "g", Name: "g", CreatedBy: "ann"}),
		s.SetGroupMember(t.Context(), storage.GroupMember{Group: "g", User: "bob"}),
		s.CreateInvitation(t.Context(), storage.Invitation{ID: "i", TokenHash: []byte("i"), Document: "d", Email: "i", Role: "viewer"}),
		s.CreateLink(t.Context(), storage.Link{ID: "l", TokenHash: []byte("l"), Document: "d", Role: "viewer"}),
	}
	_, groupErr := s.SetGroupGrant(t.Context(), storage.GroupGrant{Document: "d", Group: "g", Role: "viewer"})
	for _, err := range append(errs, groupErr) {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A deletion that waits for a document holds nothing yet: who has the document can still give that person a role.
func TestDeleteUserTakesThePersonLast(t *testing.T) {
	database := pgtest.Database(t)
	s, other := openURL(t, database), openURL(t, database)
	shared(t, s)
	give, finish, err := other.HoldForTest(t.Context(), "d", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { finish() }) // or a test that failed would wait for it
	deleted := make(chan error, 1)
	go func() { deleted <- s.DeleteUser(t.Context(), "bob", time.UnixMilli(9)) }()
	waitForLockOf(t, other, deleted)
	if err := give(storage.Grant{Document: "d", User: "bob", Role: "editor"}); err != nil {
		t.Fatalf("a role for one whose deletion waits = %v", err)
	}
	if err := finish(); err != nil {
		t.Fatal(err)
	}
	if err := <-deleted; err != nil {
		t.Errorf("DeleteUser = %v", err)
	}
	if n := s.Stats().Retries; n != 0 {
		t.Errorf("%d deadlocks", n)
	}
}

// waitForLockOf waits until what ends with done waits for a lock, and fails if it ends first.
func waitForLockOf(t *testing.T, s *postgres.Store, done <-chan error) {
	t.Helper()
	for waiting := false; !waiting; {
		select {
		case err := <-done:
			t.Fatalf("it ended without waiting: %v", err)
		default:
		}
		if err := s.QueryForTest([]any{&waiting}, locked); err != nil {
			t.Fatal(err)
		}
	}
}
