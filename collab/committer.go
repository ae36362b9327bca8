package collab

import (
	"context"
	"slices"
	"sync"

	"quire/storage"
)

// batch holds the ops that a document appends next. The document adds to it until the committer takes it, so ops that arrive while
// the document is in the committer's list still get into the same commit.
type batch struct {
	mu      sync.Mutex
	base    storage.Revision
	rewinds int64 // how often the log had gone back when base was read (N12)
	ops     []storage.Op
	tied    []bool // ops[i] is the server's newline (E6): it must be in the same commit as ops[i-1]
	bytes   int
	state   batchState
	result  commitResult // of the append under way
	spared  []storage.Op // memory of a stored batch, to be reused
}

type batchState uint8

const (
	batchIdle   batchState = iota
	batchQueued            // stands in the committer's list
	batchTaken             // an append is under way
	batchHeld              // until the tail was read (L2)
)

func (b *batch) add(op storage.Op, tied bool) {
	b.mu.Lock()
	b.ops = append(b.ops, op)
	b.tied = append(b.tied, tied)
	b.bytes += op.Size()
	b.mu.Unlock()
}

// reset empties the batch, sets its base, and allows it to be taken again. rewinds is how often the log had gone back when base was
// read. No append may be under way.
func (b *batch) reset(base storage.Revision, rewinds int64) {
	b.mu.Lock()
	b.base, b.rewinds, b.state = base, rewinds, batchIdle
	b.empty()
	b.mu.Unlock()
}

// hold empties the batch and keeps it from being taken until reset. It reports false, and does nothing, while an append is
// under way.
func (b *batch) hold() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state == batchTaken {
		return false
	}
	b.state = batchHeld
	b.empty()
	return true
}

// withdraw removes the ops that were not taken and returns their number, and whether the batch is held.
func (b *batch) withdraw() (n int, held bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n = len(b.ops)
	b.empty()
	return n, b.state == batchHeld
}

func (b *batch) empty() {
	clear(b.ops)
	b.ops, b.tied, b.bytes = b.ops[:0], b.tied[:0], 0
}

// queue reports whether the document must be added to the committer's list, and marks it as added.
func (b *batch) queue() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state != batchIdle || len(b.ops) == 0 {
		return false
	}
	b.state = batchQueued
	return true
}

// take starts an append of the first ops: as many as the limits allow, but at least one, and tied ops together.
func (b *batch) take(doc storage.DocumentID, maxOps, maxBytes int) (storage.Batch, int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state != batchQueued {
		return storage.Batch{}, 0 // held meanwhile
	}
	if len(b.ops) == 0 {
		b.state = batchIdle
		return storage.Batch{}, 0
	}
	n, bytes := 0, 0
	for n < len(b.ops) {
		size := b.ops[n].Size()
		if n > 0 && !b.tied[n] && (n >= maxOps || bytes+size > maxBytes) {
			break
		}
		bytes += size
		n++
	}
	taken := b.ops[:n:n]
	b.ops = append(b.spared[:0], b.ops[n:]...) // never the memory of what was taken
	b.spared = nil
	b.tied = append(b.tied[:0], b.tied[n:]...)
	b.bytes -= bytes
	b.state = batchTaken
	return storage.Batch{Document: doc, Base: b.base, Ops: taken, Rewinds: b.rewinds}, bytes
}

// appended ends an append. If the ops were stored, the base moves past them. taken is the slice that take returned; its memory is
// reused.
func (b *batch) appended(taken []storage.Op, stored bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state = batchIdle
	if stored {
		b.base += storage.Revision(len(taken))
		clear(taken)
		b.spared = taken
	}
}

// committer appends the batches of many documents, one commit after another (L4). It has a goroutine only while there is something
// to commit.
type committer struct {
	node *Node
	turn func() // run

	mu      sync.Mutex
	ready   []*document
	running bool

	// Used by run alone; the memory is reused:
	all, docs []*document
	batches   []storage.Batch
}

// add puts a document into the list, and starts the goroutine if there is none.
func (c *committer) add(d *document) {
	c.mu.Lock()
	c.ready = append(c.ready, d)
	start := !c.running
	c.running = true
	c.mu.Unlock()
	if start {
		c.node.start(c.turn)
	}
}

func (c *committer) run() {
	for {
		all := c.list(c.all[:0])
		if len(all) == 0 {
			return
		}
		slices.SortFunc(all, byID)
		for rest := all; len(rest) > 0; {
			c.docs, c.batches, rest = c.close(c.docs[:0], c.batches[:0], rest)
			c.commit(c.docs, c.batches)
			clear(c.docs)
			clear(c.batches)
		}
		clear(all)
		c.all = all
	}
}

// list appends all ready documents to docs. If there are none the run ends.
func (c *committer) list(docs []*document) []*document {
	c.mu.Lock()
	defer c.mu.Unlock()
	docs = append(docs, c.ready...)
	clear(c.ready)
	c.ready = c.ready[:0]
	if len(docs) == 0 {
		c.running = false
	}
	return docs
}

// close takes the batches of the first documents, as many as fit into one commit, and returns the documents that are left.
func (c *committer) close(docs []*document, batches []storage.Batch, from []*document) ([]*document, []storage.Batch, []*document) {
	ops, bytes := c.node.limits.CommitOps, c.node.limits.CommitBytes
	for i, d := range from {
		if ops <= 0 || bytes <= 0 {
			return docs, batches, from[i:]
		}
		taken, size := d.batch.take(d.id, ops, bytes)
		if len(taken.Ops) == 0 {
			continue // its ops were withdrawn meanwhile
		}
		docs = append(docs, d)
		batches = append(batches, taken)
		ops, bytes = ops-len(taken.Ops), bytes-size
	}
	return docs, batches, nil
}

// commit appends the batches and posts the result to each document. It waits for the store longer than a session does: a late result
// is worth more than an unknown one.
func (c *committer) commit(docs []*document, batches []storage.Batch) {
	if len(batches) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(c.node.ctx, 3*c.node.limits.StoreWait)
	errs := c.node.store.Append(ctx, batches)
	cancel()
	for i, d := range docs {
		d.batch.result = commitResult{batches[i].Ops, errs[i]}
		d.post(&d.batch.result)
	}
}
