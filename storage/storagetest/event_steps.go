package storagetest

import (
	"context"
	"time"

	"quire/storage"
)

// step is a call, and the events it must write. All lists of steps run one after the other on one store.
type step struct {
	says string
	call func(ctx context.Context, s storage.Store) error
	err  error  // the expected one
	told string // the expected events, as told formats them
}

// onlyErr drops the first result of a call.
func onlyErr[T any](_ T, err error) error { return err }

func callSetGrant(user storage.UserID, role, was string) func(context.Context, storage.Store) error {
	return func(ctx context.Context, s storage.Store) error {
		return onlyErr(s.SetGrant(ctx, storage.Grant{Document: "d", User: user, Role: role}, was))
	}
}

func callTransfer(from, to storage.UserID, then string) func(context.Context, storage.Store) error {
	return func(ctx context.Context, s storage.Store) error {
		return s.TransferDocument(ctx, "d", from, to, then, noon)
	}
}

func callSetGroupGrant(role string) func(context.Context, storage.Store) error {
	return func(ctx context.Context, s storage.Store) error {
		return onlyErr(s.SetGroupGrant(ctx, storage.GroupGrant{Document: "d", Group: "g", Role: role}))
	}
}

func callSetReach(role string) func(context.Context, storage.Store) error {
	return func(ctx context.Context, s storage.Store) error { return onlyErr(s.SetReach(ctx, "d", role)) }
}

// accessSteps create ann, bob and cat, ann's documents d and e, and a group g of ann and bob, and change roles on d.
var accessSteps = []step{
	{"making people, documents and a group", func(ctx context.Context, s storage.Store) error {
		for _, id := range []storage.UserID{"ann", "bob", "cat"} {
			if err := s.CreateUser(ctx, user(id, string(id)+"@x.org")); err != nil {
				return err
			}
		}
		for _, id := range []storage.DocumentID{"d", "e"} {
			if err := s.CreateDocument(ctx, storage.Document{ID: id, Owner: "ann", CreatedAt: noon}, opsOf("c", 1)); err != nil {
				return err
			}
		}
		return s.CreateGroup(ctx, storage.Group{ID: "g", Name: "G", CreatedBy: "ann"})
	}, nil, ""},
	{"writing", func(ctx context.Context, s storage.Store) error {
		return s.Append(ctx, []storage.Batch{{Document: "d", Base: 1, Ops: opsOf("c", 1)}})[0]
	}, nil, ""},
	{"a grant", callSetGrant("bob", "viewer", ""), nil, "grant d bob"},
	{"the same again", callSetGrant("bob", "viewer", storage.AnyRole), nil, ""},
	{"another role", callSetGrant("bob", "editor", "viewer"), nil, "grant d bob"},
	{"a grant that was another", callSetGrant("bob", "viewer", "commenter"), storage.ErrConflict, ""},
	{"the last owner's", callSetGrant("ann", "viewer", storage.AnyRole), storage.ErrLastOwner, ""},
	{"removing a grant", func(ctx context.Context, s storage.Store) error { return s.RemoveGrant(ctx, "d", "bob") }, nil, "grant d bob"},
	{"removing none", func(ctx context.Context, s storage.Store) error { return s.RemoveGrant(ctx, "d", "bob") }, storage.ErrNotFound, ""},
	{"removing the last owner's", func(ctx context.Context, s storage.Store) error { return s.RemoveGrant(ctx, "d", "ann") }, storage.ErrLastOwner, ""},
	{"a transfer", callTransfer("ann", "bob", "viewer"), nil, "grant d ann bob"},
	{"a transfer by one who is no owner", callTransfer("ann", "bob", ""), storage.ErrNotFound, ""},
	{"a transfer that leaves nothing", callTransfer("bob", "ann", ""), nil, "grant d ann bob"},
	{"a transfer among owners", callTransfer("ann", "bob", storage.RoleOwner), nil, "grant d ann bob"},
	{"the same again", callTransfer("ann", "bob", storage.RoleOwner), nil, ""},
	{"a transfer back", callTransfer("bob", "ann", ""), nil, "grant d ann bob"},
	{"a group's grant", callSetGroupGrant("viewer"), nil, "group-grant d g"},
	{"the same again", callSetGroupGrant("viewer"), nil, ""},
	{"a group's other role", callSetGroupGrant("editor"), nil, "group-grant d g"},
	{"removing a group's grant", func(ctx context.Context, s storage.Store) error { return s.RemoveGroupGrant(ctx, "d", "g") }, nil, "group-grant d g"},
	{"removing none", func(ctx context.Context, s storage.Store) error { return s.RemoveGroupGrant(ctx, "d", "g") }, storage.ErrNotFound, ""},
	{"a reach", callSetReach("viewer"), nil, "reach d"},
	{"the same again", callSetReach("viewer"), nil, ""},
	{"no reach", callSetReach(""), nil, "reach d"},
	{"none again", callSetReach(""), nil, ""},
}

func callClaim(id, role, was string) func(context.Context, storage.Store) error {
	return func(ctx context.Context, s storage.Store) error {
		return onlyErr(s.ClaimInvitation(ctx, id, storage.Grant{Document: "d", User: "cat", Role: role}, was))
	}
}

func callInvite(id, email string) func(context.Context, storage.Store) error {
	return func(ctx context.Context, s storage.Store) error {
		return s.CreateInvitation(ctx, invitation(id, "d", email))
	}
}

func callRequest(role string) func(context.Context, storage.Store) error {
	return func(ctx context.Context, s storage.Store) error {
		return s.CreateRequest(ctx, storage.AccessRequest{Document: "d", User: "cat", Role: role, CreatedAt: noon})
	}
}

func callExpiry(id string, at time.Time) func(context.Context, storage.Store) error {
	return func(ctx context.Context, s storage.Store) error { return onlyErr(s.SetLinkExpiry(ctx, "d", id, at)) }
}

// waitingSteps are about links, invitations and requests of d.
var waitingSteps = []step{
	{"a link", func(ctx context.Context, s storage.Store) error {
		return s.CreateLink(ctx, storage.Link{ID: "l", TokenHash: []byte("l"), Document: "d", Role: "viewer"})
	}, nil, "members d"},
	{"a link whose address is taken", func(ctx context.Context, s storage.Store) error {
		return s.CreateLink(ctx, storage.Link{ID: "m", TokenHash: []byte("l"), Document: "d", Role: "viewer"})
	}, storage.ErrExists, ""},
	{"an expiry", callExpiry("l", minute(1)), nil, "members d"},
	{"the same to the millisecond", callExpiry("l", minute(1).Add(999)), nil, ""},
	{"the expiry of no link", callExpiry("m", minute(1)), storage.ErrNotFound, ""},
	{"removing a link", func(ctx context.Context, s storage.Store) error { return s.DeleteLink(ctx, "d", "l") }, nil, "members d"},
	{"removing none", func(ctx context.Context, s storage.Store) error { return s.DeleteLink(ctx, "d", "l") }, storage.ErrNotFound, ""},
	{"an invitation", callInvite("i", "i@x.org"), nil, "members d"},
	{"one in its place", callInvite("j", "i@x.org"), nil, "members d"},
	{"another", callInvite("k", "k@x.org"), nil, "members d"},
	{"one whose address is taken", callInvite("k", "l@x.org"), storage.ErrExists, ""},
	{"claiming with a role that was another", callClaim("j", "viewer", "editor"), storage.ErrConflict, ""},
	{"claiming", callClaim("j", "viewer", ""), nil, "grant d cat; members d"},
	{"claiming what is there no more", callClaim("j", "editor", storage.AnyRole), storage.ErrNotFound, ""},
	{"claiming the role one has", callClaim("k", "viewer", "viewer"), nil, "members d"},
	{"a third", callInvite("n", "n@x.org"), nil, "members d"},
	{"claiming without a role", callClaim("n", "", ""), nil, "members d"},
	{"a fourth", callInvite("o", "o@x.org"), nil, "members d"},
	{"withdrawing it", func(ctx context.Context, s storage.Store) error { return s.DeleteInvitation(ctx, "d", "o") }, nil, "members d"},
	{"withdrawing none", func(ctx context.Context, s storage.Store) error { return s.DeleteInvitation(ctx, "d", "o") }, storage.ErrNotFound, ""},
	{"one that expires", callInvite("p", "p@x.org"), nil, "members d"},
	{"removing what expired", func(ctx context.Context, s storage.Store) error {
		return onlyErr(s.DeleteExpired(ctx, minute(60*24*365)))
	}, nil, ""},
	{"a request", callRequest("editor"), nil, "members d"},
	{"the same again", callRequest("editor"), nil, ""},
	{"for another role", callRequest("viewer"), nil, "members d"},
	{"removing a request", func(ctx context.Context, s storage.Store) error { return s.DeleteRequest(ctx, "d", "cat") }, nil, "members d"},
	{"removing none", func(ctx context.Context, s storage.Store) error { return s.DeleteRequest(ctx, "d", "cat") }, storage.ErrNotFound, ""},
}

func callSetMember(user storage.UserID, manager bool) func(context.Context, storage.Store) error {
	return func(ctx context.Context, s storage.Store) error {
		return s.SetGroupMember(ctx, storage.GroupMember{Group: "g", User: user, Manager: manager, CreatedAt: noon})
	}
}

func callRemoveMember(user storage.UserID) func(context.Context, storage.Store) error {
	return func(ctx context.Context, s storage.Store) error { return s.RemoveGroupMember(ctx, "g", user) }
}

func callRename(name string) func(context.Context, storage.Store) error {
	return func(ctx context.Context, s storage.Store) error { return s.RenameGroup(ctx, "g", name) }
}

// groupSteps are about g, which ann manages, and what it has on d and e.
var groupSteps = []step{
	{"a place", callSetMember("bob", false), nil, "group g bob"},
	{"the same again", callSetMember("bob", false), nil, ""},
	{"a manager's", callSetMember("bob", true), nil, "group g bob"},
	{"no manager's", callSetMember("bob", false), nil, "group g bob"},
	{"no manager left", callSetMember("ann", false), storage.ErrLastManager, ""},
	{"the last manager leaves", callRemoveMember("ann"), storage.ErrLastManager, ""},
	{"leaving", callRemoveMember("bob"), nil, "group g bob"},
	{"leaving again", callRemoveMember("bob"), storage.ErrNotFound, ""},
	{"an offer", func(ctx context.Context, s storage.Store) error {
		return s.OfferPlace(ctx, storage.GroupOffer{Group: "g", User: "bob", CreatedAt: noon})
	}, nil, ""},
	{"taking it", func(ctx context.Context, s storage.Store) error { return onlyErr(s.TakePlace(ctx, "g", "bob", noon)) }, nil, "group g bob"},
	{"taking none", func(ctx context.Context, s storage.Store) error { return onlyErr(s.TakePlace(ctx, "g", "bob", noon)) }, storage.ErrNotFound, ""},
	{"a name without documents", callRename("H"), nil, "group g"},
	{"grants on two documents", func(ctx context.Context, s storage.Store) error {
		if err := onlyErr(s.SetGroupGrant(ctx, storage.GroupGrant{Document: "e", Group: "g", Role: "viewer"})); err != nil {
			return err
		}
		return callSetGroupGrant("viewer")(ctx, s)
	}, nil, "group-grant e g; group-grant d g"},
	{"another name", callRename("I"), nil, "group g"},
	{"the same again", callRename("I"), nil, ""},
	{"deleting a group", func(ctx context.Context, s storage.Store) error { return s.DeleteGroup(ctx, "g") }, nil, "group g ann bob; members d; members e"},
	{"deleting none", func(ctx context.Context, s storage.Store) error { return s.DeleteGroup(ctx, "g") }, storage.ErrNotFound, ""},
}
