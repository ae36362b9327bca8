package collab

import (
	"context"
	"time"

	"quire/storage"
)

// saving is what a document knows of its snapshots in the store (L6).
type saving struct {
	at       storage.Revision // of the newest
	logBytes int64            // of the log up to there
	size     int64            // of its body
	under    bool
	notUntil time.Time // after a failure, and so that a large document is not written all the time
}

const (
	previewLength  = 200 // characters
	snapshotRest   = 10  // × the time the last one took until the next
	snapshotFailed = 5 * time.Second
)

// saveIfDue begins a snapshot if there is much to replay since the last.
func (d *document) saveIfDue() {
	ops := d.order.Head() - d.saving.at
	bytes := d.order.LogBytes() - d.saving.logBytes
	if ops < storage.Revision(d.node.limits.SnapshotOps) && bytes < max(d.node.limits.SnapshotBytes, d.saving.size) {
		return
	}
	if d.saving.under || d.node.rt.Now().Before(d.saving.notUntil) {
		return
	}
	d.save()
}

// saveIfChanged begins a snapshot if there is anything since the last: the node is about to stop.
func (d *document) saveIfChanged() {
	if d.state == docLive && d.order.Head() > d.saving.at && !d.saving.under {
		d.save()
	}
}

// save serialises the committed content in a task and stores it.
func (d *document) save() {
	content, at, logBytes, rewinds := d.freeze(), d.order.Head(), d.order.LogBytes(), d.rewinds
	begun := d.node.rt.Now()
	d.saving.under = true
	d.heavy(func() message {
		s := storage.Snapshot{Revision: at, Body: encodeSnapshot(content), Rewinds: rewinds}
		if content != nil {
			s.Preview = content.Preview(previewLength)
		}
		ctx, cancel := context.WithTimeout(d.node.ctx, 6*d.node.limits.StoreWait)
		defer cancel()
		err := d.node.store.SaveSnapshot(ctx, d.id, s)
		return call(func(d *document) {
			now := d.node.rt.Now()
			d.saving.under = false
			if err != nil {
				d.saving.notUntil = now.Add(snapshotFailed)
				d.node.log.Warn("snapshot not saved", "doc", d.id, "revision", at, "err", err)
				return
			}
			d.saving.notUntil = now.Add(snapshotRest * now.Sub(begun))
			d.saving.at, d.saving.logBytes, d.saving.size = at, logBytes, int64(len(s.Body))
			d.weigh()
		})
	})
}

// quiet is what the sweep asks of a document that nobody changed for a while: a snapshot, and memory given back.
func (d *document) quiet() {
	if due := d.status.quotaDue.Load(); due > 0 && d.node.rt.Now().UnixNano() >= due {
		d.askRoom()
	}
	if !d.node.rt.Now().Before(d.saving.notUntil) {
		d.saveIfChanged()
	}
	if len(d.order.Pending()) == 0 {
		d.order.Shrink(quietOps, quietBytes)
		d.feed.shrink(quietBytes)
	}
	d.status.shrunk.Store(true)
	if !d.forget() { // once they are sent
		d.status.shrunk.Store(false)
	}
	if d.frozenAt != d.order.Head() {
		d.frozen = nil
	}
	d.weigh()
}

const (
	quietOps   = 16
	quietBytes = 1 << 10 // of the ops, and again of their frames
)
