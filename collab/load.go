package collab

import (
	"context"
	"errors"
	"fmt"

	"quire/collab/delta"
	"quire/collab/order"
	"quire/collab/wire"
	"quire/storage"
)

// replayed is a document that was read from the store.
type replayed struct {
	storage.Loaded
	at      storage.Revision
	tree    *delta.Document // nil: no content
	tail    []order.Entry   // the last ops before at
	damaged bool            // a damaged snapshot was skipped
}

// replay reads a document's content at a revision: the nearest sound snapshot and the ops after it (P9, L6), all of one history (N12).
func replay(ctx context.Context, n *Node, doc storage.DocumentID, at storage.Revision) (replayed, error) {
	before := n.store.Rewinds()
	r, err := replayOnce(ctx, n, doc, at)
	if n.store.Rewinds() != before { // r may be of both histories
		err = storage.ErrRewound
	}
	return r, err
}

func replayOnce(ctx context.Context, n *Node, doc storage.DocumentID, at storage.Revision) (replayed, error) {
	loaded, err := n.store.Load(ctx, doc, at, n.limits.PageBytes)
	if err != nil {
		return replayed{}, err
	}
	r := replayed{Loaded: loaded, at: loaded.Snapshot.Revision, damaged: len(loaded.Damaged) > 0}
	for _, revision := range loaded.Damaged {
		n.log.Error("snapshot damaged", "doc", doc, "revision", revision)
	}
	if at == storage.Newest {
		at = loaded.Head.Revision
	}
	if r.tree, err = decodeSnapshot(loaded.Snapshot); err != nil {
		n.log.Error("snapshot undecodable", "doc", doc, "revision", r.at, "err", err)
		return r.fromOlder(ctx, n, doc, at)
	}
	return r, r.goOn(ctx, n, doc, at, loaded.Ops)
}

// fromOlder replays from an older snapshot, because this one cannot be decoded although its checksum is right.
func (r replayed) fromOlder(ctx context.Context, n *Node, doc storage.DocumentID, at storage.Revision) (replayed, error) {
	if r.at == 0 {
		return r, fmt.Errorf("%w: no snapshot and no log", ErrDamaged)
	}
	older, err := replay(ctx, n, doc, r.at-1)
	if err != nil {
		return r, err
	}
	older.Loaded.Head, older.Loaded.Document, older.damaged = r.Loaded.Head, r.Loaded.Document, true
	return older, older.goOn(ctx, n, doc, at, nil)
}

// goOn applies ops, and then more ops from the log, up to revision at.
func (r *replayed) goOn(ctx context.Context, n *Node, doc storage.DocumentID, at storage.Revision, ops []storage.Op) error {
	for r.at < at {
		if err := ctx.Err(); err != nil { // nobody waits for it any more
			return err
		}
		if len(ops) == 0 {
			var err error
			if ops, err = n.store.Read(ctx, doc, r.at, at, n.limits.PageBytes); err != nil {
				return err
			}
			if len(ops) == 0 {
				return fmt.Errorf("%w: the log ends at %d before %d", ErrDamaged, r.at, at)
			}
		}
		entries, err := order.Decode(ops)
		if err != nil {
			return err
		}
		for i := range entries {
			if r.tree, err = entries[i].Apply(r.tree); err != nil {
				return fmt.Errorf("%w: revision %d: %w", ErrDamaged, r.at, err)
			}
			r.at++
		}
		r.tail = append(r.tail, entries...)
		if over := len(r.tail) - n.limits.RecentOps; over > 0 {
			r.tail = append(r.tail[:0:0], r.tail[over:]...)
		}
		ops = nil
	}
	return nil
}

// startLoading reads the document in a task. It retries as long as somebody refers to the document.
func (d *document) startLoading() {
	d.jobs.run(func() message {
		pause := firstPause
		for {
			l := loadDocument(d.node, &d.hub.timelines, d.id)
			if l.final() {
				return l
			}
			d.node.log.Warn("load failed", "doc", d.id, "err", l.err)
			if !d.hub.registry.wanted(d) || Sleep(d.node.ctx, d.node.rt, pause) != nil {
				return call(func(d *document) {
					d.life.stopped = true
					d.waits.dropRow() // the next loading reads the row
				})
			}
			pause = nextPause(pause)
		}
	})
}

// loaded is the result of reading a document.
type loaded struct {
	replayed
	rewinds, timeline int64
	err               error
}

func loadDocument(n *Node, t *timelines, doc storage.DocumentID) *loaded {
	ctx, cancel := n.timeout(n.ctx)
	defer cancel()
	l := &loaded{}
	if l.rewinds, l.timeline, l.err = t.caughtUp(ctx); l.err == nil {
		l.replayed, l.err = replay(ctx, n, doc, storage.Newest)
	}
	return l
}

// final reports whether reading again would not help.
func (l *loaded) final() bool { return l.err == nil || isAbsent(l.err) || errors.Is(l.err, ErrDamaged) }

// handle starts serving the document, and handles what waited for that.
func (l *loaded) handle(d *document) {
	d.log.loaded(l.rewinds, l.timeline)
	switch {
	case l.err == nil:
		l.begin(d)
	case errors.Is(l.err, storage.ErrNotFound):
		d.life.state = docAbsent
	case errors.Is(l.err, storage.ErrDeleted):
		d.life.state = docDeleted
	default:
		d.node.log.Error("document damaged", "doc", d.id, "err", l.err)
		d.life.state = docDamaged
	}
	d.hub.registry.found(d, isAbsent(l.err))
	for _, m := range d.waits.take(forLoading) {
		if isAbsent(l.err) && d.overAbsent(m) {
			continue
		}
		m.handle(d)
	}
}

// overAbsent closes the session of a request whose person has too many documents open that there are not, and reports whether it did.
func (d *document) overAbsent(m message) bool {
	a, ok := m.(asker)
	if !ok || a.whose().handle == nil {
		return false
	}
	reader := a.whose().handle.reader
	if d.hub.registry.absent.Of(string(reader.Identity().User)).Full() {
		if s, ok := m.(*submission); ok {
			s.undecided()
		} else {
			reader.Done()
		}
		reader.Close(wire.CloseOverloaded, "you have too many documents open that do not exist")
		return true
	}
	return false
}

func (l *loaded) begin(d *document) {
	d.life.state, d.life.info = docLive, l.Document
	d.order.Load(l.at, l.tree, l.Head.Bytes, l.tail)
	d.batch.reset(l.at, d.log.rewinds)
	d.stream.feed.reset(l.at)
	d.status.changed(d.node.rt.Now())
	d.snapshots = snapshots{at: l.Snapshot.Revision, logBytes: l.Head.Bytes, size: int64(len(l.Snapshot.Body))}
	for _, e := range l.tail {
		d.snapshots.logBytes -= int64(e.Size)
	}
	d.weigh()
	if d.quota.left != nil { // asked in the next sweep, so that opening does not wait for it
		d.status.quotaDue.Store(d.node.rt.Now().UnixNano())
	}
	if l.damaged {
		d.save()
	}
	d.saveIfDue()
	d.subscribers.flush(d.node) // those who subscribed before it existed
	d.readTailIfAsked()
}
