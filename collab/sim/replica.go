package sim

import (
	"encoding/json"
	"fmt"

	"quire/collab/delta"
)

// change applies an edit of the page's user.
func (r *replica) change(op delta.Delta) {
	r.content = delta.Compose(r.content, op)
	if n := len(r.pending); n > 0 && r.pending[n-1].seq == 0 {
		r.pending[n-1].op = delta.Compose(r.pending[n-1].op, op)
	} else {
		r.pending = append(r.pending, &edit{op: op})
	}
	r.flush()
}

// flush sends the next op if none is in flight.
func (r *replica) flush() {
	if !r.c.greeted || r.inflight != nil || len(r.pending) == 0 || r.version < 0 {
		return
	}
	r.inflight, r.pending = r.pending[0], r.pending[1:]
	e, src := r.inflight, ""
	if e.seq == 0 {
		r.c.seq++
		e.src, e.seq = r.c.id, r.c.seq
	} else {
		src = fmt.Sprintf(`"src":%q,`, e.src)
	}
	r.c.send(fmt.Sprintf(`{"a":"op","c":"documents","d":%q,"v":%d,%s"seq":%d,"x":{},"op":%s}`, r.doc, r.version, src, e.seq, e.op))
}

// answered handles the answer to s or f. data is nil if only ops were asked for.
func (r *replica) answered(action string, data json.RawMessage) {
	if action == "f" {
		r.fetching--
	} else {
		r.asked--
		r.subscribed = r.wants
	}
	if data == nil {
		return
	}
	var s snapshotData
	if err := json.Unmarshal(data, &s); err != nil {
		r.c.w.fail("client %d cannot read the snapshot %s: %v", r.c.number, data, err)
		return
	}
	if r.version >= 0 {
		return // like a stock client, which already has content
	}
	content := delta.Delta{}
	if s.Type != nil {
		var err error
		if content, err = delta.Decode(s.Data.Ops, delta.Limits{}); err != nil {
			r.c.w.fail("client %d cannot read the content %s: %v", r.c.number, s.Data.Ops, err)
		}
	}
	r.version, r.content = s.V, content
	if w := r.c.w; !w.old(r.c) || !w.observed(r.doc).lostContent(s.V, content) {
		w.checkContent(r.doc, s.V, content, "the snapshot sent")
	}
	r.flush()
}

func (r *replica) receiveOp(m *message, text []byte) {
	w := r.c.w
	w.checkShown(r, m, text)
	if e := r.inflight; e != nil && e.src == m.Src && e.seq == m.Seq {
		if m.V != r.version {
			if m.V > r.version {
				w.fail("P3: client %d is acknowledged at %d but has only %d", r.c.number, m.V, r.version)
			}
			return
		}
		w.acknowledged(r, e, m.V)
		r.inflight = nil
		r.version++
		r.flush()
		return
	}
	switch {
	case r.version < 0:
		w.fail("P3: client %d got op %d of %s before any content", r.c.number, m.V, r.doc)
	case m.V > r.version:
		w.fail("P3: client %d has %s at %d and got op %d: a hole", r.c.number, r.doc, r.version, m.V)
	case m.V == r.version:
		r.apply(m, text)
	}
}

// apply transforms a foreign op and the unacknowledged ones over each other, and applies it.
func (r *replica) apply(m *message, text []byte) {
	if m.Op == nil {
		if own := m.Src == r.c.id; !own {
			r.c.w.fail("P3: client %d got an acknowledgement that is not its own: %s", r.c.number, text)
		}
		return
	}
	op, err := delta.Decode(m.Op, delta.Limits{})
	if err != nil {
		r.c.w.fail("client %d cannot read %s: %v", r.c.number, text, err)
		return
	}
	over := func(e *edit) {
		mine := delta.Transform(op, e.op, delta.CommittedFirst)
		op = delta.Transform(e.op, op, delta.OpFirst)
		e.op = mine
	}
	if r.inflight != nil {
		over(r.inflight)
	}
	for _, e := range r.pending {
		over(e)
	}
	r.content = delta.Compose(r.content, op)
	r.version++
}

func (r *replica) idle() bool { return r.inflight == nil && len(r.pending) == 0 }
