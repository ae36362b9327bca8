package delta

import "fmt"

// Document is the content of one document while it is edited: a copy-on-write B+tree of runs. One goroutine writes and
// reads it; what Freeze returns may be read by any other at the same time.
//
// It holds what repeated Compose would give, in normal form: neighbours with equal attributes are one run. In one thing it
// is simpler: an insert's attributes {} count as none. quill-delta keeps them until an edit happens to touch them.
type Document struct {
	root       *node
	generation uint64
	length     int
	styles     styles
}

// NewDocument builds a document from inserts; the error wraps ErrNotDocument. content is not kept.
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

// Len is the length in UTF-16 code units, O(1).
func (d *Document) Len() int { return d.length }

// Validate returns what Apply would, and changes nothing.
func (d *Document) Validate(op Delta) error { return Fits(op, d.length) }

// Apply applies op wholly, or returns an error that wraps ErrPastEnd and changes nothing. It takes O(log n) for each
// component, n being the document's length.
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

// sweepStyles forgets the attributes that no text has any more, so that they do not pile up.
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

// Freeze returns the present state, which later edits do not change, in O(1). Edits that follow copy each node once.
func (d *Document) Freeze() *Frozen {
	d.generation++
	return &Frozen{d.root, d.length}
}
