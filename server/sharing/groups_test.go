package sharing

import (
	"slices"
	"testing"
	"time"

	"quire/server/auth"
	"quire/storage"
	"quire/storage/memory"
	"quire/storage/storagetest"
)

func (d *desk) invitation(id string) storage.Invitation {
	return storage.Invitation{
		ID: id, TokenHash: []byte(id), Document: "d", Email: "bob@x.org", Role: "viewer", CreatedBy: "ann",
		CreatedAt: noon, ExpiresAt: noon.Add(time.Hour),
	}
}

// W9: an invitation is noted, told and mailed; one that is not stored is neither.
func TestP10AnInvitationIsNotedToldAndMailed(t *testing.T) {
	d := newDesk(t)
	ctx := d.as("ann")
	invite := func(id string) storage.Invitation {
		t.Helper()
		i := d.invitation(id)
		mailed, err := d.Invite(ctx, ann, i, auth.InvitationLetter{By: storage.User{Name: "Ann"}, Token: id})
		if d.must(err); !mailed || !slices.Equal(d.post.to, []string{"bob@x.org"}) {
			t.Errorf("mailed %v to %q", mailed, d.post.to)
		}
		d.post.to = nil
		d.did("invitation.create", "bob@x.org", "members d")
		return i
	}
	d.must(d.WithdrawInvitation(ctx, ann, invite("1")))
	d.did("invitation.withdraw", "bob@x.org", "members d")
	i := invite("2")
	d.must(d.DeclineInvitation(ctx, ann, i))
	d.did("invitation.withdraw", "bob@x.org", "members d")
	if d.DeclineInvitation(ctx, ann, i) == nil {
		t.Error("an invitation that is gone was declined")
	}
	d.did("", "")
	i = d.invitation("3")
	i.Document = "none"
	if _, err := d.Invite(ctx, ann, i, auth.InvitationLetter{}); err == nil || len(d.post.to) > 0 {
		t.Errorf("invited to nothing: %v, mailed to %q", err, d.post.to)
	}
	d.did("", "")
	role, err := d.Claim(ctx, ann, invite("4"), "bob")
	if d.must(err); role != "viewer" {
		t.Errorf("bob is %s", role)
	}
	d.did("invitation.claim", "bob", "grant d bob by ann", "members d")
	_, err = d.SetRole(ctx, ann, "d", "bob", "editor", "viewer")
	d.must(err)
	d.did("grant.set", "bob", "grant d bob by ann")
	if role, err = d.Claim(ctx, ann, invite("5"), "bob"); role != "editor" {
		t.Errorf("an invitation made an editor %s: %v", role, err)
	}
	d.did("invitation.claim", "bob", "members d")
	if _, err = d.Claim(ctx, ann, i, "bob"); err == nil {
		t.Error("an invitation that is used up was used")
	}
	d.did("", "")
}

// P10: whoever comes into a group or leaves it is told, and whoever shows the group beside a document.
func TestP10EveryChangeOfAGroupIsNotedAndTold(t *testing.T) {
	store := storagetest.NewFaulty(memory.New(), nil)
	d := newDeskOn(t, store)
	ctx := d.as("ann")
	g := storage.Group{ID: "g", Name: "G", CreatedBy: "ann", CreatedAt: noon}
	d.must(d.MakeGroup(ctx, ann, g))
	d.did("group.create", "g")
	if d.MakeGroup(ctx, ann, g) == nil {
		t.Error("a name was taken twice")
	}
	d.did("", "")
	_, err := d.SetGroup(ctx, ann, storage.GroupGrant{Document: "d", Group: "g", Role: "viewer", CreatedAt: noon}, "")
	d.must(err)
	d.did("group.grant", "g", "group-grant d g by ann")
	d.must(d.RenameGroup(ctx, ann, g, "H"))
	d.did("group.rename", "g", "group g by ann")
	d.must(d.SetMember(ctx, ann, g, storage.GroupMember{Group: "g", User: "bob", CreatedAt: noon}))
	d.did("group.member", "bob", "group g bob by ann")
	d.must(d.RemoveMember(ctx, ann, g, "bob"))
	d.did("group.remove", "bob", "group g bob by ann")
	offer := func() {
		t.Helper()
		d.must(d.OfferPlace(ctx, ann, g, storage.GroupOffer{Group: "g", User: "bob", CreatedBy: "ann", CreatedAt: noon}))
		d.did("group.offer", "bob")
	}
	offer()
	d.must(d.WithdrawPlace(ctx, ann, g, "bob", true))
	d.did("group.withdraw", "bob")
	offer()
	d.must(d.TakePlace(ctx, ann, g, "bob"))
	d.did("group.take", "bob", "group g bob by ann")
	store.SetPlan(storagetest.On(storagetest.Lie, "RemoveGroupMember"))
	if d.RemoveMember(ctx, ann, g, "bob") == nil {
		t.Error("an unknown outcome was told as none")
	}
	d.did("group.remove", "bob", "group g bob by ann")
	d.must(d.DeleteGroup(ctx, ann, g, 1))
	d.did("group.delete", "g", "group g ann by ann", "members d")
}
