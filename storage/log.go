package storage

import (
	"context"
	"time"
)

// DocumentID names a document: [A-Za-z0-9_-]{1,64}. A deleted one is never used again (L7).
type DocumentID string

// UserID names a person: an account, a guest, or the subject of an application token. "" is the server itself.
type UserID string

// Revision is the count of a document's committed ops; v on the wire.
type Revision int64

// Newest stands for "the head, whatever it is" where a revision is asked for.
const Newest Revision = -1

// Op is one committed change. Which revision it has is told by its place, never by itself.
type Op struct {
	Client string    // who sent it: one page load's editor; any bytes
	Seq    int64     // the client's own count
	Author UserID    // who answers for it; "" is the server
	At     time.Time // when it was accepted
	Body   []byte    // opaque
}

// Size is what o counts for in limits and quotas, in bytes.
func (o Op) Size() int { return len(o.Client) + len(o.Author) + len(o.Body) + opOverhead }

// opOverhead stands for an op's numbers, so that many empty ops count too.
const opOverhead = 16

// Batch is what one document commits at once: Ops become revisions Base+1 … Base+len(Ops), all or none.
type Batch struct {
	Document DocumentID
	Base     Revision
	Ops      []Op  // at least one
	Rewinds  int64 // of the store when Base was read (N12)
}

// Head is where a document's log ends.
type Head struct {
	Revision  Revision
	Bytes     int64     // the Size of all its ops: for quotas, and for when to take a snapshot
	UpdatedAt time.Time // the last op's At; the time of creation if there is none
	UpdatedBy UserID    // the last op's Author, passing over the server's own; at first the owner
}

// Snapshot is a document's content at a revision. The store adds a checksum of its own and verifies it.
type Snapshot struct {
	Revision Revision
	Body     []byte // opaque
	Preview  string // the first words, for lists; of the newest snapshot it is the document's
	Rewinds  int64  // of the store when the ops up to Revision were read (N12); not stored
}

// Loaded is one consistent read of a document.
type Loaded struct {
	Document Document
	Head     Head       // of the whole log, also when an older revision was asked for
	Snapshot Snapshot   // the newest sound one at or before the revision asked for; zero (revision 0, no body) if none
	Ops      []Op       // those that follow Snapshot.Revision, up to the revision asked for or the byte limit
	Damaged  []Revision // snapshots passed over because their checksum was wrong (L6); to be reported and rebuilt
}

// Log keeps the ops and snapshots of documents.
type Log interface {
	// Append commits the batches in one transaction and gives one outcome for each, in their order (L1, L4): nil, a
	// refusal (ErrConflict: the head is not Base; ErrNotFound; ErrDeleted; ErrInvalid; ErrRewound; ErrUnavailable), or
	// anything else, which means unknown (L2). A refusal of one does not touch the others. A document stands in one batch only.
	Append(ctx context.Context, batches []Batch) []error
	// Load reads snapshot, tail, head and document at one instant. at is Newest or the revision to reach (ErrAhead
	// beyond the head). Ops of at most limitBytes of Size, but at least one, are in Ops (limitBytes ≤ 0: all); Read
	// gives the rest, the log being immutable.
	Load(ctx context.Context, doc DocumentID, at Revision, limitBytes int) (Loaded, error)
	// Read returns the ops from revision from to revision to (Newest or beyond the head: to the head), at most
	// limitBytes of Size, but at least one op if there is any (limitBytes ≤ 0: all). from beyond the head is ErrAhead.
	Read(ctx context.Context, doc DocumentID, from, to Revision, limitBytes int) ([]Op, error)
	// Find returns the first op of (client, seq) at or after revision from, and the revision it was applied to;
	// ErrNotFound if the log holds none (L3), ErrAhead if from is beyond the head.
	Find(ctx context.Context, doc DocumentID, from Revision, client string, seq int64) (Revision, Op, error)
	// Head returns where the log ends.
	Head(ctx context.Context, doc DocumentID) (Head, error)
	// SaveSnapshot stores s, replacing one of the same revision, and thins the older ones (ThinSnapshots). A revision
	// beyond the head is ErrAhead; ErrRewound as for Append.
	SaveSnapshot(ctx context.Context, doc DocumentID, s Snapshot) error
	// Snapshots lists the revisions that have one, ascending.
	Snapshots(ctx context.Context, doc DocumentID) ([]Revision, error)
	// Barrier returns when all that could be read of the log before the call is as safe as a commit that was confirmed
	// (L10). What can be read need not be: a database that waits for another machine shows a commit after a crash, or
	// after the wait was ended, that the other one lacks.
	Barrier(ctx context.Context) error
	// Epoch names this history of the log (L9). A restore renews it, and so does a store that finds a database which may lack
	// acknowledged ops of the one before (N12); asking has it look.
	Epoch(ctx context.Context) (string, error)
	// Rewinds counts how often since Open the log may have gone back in time (N12): the store found another server or a
	// restored database behind its address. What was read of the log before may be in it no more, so Append and SaveSnapshot
	// refuse with ErrRewound what was made from that. It asks nobody.
	Rewinds() int64
	// RenewEpoch starts a new epoch of the log, after a restore.
	RenewEpoch(ctx context.Context) (string, error)
}
