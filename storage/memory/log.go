package memory

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"

	"quire/storage"
)

// Append commits the batches one after the other.
func (s *Store) Append(ctx context.Context, batches []storage.Batch) []error {
	outcomes := storage.CheckBatches(batches)
	unlock, err := s.begin(ctx)
	if err != nil {
		for i := range outcomes {
			outcomes[i] = err
		}
		return outcomes
	}
	defer unlock()
	storage.CheckRewinds(outcomes, batches, s.rewinds)
	stored := int64(0)
	for i, b := range batches {
		if outcomes[i] == nil {
			outcomes[i] = s.append(b)
		}
		if outcomes[i] == nil {
			stored += int64(len(b.Ops))
		}
	}
	if stored > 0 {
		s.stats.Commits++
		s.stats.Ops += stored
	}
	return outcomes
}

func (s *Store) append(b storage.Batch) error {
	d, err := s.live(b.Document)
	if err != nil {
		return err
	}
	if d.head.Revision != b.Base {
		s.stats.Conflicts++
		return fmt.Errorf("memory: append doc=%s base=%d head=%d: %w", b.Document, b.Base, d.head.Revision, storage.ErrConflict)
	}
	d.ops = append(d.ops, cloneOps(b.Ops)...)
	d.head = d.head.Grow(b.Ops)
	return nil
}

// Head returns the end of a document's log.
func (s *Store) Head(ctx context.Context, doc storage.DocumentID) (storage.Head, error) {
	return get(ctx, s, "head", func() (storage.Head, error) {
		d, err := s.live(doc)
		if err != nil {
			return storage.Head{}, err
		}
		return d.head, nil
	})
}

// Load reads a document at one instant.
func (s *Store) Load(ctx context.Context, doc storage.DocumentID, at storage.Revision, limitBytes int) (storage.Loaded, error) {
	return get(ctx, s, "load", func() (storage.Loaded, error) {
		d, err := s.live(doc)
		if err != nil {
			return storage.Loaded{}, err
		}
		if at, err = storage.Reach(d.head.Revision, at); err != nil {
			return storage.Loaded{}, err
		}
		loaded := storage.Loaded{Document: d.info, Head: d.head}
		for _, snap := range slices.Backward(d.snapshots) {
			if snap.Revision > at {
				continue
			}
			if snap.sum != storage.SnapshotSum(doc, snap.Revision, snap.Body) {
				loaded.Damaged = append(loaded.Damaged, snap.Revision)
				continue
			}
			loaded.Snapshot = storage.Snapshot{Revision: snap.Revision, Body: slices.Clone(snap.Body), Preview: snap.Preview}
			break
		}
		loaded.Ops = cloneOps(storage.Cut(d.ops[loaded.Snapshot.Revision:at], limitBytes))
		return loaded, nil
	})
}

// Read returns a page of the log.
func (s *Store) Read(ctx context.Context, doc storage.DocumentID, from, to storage.Revision, limitBytes int) ([]storage.Op, error) {
	return get(ctx, s, "read", func() ([]storage.Op, error) {
		d, err := s.live(doc)
		if err != nil {
			return nil, err
		}
		if from, to, err = storage.Span(d.head.Revision, from, to); err != nil {
			return nil, err
		}
		return cloneOps(storage.Cut(d.ops[from:to], limitBytes)), nil
	})
}

// Find looks for the op of (client, seq) from a revision on.
func (s *Store) Find(ctx context.Context, doc storage.DocumentID, from storage.Revision, client string, seq int64) (storage.Revision, storage.Op, error) {
	return two(ctx, s, "find", func() (storage.Revision, storage.Op, error) {
		d, err := s.live(doc)
		if err != nil {
			return 0, storage.Op{}, err
		}
		from, to, err := storage.Span(d.head.Revision, from, storage.Newest)
		if err != nil {
			return 0, storage.Op{}, err
		}
		for at := from; at < to; at++ {
			if op := d.ops[at]; op.Client == client && op.Seq == seq {
				return at, cloneOp(op), nil
			}
		}
		return 0, storage.Op{}, storage.ErrNotFound
	})
}

// SaveSnapshot stores sn and deletes some of the older ones (storage.ThinSnapshots).
func (s *Store) SaveSnapshot(ctx context.Context, doc storage.DocumentID, sn storage.Snapshot) error {
	return s.do(ctx, "save snapshot", func() error {
		d, err := s.live(doc)
		if err != nil {
			return err
		}
		if err := storage.CheckSnapshot(d.head.Revision, sn, s.rewinds); err != nil {
			return err
		}
		sn.Rewinds = 0
		sn.Body, sn.Preview = slices.Clone(sn.Body), storage.Text(sn.Preview)
		kept := snapshot{Snapshot: sn, sum: storage.SnapshotSum(doc, sn.Revision, sn.Body)}
		at, found := slices.BinarySearchFunc(d.snapshots, sn.Revision, bySnapshot)
		if found {
			d.snapshots[at] = kept
		} else {
			d.snapshots = slices.Insert(d.snapshots, at, kept)
		}
		if at == len(d.snapshots)-1 {
			d.info.Preview = sn.Preview
		}
		drop := storage.ThinSnapshots(d.revisions())
		d.snapshots = slices.DeleteFunc(d.snapshots, func(s snapshot) bool { return slices.Contains(drop, s.Revision) })
		return nil
	})
}

func bySnapshot(s snapshot, r storage.Revision) int { return int(s.Revision - r) }

func (d *document) revisions() []storage.Revision {
	revisions := make([]storage.Revision, 0, len(d.snapshots))
	for _, s := range d.snapshots {
		revisions = append(revisions, s.Revision)
	}
	return revisions
}

// Snapshots lists the revisions that have a snapshot.
func (s *Store) Snapshots(ctx context.Context, doc storage.DocumentID) ([]storage.Revision, error) {
	return get(ctx, s, "snapshots", func() ([]storage.Revision, error) {
		d, err := s.live(doc)
		if err != nil {
			return nil, err
		}
		return d.revisions(), nil
	})
}

// DamageSnapshot flips a bit of a stored snapshot, for tests that damage is noticed.
func (s *Store) DamageSnapshot(doc storage.DocumentID, revision storage.Revision) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.documents[doc]
	if !ok {
		return false
	}
	at, found := slices.BinarySearchFunc(d.snapshots, revision, bySnapshot)
	if found && len(d.snapshots[at].Body) > 0 {
		d.snapshots[at].Body[0] ^= 1
		return true
	}
	return false
}

// Barrier does nothing: no commit waits for anything.
func (s *Store) Barrier(ctx context.Context) error { return ctx.Err() }

// Epoch returns the name of this history of the log.
func (s *Store) Epoch(ctx context.Context) (string, error) {
	return get(ctx, s, "epoch", func() (string, error) { return s.epoch, nil })
}

// RenewEpoch starts a new epoch of the log.
func (s *Store) RenewEpoch(ctx context.Context) (string, error) {
	return get(ctx, s, "renew epoch", func() (string, error) {
		s.epoch = rand.Text()
		return s.epoch, nil
	})
}

func cloneOps(ops []storage.Op) []storage.Op {
	cloned := make([]storage.Op, len(ops))
	for i, op := range ops {
		cloned[i] = cloneOp(op)
	}
	return cloned
}

func cloneOp(op storage.Op) storage.Op {
	op.Body, op.At = append([]byte{}, op.Body...), milli(op.At)
	return op
}
