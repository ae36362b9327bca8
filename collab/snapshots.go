package collab

import (
	"context"
	"time"

	"quire/collab/delta"
	"quire/collab/order"
	"quire/storage"
)

// snapshots is what a document knows of its snapshots in the store (L6).
type snapshots struct {
	at       storage.Revision // of the newest one
	logBytes int64            // of the log up to at
	size     int64            // of its body
	saving   bool
	notUntil time.Time // no other before: after a failure, and so that a large document is not written all the time
}

const (
	previewLength  = 200 // characters
	snapshotRest   = 10  // the pause between two, in times that the last one took
	snapshotFailed = 5 * time.Second
)

// behind reports whether the newest snapshot is not of the head.
func (s *snapshots) behind(head storage.Revision) bool { return head > s.at }

// resting reports whether the last snapshot, or failure, was too recent for another.
func (s *snapshots) resting(now time.Time) bool { return now.Before(s.notUntil) }

// due reports whether so much was committed since the newest that there should be another.
func (s *snapshots) due(head storage.Revision, logBytes int64, l *Limits) bool {
	return head-s.at >= storage.Revision(l.SnapshotOps) || logBytes-s.logBytes >= max(l.SnapshotBytes, s.size)
}

// saved notes the result of a save.
func (s *snapshots) saved(r *savedSnapshot, now time.Time) {
	s.saving = false
	if r.err != nil {
		s.notUntil = now.Add(snapshotFailed)
		return
	}
	s.notUntil = now.Add(snapshotRest * now.Sub(r.begun))
	s.at, s.logBytes, s.size = r.at, r.logBytes, r.size
}

// saveIfDue starts a snapshot if one is due.
func (d *document) saveIfDue() {
	if !d.snapshots.due(d.order.Head(), d.order.LogBytes(), &d.node.limits) {
		return
	}
	if d.snapshots.saving || d.snapshots.resting(d.node.rt.Now()) {
		return
	}
	d.save()
}

// saveIfChanged starts a snapshot if the newest is not of the head.
func (d *document) saveIfChanged() {
	if d.life.live() && d.snapshots.behind(d.order.Head()) && !d.snapshots.saving {
		d.save()
	}
}

// save encodes and stores the committed content in a task.
func (d *document) save() {
	r := &savedSnapshot{at: d.order.Head(), logBytes: d.order.LogBytes(), begun: d.node.rt.Now()}
	content, rewinds := d.frozen.of(&d.order), d.log.rewinds
	d.snapshots.saving = true
	d.jobs.heavy(func() message {
		r.save(d.node, d.id, content, rewinds)
		return r
	})
}

// savedSnapshot is a snapshot that is being stored, and then the result.
type savedSnapshot struct {
	at       storage.Revision
	logBytes int64
	begun    time.Time
	size     int64 // of its body
	err      error
}

func (r *savedSnapshot) save(n *Node, doc storage.DocumentID, content *delta.Frozen, rewinds int64) {
	s := storage.Snapshot{Revision: r.at, Body: encodeSnapshot(content), Rewinds: rewinds}
	if content != nil {
		s.Preview = content.Preview(previewLength)
	}
	ctx, cancel := context.WithTimeout(n.ctx, 6*n.limits.StoreWait)
	defer cancel()
	r.size, r.err = int64(len(s.Body)), n.store.SaveSnapshot(ctx, doc, s)
}

func (r *savedSnapshot) handle(d *document) {
	d.snapshots.saved(r, d.node.rt.Now())
	if r.err != nil {
		d.node.log.Warn("snapshot not saved", "doc", d.id, "revision", r.at, "err", r.err)
		return
	}
	d.weigh()
}

// decodeSnapshot decodes a snapshot's body: the content as an array of inserts, or nothing if there is no content.
func decodeSnapshot(s storage.Snapshot) (*delta.Document, error) {
	if len(s.Body) == 0 {
		return nil, nil
	}
	content, err := delta.Decode(s.Body, order.LogLimits)
	if err != nil {
		return nil, err
	}
	return delta.NewDocument(content)
}

func encodeSnapshot(content *delta.Frozen) []byte {
	if content == nil {
		return nil
	}
	return content.AppendJSON(make([]byte, 0, content.Len()+64))
}
