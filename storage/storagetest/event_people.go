package storagetest

import (
	"context"
	"errors"

	"quire/storage"
)

func callTitle(title string) func(context.Context, storage.Store) error {
	return func(ctx context.Context, s storage.Store) error { return s.SetTitle(ctx, "e", title) }
}

// documentSteps rename, trash, restore and delete e.
var documentSteps = []step{
	{"a title", callTitle("E"), nil, "title e"},
	{"the same again", callTitle("E"), nil, ""},
	{"a snapshot", func(ctx context.Context, s storage.Store) error {
		return s.SaveSnapshot(ctx, "e", storage.Snapshot{Revision: 1, Body: []byte("b"), Preview: "p"})
	}, nil, ""},
	{"restoring what is not in the trash", func(ctx context.Context, s storage.Store) error { return s.RestoreDocument(ctx, "e") }, nil, ""},
	{"the trash", func(ctx context.Context, s storage.Store) error { return s.TrashDocument(ctx, "e", "ann", noon) }, nil, "trashed e"},
	{"the trash again", func(ctx context.Context, s storage.Store) error { return s.TrashDocument(ctx, "e", "bob", noon) }, nil, ""},
	{"restoring", func(ctx context.Context, s storage.Store) error { return s.RestoreDocument(ctx, "e") }, nil, "restored e"},
	{"deleting", func(ctx context.Context, s storage.Store) error { return s.DeleteDocument(ctx, "e", noon) }, nil, "deleted e"},
	{"deleting again", func(ctx context.Context, s storage.Store) error { return s.DeleteDocument(ctx, "e", noon) }, storage.ErrDeleted, ""},
	{"the title of what is deleted", callTitle("F"), storage.ErrDeleted, ""},
	{"a title of what was never there", func(ctx context.Context, s storage.Store) error { return s.SetTitle(ctx, "never", "F") }, storage.ErrNotFound, ""},
}

func callChangeUser(c storage.UserChange) func(context.Context, storage.Store) error {
	return func(ctx context.Context, s storage.Store) error { return onlyErr(s.ChangeUser(ctx, "bob", c)) }
}

func callPicture(body, version string) func(context.Context, storage.Store) error {
	return func(ctx context.Context, s storage.Store) error {
		return s.SetPicture(ctx, "bob", "image/png", []byte(body), version)
	}
}

func callSetting(value, was []byte) func(context.Context, storage.Store) error {
	return func(ctx context.Context, s storage.Store) error { return s.SetSetting(ctx, "k", value, was) }
}

// callSign creates sign-ins and tokens of bob's.
func callSign(ids ...string) func(context.Context, storage.Store) error {
	return func(ctx context.Context, s storage.Store) error {
		for _, id := range ids {
			if err := s.CreateSignIn(ctx, storage.SignIn{ID: id, TokenHash: []byte(id), User: "bob", ExpiresAt: minute(9)}); err != nil {
				return err
			}
			if err := s.CreateToken(ctx, token(id, "bob", noon, minute(9))); err != nil {
				return err
			}
		}
		return nil
	}
}

func callUseCode(c storage.UserChange) func(context.Context, storage.Store) error {
	return func(ctx context.Context, s storage.Store) error {
		return onlyErr(s.UseCode(ctx, code("code", "verify", "bob").Hash, "verify", noon, c))
	}
}

// personSteps change bob, and end sign-ins and tokens of his.
var personSteps = []step{
	{"a name", callChangeUser(storage.UserChange{Name: ptr("Bobby")}), nil, "person bob"},
	{"the same again", callChangeUser(storage.UserChange{Name: ptr("Bobby")}), nil, ""},
	{"a colour", callChangeUser(storage.UserChange{Color: ptr(7)}), nil, "person bob"},
	{"what nobody sees", callChangeUser(storage.UserChange{Quota: ptr(int64(7)), PasswordHash: ptr("h")}), nil, ""},
	{"another's e-mail", callChangeUser(storage.UserChange{Name: ptr("B"), Email: ptr("ann@x.org")}), storage.ErrExists, ""},
	{"suspending", callChangeUser(storage.UserChange{SuspendedAt: ptr(noon)}), nil, "ended bob"},
	{"suspending again", callChangeUser(storage.UserChange{SuspendedAt: ptr(minute(1))}), nil, ""},
	{"letting in again, by another name", callChangeUser(storage.UserChange{SuspendedAt: ptr(storage.FromUnix(0)), Name: ptr("Bob")}), nil, "person bob"},
	{"a code", func(ctx context.Context, s storage.Store) error {
		return s.CreateCode(ctx, code("code", "verify", "bob"))
	}, nil, ""},
	{"using it", callUseCode(storage.UserChange{Name: ptr("Robert")}), nil, "person bob"},
	{"using it again", callUseCode(storage.UserChange{Name: ptr("Bob")}), storage.ErrNotFound, ""},
	{"a picture", callPicture("p", "1"), nil, "person bob"},
	{"the same again", callPicture("p", "1"), nil, ""},
	{"another", callPicture("q", "2"), nil, "person bob"},
	{"none", callPicture("", ""), nil, "person bob"},
	{"none again", callPicture("", ""), nil, ""},
	{"signing in", callSign("1", "2", "3", "4", "5"), nil, ""},
	{"using a sign-in and a token", func(ctx context.Context, s storage.Store) error {
		if err := s.TouchToken(ctx, "1", noon); err != nil {
			return err
		}
		return s.TouchSignIn(ctx, "1", noon, minute(9))
	}, nil, ""},
	{"signing out", func(ctx context.Context, s storage.Store) error { return s.DeleteSignIn(ctx, "bob", "2") }, nil, "sign-in 2"},
	{"signing out again", func(ctx context.Context, s storage.Store) error { return s.DeleteSignIn(ctx, "bob", "2") }, storage.ErrNotFound, ""},
	{"everywhere else", func(ctx context.Context, s storage.Store) error { return onlyErr(s.DeleteSignIns(ctx, "bob", "3")) }, nil, "sign-in 1; sign-in 4; sign-in 5"},
	{"everywhere else again", func(ctx context.Context, s storage.Store) error { return onlyErr(s.DeleteSignIns(ctx, "bob", "3")) }, nil, ""},
	{"what expired", func(ctx context.Context, s storage.Store) error {
		return onlyErr(s.DeleteExpiredSignIns(ctx, minute(9)))
	}, nil, ""},
	{"a token", func(ctx context.Context, s storage.Store) error { return s.DeleteToken(ctx, "bob", "2") }, nil, "token 2"},
	{"a token again", func(ctx context.Context, s storage.Store) error { return s.DeleteToken(ctx, "bob", "2") }, storage.ErrNotFound, ""},
	{"all tokens", func(ctx context.Context, s storage.Store) error { return onlyErr(s.DeleteTokens(ctx, "bob")) }, nil, "token 1; token 3; token 4; token 5"},
	{"all tokens again", func(ctx context.Context, s storage.Store) error { return onlyErr(s.DeleteTokens(ctx, "bob")) }, nil, ""},
	{"a setting", callSetting([]byte("v"), nil), nil, "setting k"},
	{"the same", callSetting([]byte("v"), []byte("v")), nil, ""},
	{"what it was not", callSetting([]byte("w"), nil), storage.ErrConflict, ""},
	{"another", callSetting([]byte{}, []byte("v")), nil, "setting k"},
	{"none", callSetting(nil, []byte{}), nil, "setting k"},
	{"none again", callSetting(nil, nil), nil, ""},
}

// prepareLeaving creates what bob has. He owns the document owned. Of the group alone he is the only member, and it has a role on the
// document alone. The group managed has no other manager, joined has one.
func prepareLeaving(ctx context.Context, s storage.Store) error {
	var errs []error
	for doc, owner := range map[storage.DocumentID]storage.UserID{"owned": "bob", "asked": "ann", "invited": "ann", "alone": "ann"} {
		errs = append(errs, s.CreateDocument(ctx, storage.Document{ID: doc, Owner: owner, CreatedAt: noon}, nil))
	}
	for group, first := range map[string]storage.UserID{"managed": "bob", "joined": "ann", "alone": "bob"} {
		errs = append(errs, s.CreateGroup(ctx, storage.Group{ID: group, Name: group, CreatedBy: first, CreatedAt: noon}))
	}
	return errors.Join(append(errs,
		s.SetGroupMember(ctx, storage.GroupMember{Group: "joined", User: "bob", CreatedAt: noon}),
		s.SetGroupMember(ctx, storage.GroupMember{Group: "managed", User: "cat", CreatedAt: noon}),
		onlyErr(s.SetGroupGrant(ctx, storage.GroupGrant{Document: "alone", Group: "alone", Role: "viewer"})))...)
}

// leavingSteps delete bob, who has rows in every table.
var leavingSteps = []step{
	{"documents, groups and places for one who leaves", prepareLeaving, nil, "group joined bob; group managed cat; group-grant alone alone"},
	{"deleting an only owner", func(ctx context.Context, s storage.Store) error { return s.DeleteUser(ctx, "bob", noon) }, storage.ErrLastOwner, ""},
	{"another owner", func(ctx context.Context, s storage.Store) error {
		return onlyErr(s.SetGrant(ctx, storage.Grant{Document: "owned", User: "ann", Role: storage.RoleOwner}, ""))
	}, nil, "grant owned ann"},
	{"a role", callSetGrant("bob", "viewer", ""), nil, "grant d bob"},
	{"a request", func(ctx context.Context, s storage.Store) error {
		return s.CreateRequest(ctx, storage.AccessRequest{Document: "asked", User: "bob", Role: "editor"})
	}, nil, "members asked"},
	{"an invitation", func(ctx context.Context, s storage.Store) error {
		return s.CreateInvitation(ctx, invitation("bob", "invited", "BOB@x.org"))
	}, nil, "members invited"},
	{"signing in", callSign("6", "7"), nil, ""},
	{"deleting a person", func(ctx context.Context, s storage.Store) error { return s.DeleteUser(ctx, "bob", noon) }, nil,
		"ended bob; sign-in 6; sign-in 7; token 6; token 7; group alone bob; group joined bob; group managed bob cat; " +
			"members alone; members asked; members d; members invited; members owned"},
	{"deleting again", func(ctx context.Context, s storage.Store) error { return s.DeleteUser(ctx, "bob", noon) }, storage.ErrNotFound, ""},
}
