package collab

import (
	"context"

	"quire/storage"
)

// Log is what the engine needs of the store: the ops and snapshots of documents, and the roles on them. Package storage documents each
// call, and storagetest checks every store.
type Log interface {
	Append(ctx context.Context, batches []storage.Batch) []error
	Load(ctx context.Context, doc storage.DocumentID, at storage.Revision, limitBytes int) (storage.Loaded, error)
	Read(ctx context.Context, doc storage.DocumentID, from, to storage.Revision, limitBytes int) ([]storage.Op, error)
	Find(ctx context.Context, doc storage.DocumentID, from storage.Revision, client string, seq int64) (storage.Revision, storage.Op, error)
	Head(ctx context.Context, doc storage.DocumentID) (storage.Head, error)
	SaveSnapshot(ctx context.Context, doc storage.DocumentID, s storage.Snapshot) error
	Barrier(ctx context.Context) error
	Epoch(ctx context.Context) (string, error)
	Rewinds() int64

	CreateDocument(ctx context.Context, d storage.Document, ops []storage.Op) error
	HeldRoles(ctx context.Context, doc storage.DocumentID, user storage.UserID) ([]storage.HeldRole, error)
}
