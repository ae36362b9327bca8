package storagetest

import (
	"context"
	"time"

	"quire/storage"
)

// The calls about groups and sharing.

func (f *Faulty) CreateGroup(ctx context.Context, g storage.Group) error {
	return do(ctx, f, "CreateGroup", func() error { return f.inner.CreateGroup(ctx, g) })
}

func (f *Faulty) Group(ctx context.Context, id string) (storage.Group, error) {
	return look(ctx, f, "Group", func() (storage.Group, error) { return f.inner.Group(ctx, id) })
}

func (f *Faulty) Groups(ctx context.Context, user storage.UserID, limit int) ([]storage.GroupListed, error) {
	return look(ctx, f, "Groups", func() ([]storage.GroupListed, error) { return f.inner.Groups(ctx, user, limit) })
}

func (f *Faulty) RenameGroup(ctx context.Context, id, name string) error {
	return do(ctx, f, "RenameGroup", func() error { return f.inner.RenameGroup(ctx, id, name) })
}

func (f *Faulty) DeleteGroup(ctx context.Context, id string) error {
	return do(ctx, f, "DeleteGroup", func() error { return f.inner.DeleteGroup(ctx, id) })
}

func (f *Faulty) GroupMembers(ctx context.Context, id string) ([]storage.GroupMember, error) {
	return look(ctx, f, "GroupMembers", func() ([]storage.GroupMember, error) { return f.inner.GroupMembers(ctx, id) })
}

func (f *Faulty) SetGroupMember(ctx context.Context, m storage.GroupMember) error {
	return do(ctx, f, "SetGroupMember", func() error { return f.inner.SetGroupMember(ctx, m) })
}

func (f *Faulty) RemoveGroupMember(ctx context.Context, id string, user storage.UserID) error {
	return do(ctx, f, "RemoveGroupMember", func() error { return f.inner.RemoveGroupMember(ctx, id, user) })
}

func (f *Faulty) OfferPlace(ctx context.Context, o storage.GroupOffer) error {
	return do(ctx, f, "OfferPlace", func() error { return f.inner.OfferPlace(ctx, o) })
}

func (f *Faulty) GroupOffers(ctx context.Context, id string) ([]storage.GroupOffer, error) {
	return look(ctx, f, "GroupOffers", func() ([]storage.GroupOffer, error) { return f.inner.GroupOffers(ctx, id) })
}

func (f *Faulty) OffersTo(ctx context.Context, user storage.UserID) ([]storage.GroupOffer, error) {
	return look(ctx, f, "OffersTo", func() ([]storage.GroupOffer, error) { return f.inner.OffersTo(ctx, user) })
}

func (f *Faulty) TakePlace(ctx context.Context, id string, user storage.UserID, at time.Time) (storage.GroupMember, error) {
	return write(ctx, f, "TakePlace", func() (storage.GroupMember, error) { return f.inner.TakePlace(ctx, id, user, at) })
}

func (f *Faulty) WithdrawPlace(ctx context.Context, id string, user storage.UserID) error {
	return do(ctx, f, "WithdrawPlace", func() error { return f.inner.WithdrawPlace(ctx, id, user) })
}

func (f *Faulty) GroupDocuments(ctx context.Context, id string) ([]storage.DocumentID, error) {
	return look(ctx, f, "GroupDocuments", func() ([]storage.DocumentID, error) { return f.inner.GroupDocuments(ctx, id) })
}

func (f *Faulty) Ways(ctx context.Context, doc storage.DocumentID, user storage.UserID) ([]storage.Way, error) {
	return look(ctx, f, "Ways", func() ([]storage.Way, error) { return f.inner.Ways(ctx, doc, user) })
}

func (f *Faulty) GroupGrants(ctx context.Context, doc storage.DocumentID) ([]storage.GroupGrant, error) {
	return look(ctx, f, "GroupGrants", func() ([]storage.GroupGrant, error) { return f.inner.GroupGrants(ctx, doc) })
}

func (f *Faulty) SetGroupGrant(ctx context.Context, g storage.GroupGrant) (storage.GroupGrant, error) {
	return write(ctx, f, "SetGroupGrant", func() (storage.GroupGrant, error) { return f.inner.SetGroupGrant(ctx, g) })
}

func (f *Faulty) RemoveGroupGrant(ctx context.Context, doc storage.DocumentID, group string) error {
	return do(ctx, f, "RemoveGroupGrant", func() error { return f.inner.RemoveGroupGrant(ctx, doc, group) })
}

func (f *Faulty) Reach(ctx context.Context, doc storage.DocumentID) (storage.AccountReach, error) {
	return look(ctx, f, "Reach", func() (storage.AccountReach, error) { return f.inner.Reach(ctx, doc) })
}

func (f *Faulty) SetReach(ctx context.Context, doc storage.DocumentID, role string) (storage.AccountReach, error) {
	return write(ctx, f, "SetReach", func() (storage.AccountReach, error) { return f.inner.SetReach(ctx, doc, role) })
}

func (f *Faulty) TransferDocument(ctx context.Context, doc storage.DocumentID, from, to storage.UserID, then string, at time.Time) error {
	return do(ctx, f, "TransferDocument", func() error { return f.inner.TransferDocument(ctx, doc, from, to, then, at) })
}

func (f *Faulty) SoleOwned(ctx context.Context, user storage.UserID) ([]storage.SoleOwned, error) {
	return look(ctx, f, "SoleOwned", func() ([]storage.SoleOwned, error) { return f.inner.SoleOwned(ctx, user) })
}

func (f *Faulty) CreateInvitation(ctx context.Context, i storage.Invitation) error {
	return do(ctx, f, "CreateInvitation", func() error { return f.inner.CreateInvitation(ctx, i) })
}

func (f *Faulty) Invitations(ctx context.Context, doc storage.DocumentID) ([]storage.Invitation, error) {
	return look(ctx, f, "Invitations", func() ([]storage.Invitation, error) { return f.inner.Invitations(ctx, doc) })
}

func (f *Faulty) InvitationsTo(ctx context.Context, email string, now time.Time) ([]storage.Invitation, error) {
	return look(ctx, f, "InvitationsTo", func() ([]storage.Invitation, error) { return f.inner.InvitationsTo(ctx, email, now) })
}

func (f *Faulty) InvitationByToken(ctx context.Context, tokenHash []byte) (storage.Invitation, error) {
	return look(ctx, f, "InvitationByToken", func() (storage.Invitation, error) { return f.inner.InvitationByToken(ctx, tokenHash) })
}

func (f *Faulty) ClaimInvitation(ctx context.Context, id string, g storage.Grant, was string) (storage.Grant, error) {
	return write(ctx, f, "ClaimInvitation", func() (storage.Grant, error) { return f.inner.ClaimInvitation(ctx, id, g, was) })
}

func (f *Faulty) DeleteInvitation(ctx context.Context, doc storage.DocumentID, id string) error {
	return do(ctx, f, "DeleteInvitation", func() error { return f.inner.DeleteInvitation(ctx, doc, id) })
}

func (f *Faulty) CreateRequest(ctx context.Context, r storage.AccessRequest) error {
	return do(ctx, f, "CreateRequest", func() error { return f.inner.CreateRequest(ctx, r) })
}

func (f *Faulty) Requests(ctx context.Context, doc storage.DocumentID) ([]storage.AccessRequest, error) {
	return look(ctx, f, "Requests", func() ([]storage.AccessRequest, error) { return f.inner.Requests(ctx, doc) })
}

func (f *Faulty) DeleteRequest(ctx context.Context, doc storage.DocumentID, user storage.UserID) error {
	return do(ctx, f, "DeleteRequest", func() error { return f.inner.DeleteRequest(ctx, doc, user) })
}
