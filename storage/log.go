package storage

import (
	"context"
	"time"
)

// DocumentID names a document: [A-Za-z0-9_-]{1,64}. A deleted one is never used again (L7).
type DocumentID string

// UserID names a person: an account, a guest, or the subject of an application token. "" is the server itself.
type UserID string

// Revision is the number of a document's committed ops; v on the wire.
type Revision int64

// Newest means the current head where a method takes a revision.
const Newest Revision = -1

// Op is one committed change. Its position in the log, not the Op, tells its revision.
type Op struct {
	Client string    // id of the page load that sent it; any bytes
	Seq    int64     // the client's own count
	Author UserID    // the user who made it; "" is the server
	At     time.Time // when it was accepted
	Body   []byte    // opaque
}

// Size returns what o counts in limits and quotas, in bytes.
func (o Op) Size() int { return len(o.Client) + len(o.Author) + len(o.Body) + opOverhead }

// opOverhead stands for an op's numbers, in bytes, so that many empty ops count too.
const opOverhead = 16

// Batch is the ops that one document commits at once: they become revisions Base+1 … Base+len(Ops), all or none.
type Batch struct {
	Document DocumentID
	Base     Revision
	Ops      []Op  // at least one
	Rewinds  int64 // Log.Rewinds when Base was read (N12)
}

// Head is where a document's log ends.
type Head struct {
	Revision  Revision
	Bytes     int64     // the sum of its ops' Sizes: for quotas, and to decide when to take a snapshot
	UpdatedAt time.Time // the last op's At; the document's CreatedAt if there is none
	UpdatedBy UserID    // the Author of the last op that is not the server's; the owner if there is none
}

// Snapshot is a document's content at a revision. The store adds a checksum of its own and verifies it.
type Snapshot struct {
	Revision Revision
	Body     []byte // opaque
	Preview  string // the first words, for lists; the newest snapshot's is the document's
	Rewinds  int64  // Log.Rewinds when the ops up to Revision were read (N12); not stored
}

// Loaded is one consistent read of a document.
type Loaded struct {
	Document Document
	Head     Head       // of the whole log, also when an older revision was asked for
	Snapshot Snapshot   // the newest intact one at or before the revision asked for; zero (revision 0, no body) if none
	Ops      []Op       // the ops after Snapshot.Revision, up to the revision asked for or the byte limit
	Damaged  []Revision // snapshots skipped because their checksum was wrong (L6), to be reported and rebuilt
}

// Log stores the ops and snapshots of documents.
type Log interface {
	// Append commits the batches in one transaction and returns one outcome for each, in their order (L1, L4): nil, a
	// refusal (ErrConflict: the head is not Base; ErrNotFound; ErrDeleted; ErrInvalid; ErrRewound; ErrUnavailable), or
	// anything else, which means unknown (L2). A refusal of one does not affect the others. A document may be in one batch only.
	Append(ctx context.Context, batches []Batch) []error
	// Load reads snapshot, tail, head and document at one instant. at is Newest or the revision to reach; ErrAhead if that is
	// beyond the head. Loaded.Ops has at most limitBytes of Size, but at least one op (limitBytes ≤ 0: all). Read returns the
	// rest: committed ops do not change.
	Load(ctx context.Context, doc DocumentID, at Revision, limitBytes int) (Loaded, error)
	// Read returns the ops from revision from to revision to (Newest or beyond the head: to the head), at most
	// limitBytes of Size, but at least one op if there is any (limitBytes ≤ 0: all). ErrAhead if from is beyond the head.
	Read(ctx context.Context, doc DocumentID, from, to Revision, limitBytes int) ([]Op, error)
	// Find returns the first op with (client, seq) at or after revision from, and the revision that it applies to;
	// ErrNotFound if there is none (L3), ErrAhead if from is beyond the head.
	Find(ctx context.Context, doc DocumentID, from Revision, client string, seq int64) (Revision, Op, error)
	// Head returns where the log ends.
	Head(ctx context.Context, doc DocumentID) (Head, error)
	// SaveSnapshot stores s, replacing one at the same revision, and thins the older ones (ThinSnapshots). ErrAhead if its
	// revision is beyond the head, ErrRewound as for Append.
	SaveSnapshot(ctx context.Context, doc DocumentID, s Snapshot) error
	// Snapshots lists the revisions that have a snapshot, ascending.
	Snapshots(ctx context.Context, doc DocumentID) ([]Revision, error)
	// Barrier returns once everything that could be read of the log before the call is as durable as an acknowledged commit
	// (L10). A readable commit need not be: a database that waits for a standby shows, after a crash or an interrupted wait, a
	// commit that the standby lacks.
	Barrier(ctx context.Context) error
	// Epoch returns the name of this history of the log (L9). A restore renews it, and so does a store that finds a database
	// which may lack acknowledged ops of the one before (N12). Epoch checks for that.
	Epoch(ctx context.Context) (string, error)
	// Rewinds returns how often since Open the log may have gone back in time (N12), because the store found another server or
	// a restored database behind its address. Ops read before may be gone, so Append and SaveSnapshot refuse with ErrRewound
	// what was made from them. Rewinds does not ask the database.
	Rewinds() int64
	// RenewEpoch starts a new epoch of the log, after a restore.
	RenewEpoch(ctx context.Context) (string, error)
}
