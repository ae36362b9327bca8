package order

import "quire/storage"

// recent is the end of a document's log, decoded, each op by itself: what incoming ops are transformed over (E2).
type recent struct {
	first storage.Revision // ops[0] takes the document from this revision to the next
	ops   []Entry
	bytes int
}

func (r *recent) end() storage.Revision { return r.first + storage.Revision(len(r.ops)) }

// holds reports whether every op from at on is here.
func (r *recent) holds(at storage.Revision) bool { return at >= r.first && at <= r.end() }

// from returns the ops from revision at on; holds(at) must be true.
func (r *recent) from(at storage.Revision) []Entry { return r.ops[at-r.first:] }

func (r *recent) push(e Entry) {
	r.ops = append(r.ops, e)
	r.bytes += e.Size
}

// trim drops the oldest beyond maxOps or maxBytes, but none that follows keep. It copies only when half is to go, so that
// a push costs the same however long the log is.
func (r *recent) trim(maxOps, maxBytes int, keep storage.Revision) {
	if len(r.ops) <= 2*maxOps && r.bytes <= 2*maxBytes {
		return
	}
	drop := 0
	for (len(r.ops)-drop > maxOps || r.bytes > maxBytes) && drop < len(r.ops) && r.first+storage.Revision(drop) < keep {
		r.bytes -= r.ops[drop].Size
		drop++
	}
	kept := make([]Entry, len(r.ops)-drop, max(2*maxOps, len(r.ops)-drop)+1)
	copy(kept, r.ops[drop:])
	r.ops = kept
	r.first += storage.Revision(drop)
}

// shrink keeps the newest ops only, at most n and within limit bytes, in memory of their size: for a document that has fallen
// quiet. Whoever needs others reads them from the log.
func (r *recent) shrink(n, limit int) {
	drop := 0
	for drop < len(r.ops) && (len(r.ops)-drop > n || r.bytes > limit) {
		r.bytes -= r.ops[drop].Size
		drop++
	}
	if drop == 0 {
		return
	}
	r.ops = append([]Entry(nil), r.ops[drop:]...)
	r.first += storage.Revision(drop)
}

// newest returns the last ops, at most so many, and no more of them than the one with which they reach so many bytes.
func (r *recent) newest(ops, bytes int) []Entry {
	from, size := len(r.ops), 0
	for from > 0 && len(r.ops)-from < ops && size < bytes {
		from--
		size += r.ops[from].Size
	}
	return append([]Entry(nil), r.ops[from:]...)
}
