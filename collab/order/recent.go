package order

import "quire/storage"

// recent is the end of a document's log, decoded and never composed: incoming ops are transformed over each of its ops (E2).
type recent struct {
	first storage.Revision // the revision that ops[0] applies to
	ops   []Entry
	bytes int // of ops, as stored
}

func (r *recent) end() storage.Revision { return r.first + storage.Revision(len(r.ops)) }

// holds reports whether every op from revision at on is kept.
func (r *recent) holds(at storage.Revision) bool { return at >= r.first && at <= r.end() }

// from returns the ops from revision at on; holds(at) must be true.
func (r *recent) from(at storage.Revision) []Entry { return r.ops[at-r.first:] }

func (r *recent) push(e Entry) {
	r.ops = append(r.ops, e)
	r.bytes += e.Size
}

// trim drops the oldest ops beyond maxOps or maxBytes, but none from revision keep on. It acts only once there is twice as much as
// may stay, so that the cost of the copy, spread over the pushes, is constant.
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

// shrink keeps at most n of the newest ops and at most limit bytes, in a slice without spare room: it is for idle documents.
// The other ops can still be read from the log.
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

// newest returns a copy of the last ops: at most ops of them, and none before the one with which they reach the given bytes.
func (r *recent) newest(ops, bytes int) []Entry {
	from, size := len(r.ops), 0
	for from > 0 && len(r.ops)-from < ops && size < bytes {
		from--
		size += r.ops[from].Size
	}
	return append([]Entry(nil), r.ops[from:]...)
}
