package collab

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"quire/storage"
)

// batch holds the ops that a document appends next. The document adds to it until the committer takes it, so ops that arrive while
// the document is in the committer's list still get into the same commit.
type batch struct {
	doc  storage.DocumentID
	post func(message) // to the document

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

// commitResult is what the store said to a document's part of a commit.
type commitResult struct {
	taken []storage.Op
	err   error
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
func (b *batch) take(maxOps, maxBytes int) (storage.Batch, int) {
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
	return storage.Batch{Document: b.doc, Base: b.base, Ops: taken, Rewinds: b.rewinds}, bytes
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
	ready   []*batch
	running bool

	// Used by run alone; the memory is reused:
	all, taken []*batch
	appends    []storage.Batch // of taken
}

// add puts a document's batch into the list, and starts the goroutine if there is none.
func (c *committer) add(b *batch) {
	c.mu.Lock()
	c.ready = append(c.ready, b)
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
		slices.SortFunc(all, func(a, b *batch) int { return cmp.Compare(a.doc, b.doc) })
		for rest := all; len(rest) > 0; {
			rest = c.take(rest)
			c.commit()
			clear(c.taken)
			clear(c.appends)
		}
		clear(all)
		c.all = all
	}
}

// list appends all ready batches to all. If there are none the run ends.
func (c *committer) list(all []*batch) []*batch {
	c.mu.Lock()
	defer c.mu.Unlock()
	all = append(all, c.ready...)
	clear(c.ready)
	c.ready = c.ready[:0]
	if len(all) == 0 {
		c.running = false
	}
	return all
}

// take takes from the first batches as much as fits into one commit, and returns the batches that are left.
func (c *committer) take(from []*batch) (rest []*batch) {
	c.taken, c.appends = c.taken[:0], c.appends[:0]
	ops, bytes := c.node.limits.CommitOps, c.node.limits.CommitBytes
	for i, b := range from {
		if ops <= 0 || bytes <= 0 {
			return from[i:]
		}
		taken, size := b.take(ops, bytes)
		if len(taken.Ops) == 0 {
			continue // its ops were withdrawn meanwhile
		}
		c.taken = append(c.taken, b)
		c.appends = append(c.appends, taken)
		ops, bytes = ops-len(taken.Ops), bytes-size
	}
	return nil
}

// commit appends what was taken and posts the result to each document. It waits for the store longer than a session does: a late
// result is worth more than an unknown one.
func (c *committer) commit() {
	if len(c.taken) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(c.node.ctx, 3*c.node.limits.StoreWait)
	errs := c.node.store.Append(ctx, c.appends)
	cancel()
	for i, b := range c.taken {
		b.result = commitResult{c.appends[i].Ops, errs[i]}
		b.post(&b.result)
	}
}
