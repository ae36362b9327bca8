package collab

import (
	"context"
	"slices"
	"sync"

	"quire/storage"
)

// batch is what a document wants to commit next. The document's goroutine adds to it until the committer closes it: so ops
// that arrive while their document waits for its turn still ride the same commit.
type batch struct {
	mu      sync.Mutex
	base    storage.Revision
	rewinds int64 // how often the log had gone back when base was read (N12)
	ops     []storage.Op
	tied    []bool // ops[i] must be in the same commit as ops[i-1]: it is the server's newline (E6)
	bytes   int
	state   batchState
	result  commitResult // of the append under way
	spared  []storage.Op // memory of a batch that was stored
}

type batchState uint8

const (
	batchIdle   batchState = iota
	batchQueued            // stands in the committer's list
	batchTaken             // an append is under way
	batchHeld              // until the log was looked at (L2)
)

func (b *batch) add(op storage.Op, tied bool) {
	b.mu.Lock()
	b.ops = append(b.ops, op)
	b.tied = append(b.tied, tied)
	b.bytes += op.Size()
	b.mu.Unlock()
}

// reset empties the batch at another base, read when the log had gone back so often, and lets it be taken again. No append may
// be under way.
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

// withdraw takes back what was not taken and says how many ops that were; held if the batch is held.
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

// queue reports whether the document should be put into the committer's list, and notes that it is there.
func (b *batch) queue() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state != batchIdle || len(b.ops) == 0 {
		return false
	}
	b.state = batchQueued
	return true
}

// take closes the batch: its first ops within the limits, at least one, and never between two that are tied.
func (b *batch) take(doc storage.DocumentID, maxOps, maxBytes int) (storage.Batch, int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state != batchQueued {
		return storage.Batch{}, 0 // it is held now
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

// appended ends an append: stored ops move the base. taken is the slice that take returned, whose memory is used again.
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

// committer appends the ready ops of many documents in one commit after another (L4). It has a goroutine only while there
// is something to commit.
type committer struct {
	node *Node
	turn func() // run

	mu      sync.Mutex
	ready   []*document
	running bool

	// Of run alone, kept from one to the next:
	all, docs []*document
	batches   []storage.Batch
}

// add puts a document into the list.
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

// list takes all documents that are ready, or ends the run.
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

// close closes the batches of the first documents, as many as fit one commit, and returns the documents left.
func (c *committer) close(docs []*document, batches []storage.Batch, from []*document) ([]*document, []storage.Batch, []*document) {
	ops, bytes := c.node.limits.CommitOps, c.node.limits.CommitBytes
	for i, d := range from {
		if ops <= 0 || bytes <= 0 {
			return docs, batches, from[i:]
		}
		taken, size := d.batch.take(d.id, ops, bytes)
		if len(taken.Ops) == 0 {
			continue // what waited was withdrawn meanwhile
		}
		docs = append(docs, d)
		batches = append(batches, taken)
		ops, bytes = ops-len(taken.Ops), bytes-size
	}
	return docs, batches, nil
}

// commit appends and tells every document the result. The store gets longer than a session waits: what it says in the end
// is worth more than a guess.
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
