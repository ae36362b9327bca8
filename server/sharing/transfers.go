package sharing

import (
	"cmp"
	"context"

	"quire/server/audit"
	"quire/storage"
)

// OfferDocument offers o.To the ownership of a document, in place of o.From. Nothing changes until they accept: its space would count
// for them.
func (s *Service) OfferDocument(ctx context.Context, by By, o storage.TransferOffer) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "transfer.offer", Document: o.Document, Subject: string(o.To), Detail: audit.Detail("then", cmp.Or(o.Then, NoRole)),
	}, func() error { return s.store.OfferDocument(ctx, o) })
}

// WithdrawDocument ends the offer o. declined: the person it was made to does so, not an owner.
func (s *Service) WithdrawDocument(ctx context.Context, by By, o storage.TransferOffer, declined bool) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "transfer.withdraw", Document: o.Document, Subject: string(o.To), Detail: audit.Detail("declined", declined),
	}, func() error { return s.store.WithdrawDocument(ctx, o.Document, o.To) })
}

// TakeDocument makes the person in by the owner of a document, by the offer o to them.
func (s *Service) TakeDocument(ctx context.Context, by By, o storage.TransferOffer) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "document.transfer", Document: o.Document, Subject: string(o.To), Detail: audit.Detail("from", o.From, "then", cmp.Or(o.Then, NoRole), "because", "accepted"),
	}, func() error { return s.store.TakeDocument(ctx, o.Document, o.To, s.now()) })
}

// Reassign makes to the owner of doc because an administrator says so, without asking them: from loses the ownership and keeps the
// role then. from is "" if an application owns doc.
func (s *Service) Reassign(ctx context.Context, by By, doc storage.DocumentID, from, to storage.UserID, then string) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "document.transfer", Document: doc, Subject: string(to), Detail: audit.Detail("from", from, "then", then, "because", "administrator"),
	}, func() error { return s.store.TransferDocument(ctx, doc, from, to, then, s.now()) })
}

// Inherit makes heir the owner of doc because from's account is being deleted: that waits for nobody's consent.
func (s *Service) Inherit(ctx context.Context, by By, doc storage.DocumentID, from, heir storage.UserID) error {
	return s.act(ctx, by, storage.AuditEntry{
		Action: "document.transfer", Document: doc, Subject: string(heir), Detail: audit.Detail("from", from, "because", "user.delete"),
	}, func() error { return s.store.TransferDocument(ctx, doc, from, heir, "", s.now()) })
}
