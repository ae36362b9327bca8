package delta

import (
	"fmt"
	"strings"
)

// Document is the content of one document while it is edited. One goroutine writes and reads it; what Freeze returns may be
// read by any other at the same time.
type Document struct{ flat Delta }

// NewDocument builds a document from inserts; the error wraps ErrNotDocument.
func NewDocument(content Delta) (*Document, error) {
	if !content.IsDocument() {
		return nil, fmt.Errorf("document: %w", ErrNotDocument)
	}
	return &Document{content.Normal()}, nil
}

// Len is the length in UTF-16 code units.
func (d *Document) Len() int { return d.flat.Len() }

// Validate returns what Apply would, and changes nothing.
func (d *Document) Validate(op Delta) error { return Fits(op, d.Len()) }

// Apply applies op wholly, or returns an error that wraps ErrPastEnd and changes nothing.
func (d *Document) Apply(op Delta) error {
	if err := d.Validate(op); err != nil {
		return err
	}
	d.flat = Compose(d.flat, op)
	return nil
}

// EndsWithNewline reports whether the last unit is a "\n" (E6).
func (d *Document) EndsWithNewline() bool {
	n := len(d.flat)
	return n > 0 && strings.HasSuffix(d.flat[n-1].Text(), "\n")
}

// Freeze returns the present state, which later edits do not change, in O(1).
func (d *Document) Freeze() *Frozen { return &Frozen{d.flat} }

// Frozen is an immutable state of a document, for any number of goroutines.
type Frozen struct{ flat Delta }

// Len is the length in UTF-16 code units.
func (f *Frozen) Len() int { return f.flat.Len() }

// Delta returns the content in normal form.
func (f *Frozen) Delta() Delta { return f.flat }

// AppendJSON appends the content as an array of inserts in normal form.
func (f *Frozen) AppendJSON(dst []byte) []byte { return f.flat.AppendJSON(dst) }

// EndsWithNewline reports whether the last unit is a "\n" (E6).
func (f *Frozen) EndsWithNewline() bool { return (&Document{f.flat}).EndsWithNewline() }

// Preview returns the first words as valid UTF-8 on one line, at most n characters.
func (f *Frozen) Preview(n int) string {
	words := strings.Join(strings.Fields(ToUTF8(f.flat.PlainText())), " ")
	if r := []rune(words); len(r) > n {
		return string(r[:n])
	}
	return words
}
