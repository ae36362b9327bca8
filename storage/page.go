package storage

import (
	"context"
	"fmt"
)

// Page collects ops from rows of the log, for backends that store rows (AppendRow). Add the rows in order, starting with the one
// that holds revision from, until Add returns false.
type Page struct {
	doc   DocumentID
	next  Revision // of the next op to collect
	to    Revision
	limit int // bytes of Size; ≤ 0: none
	size  int
	ops   []Op
}

// NewPage returns an empty page for the ops from revision from to revision to, at most limitBytes of Size.
func NewPage(doc DocumentID, from, to Revision, limitBytes int) *Page {
	return &Page{doc: doc, next: from, to: to, limit: limitBytes}
}

// Add adds a row and reports whether the page needs more rows. ErrDamaged if the row cannot be decoded or leaves a hole.
func (p *Page) Add(first Revision, count int, row []byte) (more bool, err error) {
	if !p.More() {
		return false, nil
	}
	if first > p.next || first+Revision(count) <= p.next {
		return false, fmt.Errorf("log doc=%s: %w: revision %d is missing, the row found is %d+%d", p.doc, ErrDamaged, p.next, first, count)
	}
	ops, err := DecodeRow(p.doc, first, count, row)
	if err != nil {
		return false, err
	}
	for _, op := range ops[p.next-first:] {
		if !p.More() {
			break
		}
		p.ops, p.size, p.next = append(p.ops, op), p.size+op.Size(), p.next+1
	}
	return p.More(), nil
}

// More reports whether the page is neither complete nor full.
func (p *Page) More() bool { return p.next < p.to && (p.limit <= 0 || p.size <= p.limit) }

// Next returns the revision of the next op that the page needs.
func (p *Page) Next() Revision { return p.next }

// Ops returns the page's ops after the last row was added; ErrDamaged if rows are missing.
func (p *Page) Ops() ([]Op, error) {
	if p.More() {
		return nil, fmt.Errorf("log doc=%s: %w: it ends at revision %d before its head %d", p.doc, ErrDamaged, p.next, p.to)
	}
	return Cut(p.ops, p.limit), nil
}

// searchBytes is how many bytes of the log Search holds at a time.
const searchBytes = 1 << 20

// Search implements Find for a backend that reads pages: it searches the ops from revision from to the head.
func Search(ctx context.Context, log interface {
	Read(ctx context.Context, doc DocumentID, from, to Revision, limitBytes int) ([]Op, error)
}, doc DocumentID, from Revision, client string, seq int64) (Revision, Op, error) {
	for {
		ops, err := log.Read(ctx, doc, from, Newest, searchBytes)
		if err != nil {
			return 0, Op{}, err
		}
		for i, op := range ops {
			if op.Client == client && op.Seq == seq {
				return from + Revision(i), op, nil
			}
		}
		if len(ops) == 0 {
			return 0, Op{}, fmt.Errorf("find doc=%s seq=%d: %w", doc, seq, ErrNotFound)
		}
		from += Revision(len(ops))
	}
}
