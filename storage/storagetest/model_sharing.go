package storagetest

import (
	"context"
	"fmt"
	"slices"

	"quire/storage"
)

// The random calls about groups, held roles, invitations and requests.

func (r *random) group() string { return pick(r, "g1", "g2", "g3") }

// offerCall offers, takes or withdraws a place, and then reads the members and the offers.
func (r *random) offerCall(ctx context.Context, o storage.GroupOffer) (string, answer) {
	then := func(s storage.Store, err error) (any, error) {
		in, _ := s.GroupMembers(ctx, o.Group)
		waiting, _ := s.GroupOffers(ctx, o.Group)
		mine, _ := s.OffersTo(ctx, o.User)
		return []any{in, waiting, mine}, err
	}
	switch r.IntN(3) {
	case 0:
		return fmt.Sprintf("TakePlace(%+v)", o), func(s storage.Store) (any, error) {
			_, err := s.TakePlace(ctx, o.Group, o.User, o.CreatedAt)
			return then(s, err)
		}
	case 1:
		return fmt.Sprintf("WithdrawPlace(%+v)", o), func(s storage.Store) (any, error) {
			return then(s, s.WithdrawPlace(ctx, o.Group, o.User))
		}
	}
	return fmt.Sprintf("OfferPlace(%+v)", o), func(s storage.Store) (any, error) { return then(s, s.OfferPlace(ctx, o)) }
}

func (r *random) groupCall(ctx context.Context) (string, answer) {
	id, name, user, at := r.group(), pick(r, "x", "X", "y", r.word()), r.user(), minute(r.IntN(9))
	m := storage.GroupMember{Group: id, User: user, Manager: r.IntN(2) == 0, CreatedAt: at}
	switch r.IntN(9) {
	case 0:
		g := storage.Group{ID: id, Name: name, CreatedBy: user, CreatedAt: at}
		return fmt.Sprintf("CreateGroup(%+v)", g), func(s storage.Store) (any, error) { return nil, s.CreateGroup(ctx, g) }
	case 1:
		return fmt.Sprintf("RenameGroup(%s, %q)", id, name), func(s storage.Store) (any, error) {
			err := s.RenameGroup(ctx, id, name)
			g, groupErr := s.Group(ctx, id)
			return []any{g, class(groupErr)}, err
		}
	case 2, 3:
		return fmt.Sprintf("SetGroupMember(%+v)", m), func(s storage.Store) (any, error) {
			err := s.SetGroupMember(ctx, m)
			all, _ := s.GroupMembers(ctx, id)
			return all, err
		}
	case 4:
		return fmt.Sprintf("RemoveGroupMember(%s, %s)", id, user), func(s storage.Store) (any, error) {
			err := s.RemoveGroupMember(ctx, id, user)
			all, _ := s.GroupMembers(ctx, id)
			return all, err
		}
	case 6, 7:
		return r.offerCall(ctx, storage.GroupOffer{Group: id, User: user, Manager: m.Manager, CreatedBy: "any", CreatedAt: at})
	case 5:
		if r.IntN(4) == 0 {
			return fmt.Sprintf("DeleteGroup(%s)", id), func(s storage.Store) (any, error) { return nil, s.DeleteGroup(ctx, id) }
		}
	}
	asks, limit := pick(r, "", user), r.IntN(4)
	return fmt.Sprintf("Groups(%s, %d)", asks, limit), func(s storage.Store) (any, error) {
		found, err := s.Groups(ctx, asks, limit)
		granted, _ := s.GroupDocuments(ctx, id)
		return []any{found, granted}, err
	}
}

func (r *random) sharingCall(ctx context.Context) (string, answer) {
	doc, user, to, at := r.doc(), r.user(), r.user(), minute(r.IntN(9))
	role := pick(r, "viewer", "editor", "commenter", "viewer", "editor", "", storage.RoleOwner)
	grants, err := r.model.Grants(ctx, doc)
	from := one(r, grants, err, storage.Grant{User: user}).User
	g := storage.GroupGrant{Document: doc, Group: r.group(), Role: role, CreatedAt: at}
	switch r.IntN(7) {
	case 0, 1:
		return fmt.Sprintf("SetGroupGrant(%+v)", g), func(s storage.Store) (any, error) { return s.SetGroupGrant(ctx, g) }
	case 2:
		granted, err := r.model.GroupGrants(ctx, doc)
		g := one(r, granted, err, g)
		return fmt.Sprintf("RemoveGroupGrant(%+v)", g), func(s storage.Store) (any, error) {
			err := s.RemoveGroupGrant(ctx, doc, g.Group)
			all, _ := s.GroupGrants(ctx, doc)
			return all, err
		}
	case 3:
		return fmt.Sprintf("SetReach(%s, %q)", doc, role), func(s storage.Store) (any, error) { return s.SetReach(ctx, doc, role) }
	case 4:
		if r.IntN(5) == 0 { // an application's, mostly as it is allowed to
			from, role = "", pick(r, "", "", "", role)
		}
		return fmt.Sprintf("TransferDocument(%s, %s, %s, %q)", doc, from, to, role), func(s storage.Store) (any, error) {
			err := s.TransferDocument(ctx, doc, from, to, role, at)
			grants, _ := s.Grants(ctx, doc)
			sole, soleErr := s.SoleOwned(ctx, to)
			return []any{grants, sole, class(soleErr)}, err
		}
	}
	return fmt.Sprintf("HeldRoles(%s, %s)", doc, user), func(s storage.Store) (any, error) {
		found, err := s.HeldRoles(ctx, doc, user)
		reach, _ := s.Reach(ctx, doc)
		return []any{sortedRoles(found), reach}, err
	}
}

func (r *random) invitationCall(ctx context.Context) (string, answer) {
	doc, user, role, at, now := r.doc(), r.user(), r.role(), minute(r.IntN(9)), minute(r.IntN(9))
	i := storage.Invitation{
		ID: pick(r, "1", "2", "3", "4", "5"), TokenHash: []byte(pick(r, "v", "w", "x", "y", "z")), Document: doc,
		Email: pick(r, "a", "A", "b", r.word()), Role: role, CreatedBy: user, CreatedAt: at, ExpiresAt: now,
	}
	invited, err := r.model.Invitations(ctx, doc)
	there := one(r, invited, err, i)
	ask := storage.AccessRequest{Document: doc, User: user, Role: role, Message: r.word(), CreatedAt: at}
	switch r.IntN(7) {
	case 0, 1:
		return fmt.Sprintf("CreateInvitation(%+v)", i), func(s storage.Store) (any, error) { return nil, s.CreateInvitation(ctx, i) }
	case 2:
		g, was := storage.Grant{Document: doc, User: user, Role: pick(r, role, ""), CreatedAt: at}, pick(r, storage.AnyRole, "", r.role())
		return fmt.Sprintf("ClaimInvitation(%s, %+v, %q)", there.ID, g, was), func(s storage.Store) (any, error) {
			given, err := s.ClaimInvitation(ctx, there.ID, g, was)
			left, _ := s.Invitations(ctx, doc)
			return []any{given, left}, err
		}
	case 3:
		return fmt.Sprintf("DeleteInvitation(%s, %s)", doc, there.ID), func(s storage.Store) (any, error) {
			return nil, s.DeleteInvitation(ctx, doc, there.ID)
		}
	case 4:
		return fmt.Sprintf("CreateRequest(%+v)", ask), func(s storage.Store) (any, error) { return nil, s.CreateRequest(ctx, ask) }
	case 5:
		asked, err := r.model.Requests(ctx, doc)
		ask := one(r, asked, err, ask)
		return fmt.Sprintf("DeleteRequest(%+v)", ask), func(s storage.Store) (any, error) {
			left, _ := s.Requests(ctx, doc)
			return left, s.DeleteRequest(ctx, doc, ask.User)
		}
	}
	return fmt.Sprintf("InvitationsTo(%q, %v)", i.Email, now), func(s storage.Store) (any, error) {
		to, err := s.InvitationsTo(ctx, i.Email, now)
		by, byErr := s.InvitationByToken(ctx, there.TokenHash)
		return []any{to, by, class(byErr)}, err
	}
}

func (r *random) credentialCall(ctx context.Context) (string, answer) {
	user, at, now := r.user(), minute(r.IntN(9)), minute(r.IntN(9))
	c := storage.Code{
		Hash: []byte{byte(r.IntN(16))}, Purpose: pick(r, "reset", "reset", "reset", "verify", ""), User: user, Email: r.word(),
		CreatedAt: at, ExpiresAt: minute(5 + r.IntN(9)),
	}
	k := storage.Token{
		ID: pick(r, "1", "2", "3", "4"), Hash: []byte(pick(r, "w", "x", "y", "z")), User: user, Name: r.word(), CreatedAt: at,
		ExpiresAt: minute(r.IntN(9)),
	}
	tokens, err := r.model.Tokens(ctx, user, now)
	there := one(r, tokens, err, k)
	switch r.IntN(12) {
	case 0, 1, 9, 10:
		return fmt.Sprintf("CreateCode(%+v)", c), func(s storage.Store) (any, error) { return nil, s.CreateCode(ctx, c) }
	case 2, 11:
		email := pick(r, "ann@x.org", "BOB@x.org", r.word())
		return fmt.Sprintf("UseCode(%+v, %v, e-mail %q)", c, now, email), func(s storage.Store) (any, error) {
			seen, seenErr := s.Code(ctx, c.Hash, c.Purpose, now)
			u, err := s.UseCode(ctx, c.Hash, c.Purpose, now, storage.UserChange{Email: &email})
			_, left := s.Code(ctx, c.Hash, c.Purpose, now)
			return []any{seen, class(seenErr), u, class(left)}, err
		}
	case 3:
		purpose := pick(r, "verify", "verify", c.Purpose)
		return fmt.Sprintf("DeleteCodes(%s, %q)", user, purpose), func(s storage.Store) (any, error) { return nil, s.DeleteCodes(ctx, user, purpose) }
	case 4, 5:
		return fmt.Sprintf("CreateToken(%+v)", k), func(s storage.Store) (any, error) { return nil, s.CreateToken(ctx, k) }
	case 6:
		return fmt.Sprintf("TouchToken(%s)", there.ID), func(s storage.Store) (any, error) {
			err := s.TouchToken(ctx, there.ID, now)
			got, who, gotErr := s.TokenByHash(ctx, there.Hash, now)
			return []any{got, who, class(gotErr)}, err
		}
	case 7:
		all := r.IntN(4) == 0
		return fmt.Sprintf("DeleteToken(%s, %s, %v)", user, there.ID, all), func(s storage.Store) (any, error) {
			left, _ := s.Tokens(ctx, user, now)
			if all {
				ended, err := s.DeleteTokens(ctx, user)
				slices.Sort(ended)
				return []any{left, ended}, err
			}
			return left, s.DeleteToken(ctx, user, there.ID)
		}
	}
	now = minute(r.IntN(6)).Add(pick(r, 0, 0, 0, 0, 0, storage.InvitationsKept))
	return fmt.Sprintf("DeleteExpired(%v)", now), func(s storage.Store) (any, error) { return s.DeleteExpired(ctx, now) }
}
