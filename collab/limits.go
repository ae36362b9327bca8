package collab

import (
	"runtime"
	"time"

	"quire/collab/delta"
	"quire/collab/order"
	"quire/collab/wire"
)

// DefaultDocument is the default of Limits.DocumentUnits.
const DefaultDocument = 10_000_000

// Limits bounds what one client, document or node may cost (W4, P8). A field that is zero means its default.
type Limits struct {
	Wire          wire.Limits // of what a frame may hold
	FrameBytes    int         // told to clients; the socket enforces it. wire.DefaultFrame
	DocumentUnits int         // UTF-16 code units of a document. DefaultDocument
	DocumentBytes int64       // of a document's log (QUOTA_DOCUMENT). 512 MiB

	Documents     int   // live documents at once. 100,000
	DocumentsSize int64 // estimated bytes of them in memory; above it, idle ones are evicted at once. 2 GiB

	PendingOps       int           // ops of a document that wait for a commit. 20,000
	PendingBytes     int           // bytes of them. 32 MiB
	StoreWait        time.Duration // how long an op or a request waits for the store before its session is closed. 10 s
	CommitOps        int           // ops in one commit of all documents. 4,096
	CommitBytes      int           // bytes of them. 1 MiB
	RecentOps        int           // decoded ops a document keeps. 512
	RecentBytes      int           // bytes of them, as encoded. 1 MiB
	FeedBytes        int           // encoded frames a document keeps for its readers. 1 MiB
	ReplyBytes       int           // of a session's replies and presence; one frame of any size fits. 1 MiB
	Outstanding      int           // unanswered requests of a session before it is read more slowly. 1,024
	OutstandingBytes int           // bytes of its unanswered ops, likewise; one op of any size fits. 4 MiB
	FramesPerSec     int           // of a session, before it is read more slowly. 10,000
	BytesPerSec      int           // likewise. 16 MiB
	PresenceBytes    int           // of the presences on one channel; then the oldest of who has the most make room. 512 KiB
	PresencePerson   int           // of those of one person; then their oldest make room. 64 KiB
	PresencePerSec   int           // of a session, before it is read more slowly. 100
	PresenceIDs      int           // presences of one session on one document. 64
	SnapshotOps      int           // ops since the last snapshot that ask for the next. 1,000 at most (L6)
	SnapshotBytes    int64         // bytes of such ops, if more than the content's. 256 KiB
	SnapshotReads    int64         // bytes of encoded snapshots on their way to readers. 256 MiB
	SnapshotIdle     time.Duration // quiet time after which a document gets a snapshot. 5 s
	EvictIdle        time.Duration // time without anybody after which a document leaves memory. 60 s
	PageBytes        int           // of the log read at once. 256 KiB
	TransformSteps   int           // components × ops of a transform within a turn; longer ones are heavy tasks. 100,000
	HeavyTasks       int           // long transforms, loads of old revisions and snapshots at once; of one person all but one. One a processor, 2 to 4
	LongBytes        int64         // of ops that need a long transform; who has more than their share is read more slowly. 64 MiB
	LongOps          int           // of one session that need one, likewise. 4
	HeavyWaiting     int           // of one person, in line for that; whoever asks for more is read more slowly. 32
}

func (l Limits) orDefault() Limits {
	or(&l.Wire.Op.Components, delta.DefaultComponents) // told to clients too
	or(&l.FrameBytes, wire.DefaultFrame)
	or(&l.DocumentUnits, DefaultDocument)
	or(&l.DocumentBytes, 512<<20)
	or(&l.Documents, 100_000)
	or(&l.DocumentsSize, 2<<30)
	or(&l.PendingOps, 20_000)
	or(&l.PendingBytes, 32<<20)
	or(&l.StoreWait, 10*time.Second)
	or(&l.CommitOps, 4096)
	or(&l.CommitBytes, 1<<20)
	or(&l.RecentOps, 512)
	or(&l.RecentBytes, 1<<20)
	or(&l.FeedBytes, 1<<20)
	or(&l.ReplyBytes, 1<<20)
	or(&l.Outstanding, 1024)
	or(&l.OutstandingBytes, 4<<20)
	or(&l.FramesPerSec, 10_000)
	or(&l.BytesPerSec, 16<<20)
	or(&l.PresenceBytes, 512<<10)
	or(&l.PresencePerson, 64<<10)
	or(&l.PresencePerSec, 100)
	or(&l.PresenceIDs, 64)
	or(&l.SnapshotOps, 1000)
	l.SnapshotOps = min(l.SnapshotOps, 1000)
	or(&l.SnapshotBytes, 256<<10)
	or(&l.SnapshotReads, 256<<20)
	or(&l.SnapshotIdle, 5*time.Second)
	or(&l.EvictIdle, time.Minute)
	or(&l.PageBytes, 256<<10)
	or(&l.TransformSteps, 100_000)
	or(&l.HeavyTasks, min(max(runtime.GOMAXPROCS(0), 2), 4)) // so that one person's leave a processor for the others
	or(&l.HeavyWaiting, 32)
	or(&l.LongBytes, 64<<20)
	or(&l.LongOps, 4)
	return l
}

// order returns the limits of a document's order.
func (l Limits) order() order.Limits {
	return order.Limits{
		DocumentUnits: l.DocumentUnits, DocumentBytes: l.DocumentBytes,
		PendingOps: l.PendingOps, PendingBytes: l.PendingBytes,
		RecentOps: l.RecentOps, RecentBytes: l.RecentBytes, Steps: l.TransformSteps,
	}
}

func or[T int | int64 | time.Duration](field *T, fallback T) {
	if *field <= 0 {
		*field = fallback
	}
}
