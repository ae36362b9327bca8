package delta

import "fmt"

// Document is a document's content while it is edited: a copy-on-write B+tree of runs. Only one goroutine may use it, but others
// may read what Freeze returned at the same time.
//
// Its content is what repeated Compose would return, in normal form: neighbours with equal attributes are one run. It differs in
// one point: an insert's attributes {} count as none. quill-delta keeps them until an edit happens to touch them.
type Document struct {
	root       *node
	generation uint64
	length     int
	styles     styles
}

// NewDocument returns a document that holds content, which must have only inserts; else the error wraps ErrNotDocument. It does
// not keep content.
func NewDocument(content Delta) (*Document, error) {
	for i := range content {
		if !content[i].inserts() {
			return nil, fmt.Errorf("component %d is a %s: %w", i, content[i].kind, ErrNotDocument)
		}
	}
	d := &Document{}
	d.load(content)
	return d, nil
}

// Len returns the length in UTF-16 code units, in O(1).
func (d *Document) Len() int { return d.length }

// Apply applies op completely, or changes nothing and returns an error that wraps ErrPastEnd. Each component costs O(log n), where
// n is the document's length.
func (d *Document) Apply(op Delta) error {
	if err := Fits(op, d.length); err != nil {
		return err
	}
	at := 0
	for i := range op {
		c := &op[i]
		switch c.kind {
		case KindRetain:
			if c.attrs != nil {
				d.restyle(at, c.n, c.attrs)
			}
			at += c.n
		case KindDelete:
			d.remove(at, c.n)
		default:
			d.insert(at, c)
			at += c.n
		}
	}
	if d.styles.sweep > 0 && len(d.styles.known) >= d.styles.sweep {
		d.sweepStyles()
	}
	return nil
}

// sweepStyles forgets the attributes that no text has any more.
func (d *Document) sweepStyles() {
	used := map[*style]struct{}{}
	d.root.leaves(func(l *leaf) bool {
		for _, r := range l.runs {
			if r.style != nil && r.style.embed == "" {
				used[r.style] = struct{}{}
			}
		}
		return true
	})
	d.styles.keepOnly(used)
}

// EndsWithNewline reports whether the last unit is a "\n" (E6), in O(log n).
func (d *Document) EndsWithNewline() bool { return d.root.endsWithNewline() }

// Freeze returns the current state in O(1). Later edits do not change it: they copy each node that they touch, once.
func (d *Document) Freeze() *Frozen {
	d.generation++
	return &Frozen{d.root, d.length}
}
