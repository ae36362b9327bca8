package collab

import (
	"context"
	"errors"
	"time"

	"quire/collab/wire"
	"quire/storage"
)

// outcome is what the store said to a document's part of a commit.
type outcome struct {
	taken []storage.Op
	err   error
}

func (o *outcome) handle(d *document) {
	taken, err := o.taken, o.err
	d.batch.settle(taken, err == nil)
	switch {
	case d.state != docLive:
	case err == nil:
		d.tail.pause = 0
		d.committed(len(taken))
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrDeleted):
		d.vanish()
	case errors.Is(err, storage.ErrConflict):
		d.recover()
	default:
		d.hub.log.Warn("append failed", "doc", d.id, "revision", d.core.head, "ops", len(taken), "err", err)
		d.tail.backOff()
		d.recover()
	}
}

// committed tells everybody of the first n pending ops, which are in the log now (L2): first where each author's
// acknowledgement goes, then the frames, then one wake for each session, the authors' first.
func (d *document) committed(n int) {
	first := d.core.head
	done, err := d.core.commit(n)
	if err != nil {
		d.damage(err)
		return
	}
	d.publish(first, done)
	d.saveIfDue()
	d.resumeLater()
	d.lookNow()
}

// publish broadcasts ops that are in the log from revision first on.
func (d *document) publish(first storage.Revision, done []*submission) {
	d.touch()
	for i, s := range done {
		at := first + storage.Revision(i)
		d.settleOp(s, at, s.placed)
		d.frames = append(d.frames, d.frame(at, s.client, s.seq, s.body))
	}
	d.broadcast()
	for _, s := range done {
		if v, ok := s.origin.(*view); ok {
			v.wake()
		}
	}
	d.wakeAll()
}

// touch notes that the head moved.
func (d *document) touch() {
	d.changedAt.Store(d.hub.rt.Now().UnixNano())
	d.shrunk.Store(false)
}

// settleOp answers everybody who sent s.
func (d *document) settleOp(s *submission, at storage.Revision, body wire.Body) {
	if s.origin != nil {
		s.origin.acked(d, s, at, body)
	}
	for _, t := range s.twins {
		t.origin.acked(d, t, at, body)
	}
}

func (d *document) frame(at storage.Revision, client string, seq int64, body []byte) wire.Frame {
	buf := wire.Begin(len(body) + len(d.id) + len(client) + 80)
	return wire.Seal(wire.AppendOpFrame(buf, string(d.id), wire.Version(at), client, seq, body))
}

// broadcast moves the frames gathered into the feed.
func (d *document) broadcast() {
	d.feed.append(d.frames, d.hub.limits.FeedBytes)
	clear(d.frames)
	d.frames = d.frames[:0]
}

func (d *document) wakeAll() {
	for _, v := range d.subs {
		v.wake()
	}
}

// resumeLater submits again what too much was pending for.
func (d *document) resumeLater() {
	if len(d.later) == 0 {
		return
	}
	again := d.later
	d.later, d.laterBytes = nil, 0
	for _, s := range again {
		d.submit(s)
	}
}

// tailReading is the look at the log after an append that did not clearly succeed.
type tailReading struct {
	under bool
	pause time.Duration // before the next one: it grows with every failure in a row
}

func (t *tailReading) backOff() { t.pause = min(max(2*t.pause, firstPause), longPause) }

const (
	firstPause = 20 * time.Millisecond
	longPause  = time.Second
)

// recover reads the log's tail and goes on from there (L2): after a conflict it holds another node's ops, after an unknown
// outcome perhaps our own. Until it was read nothing is appended; new ops gather.
func (d *document) recover() {
	d.batch.hold()
	d.readTail()
}

// lookAhead keeps m until the log was looked at: it speaks of a revision this node has not heard of, which another node may
// have reached. It reports false when m was kept already, so that there is no such revision.
func (d *document) lookAhead(m message, looked *bool) bool {
	if *looked || d.state != docLive {
		return false
	}
	*looked = true
	d.ahead = append(d.ahead, m) // until a look that begins from now on has ended
	d.lookNow()
	return true
}

// lookNow begins to read the tail if somebody waits for it, unless an append is under way: then after its outcome.
func (d *document) lookNow() {
	if len(d.ahead) > 0 && !d.tail.under && d.batch.hold() {
		d.readTail()
	}
}

func (d *document) readTail() {
	from, pause := d.core.head, d.tail.pause
	d.tail.under = true
	d.looking, d.ahead = append(d.looking, d.ahead...), nil
	d.job(func() message {
		if pause > 0 && sleep(d.hub.ctx, d.hub.rt, pause) != nil {
			return nil
		}
		ops, err := d.hub.readLog(d.hub.ctx, d.id, from, d.hub.limits.PageBytes)
		return call(func(d *document) { d.tailRead(ops, err) })
	})
}

// readLog reads one page of the log within the time a request may wait.
func (h *Hub) readLog(ctx context.Context, doc storage.DocumentID, from storage.Revision, bytes int) ([]storage.Op, error) {
	ctx, cancel := context.WithTimeout(ctx, h.limits.StoreWait)
	defer cancel()
	return h.store.Read(ctx, doc, from, storage.Newest, bytes)
}

func (d *document) tailRead(ops []storage.Op, err error) {
	d.tail.under = false
	switch {
	case d.state != docLive:
		return
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrDeleted):
		d.vanish()
		return
	case errors.Is(err, storage.ErrAhead):
		d.damage(err)
		return
	case err != nil:
		d.tail.backOff()
		d.hub.log.Warn("log unreadable", "doc", d.id, "revision", d.core.head, "err", err)
		d.readTail()
		return
	}
	if !d.absorb(ops) {
		return
	}
	if len(ops) > 0 { // a page: there may be more
		d.readTail()
		return
	}
	back := d.core.withdraw(len(d.core.pending))
	d.batch.reset(d.core.head)
	d.resubmit(back)
}

// absorb takes ops found in the log into memory and tells everybody. It reports whether it could.
func (d *document) absorb(ops []storage.Op) bool {
	entries, err := decodeOps(ops)
	if err != nil {
		d.damage(err)
		return false
	}
	first := d.core.head
	found, err := d.core.absorb(entries)
	for i := range entries {
		if s := found[first+storage.Revision(i)]; s != nil {
			d.settleOp(s, first+storage.Revision(i), entries[i].body)
		}
	}
	if err != nil {
		d.damage(err)
		return false
	}
	for i, op := range ops {
		d.frames = append(d.frames, d.frame(first+storage.Revision(i), op.Client, op.Seq, op.Body))
	}
	if len(ops) > 0 {
		d.touch()
		d.broadcast()
		d.wakeAll()
		d.saveIfDue()
	}
	return true
}

// resubmit judges withdrawn ops anew and puts those that stay into the batch.
func (d *document) resubmit(back []*submission) {
	d.core.trim()
	for _, s := range back {
		twins := s.twins
		s.twins = nil
		d.submit(s)
		for _, t := range twins {
			d.submit(t)
		}
	}
	d.resumeLater()
	d.releaseAhead()
}

// releaseAhead handles what waited for the look at the log that has ended, and begins another if one is asked for.
func (d *document) releaseAhead() {
	looked := d.looking
	d.looking = nil
	for _, m := range looked {
		m.handle(d)
	}
	d.lookNow()
}

func decodeOps(ops []storage.Op) ([]entry, error) {
	entries := make([]entry, len(ops))
	for i, op := range ops {
		body, err := wire.DecodeBody(op.Body, stored)
		if err != nil {
			return nil, errors.Join(ErrDamaged, err)
		}
		entries[i] = entry{op.Client, op.Seq, op.Author, body, op.Size()}
	}
	return entries, nil
}
