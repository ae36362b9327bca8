package collab

import (
	"quire/collab/wire"
	"quire/storage"
)

// entry is one committed op, decoded.
type entry struct {
	client string
	seq    int64
	author storage.UserID
	body   wire.Body
	size   int // bytes as stored
}

// recent is the end of a document's log, decoded, each op by itself: what incoming ops are transformed over (E2).
type recent struct {
	first storage.Revision // ops[0] takes the document from this revision to the next
	ops   []entry
	bytes int
}

func (r *recent) end() storage.Revision { return r.first + storage.Revision(len(r.ops)) }

// holds reports whether every op from at on is here.
func (r *recent) holds(at storage.Revision) bool { return at >= r.first && at <= r.end() }

// from gives the ops from revision at on; holds(at) must be true.
func (r *recent) from(at storage.Revision) []entry { return r.ops[at-r.first:] }

func (r *recent) push(e entry) {
	r.ops = append(r.ops, e)
	r.bytes += e.size
}

// trim drops the oldest beyond maxOps or maxBytes, but none that follows keep. It copies only when half is to go, so that
// a push costs the same however long the log is.
func (r *recent) trim(maxOps, maxBytes int, keep storage.Revision) {
	if len(r.ops) <= 2*maxOps && r.bytes <= 2*maxBytes {
		return
	}
	drop := 0
	for (len(r.ops)-drop > maxOps || r.bytes > maxBytes) && drop < len(r.ops) && r.first+storage.Revision(drop) < keep {
		r.bytes -= r.ops[drop].size
		drop++
	}
	kept := make([]entry, len(r.ops)-drop, max(2*maxOps, len(r.ops)-drop)+1)
	copy(kept, r.ops[drop:])
	r.ops = kept
	r.first += storage.Revision(drop)
}

// shrink keeps the newest ops only, at most n and within limit bytes, in memory of their size: for a document that has fallen
// quiet. Whoever needs others has a helper read them from the log.
func (r *recent) shrink(n, limit int) {
	drop := 0
	for drop < len(r.ops) && (len(r.ops)-drop > n || r.bytes > limit) {
		r.bytes -= r.ops[drop].size
		drop++
	}
	if drop == 0 {
		return
	}
	r.ops = append([]entry(nil), r.ops[drop:]...)
	r.first += storage.Revision(drop)
}
