package collab

import (
	"fmt"
	"slices"
	"time"

	"quire/collab/delta"
	"quire/collab/history"
	"quire/collab/wire"
	"quire/storage"
)

// core is a document's state and the rules that change it: no goroutine, no clock, no store, no lock. document feeds it and
// acts on what it answers.
//
// Committed state (tree, head, recent) is separate from what is accepted but not committed (pending): of the latter only
// the length and whether there is content are kept, because that is all that judging the next op takes.
type core struct {
	limits   *Limits
	newlines bool // E6 holds: content ends in "\n"

	head     storage.Revision
	tree     *delta.Document // nil: there is no content (never created, or deleted)
	logBytes int64
	recent   recent

	pending      []*submission // in their order; each stands for one revision after head
	pendingBytes int
	tip          tip // after all that is pending

	mover mover
	// full: the owner's space is used up (room.go).
	full bool
	// ragged: the content does not end in "\n" although it should (it was written under FORMATS=any).
	ragged bool
}

// tip is what is known of the state after the pending ops.
type tip struct {
	exists bool
	length int // UTF-16 code units
}

// submission is one op on its way into the log.
type submission struct {
	origin  origin // who waits; nil for the server's own
	raw     string // the request, for an error's echo
	client  string
	seq     int64
	author  storage.UserID
	base    storage.Revision // as sent; Newest for "none"
	foreign bool             // client does not verify for author: only a twin in the log is acknowledged (W1)
	sent    wire.Body        // as sent
	bad     *wire.Error      // what the table of formats says against it (E3); nil: nothing
	owner   bool             // its sender may create over a deleted document
	settled bool             // its sender was answered
	looked  bool             // the log was looked at for its base, which was beyond the head

	past     int64       // of the hub, when its sender learned of base (N12)
	admitted uint64      // the change of access (Hub.changes) up to which its sender's role is known
	judged   uint64      // the change of the newest review that was answered
	doubts   int         // reviews that were not: it is held back meanwhile
	barred   *wire.Error // why its sender may not any more; nil: they may

	arrived time.Time

	// form is the op as it must be to run at revision at: transformed over the committed ops from base to at, one by one.
	begun bool
	form  wire.Body
	at    storage.Revision
	// placed is the op as it stands in the log, after the pending ops before it; body is the same as stored.
	placed wire.Body
	body   []byte
	tied   bool          // the server's newline for the op before it (E6)
	rounds int           // how often a helper had it (far.go)
	given  bool          // its sender was told undecided, and it is dropped if the log does not hold it
	twins  []*submission // the same op, sent again while this one was pending
}

// origin is whoever sent an op: a session's view of the document, or a REST request.
type origin interface {
	// acked says where the op took its place: it took the document from revision at to the next.
	acked(d *document, s *submission, at storage.Revision, body wire.Body)
	refused(s *submission, err *wire.Error)
	// undecided says that the op may or may not be stored: whoever sent it must ask again.
	undecided(s *submission)
	// identity is the sender's.
	identity() Identity
}

type ruling uint8

const (
	rulingAccepted  ruling = iota // it is pending
	rulingDuplicate               // its twin is in the log at at
	rulingAttached                // its twin is pending, and answers for it too
	rulingRefused
	rulingFar   // the ops it must be transformed over are not all here, or too many: see far.go
	rulingFind  // a creation without a version: its twin may be anywhere in the log
	rulingLater // too much work over what is pending: submit it again after the next commit
	rulingFull  // more is pending than may be
)

type verdict struct {
	ruling ruling
	at     storage.Revision
	twin   wire.Body
	err    *wire.Error
}

func refuse(code wire.Code, format string, args ...any) verdict {
	return verdict{ruling: rulingRefused, err: wire.Errorf(code, format, args...)}
}

// load sets the committed state.
func (c *core) load(head storage.Revision, tree *delta.Document, logBytes int64) {
	c.head, c.tree, c.logBytes = head, tree, logBytes
	c.pending, c.pendingBytes = nil, 0
	c.tip = c.committedTip()
	c.ragged = c.newlines && tree != nil && !tree.EndsWithNewline()
}

func (c *core) committedTip() tip {
	if c.tree == nil {
		return tip{}
	}
	return tip{true, c.tree.Len()}
}

func (t tip) after(b wire.Body) tip {
	switch b.Kind {
	case wire.Create:
		return tip{true, b.Delta.Len()}
	case wire.Del:
		return tip{}
	}
	return tip{t.exists, t.length + b.Delta.Growth()}
}

// apply makes one more op of the log the committed state.
func (c *core) apply(e entry) error {
	tree, err := history.Apply(c.tree, change(e.body))
	if err != nil {
		return fmt.Errorf("%w: revision %d: %w", ErrDamaged, c.head, err)
	}
	c.tree = tree
	c.head++
	c.recent.push(e)
	return nil
}

// commit says that the first n pending ops are in the log now, and gives them.
func (c *core) commit(n int) ([]*submission, error) {
	done := c.pending[:n:n]
	c.pending = c.pending[n:]
	for _, s := range done {
		if err := c.apply(entry{s.client, s.seq, s.author, s.placed, s.size()}); err != nil {
			return done, err
		}
		c.pendingBytes -= s.size()
		c.logBytes += int64(s.size())
	}
	if c.ragged && c.tree != nil {
		c.ragged = !c.tree.EndsWithNewline()
	}
	c.trim()
	return done, nil
}

func (c *core) trim() {
	keep := c.head
	for _, s := range c.pending {
		keep = min(keep, s.at)
	}
	c.recent.trim(c.limits.RecentOps, c.limits.RecentBytes, keep)
}

// absorb makes ops found in the log the committed state: another node's, or ours of which the outcome was unknown. It gives
// the pending submissions that were among them, by place; the others stay pending but must be submitted again (resubmit).
func (c *core) absorb(ops []entry) (found map[storage.Revision]*submission, err error) {
	found = map[storage.Revision]*submission{}
	for _, e := range ops {
		for i, s := range c.pending {
			if s.origin != nil && s.client == e.client && s.seq == e.seq && s.author == e.author {
				found[c.head] = s
				c.pendingBytes -= s.size()
				c.pending = append(c.pending[:i:i], c.pending[i+1:]...)
				break
			}
		}
		if err := c.apply(e); err != nil {
			return found, err
		}
		c.logBytes += int64(e.size)
	}
	return found, nil
}

// holdsPending reports whether a pending submission is among ops.
func (c *core) holdsPending(ops []storage.Op) bool {
	for _, s := range c.pending {
		if s.origin != nil && slices.ContainsFunc(ops, s.is) {
			return true
		}
	}
	return false
}

// is reports whether op is s.
func (s *submission) is(op storage.Op) bool {
	return s.client == op.Client && s.seq == op.Seq && s.author == op.Author
}

// withdraw takes back the last n pending ops, and gives them without the server's own.
func (c *core) withdraw(n int) []*submission {
	keep := len(c.pending) - n
	var back []*submission
	for _, s := range c.pending[keep:] {
		c.pendingBytes -= s.size()
		if s.given { // but not who sent it again since
			back = append(back, s.twins...)
		} else if s.origin != nil {
			back = append(back, s)
		}
	}
	c.pending = c.pending[:keep:keep]
	c.tip = c.committedTip()
	for _, s := range c.pending {
		c.tip = c.tip.after(s.placed)
	}
	return back
}

func (s *submission) size() int { return s.op().Size() }

// op is s as the log stores it.
func (s *submission) op() storage.Op {
	return storage.Op{Client: s.client, Seq: s.seq, Author: s.author, At: s.arrived, Body: s.body}
}
